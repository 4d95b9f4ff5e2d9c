"""Fixture sets and recordings: what real servers answered."""
