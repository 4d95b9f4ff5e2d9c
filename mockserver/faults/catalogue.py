"""The catalogue: every kind of fault by its name."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.faults.bodies import BODIES
from mockserver.faults.fault import Fault, FaultError, closest, make_fault, parse_fault_text
from mockserver.faults.gateway import GATEWAY
from mockserver.faults.inside import INSIDE
from mockserver.faults.rate_limit import RATES
from mockserver.faults.transport import TRANSPORT

if TYPE_CHECKING:
    from collections.abc import Mapping

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
        words = f"no fault {name!r}{closest(plain, CATALOGUE)}"
        raise FaultError(f"{words}; there are {', '.join(sorted(CATALOGUE))}")
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
