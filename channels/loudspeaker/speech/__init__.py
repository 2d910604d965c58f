"""Spoken sentences to sound: engines behind one Protocol, and a cache in front of them.

Empty on purpose: the helper process imports this package and must start fast.
"""
