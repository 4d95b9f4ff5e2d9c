"""Runs: planned, carried out, told as events."""

from conformance.engine.events import (
    CheckFinished,
    CheckStarted,
    Event,
    Noted,
    RunFinished,
    RunStarted,
    StateNotPutBack,
    TargetLost,
)
from conformance.engine.judge import judge
from conformance.engine.mode import Mode
from conformance.engine.plan import Limits, Plan, Planned, make_plan
from conformance.engine.run import Run, RunSettings

__all__ = [
    "CheckFinished",
    "CheckStarted",
    "Event",
    "Limits",
    "Mode",
    "Noted",
    "Plan",
    "Planned",
    "Run",
    "RunFinished",
    "RunSettings",
    "RunStarted",
    "StateNotPutBack",
    "TargetLost",
    "judge",
    "make_plan",
]
