"""Forms of reaching people, one folder each.

A channel knows nothing of ledger, queue or settings.
"""
