"""Fault: what goes wrong, where, from which call on, how often; and its forms as data and text."""

from __future__ import annotations

import re
from collections.abc import Mapping
from dataclasses import dataclass, field, fields
from difflib import get_close_matches
from fnmatch import fnmatchcase
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import BadInput
from mockserver.journal.verification import differences

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.faults.exchange import Asked


_API = "/sdapi/v1/"
_SECONDS = re.compile(r"(\d+(?:\.\d+)?)\s*(ms|s|m|min)?$")
#: No number of a fault is larger: nobody waits or counts so long.
_MOST = 10**9
_UNITS = {"ms": 0.001, "s": 1.0, None: 1.0, "m": 60.0, "min": 60.0}


class FaultError(BadInput):
    """A fault cannot be used as it was written; the sentence says what can."""


@dataclass(frozen=True)
class Fault:
    """One thing that goes wrong.

    Attributes:
        kind: a name of the catalogue: ``oom``, ``reset``, ``truncated-json``.
        route: where: ``txt2img``, ``GET progress``, ``/sdapi/v1/*``; "" for where the kind
            happens in the field.
        when: fields that the payload must have, with these values; nested as the payload is.
        after: so many calls that fit pass unharmed before the first one fails.
        times: how often it happens; None for every time.
        probability: of happening at a call that fits, 0 to 1.
        seed: makes the probability's dice repeatable.
        latency: seconds that pass before the answer, on the mock's clock.
        options: choices of the kind: ``status``, ``text``, ``seconds`` and so on.
    """

    kind: str
    route: str = ""
    when: Mapping[str, Any] = field(default_factory=dict)
    after: int = 0
    times: int | None = None
    probability: float = 1.0
    seed: int | None = None
    latency: float = 0.0
    options: Mapping[str, Any] = field(default_factory=dict)

    def __post_init__(self) -> None:
        """Refuse numbers that mean nothing.

        Raises:
            FaultError: a number out of its range, or `when` is no object.
        """
        if not isinstance(self.when, Mapping):
            raise FaultError(f"fault {self.kind}: when is an object of payload fields")
        limits = (("after", self.after, 0), ("latency", self.latency, 0), ("times", self.times, 1))
        for name, value, least in limits:
            if value is not None and not _is_number(value, least):
                raise FaultError(f"fault {self.kind}: {name} is a number from {least} on")
        if not _is_number(self.probability, 0) or self.probability > 1:
            raise FaultError(f"fault {self.kind}: probability is a number from 0 to 1")

    def fits(self, asked: Asked, routes: Iterable[str]) -> bool:
        """Whether it could happen to a request.

        Args:
            asked: the request.
            routes: where its kind happens when `route` is left out.
        """
        wanted = (self.route,) if self.route else tuple(routes)
        if not any(_on_route(pattern, asked) for pattern in wanted):
            return False
        return not self.when or not differences(self.when, asked.json)


def _is_number(value: object, least: float) -> bool:
    if not isinstance(value, int | float) or isinstance(value, bool):
        return False
    return least <= value <= _MOST


def _on_route(pattern: str, asked: Asked) -> bool:
    """Whether a request is on a route.

    Args:
        pattern: path with ``*`` for anything, maybe with a method before it; a name without a
            slash is below /sdapi/v1.
        asked: the request.
    """
    method, _, path = pattern.strip().rpartition(" ")
    if method and method.upper() != asked.method:
        return False
    whole = path if path.startswith(("/", "*")) else _API + path
    return fnmatchcase(asked.path, whole)


def closest(name: str, known: Iterable[str]) -> str:
    """``; did you mean 'oom'?``, or "" where nothing is close.

    Args:
        name: as it was written.
        known: the names that exist.
    """
    found = get_close_matches(name.lower(), list(known), n=1, cutoff=0.5)
    return f"; did you mean {found[0]!r}?" if found else ""


def make_fault(kind: str, options: Iterable[str], given: Mapping[str, Any]) -> Fault:
    """A fault out of names and values, as Python, JSON and the command line give them.

    Args:
        kind: its name, which the catalogue has.
        options: names of the kind's own choices.
        given: fields of Fault and choices of the kind.

    Raises:
        FaultError: an unknown name, or a value that cannot be.
    """
    own = {item.name for item in fields(Fault)} - {"kind", "options"}
    choices = list(options)
    found: dict[str, Any] = {}
    extra: dict[str, Any] = {}
    for name, value in given.items():
        if name in own:
            found[name] = value
        elif name in choices:
            extra[name] = value
        else:
            known = [*sorted(own), *choices]
            text = f"fault {kind} has no {name!r}{closest(name, known)}"
            raise FaultError(f"{text}; it has {', '.join(known)}")
    if isinstance(found.get("latency"), str):
        found["latency"] = seconds_of(found["latency"])
    return Fault(kind, **found, options=extra)


def seconds_of(text: str) -> float:
    """Seconds out of ``2``, ``2s``, ``300ms`` or ``1m``.

    Args:
        text: as a person writes it.

    Raises:
        FaultError: it is no duration.
    """
    found = _SECONDS.match(text.strip())
    if found is None:
        raise FaultError(f"{text!r} is no duration; write 2s, 300ms or 1m")
    return float(found[1]) * _UNITS[found[2]]


def parse_fault_text(text: str) -> dict[str, Any]:
    """Names and values out of ``oom; latency=2s; times=1``, for --fault and the header.

    The first part may leave out ``fault=``. Names with a dot belong to the payload:
    ``when.steps=20``.

    Args:
        text: parts between semicolons.

    Raises:
        FaultError: a part without a value, or no fault at all.
    """
    found: dict[str, Any] = {}
    for number, part in enumerate(piece.strip() for piece in text.split(";")):
        name, equals, value = (piece.strip() for piece in part.partition("="))
        if not part:
            continue
        if not equals and number == 0:
            name, value = "fault", name
        elif not equals or not name:
            raise FaultError(f"{part!r} has no value; write it as in 'oom; times=1; latency=2s'")
        if name.startswith("when."):
            found.setdefault("when", {})[name.removeprefix("when.")] = _value(value)
        elif name in {"fault", "route", "latency", "text"}:
            found[name] = value
        else:
            found[name] = _value(value)
    if not found:
        raise FaultError("no fault is named; write it as in 'oom; times=1; latency=2s'")
    return found


def _value(text: str) -> Any:
    """A number, true, false or null; else the text."""
    plain = {"true": True, "false": False, "null": None}
    if text in plain:
        return plain[text]
    for kind in (int, float):
        try:
            return kind(text)
        except ValueError:
            continue
    return text
