"""Redaction: what a recording must not tell is taken out before it is written."""

from mockserver.recording.redaction.ledger import Kind, Ledger
from mockserver.recording.redaction.redactor import Redactor

__all__ = ["Kind", "Ledger", "Redactor"]
