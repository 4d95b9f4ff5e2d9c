"""Drift: what is different between a live server and a fixture set."""

from mockserver.drift.compare import Drift, drift_between
from mockserver.drift.difference import Change, Difference, Weight

__all__ = ["Change", "Difference", "Drift", "Weight", "drift_between"]
