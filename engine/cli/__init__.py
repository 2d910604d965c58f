"""The command line: what officials and installers type."""

from engine.cli.main import main

__all__ = ["main"]
