"""The result of a load test in JSON."""

from __future__ import annotations

import json
from dataclasses import asdict
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.load.capacity import WAITS, seats
from conformance.load.console import FLEET, headline
from conformance.load.fleet import fleet

if TYPE_CHECKING:
    from conformance.load.result import LoadResult

LOAD_VERSION = 1


def load_json(result: LoadResult) -> dict[str, Any]:
    """The result as a JSON value; times are in seconds.

    Args:
        result: of a load test.
    """
    return {
        "load_version": LOAD_VERSION,
        "suite": "sdapi-conformance",
        "headline": headline(result),
        "started": result.started.isoformat(),
        "seconds": result.seconds,
        "plan": result.plan.to_json(),
        "profiles": list(result.profiles),
        "reason": result.reason,
        "breached": result.breached,
        "remarks": list(result.remarks),
        "budget": {"spent": result.spent, "most": result.plan.budget},
        "unfinished": result.unfinished,
        "lost": result.lost,
        "stages": [asdict(stage) for stage in result.stages],
        "capacity": None if result.capacity is None else asdict(result.capacity),
        "users": _users(result),
        "problems": result.problems,
        "seen": {str(seen) or "no": count for seen, count in result.seen.items()},
        "requests": {kind: asdict(tally) for kind, tally in result.tallies.items()},
        "effort": None if result.effort is None else asdict(result.effort),
        "fleet": _fleet(result),
        "pictures": [sample.to_json() for sample in result.samples],
    }


def render_load_json(result: LoadResult) -> str:
    """The result as text of JSON.

    Args:
        result: of a load test.
    """
    return json.dumps(load_json(result), indent=1, ensure_ascii=False) + "\n"


def load_schema_text() -> str:
    """The published JSON Schema (draft 2020-12) of the result of a load test."""
    file = files("conformance.load") / "data" / "load.schema.json"
    return file.read_text(encoding="utf-8")


def _users(result: LoadResult) -> list[dict[str, Any]]:
    """How many users wait how long, on how many servers."""
    if result.capacity is None:
        return []
    return [
        {
            "servers": seat.servers,
            "rate": seat.rate,
            "at_wait": {f"{wait:g}": n for wait, n in zip(WAITS, seat.users, strict=True)},
        }
        for seat in seats(result.plan, result.capacity)
    ]


def _fleet(result: LoadResult) -> dict[str, Any] | None:
    if result.capacity is None or result.effort is None:
        return None
    found = fleet(FLEET, result.plan.behind, result.capacity, result.effort)
    return None if found is None else asdict(found)
