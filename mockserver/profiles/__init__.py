"""Profiles: which rules hold for the server being simulated."""
