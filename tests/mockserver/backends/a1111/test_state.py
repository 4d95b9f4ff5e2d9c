"""The state record, and what generations leave in it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
from generations import txt2img

from mockserver import Webui
from mockserver.backends.a1111.state import PREPARING, TRANSITIONS, Event, Phase, TaskState
from mockserver.core.clock import ManualClock
from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable


def state(**fields: Any) -> TaskState:
    return TaskState(ManualClock(), **fields)


def test_a_new_job_resets_everything_but_the_number_of_steps() -> None:
    record = state(
        interrupted=True, skipped=True, stopping_generation=True, sampling_step=3, sampling_steps=9
    )

    record.begin("scripts_txt2img")

    shown = record.as_dict()
    assert not any(shown[flag] for flag in ("skipped", "interrupted", "stopping_generation"))
    assert (shown["job"], shown["job_count"], shown["job_no"]) == ("scripts_txt2img", PREPARING, 0)
    assert (shown["sampling_step"], shown["sampling_steps"]) == (0, 9)


def test_the_end_of_a_job_keeps_its_last_counters() -> None:
    record = state()
    record.begin("scripts_txt2img")
    record.interrupt()
    record.next_job()

    record.end()

    shown = record.as_dict()
    assert (shown["job"], shown["job_count"]) == ("", 0)
    assert (shown["job_no"], shown["interrupted"]) == (1, True)


def test_an_idle_server_shows_nine_keys_in_their_order() -> None:
    assert list(Webui().state.as_dict()) == [
        "skipped",
        "interrupted",
        "stopping_generation",
        "job",
        "job_count",
        "job_timestamp",
        "job_no",
        "sampling_step",
        "sampling_steps",
    ]


def test_a_job_is_stamped_with_the_time_it_began() -> None:
    webui = Webui(clock=ManualClock())

    made = txt2img(webui)

    assert made.info["job_timestamp"] == webui.state.job_timestamp
    assert len(webui.state.job_timestamp) == 14


@pytest.mark.parametrize(
    "fields",
    [
        pytest.param({"steps": 0}, id="fails in the middle"),
        pytest.param({"prompt": None}, id="fails at the start"),
    ],
)
def test_an_error_ends_the_job_too(fields: dict[str, Any]) -> None:
    webui = Webui()
    with pytest.raises(ServerError):
        txt2img(webui, **fields)

    assert (webui.state.job, webui.state.job_count, webui.queue.held) == ("", 0, False)


def test_a_flag_set_on_an_idle_server_does_not_hold_for_the_next_job() -> None:
    webui = Webui()
    webui.state.interrupt()

    made = txt2img(webui, n_iter=2)

    assert len(made.sizes) == 2
    assert webui.state.interrupted is False


EVENTS: dict[Event, Callable[[TaskState], None]] = {
    Event.BEGIN: lambda record: record.begin("scripts_txt2img"),
    Event.COUNT: lambda record: record.count(3),
    Event.SAMPLE: lambda record: record.start_sampling(20),
    Event.NEXT: lambda record: record.next_job(),
    Event.END: lambda record: record.end(),
}


@pytest.mark.parametrize("event", Event)
@pytest.mark.parametrize("phase", Phase)
def test_a_job_goes_where_the_table_says(phase: Phase, event: Event) -> None:
    record = state(phase=phase)
    after = TRANSITIONS[phase].get(event)
    if after is None:
        with pytest.raises(RuntimeError, match=f"a job that is {phase.value} cannot"):
            EVENTS[event](record)
    else:
        EVENTS[event](record)
        assert record.phase is after


def test_a_generation_goes_through_all_phases() -> None:
    webui = Webui()
    seen: list[Phase] = []
    happens = webui.state.happens

    def note(event: Event) -> None:
        happens(event)
        seen.append(webui.state.phase)

    webui.state.happens = note  # type: ignore[method-assign]

    txt2img(webui, n_iter=2)

    assert seen == [
        Phase.PREPARING,
        Phase.COUNTED,
        *(Phase.SAMPLING, Phase.COUNTED) * 2,
        Phase.IDLE,
    ]
