"""Checks of options."""
