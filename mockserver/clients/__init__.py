"""Clients judged by what they asked: a verdict out of a journal."""

from mockserver.clients.requirements import REQUIREMENTS, Outcome, Verdict, judge

__all__ = ["REQUIREMENTS", "Outcome", "Verdict", "judge"]
