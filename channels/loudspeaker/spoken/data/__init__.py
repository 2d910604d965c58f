"""Tables for reviewers who read Vietnamese, not Python.

Readings are said as they stand: no digit, no capitals-only word ("y tế", not "Y tế").
Abbreviations with more than one meaning are in ``ambiguous``.
"""
