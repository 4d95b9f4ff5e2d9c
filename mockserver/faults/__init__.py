"""Faults: a mock that misbehaves on demand, as real servers and what lies before them do."""

from mockserver.faults.fault import Fault, FaultError
from mockserver.faults.registry import CATALOGUE, ArmedFault, Faults

__all__ = ["CATALOGUE", "ArmedFault", "Fault", "FaultError", "Faults"]
