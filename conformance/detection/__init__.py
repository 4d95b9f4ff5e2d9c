"""Finds out what kind of server answers."""
