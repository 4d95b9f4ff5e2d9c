"""Checks of png-info."""
