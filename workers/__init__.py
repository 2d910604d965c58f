"""Dramatiq: broker, actors, the scheduler's tick and the embedded runtime."""
