"""Zalo's Official Account: groups that it made, articles to its followers, replies of people."""
