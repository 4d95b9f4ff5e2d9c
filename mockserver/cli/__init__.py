"""Command line of the mock."""

from mockserver.cli.main import main

__all__ = ["main"]
