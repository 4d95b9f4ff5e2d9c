"""The bench that checks work on."""

from conformance.lab.cost import PICTURE, Meter, pixel_steps
from conformance.lab.generation import Generation
from conformance.lab.keeper import OptionKeeper
from conformance.lab.lab import LEFT_OUT, Lab, LabSettings
from conformance.lab.opening import open_lab
from conformance.lab.rate import RateLimit
from conformance.lab.watch import Look, WatchedJob

__all__ = [
    "LEFT_OUT",
    "PICTURE",
    "Generation",
    "Lab",
    "LabSettings",
    "Look",
    "Meter",
    "OptionKeeper",
    "RateLimit",
    "WatchedJob",
    "open_lab",
    "pixel_steps",
]
