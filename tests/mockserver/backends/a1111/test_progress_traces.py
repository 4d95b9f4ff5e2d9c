"""The twelve recorded progress traces: the mock goes through the same states in the same order.

The recording was polled every 20 ms, the mock is polled each time its clock stands still, so it
shows every state: the recorded ones must be among them, in their order.
"""

from __future__ import annotations

from typing import Any

import pytest
from generations import Watched, slow
from traces import acting, missing, read_traces, restore_state_before, shown, without_repeats

TRACES = read_traces("a1111-1.10.1")


@pytest.mark.parametrize("trace", TRACES, ids=lambda trace: trace["name"])
def test_the_mock_goes_through_the_recorded_states(trace: dict[str, Any]) -> None:
    webui = slow()
    restore_state_before(webui, trace)
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
