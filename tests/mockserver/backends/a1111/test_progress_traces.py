"""The twelve recorded progress traces: the mock goes through the same states in the same order.

The recording was polled every 20 ms, the mock is polled each time its clock stands still, so it
shows every state: the recorded ones must be among them, in their order.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from generations import Watched, opened, slow

from mockserver.fixtures.fixture_set import fixtures_root

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable

    from mockserver import Webui

TRACES = json.loads(
    (fixtures_root() / "recordings" / "a1111-1.10.1-progress-traces.json").read_text("utf-8")
)
#: What the clock and the machine decide.
VOLATILE = ("job_timestamp",)
Poll = dict[str, Any]


def shown(poll: Poll) -> str:
    """A poll without what time decides; a preview as its format and size."""
    state = {key: value for key, value in poll["state"].items() if key not in VOLATILE}
    picture = poll["current_image"]
    if picture is not None and not picture.startswith("<"):
        image = opened(picture)
        picture = f"<{image.format} {image.width}x{image.height}>"
    told = {"progress": round(poll["progress"], 9), "textinfo": poll["textinfo"]}
    return json.dumps({**state, **told, "picture": picture})


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
        if shown(poll) != shown(before):
            return False
        getattr(webui.state, waiting.pop(0)["verb"])()
        return True

    return act


def told_of_state_before(webui: Webui, trace: dict[str, Any]) -> None:
    """What earlier runs on the recorded server had left in its state."""
    first = trace["polls"][0]["state"]
    webui.state.sampling_steps = first["sampling_steps"]
    if first["job"] == "":
        webui.state.job_no = first["job_no"]


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace["name"])
def test_the_mock_goes_through_the_recorded_states(trace: dict[str, Any]) -> None:
    webui = slow()
    told_of_state_before(webui, trace)
    watched = Watched(webui)
    watched.poll()

    for fields in trace["requests"]:
        watched.start(**fields)
    watched.finish(acting(webui, trace))

    recorded = without_repeats(map(shown, trace["polls"]))
    assert missing(recorded, list(map(shown, watched.polls))) == []


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace["name"])
def test_the_mock_answers_what_was_answered(trace: dict[str, Any]) -> None:
    webui = slow()
    watched = Watched(webui)

    for fields in trace["requests"]:
        watched.start(**fields)
    watched.finish(acting(webui, trace))

    recorded = [answer for answer in trace["answers"] if answer["status"] == 200]
    assert [made.info["all_seeds"] for made in watched.made] == [a["all_seeds"] for a in recorded]
    assert [len(made.sizes) for made in watched.made] == [a["images"] for a in recorded]
    assert [len(made.infotexts) for made in watched.made] == [a["infotexts"] for a in recorded]
    assert len(watched.errors) == len(trace["answers"]) - len(recorded)
