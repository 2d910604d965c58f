"""Loa's engine: what a delivery is, what may happen to it, and who is told."""
