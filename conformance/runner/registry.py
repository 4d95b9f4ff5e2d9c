"""Which function checks which requirement."""

from __future__ import annotations

import pkgutil
from dataclasses import dataclass
from functools import cache
from importlib import import_module
from types import MappingProxyType
from typing import TYPE_CHECKING

from conformance.errors import SuiteError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable, Mapping

    from conformance.runner.check_context import CheckContext
    from conformance.verdict import Loose


if TYPE_CHECKING:
    CheckFunction = Callable[[CheckContext], Loose | None]

# What the shared pictures of the context sample, in pixel-steps of pictures of one pixel.
_SHARED_STEPS = {
    "one_image": 1,
    "one_image_again": 1,
    "batch_of_two": 2,
    "two_iterations": 2,
    "one_img2img": 2,
    "watched": 20,
    "interrupted": 22,
    "skipped": 45,
    "queued": 24,
}
#: Those of them that last long enough to be watched.
LONG_JOBS = frozenset({"watched", "interrupted", "skipped", "queued"})


@dataclass(frozen=True)
class Check:
    """What decides about one requirement.

    Args:
        id: of the requirement.
        function: takes the context; returns if the requirement holds, ``Loose`` if in meaning
            only, and raises a ``Signal`` if not.
        needs: shared pictures of the context that it looks at.
        own_steps: what it samples itself: steps x pictures of the context's size.
        last: whether it looks back on the whole run.
        own_pixels: what it samples in addition, in pixel-steps, whatever the context's size.
        leaves: what it leaves on the server's disk, in words; empty for nothing.
        alone: whether no other check may send anything between its requests.
    """

    id: str
    function: CheckFunction
    needs: frozenset[str] = frozenset()
    own_steps: int = 0
    last: bool = False
    own_pixels: int = 0
    leaves: str = ""
    alone: bool = False

    def pixel_steps(
        self,
        size: int,
        made: frozenset[str] = frozenset(),
        long_jobs: Mapping[str, int] = MappingProxyType({}),
    ) -> int:
        """What it samples at this size, when the pictures ``made`` are there already.

        Args:
            size: edge of the small pictures.
            made: names of the shared pictures that an earlier check made.
            long_jobs: name of a shared picture -> pixel-steps, where they were measured.
        """
        pictures = self.steps(made | LONG_JOBS) * size**2
        return pictures + self.long_pixel_steps(size, made, long_jobs) + self.own_pixels

    def long_pixel_steps(
        self,
        size: int,
        made: Collection[str],
        long_jobs: Mapping[str, int],
    ) -> int:
        """What the long jobs that it looks at sample, as far as they are not made.

        Args:
            size: edge of the small pictures.
            made: names of the shared pictures that an earlier check made.
            long_jobs: name of one -> pixel-steps, where they were measured.
        """
        names = [name for name in self.needs & LONG_JOBS if name not in made]
        return sum(long_jobs.get(name, _SHARED_STEPS[name] * size**2) for name in names)

    def steps(self, made: frozenset[str] = frozenset()) -> int:
        """What it samples, steps x pictures, when the pictures ``made`` are there already.

        Args:
            made: names of the shared pictures that an earlier check made.
        """
        return self.own_steps + sum(_SHARED_STEPS[name] for name in self.needs - made)


# Area of requirements -> the module or package below conformance.checks that checks them.
_MODULES = {
    "HTTP": "http",
    "AUTH": "auth",
    "LIST": "lists",
    "OPT": "options",
    "TXT2IMG": "txt2img",
    "INFO": "info",
    "IMG": "images",
    "PNGINFO": "png_info",
    "IMG2IMG": "img2img",
    "EXTRAS": "extras",
    "PROGRESS": "progress",
    "INTERRUPT": "interrupt",
    "QUEUE": "queue",
    "EXT": "extensions",
    "CONTROLNET": "extensions",
    "ADETAILER": "extensions",
    "MISC": "misc",
}
_CHECKS: dict[str, Check] = {}


def check(  # noqa: PLR0913 - one keyword for each thing to know of a check
    name: str,
    *,
    needs: tuple[str, ...] = (),
    own_steps: int = 0,
    last: bool = False,
    leaves: str = "",
    alone: bool = False,
) -> Callable[[CheckFunction], CheckFunction]:
    """Register a function as the check of a requirement.

    Args:
        name: id of the requirement.
        needs: shared pictures that it looks at: one_image, one_image_again, batch_of_two,
            two_iterations, one_img2img, watched, interrupted, skipped, queued.
        own_steps: what it samples itself: steps x pictures of the context's size.
        last: whether it looks back on the whole run.
        leaves: what it leaves on the server's disk, in words; empty for nothing.
        alone: whether no other check may send anything between its requests.

    Raises:
        SuiteError: the requirement has a check already, or a shared picture is unknown.
    """

    def register(function: CheckFunction) -> CheckFunction:
        """Note the function under the id; it stays as it is."""
        if name in _CHECKS:
            raise SuiteError(f"{name} has two checks")
        strangers = set(needs) - _SHARED_STEPS.keys()
        if strangers:
            raise SuiteError(f"{name} needs {', '.join(sorted(strangers))}, which no context has")
        shared = frozenset(needs)
        _CHECKS[name] = Check(name, function, shared, own_steps, last, leaves=leaves, alone=alone)
        return function

    return register


def checks_of(areas: Iterable[str]) -> dict[str, Check]:
    """Import the checks of some areas, and no others.

    Args:
        areas: as in the ids of requirements, such as ``LIST``; others than the catalogue's have
            no checks here.

    Returns:
        Id -> check.
    """
    wanted = [area for area in areas if area in _MODULES]
    for area in wanted:
        _load(_MODULES[area])
    return {name: each for name, each in _CHECKS.items() if name.partition("-")[0] in wanted}


def all_checks() -> dict[str, Check]:
    """Id -> check, of every area."""
    return checks_of(_MODULES)


@cache
def _load(name: str) -> None:
    module = import_module(f"conformance.checks.{name}")
    for part in pkgutil.iter_modules(getattr(module, "__path__", ())):
        import_module(f"{module.__name__}.{part.name}")
