"""Reports: handlers of a run's events, and renderings of its one result document."""

from conformance.report.collector import Collector, suite_version
from conformance.report.console import Console
from conformance.report.document import Document, ExitCode

__all__ = ["Collector", "Console", "Document", "ExitCode", "suite_version"]
