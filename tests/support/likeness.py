"""Which pictures of a recording are the same picture, and whether a mock's are the same ones."""

from __future__ import annotations

import json
from itertools import combinations
from typing import TYPE_CHECKING, Any

from mockserver.fixtures.recording import PICTURE, reduce_answer

if TYPE_CHECKING:
    from collections.abc import Iterable

    from mockserver.fixtures.recording import Case, Step
    from mockserver.replay.replayer import Sender


def _pixels(body: Any) -> tuple[str, ...]:
    found = body.get("images", []) if isinstance(body, dict) else []
    return tuple(p[PICTURE]["pixels"] for p in found if isinstance(p, dict))


def _drawn(step: Step, send: Sender) -> tuple[str, ...]:
    _, _, raw = send(step.method, step.path, {}, json.dumps(step.json).encode())
    return _pixels(reduce_answer(json.loads(raw))) if raw else ()


def unlike(cases: Iterable[Case], send: Sender) -> list[tuple[str, str]]:
    """Pairs of cases whose pictures are the same in the recording or from the mock, not in both.

    Cases without pictures, or with a seed that was left to the server, do not count.
    """
    found: list[tuple[str, tuple[str, ...], tuple[str, ...]]] = []
    for case in cases:
        step = case.steps[0]
        recorded = _pixels(step.answer.body)
        if recorded and isinstance(step.json, dict) and step.json.get("seed") not in (-1, None):
            found.append((case.id, recorded, _drawn(step, send)))
    pairs = [((a[0], b[0]), a[1] == b[1], a[2] == b[2]) for a, b in combinations(found, 2)]
    return [names for names, recorded_alike, drawn_alike in pairs if recorded_alike != drawn_alike]
