"""Recording live servers as fixture sets."""

from mockserver.recording.recorder import Recorder, Summary
from mockserver.recording.server import LiveServer
from mockserver.recording.start import keeper_for, login

__all__ = ["LiveServer", "Recorder", "Summary", "keeper_for", "login"]
