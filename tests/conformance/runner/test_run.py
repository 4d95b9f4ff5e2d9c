"""A run: what is reported, in which order, and what is left behind."""

from __future__ import annotations

from itertools import count
from typing import TYPE_CHECKING, Any

import pytest
import requests
from doubles import Ask, Reply, Server, mock, reply, served
from judging import make_context
from recorded import Recorded

from conformance.checks import Check, all_checks
from conformance.detection.readiness import Patience
from conformance.errors import StillBusy
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.events import (
    CheckFinished,
    CheckStarted,
    Event,
    Note,
    OptionsNotRestored,
    RunFinished,
    RunStarted,
    ServerLost,
)
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Failed, Verdict

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext

_NOW = Patience(limit=0.001, gap=0, frozen=60)


def _run(
    server: Server,
    checks: dict[str, Any],
    mode: Mode = Mode.FULL,
    patience: Patience | None = None,
    **settings: Any,
) -> list[Event]:
    """A whole run with functions as checks; the events."""
    events: list[Event] = []
    with served(server):
        run_settings = RunSettings(mode=mode, patience=patience)
        run = Run(make_context("a1111", **settings), run_settings, events.append)
        wanted = {name: Check(name, function) for name, function in checks.items()}
        requirements = [load_catalogue()[name] for name in wanted]
        try:
            run.carry_out(run.prepare(requirements, wanted))
        finally:
            run.finish()
    return events


def _good(_: CheckContext) -> None:
    """It holds."""


def _options(server: Server) -> dict[str, Any]:
    return server(Ask("GET", "/sdapi/v1/options")).json


def _verdicts(events: list[Event]) -> dict[str, Verdict]:
    return {e.result.id: e.result.verdict for e in events if isinstance(e, CheckFinished)}


def test_a_run_says_its_start_every_check_and_its_end() -> None:
    events = _run(mock(), {"LIST-001": _good, "LIST-002": _good})
    kinds = [type(event) for event in events]
    pair = [CheckStarted, CheckFinished]
    assert kinds == [RunStarted, *pair, *pair, RunFinished]
    assert [(e.number, e.total) for e in events if isinstance(e, CheckStarted)] == [(1, 2), (2, 2)]


def test_what_the_plan_left_out_is_reported_before_the_checks() -> None:
    events = _run(mock(), {"OPT-004": _good, "LIST-001": _good}, Mode.SAFE)
    assert list(_verdicts(events).items()) == [
        ("OPT-004", Verdict.NOT_RUN),
        ("LIST-001", Verdict.PASS),
    ]


def test_the_first_picture_is_made_only_where_pictures_are_looked_at() -> None:
    posts = []

    def counting(ask: Ask) -> Reply:
        posts.extend([ask.path] if ask.method == "POST" else [])
        return sound(ask)

    sound = Recorded("a1111-1.10.1")
    _run(counting, {"LIST-001": _good})
    assert posts == []
    _run(counting, {"TXT2IMG-001": _good})
    assert posts == ["/sdapi/v1/txt2img"]


def test_options_are_put_back_after_each_check_that_writes() -> None:
    server = mock()
    before = _options(server)
    seen = []

    def writes(context: CheckContext) -> None:
        context.options.post({"send_seed": False})

    def looks(context: CheckContext) -> None:
        seen.append(context.options.options()["send_seed"])

    events = _run(server, {"OPT-004": writes, "OPT-005": looks})
    assert seen == [True]
    assert _options(server) == before
    assert not [e for e in events if isinstance(e, OptionsNotRestored)]


def test_overrides_that_stay_are_put_back_and_reported() -> None:
    server = mock(fresh=True)
    before = _options(server)

    def overrides(context: CheckContext) -> None:
        context.varied(override_settings={"CLIP_stop_at_last_layers": 2})
        assert _options(server) != before

    events = _run(server, {"TXT2IMG-061": overrides})
    words = [event.text for event in events if isinstance(event, Note)]
    option = "CLIP_stop_at_last_layers was 1 and is 2.0"
    assert words == [f"TXT2IMG-061 left options changed, and they were put back: {option}"]
    assert _verdicts(events) == {"TXT2IMG-061": Verdict.PASS}
    assert _options(server) == before


def test_options_are_put_back_after_an_interruption() -> None:
    server = mock()
    before = _options(server)

    def interrupted(context: CheckContext) -> None:
        context.options.post({"send_seed": False})
        raise KeyboardInterrupt

    with pytest.raises(KeyboardInterrupt):
        _run(server, {"OPT-004": interrupted})
    assert _options(server) == before


