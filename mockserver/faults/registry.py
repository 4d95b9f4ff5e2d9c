"""Every kind of fault by its name, and the faults that a mock has armed."""

from __future__ import annotations

import itertools
import random
import threading
from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from mockserver.faults.bodies import BODIES
from mockserver.faults.fault import Fault, FaultError, closest, make_fault, parse_fault_text
from mockserver.faults.gateway import GATEWAY, RATES, REFUSED, TRANSPORT
from mockserver.faults.inside import INSIDE

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockserver.faults.exchange import Asked
    from mockserver.faults.kind import Kind


_ALL = (*INSIDE, *GATEWAY, *RATES, *BODIES, *TRANSPORT)
CATALOGUE: dict[str, Kind] = {kind.name: kind for kind in _ALL}


def kind_of(name: str) -> Kind:
    """The kind called `name`; underscores and capitals do not matter.

    Args:
        name: as it was written.

    Raises:
        FaultError: there is none; says which was probably meant.
    """
    plain = str(name).strip().lower().replace("_", "-")
    if plain not in CATALOGUE:
        text = f"no fault {name!r}{closest(plain, CATALOGUE)}"
        raise FaultError(f"{text}; there are {', '.join(sorted(CATALOGUE))}")
    return CATALOGUE[plain]


def fault_of(name: str, given: Mapping[str, Any]) -> Fault:
    """A fault by its name and its fields.

    Args:
        name: of its kind.
        given: fields of Fault and choices of the kind.

    Raises:
        FaultError: an unknown name, or a value that cannot be.
    """
    kind = kind_of(name)
    return make_fault(kind.name, kind.options, given)


def fault_of_text(text: str) -> Fault:
    """A fault out of ``oom; latency=2s; times=1``.

    Args:
        text: as --fault and the header X-Sdapi-Mock have it.

    Raises:
        FaultError: no such fault, or a value that cannot be.
    """
    found = parse_fault_text(text)
    name = found.pop("fault", "slow" if "latency" in found else "")
    return fault_of(name, found)


def describe() -> list[dict[str, Any]]:
    """The catalogue for ``GET /_mock/faults`` and ``sdapi-mock faults``."""
    return [
        {
            "fault": kind.name,
            "summary": kind.summary,
            "routes": list(kind.routes),
            "options": dict(kind.options),
            "source": kind.source,
        }
        for kind in CATALOGUE.values()
    ]


class ArmedFault:
    """A fault that waits for its calls.

    Args:
        number: its id.
        fault: what goes wrong, and when.
        remove: disarms it.

    Attributes:
        number: its id, from 1.
        fault: what goes wrong, and when.
        seen: how many calls fitted.
        fired: how many of them it happened to.
    """

    def __init__(self, number: int, fault: Fault, remove: Callable[[ArmedFault], None]) -> None:
        self.number = number
        self.fault = fault
        self.seen = 0
        self.fired = 0
        self._remove = remove
        self._dice = random.Random(fault.seed)  # noqa: S311 - a fault's dice are no secret
        self._routes = kind_of(fault.kind).routes

    @property
    def spent(self) -> bool:
        """Whether it has happened as often as it may."""
        return self.fault.times is not None and self.fired >= self.fault.times

    @property
    def always(self) -> bool:
        """Whether it happens to every call, without counting or dice."""
        fault = self.fault
        return fault.times is None and not fault.after and fault.probability == 1

    def remove(self) -> None:
        """Disarm it; once more does nothing."""
        self._remove(self)

    def fires(self, asked: Asked | None) -> bool:
        """Count a call, and say whether the fault happens to it.

        Args:
            asked: the request; None for a connection that has not asked yet.
        """
        if self.spent or (asked is not None and not self.fault.fits(asked, self._routes)):
            return False
        self.seen += 1
        if self.seen <= self.fault.after or self._dice.random() >= self.fault.probability:
            return False
        self.fired += 1
        return True

    def as_json(self) -> dict[str, Any]:
        """For ``GET /_mock/faults``."""
        fault = self.fault
        found: dict[str, Any] = {"id": self.number, "fault": fault.kind}
        found |= {"route": fault.route or list(self._routes), "when": dict(fault.when)}
        found |= {"after": fault.after, "times": fault.times, "probability": fault.probability}
        found |= {"seed": fault.seed, "latency": fault.latency, **fault.options}
        return {**found, "seen": self.seen, "fired": self.fired}


