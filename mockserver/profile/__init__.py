"""Profiles: which rules hold for the server being simulated."""

from mockserver.profile.loader import load_profile, profile_names, read_profile
from mockserver.profile.profile import Profile

__all__ = ["Profile", "load_profile", "profile_names", "read_profile"]
