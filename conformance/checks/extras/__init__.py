"""Checks of the extras routes."""