class Faults:
    """The faults of one mock, in the order in which they were added.

    The first that fits is the outermost: faults that fit the same call chain.

    Attributes:
        current: those that are armed now.
    """

    def __init__(self) -> None:
        self.current: list[ArmedFault] = []
        self._numbers = itertools.count(1)
        self._lock = threading.Lock()
        self._listeners: list[Callable[[], None]] = []

    def __iter__(self) -> Iterator[ArmedFault]:
        return iter(tuple(self.current))

    def __len__(self) -> int:
        return len(self.current)

    def add(self, name: str, **given: Any) -> ArmedFault:
        """Arm a fault.

        Args:
            name: of the catalogue: ``oom``, ``reset``, ``truncated-json``.
            given: ``route``, ``when``, ``after``, ``times``, ``probability``, ``seed``,
                ``latency`` in seconds, and the kind's own choices.

        Returns:
            The armed fault, with ``seen``, ``fired`` and ``remove()``.

        Raises:
            FaultError: an unknown name, or a value that cannot be.
        """
        return self.arm(fault_of(name, given))

    def arm(self, fault: Fault) -> ArmedFault:
        """Arm a fault that was made already.

        Args:
            fault: what goes wrong, and when.
        """
        with self._lock:
            armed = ArmedFault(next(self._numbers), fault, self._disarm)
            self.current.append(armed)
        self._changed()
        seconds = fault.options.get("seconds")
        if seconds:
            timer = threading.Timer(float(seconds), armed.remove)
            timer.daemon = True
            timer.start()
        return armed

    def clear(self) -> None:
        """Disarm all."""
        with self._lock:
            self.current = []
        self._changed()

    @contextmanager
    def armed(self, name: str, **given: Any) -> Iterator[ArmedFault]:
        """A fault for as long as the block lasts; arguments as of `add`.

        Args:
            name: of the catalogue.
            given: fields and choices.
        """
        found = self.add(name, **given)
        try:
            yield found
        finally:
            found.remove()

    def choose(self, asked: Asked) -> list[Fault]:
        """The faults that happen to a request, the outermost first; spent ones disarm.

        Args:
            asked: the request.
        """
        with self._lock:
            own = [armed for armed in self.current if armed.fault.kind != REFUSED]
            found = [armed.fault for armed in own if armed.fires(asked)]
            self.current = [armed for armed in self.current if not armed.spent]
        return found

    def refuses(self) -> bool:
        """Count a new connection, and say whether it is refused."""
        with self._lock:
            refusing = [armed for armed in self.current if armed.fault.kind == REFUSED]
            found = [armed for armed in refusing if armed.fires(None)]
            self.current = [armed for armed in self.current if not armed.spent]
        if found:
            self._changed()
        return bool(found)

    @property
    def refusing(self) -> bool:
        """Whether every connection is refused: a fault that refuses, with nothing to count."""
        return any(armed.fault.kind == REFUSED and armed.always for armed in tuple(self.current))

    def on_change(self, listener: Callable[[], None]) -> None:
        """Have a function called whenever faults were added or removed.

        Args:
            listener: called without arguments, in the thread that changed them.
        """
        self._listeners.append(listener)

    def _changed(self) -> None:
        for listener in self._listeners:
            listener()

    def _disarm(self, armed: ArmedFault) -> None:
        with self._lock:
            self.current = [other for other in self.current if other is not armed]
        self._changed()
