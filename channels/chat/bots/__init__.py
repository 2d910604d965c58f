"""Bots that speak through an address with their token in it: Telegram's, and Zalo's."""
