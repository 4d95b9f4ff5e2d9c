"""Sound servers that are unlike each other are acquitted, each under its own profile."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cache, reduce
from typing import TYPE_CHECKING

import pytest
from clock import SharedTime
from doubles import served
from judging import make_context, tried
from recorded import SERVERS, Recorded
from sound import RELEASES, SOUND, TOGETHER, Sound

from conformance.checks import all_checks
from conformance.properties.property import PROPERTIES
from conformance.requirements.catalogue import load_catalogue
from conformance.runner.budget import Clock
from conformance.runner.events import CheckFinished, Event
from conformance.runner.plan import Mode, RunSettings
from conformance.runner.run import Run
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from conformance.requirements.requirement import Requirement
    from conformance.runner.check_context import CheckContext

# Requirements that the mock of v1.10.1 keeps, at the least, whatever its settings.
_LEAST = 300
_EXAMPLES = 4
_RECORDED = {"HTTP", "AUTH", "LIST", "OPT"}
# The recorded servers were started with --api-server-stop, and so is the mock. The genuine
# ControlNet claims units that cannot run, and answers anybody.
_DETAILS = {"MISC-005", "CONTROLNET-018", "EXT-002"}


def _run(context: CheckContext, chosen: Iterable[Requirement]) -> tuple[Result, ...]:
    events: list[Event] = []
    run = Run(context, RunSettings(mode=Mode.FULL, patience=None), events.append)
    run.carry_out(run.prepare(list(chosen), all_checks()))
    run.finish()
    return tuple(event.result for event in events if isinstance(event, CheckFinished))


@contextmanager
def _before(sound: Sound) -> Iterator[CheckContext]:
    """What judges a server that detection alone recognises, on a time that both share."""
    time = SharedTime()
    with served(sound.server(time), sound.url):
        yield make_context(url=sound.url, clock=Clock(time, time.sleep), **sound.context_settings)


def _of_the_mock(sound: Sound) -> tuple[Result, ...]:
    """A full run over everything, and every property."""
    with _before(sound) as context:
        results = _run(context, load_catalogue())
        promised = [p for p in PROPERTIES if context.profile.promises(p.requirement)]
        return (*results, *(tried(p, context, seed=0, count=_EXAMPLES) for p in promised))


@cache
def _of_a_recorded(name: str) -> tuple[Result, ...]:
    """A full run over what needs no picture: a recording does not paint what it is asked for."""
    with served(Recorded(name)):
        chosen = [r for r in load_catalogue() if r.area in _RECORDED and not r.samples]
        return _run(make_context(), chosen)


def _unmet(results: Iterable[Result]) -> dict[str, str]:
    return {r.id: r.actual or r.reason for r in results if r.verdict.unmet}


def _errors(results: Iterable[Result]) -> list[str]:
    return [r.reason for r in results if r.verdict is Verdict.ERROR]


def test_every_sound_server_is_judged() -> None:
    assert sorted(name for names in TOGETHER for name in names) == sorted(SOUND)


@pytest.mark.parametrize("names", TOGETHER, ids=" and ".join)
def test_a_sound_server_keeps_every_promise(names: tuple[str, ...]) -> None:
    """One that differs in several things; each alone is judged by what the others leave out."""
    parts = [SOUND[name] for name in names]
    together = reduce(Sound.with_all_of, parts)
    results = _of_the_mock(together)
    assert set(_unmet(results)) <= _DETAILS | together.misses, _unmet(results)
    assert _errors(results) == []
    assert sum(r.verdict.met for r in results) >= _LEAST
    left_out = {r.id for r in results if not r.verdict.met}
    for name, part in zip(names, parts, strict=True) if parts[1:] else ():
        with _before(part) as context:
            alone = _run(context, [r for r in load_catalogue() if r.id in left_out])
        assert set(_unmet(alone)) <= _DETAILS | part.misses, (name, _unmet(alone))
        assert _errors(alone) == [], name


@pytest.mark.parametrize("name", RELEASES)
def test_every_release_keeps_what_it_promises(name: str) -> None:
    results = _of_the_mock(RELEASES[name])
    assert set(_unmet(results)) <= _DETAILS, _unmet(results)
    assert _errors(results) == []


@pytest.mark.parametrize("name", SERVERS)
def test_a_recorded_server_keeps_every_promise_of_its_profile(name: str) -> None:
    results = _of_a_recorded(name)
    assert _unmet(results) == {}
    assert _errors(results) == []


@pytest.mark.parametrize(
    ("name", "least"),
    [
        pytest.param("a1111-1.10.1", 60, id="1.10.1"),
        pytest.param("a1111-1.3.0", 50, id="1.3.0"),
        pytest.param("sdnext-2025-03", 40, id="SD.Next"),
        pytest.param("koboldcpp-1.111", 12, id="KoboldCpp"),
        pytest.param("sdcpp-master-827", 14, id="sd.cpp"),
    ],
)
def test_an_acquittal_rests_on_many_requirements(name: str, least: int) -> None:
    assert sum(r.verdict.met for r in _of_a_recorded(name)) >= least
