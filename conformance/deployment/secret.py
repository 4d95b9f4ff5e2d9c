"""Secrets of an operator, read from the environment or a file that the text names."""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from pathlib import Path

from conformance.errors import ConfigurationError

_VARIABLE = "env:"
_FILE = "file:"


@dataclass(frozen=True)
class Secret:
    """A value as it is used, and whether it came from a hidden place.

    Args:
        value: the text itself.
        hidden: whether it was read from the environment or a file.
    """

    value: str = field(repr=False)
    hidden: bool


def read_secret(text: str, folder: Path | None = None) -> Secret:
    """Read ``env:NAME`` from the environment, ``file:PATH`` from a file, else take the text.

    White space at both ends of a file or variable is dropped, as most end with a line break.

    Args:
        text: what the operator wrote.
        folder: from which relative paths start; the current one by default.

    Raises:
        ConfigurationError: the variable is not set, the file cannot be read, or it is empty.
    """
    if text.startswith(_VARIABLE):
        return Secret(_from_environment(text.removeprefix(_VARIABLE)), hidden=True)
    if text.startswith(_FILE):
        return Secret(_from_file((folder or Path()) / text.removeprefix(_FILE)), hidden=True)
    return Secret(text, hidden=False)


def _from_environment(name: str) -> str:
    if not name:
        raise ConfigurationError("env: names no environment variable; write env:NAME")
    value = os.environ.get(name, "").strip()
    if not value:
        raise ConfigurationError(f"the environment variable {name} is not set, or empty")
    return value


def _from_file(path: Path) -> str:
    try:
        value = path.expanduser().read_text(encoding="utf-8").strip()
    except OSError as error:
        raise ConfigurationError(f"{path}: it cannot be read ({error.strerror})") from error
    except UnicodeDecodeError as error:
        raise ConfigurationError(f"{path}: it is no text in UTF-8") from error
    if not value or "\n" in value:
        raise ConfigurationError(f"{path}: one line is expected there")
    return value
