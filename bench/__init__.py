"""Benchmarks: ``python -m bench`` prints figures beside a baseline measured in the same run.

Each part runs in a process of its own, so that its peak memory is its own, in a temporary
folder that is removed. ``python -m bench speech planning`` runs only these.
"""
