"""Families of servers: programs of their own that speak the same API, each in its dialect."""
