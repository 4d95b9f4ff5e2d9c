"""Credentials that stand elsewhere than on the command line, where others can read them."""

from __future__ import annotations

import os
from pathlib import Path

from mockserver.core.errors import BadInput

_ENVIRONMENT, _FILE = "env:", "file:"


def read_secret(text: str) -> str:
    """What ``env:NAME`` or ``file:PATH`` stands for; any other text stands for itself.

    Args:
        text: as an option of a command has it.

    Raises:
        BadInput: the variable is not set, or the file cannot be read; names it.
    """
    if text.startswith(_ENVIRONMENT):
        return _from_environment(text.removeprefix(_ENVIRONMENT))
    if text.startswith(_FILE):
        return _from_file(text.removeprefix(_FILE))
    return text


def _from_environment(name: str) -> str:
    value = os.environ.get(name, "") if name else ""
    if not value:
        words = f"the environment has no {name}; set it" if name else "write env:NAME"
        raise BadInput(f"env:{name}: {words}")
    return value


def _from_file(path: str) -> str:
    try:
        value = Path(path).read_text(encoding="utf-8").strip()
    except (OSError, ValueError) as error:
        why = getattr(error, "strerror", None) or "it is no text"
        raise BadInput(f"file:{path}: cannot be read ({why}); name another") from error
    if not value or "\n" in value:
        raise BadInput(f"file:{path}: one line is expected there")
    return value
