"""The examples that ship with the package: a first sdapi.toml, and files for CI and containers."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING

from conformance.errors import ConfigurationError

if TYPE_CHECKING:
    from pathlib import Path


_FOLDER = files("conformance.deployment") / "examples"


@dataclass(frozen=True)
class Example:
    """An example, to be copied and adapted.

    Args:
        name: as the command takes it.
        file: in the folder of examples.
        summary: what it is.
    """

    name: str
    file: str
    summary: str

    @property
    def text(self) -> str:
        """The example itself, with comments."""
        return (_FOLDER / self.file).read_text(encoding="utf-8")


EXAMPLES = (
    Example("github", "github.yml", "a workflow of GitHub Actions, with a summary and reports"),
    Example("docker", "Dockerfile", "a HEALTHCHECK for the image of a webui"),
    Example("kubernetes", "kubernetes.yaml", "probes of start-up and readiness for a Pod"),
    Example("watch", "sdapi-watch.service", "a unit of systemd that watches for weeks"),
    Example("watch-compose", "watch-compose.yaml", "a watch in Docker Compose, with Prometheus"),
    Example("locust", "locustfile.py", "users for a load test with a Locust of your own"),
)


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
        message = "it exists already, and is not overwritten; name another file"
        raise ConfigurationError(f"{path}: {message}") from error
    except OSError as error:
        raise ConfigurationError(f"{path}: it cannot be written ({error.strerror})") from error
