"""Examples of how the suite is run where deployments are run."""

from __future__ import annotations

from dataclasses import dataclass
from importlib.resources import files

_FOLDER = files("conformance.deployment") / "examples"


@dataclass(frozen=True)
class Example:
    """An example, to be copied and adapted.

    Args:
        name: as the command takes it.
        file: in the folder of examples.
        words: what it is.
    """

    name: str
    file: str
    words: str

    @property
    def text(self) -> str:
        """The example itself, with comments."""
        return (_FOLDER / self.file).read_text(encoding="utf-8")


EXAMPLES = (
    Example("github", "github.yml", "a workflow of GitHub Actions, with a summary and reports"),
    Example("docker", "Dockerfile", "a HEALTHCHECK for the image of a webui"),
    Example("kubernetes", "kubernetes.yaml", "probes of start-up and readiness for a Pod"),
)
