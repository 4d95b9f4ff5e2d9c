"""Families of servers: programs of their own that speak the same API, each in its dialect."""

from mockserver.families.family import Family
from mockserver.families.registry import family_of, simulate

__all__ = ["Family", "family_of", "simulate"]
