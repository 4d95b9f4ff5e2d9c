"""Checks of progress."""