def test_options_that_stay_changed_are_reported_at_the_end() -> None:
    server, posts = mock(), []

    def deaf_after_the_first(ask: Ask) -> Reply:
        posts.extend([ask] if ask.method == "POST" else [])
        return reply(None) if ask.method == "POST" and len(posts) > 1 else server(ask)

    def writes(context: CheckContext) -> None:
        context.options.post({"send_seed": False})

    events = _run(deaf_after_the_first, {"OPT-004": writes})
    (left,) = [event for event in events if isinstance(event, OptionsNotRestored)]
    assert "send_seed was True and is False" in left.text


def test_after_the_server_went_away_the_rest_is_not_run() -> None:
    alive = [True]

    def dies(ask: Ask) -> Reply:
        if not alive[0]:
            raise requests.ConnectionError("refused")
        return sound(ask)

    def kills(context: CheckContext) -> None:
        alive[0] = False
        context.get("samplers")

    sound = mock()
    events = _run(dies, {"LIST-001": kills, "LIST-002": _good, "LIST-003": _good})
    assert list(_verdicts(events).values()) == [Verdict.FAIL, Verdict.NOT_RUN, Verdict.NOT_RUN]
    (lost,) = [event for event in events if isinstance(event, ServerLost)]
    assert lost.text.startswith("the server went away at LIST-001: ")


def test_one_dropped_connection_does_not_end_the_run() -> None:
    drops = iter([True])

    def flaky(ask: Ask) -> Reply:
        if ask.path.endswith("upscalers") and next(drops, False):
            raise requests.exceptions.ChunkedEncodingError("cut")
        return sound(ask)

    def reads(context: CheckContext) -> None:
        context.get("upscalers")

    sound = mock()
    events = _run(flaky, {"LIST-003": reads, "LIST-001": _good})
    assert _verdicts(events) == {"LIST-001": Verdict.PASS, "LIST-003": Verdict.FAIL}


def _progress(step: int, *, working: bool) -> Reply:
    state = {"job_count": int(working), "sampling_step": step, "sampling_steps": 999}
    return reply({"progress": 0.5, "eta_relative": 5.0, "state": state})


def _busy_after(idle_looks: int) -> Server:
    """A server at which somebody else starts a job without an end after so many looks."""
    looks, sound = count(), mock()

    def server(ask: Ask) -> Reply:
        if not ask.route.endswith("progress"):
            return sound(ask)
        number = next(looks)
        return _progress(number, working=number >= idle_looks)

    return server


def test_a_server_that_works_for_others_is_left_alone() -> None:
    with pytest.raises(StillBusy):
        _run(_busy_after(0), {"LIST-001": _good}, patience=_NOW)


def test_what_would_disturb_others_is_skipped_while_they_work() -> None:
    checks = {"LIST-001": _good, "INTERRUPT-004": _good}
    events = _run(_busy_after(2), checks, patience=_NOW)
    assert _verdicts(events) == {"LIST-001": Verdict.PASS, "INTERRUPT-004": Verdict.SKIPPED}


def test_waiting_is_reported() -> None:
    looks = iter([True, False, False])

    def soon_idle(ask: Ask) -> Reply:
        if ask.route.endswith("progress"):
            return _progress(1, working=next(looks))
        return sound(ask)

    sound = mock()
    events = _run(soon_idle, {"LIST-001": _good}, patience=Patience(limit=60, gap=0))
    assert [e.text for e in events if isinstance(e, Note)] == [
        "a job is running, 50% done, step 1 of 999",
    ]


def test_a_check_that_fails_does_not_stop_the_next() -> None:
    def fails(_: CheckContext) -> None:
        raise Failed("1", "2")

    events = _run(mock(), {"LIST-001": fails, "LIST-002": _good})
    assert list(_verdicts(events).values()) == [Verdict.FAIL, Verdict.PASS]


def test_the_whole_suite_runs_over_the_mock_without_an_error_of_its_own() -> None:
    with served(mock()):
        events: list[Event] = []
        run = Run(make_context(), RunSettings(mode=Mode.FULL, patience=None), events.append)
        run.carry_out(run.prepare(list(load_catalogue()), all_checks()))
        run.finish()
    assert Verdict.ERROR not in _verdicts(events).values()
