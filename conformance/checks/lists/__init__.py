"""Checks of the lists."""
