"""Keeping a workspace alive: backups that are proved, restoring, and the doctor.

A room of its own, above the workers: it looks at everything there is (settings, ledger, queue,
disks, voices), and nothing that sends depends on it.
"""
