"""Checks of the HTTP layer."""
