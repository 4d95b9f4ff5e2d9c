"""Recorded progress traces: polls of a real server, and how a mock's are compared with them."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from generations import opened

from mockserver.fixtures.fixture_set import fixtures_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver import Webui

#: What the clock and the machine decide.
VOLATILE = ("job_timestamp",)
Poll = dict[str, Any]
_EXACT = 1e-9


def shown(poll: Poll) -> str:
    """A poll without what time decides; a preview as its format and size."""
    state = _state(poll)
    picture = poll["current_image"]
    if picture is not None and not picture.startswith("<"):
        image = opened(picture)
        picture = f"<{image.format} {image.width}x{image.height}>"
    shown = {"progress": round(poll["progress"], 9), "textinfo": poll["textinfo"]}
    return json.dumps({**state, **shown, "picture": picture})


def _state(poll: Poll) -> dict[str, Any]:
    return {key: value for key, value in poll["state"].items() if key not in VOLATILE}


def is_torn(poll: Poll) -> bool:
    """Whether a step ended while the server answered: its progress is of the step before."""
    state = poll["state"]
    if state["job_count"] <= 0:
        return False
    done = state["job_no"] / state["job_count"]
    if state["sampling_steps"]:
        done += state["sampling_step"] / state["sampling_steps"] / state["job_count"]
    return abs(min(1.0, 0.01 + done) - float(poll["progress"])) > _EXACT


def without_repeats(polls: Iterable[str]) -> list[str]:
    found: list[str] = []
    for poll in polls:
        if not found or found[-1] != poll:
            found.append(poll)
    return found


def missing(recorded: list[str], made: list[str]) -> list[str]:
    """Recorded states that are not among the made ones in their order."""
    rest = iter(made)
    return [state for state in recorded if state not in rest]


def acting(webui: Webui, trace: dict[str, Any]) -> Callable[[Poll], bool]:
    """Interrupts or skips where the recording did: after the last poll before it."""
    waiting = list(trace["acts"])

    def act(poll: Poll) -> bool:
        if not waiting:
            return False
        before = [one for one in trace["polls"] if one["t"] <= waiting[0]["t"]][-1]
        if shown(poll) != shown(before) and not (
            is_torn(before) and _state(poll) == _state(before)
        ):
            return False
        getattr(webui.state, waiting.pop(0)["verb"])()
        return True

    return act


def restore_state_before(webui: Webui, trace: dict[str, Any]) -> None:
    """What earlier runs on the recorded server had left in its state."""
    first = trace["polls"][0]["state"]
    webui.state.sampling_steps = first["sampling_steps"]
    if first["job"] == "":
        webui.state.job_no = first["job_no"]
        webui.state.interrupted = first["interrupted"]
        webui.state.skipped = first["skipped"]


def read_traces(name: str) -> list[dict[str, Any]]:
    """The traces of a packaged file."""
    path = fixtures_root() / "recordings" / f"{name}-progress-traces.json"
    found: list[dict[str, Any]] = json.loads(path.read_text("utf-8"))
    return found
