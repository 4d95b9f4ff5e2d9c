"""The file that the values of options are kept in."""

from __future__ import annotations

import contextlib
import json
import os
import tempfile
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import BadInput

if TYPE_CHECKING:
    from pathlib import Path


class StateFileError(BadInput):
    """A state file cannot be read or written."""


def read_state(path: Path) -> dict[str, Any] | None:
    """What was saved; None where the file does not exist.

    Args:
        path: of the file.

    Raises:
        StateFileError: it cannot be read, or is no JSON object.
    """
    try:
        stored = json.loads(path.read_text(encoding="utf-8", errors="surrogatepass"))
    except FileNotFoundError:
        return None
    except OSError as error:
        raise StateFileError(f"{path}: {error.strerror}; name a file that can be read") from error
    except ValueError as error:
        raise StateFileError(f"{path}: not JSON ({error}); mend it or delete it") from error
    if not isinstance(stored, dict):
        raise StateFileError(f"{path}: not a JSON object; mend it or delete it")
    return stored


def check_place(path: Path) -> None:
    """Make sure, before anybody relies on it, that a state can be kept there.

    Args:
        path: of the file.

    Raises:
        StateFileError: its folder is not there, or cannot be written to.
    """
    if not path.parent.is_dir():
        raise StateFileError(f"{path}: there is no folder {path.parent}; make it first")
    if not os.access(path.parent, os.W_OK):
        raise StateFileError(f"{path}: its folder cannot be written to; name another place")


def write_state(path: Path, stored: dict[str, Any]) -> None:
    """Replace the file at once: a reader sees the old options or the new, never half of them.

    Args:
        path: of the file.
        stored: values by name.

    Raises:
        StateFileError: the folder cannot be written.
    """
    text = json.dumps(stored, indent=4, ensure_ascii=False)
    try:
        handle, name = tempfile.mkstemp(dir=path.parent, prefix=f".{path.name}.")
    except OSError as error:
        raise StateFileError(
            f"{path}: {error.strerror}; name a place that can be written"
        ) from error
    try:
        with os.fdopen(handle, "w", encoding="utf-8", errors="surrogatepass") as file:
            file.write(text)
        os.replace(name, path)  # noqa: PTH105 - one call, and it is the atomic one
    except OSError as error:
        with contextlib.suppress(OSError):
            os.unlink(name)  # noqa: PTH108 - as above
        raise StateFileError(
            f"{path}: {error.strerror}; name a place that can be written"
        ) from error
