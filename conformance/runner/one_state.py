"""Whether one state answers at an address, looked at over fresh connections.

Two webuis behind one address show two states by turns, and an option that was written to one of
them reads back now and then. A balancer may keep to one server for a connection or a cookie, so
that every look is a stranger's.
"""

from __future__ import annotations

import time
from contextlib import nullcontext
from dataclasses import dataclass, field
from enum import Enum
from typing import TYPE_CHECKING, Any

from conformance.client.options import DERIVED, same_value, without_secrets
from conformance.detection.probe import API, READING
from conformance.detection.readiness import PROGRESS, Patience, wait_until_idle
from conformance.errors import ConnectionFailed, StillBusy

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from conformance.client.client import Client


# They follow a job that names another checkpoint, and take a hash once it is worked out.
FOLLOWING = DERIVED | {"sd_model_checkpoint"}
_OPTIONS, _FLAGS, _APP_ID = f"{API}/options", f"{API}/cmd-flags", "/app_id"
# At random two servers look like one in so many reads once in 500 times.
ENOUGH = 10
_FEW = 5
_SHOWN = 60
# Reads of progress before a look, so that each of a few servers is met.
_STAMPS = 3
# Looks into which no job of somebody else's may fall.
_TRIES = 5
# Somebody else's job may hold options of its own while it runs.
PATIENCE = Patience(limit=5.0, gap=0.1)
ABSENT = "<absent>"


def alternates(values: Sequence[Any]) -> bool:
    """Whether a value comes back after another took its place, as ``a b a``.

    Args:
        values: as they were read, one after the other.
    """
    turns: list[Any] = []
    for value in values:
        if not turns or not same_value(turns[-1], value):
            turns.append(value)
    return any(same_value(one, other) for i, one in enumerate(turns) for other in turns[i + 2 :])


def by_turns(reads: Sequence[Mapping[str, Any]]) -> dict[str, tuple[Any, Any]]:
    """Name -> two values that it shows by turns, of every name with such values.

    Args:
        reads: objects, as they were read one after the other.
    """
    found = {}
    for name in dict.fromkeys(name for read in reads for name in read):
        values = [read.get(name, ABSENT) for read in reads]
        if alternates(values):
            other = next(value for value in values if not same_value(value, values[0]))
            found[name] = (values[0], other)
    return found


class Kind(Enum):
    """What a look came to."""

    ONE = "one"
    SEVERAL = "several"
    UNKNOWN = "unknown"  # busy, or nothing that can be read


@dataclass(frozen=True)
class Sighting:
    """What a look at an address came to.

    Args:
        kind: how many states were seen.
        sign: what shows that there are several; empty for one.
        options: as they were read last; empty where they cannot be read.
    """

    kind: Kind
    sign: str = ""
    options: Mapping[str, Any] = field(default_factory=dict)


class Onlooker:
    """Looks at an address as strangers do.

    Args:
        client: how to reach it.
        patience: how long to wait for somebody else's job.
    """

    def __init__(self, client: Client, patience: Patience = PATIENCE) -> None:
        self._client = client
        self._patience = patience

    def look(self, *, thorough: bool = False, times: int = ENOUGH, pause: float = 0.0) -> Sighting:
        """Read the options several times, while the server is idle.

        Args:
            thorough: whether to look at the instances too, where all options are equal.
            times: reads of the options.
            pause: seconds to wait before.

        Returns:
            What was seen.
        """
        time.sleep(pause)
        for _ in range(_TRIES):
            if not self._is_idle():
                break
            begun = self._begun(_STAMPS)
            reads = self._reads(_OPTIONS, times)
            if not reads:
                break
            if not (self._begun(1) <= begun and all(idle for _, idle in begun)):
                # A job that began meanwhile may have brought options of its own.
                continue
            unlike = by_turns(reads)
            sign = _several(unlike) if unlike else self._instances() if thorough else ""
            return Sighting(Kind.SEVERAL if sign else Kind.ONE, sign, reads[-1])
        return Sighting(Kind.UNKNOWN)

    def options(self, *, anew: bool = True) -> dict[str, Any]:
        """The options as a stranger sees them; empty where they cannot be read.

        Args:
            anew: whether over a new connection.
        """
        return self._read(_OPTIONS, anew=anew) or {}

    def _instances(self) -> str:
        """What shows that several instances answer, all of whose options are equal."""
        for path, what in ((_FLAGS, "the flag {}"), (_APP_ID, "{}")):
            unlike = by_turns(self._reads(path, _FEW))
            if unlike:
                return _signs({what.format(name): pair for name, pair in unlike.items()})
        stamps = by_turns(list(self._stamps(_FEW)))
        return _signs({f"{n} of progress": pair for n, pair in stamps.items()}) if stamps else ""

    def _stamps(self, times: int) -> Iterable[dict[str, Any]]:
        """When the last job began, of servers that say so and are idle."""
        for read in self._reads(PROGRESS, times):
            state = read.get("state")
            if isinstance(state, dict) and state.get("job_count") == 0:
                yield {"job_timestamp": state.get("job_timestamp")}

    def _reads(self, path: str, times: int) -> list[dict[str, Any]]:
        """Objects, as strangers read them; none where the first answer is no object."""
        found: list[dict[str, Any]] = []
        for _ in range(times):
            value = self._read(path)
            if value is None and not found:
                return []
            found += [] if value is None else [value]
        return found

    def _read(self, path: str, *, anew: bool = True) -> dict[str, Any] | None:
        try:
            with self._client.anew() if anew else nullcontext():
                exchange = self._client.exchange("GET", path, timeout=READING)
            value = exchange.json if exchange.ok else None
        except (ConnectionFailed, ValueError):
            return None
        return value if isinstance(value, dict) else None

    def _is_idle(self) -> bool:
        try:
            wait_until_idle(self._client, self._patience, lambda _: None, looks=1)
        except StillBusy:
            return False
        return True

    def _begun(self, times: int) -> set[tuple[Any, bool]]:
        """When the last job of each server began, and whether it is over."""
        states = [read.get("state") for read in self._reads(PROGRESS, times)]
        known = [state for state in states if isinstance(state, dict)]
        return {(s.get("job_timestamp"), s.get("job_count") in {0, None}) for s in known}


def _several(unlike: Mapping[str, tuple[Any, Any]]) -> str:
    return _signs({f"the option {name}": pair for name, pair in without_secrets(unlike).items()})


def _signs(unlike: Mapping[str, tuple[Any, Any]], most: int = 3) -> str:
    """Several servers in words, with a few signs."""
    parts = [f"{what} is {_short(one)} and {_short(two)}" for what, (one, two) in unlike.items()]
    more = f", and {len(parts) - most} more differ" if len(parts) > most else ""
    return (
        f"more than one server answers at this address: by turns {', '.join(parts[:most])}{more}; "
        "judge each at an address of its own"
    )


def _short(value: Any) -> str:
    text = repr(value)
    return text if len(text) <= _SHOWN else text[: _SHOWN - 3] + "..."
