"""Lint: what a server will do with a request, and what its author most likely meant."""

from mockserver.lint.finding import Finding
from mockserver.lint.linter import Linter

__all__ = ["Finding", "Linter"]
