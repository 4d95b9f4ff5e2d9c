"""The annotated example of ``sdapi.toml``."""

from __future__ import annotations

from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path

_FILE = files("conformance.deployment") / "data" / "example.toml"


def example_text() -> str:
    """The example, with every key explained."""
    return _FILE.read_text(encoding="utf-8")


def write_example(path: Path) -> None:
    """Write the example to a new file.

    Args:
        path: of the file, which must not exist.

    Raises:
        ConfigurationError: it exists, or cannot be written.
    """
    try:
        with path.open("x", encoding="utf-8") as file:
            file.write(example_text())
    except FileExistsError as error:
        words = "it exists already, and is not overwritten; name another file"
        raise ConfigurationError(f"{path}: {words}") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: it cannot be written ({error.strerror})") from error
