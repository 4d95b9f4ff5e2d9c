"""Reports in JSON, read from files that were named on the command line."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import ConfigurationError, ReportError
from conformance.report.json_report import read_document

if TYPE_CHECKING:
    from pathlib import Path

    from conformance.report import Document


def read_report(path: Path) -> Document:
    """The document in a file.

    Raises:
        ConfigurationError: the file cannot be read, or is no report in JSON.
    """
    try:
        return read_document(path.read_text(encoding="utf-8"), str(path))
    except OSError as error:
        raise ConfigurationError(f"{path} cannot be read: {error.strerror or error}") from error
    except (UnicodeDecodeError, ReportError) as error:
        words = str(error) if isinstance(error, ReportError) else f"{path} is no text"
        raise ConfigurationError(words) from error
