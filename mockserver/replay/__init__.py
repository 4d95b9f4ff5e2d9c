"""Replay recordings against a server and tell the differences."""

from mockserver.replay.exemptions import Exemption, Exemptions, read_exemptions
from mockserver.replay.preludes import Prelude, preludes_of
from mockserver.replay.replayer import Outcome, Sender, replay
from mockserver.replay.starts import packaged_recordings, profile_of, start_of, starts_anew
from mockserver.replay.tally import render, tally

__all__ = [
    "Exemption",
    "Exemptions",
    "Outcome",
    "Prelude",
    "Sender",
    "packaged_recordings",
    "preludes_of",
    "profile_of",
    "read_exemptions",
    "render",
    "replay",
    "start_of",
    "starts_anew",
    "tally",
]
