"""The server that is judged: recognised, and asked for its names."""

from conformance.target.busy import Patience, wait_until_idle
from conformance.target.probe import API, absent
from conformance.target.profile import ServerProfile
from conformance.target.routes import claims, known_routes
from conformance.target.target import Target

__all__ = [
    "API",
    "Patience",
    "ServerProfile",
    "Target",
    "absent",
    "claims",
    "known_routes",
    "wait_until_idle",
]
