"""The loop of a watch, in time that the tests move."""

from __future__ import annotations

import gc
import tracemalloc
from dataclasses import replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

import pytest
import responses
from reports import result
from watching import HandTimes, Scripted, busy, down, fails, judged, watched

from conformance.errors import ReportError
from conformance.watch import store as store_module
from conformance.watch.changes import Kind
from conformance.watch.loop import Watch
from conformance.watch.store import Store
from conformance.watch.target_state import Look, Status
from conformance.watch.watched import WatchSettings
from conformance.watch.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Iterator
    from pathlib import Path

_HOOK = "https://chat.test/planted-token"


class _Room:
    """A watch over servers that do what is written down, with all that it says."""

    def __init__(self, path: Path, **settings: Any) -> None:
        self.times = HandTimes()
        self.said: list[str] = []
        self.settings = WatchSettings(**{"every": 300.0, "confirm": 10.0} | settings)
        self.path = path
        self.store = Store(path, timedelta(days=30))
        self.more: dict[str, Any] = {}

    def run(
        self, *servers: Iterable[Look | Exception], rounds: int = 5, patient: bool = False
    ) -> Watch:
        """Watch until the first server was looked at so often."""
        self.lookers = [Scripted(looks, self.times) for looks in servers]
        watch = Watch(
            [
                watched(looker, "studio" if not number else f"server-{number}", patient=patient)
                for number, looker in enumerate(self.lookers)
            ],
            self.store,
            self.settings,
            say=self.said.append,
            times=self.times,
            **self.more,
        )
        if not self.settings.once:
            self.times.on_wait = lambda: self._enough(watch, rounds)
        self.ended = watch.run()
        return watch

    def _enough(self, watch: Watch, rounds: int) -> None:
        if len(self.lookers[0].at) >= rounds:
            watch.stop()

    def restart(self) -> None:
        """The process ends, and another one goes on with the same file."""
        self.store.close()
        self.store = Store(self.path, timedelta(days=30))

    @property
    def alerts(self) -> list[list[Kind]]:
        found = reversed(self.store.alerts("studio", 1000))
        return [[change.kind for change in alert.changes] for alert in found]


@pytest.fixture
def make_room(tmp_path: Path) -> Iterator[Callable[..., _Room]]:
    """Makes a watch, every five minutes and confirmed after ten seconds unless asked otherwise."""
    made: list[_Room] = []

    def make(**settings: Any) -> _Room:
        made.append(_Room(tmp_path / "watch.sqlite", **settings))
        return made[-1]

    yield make
    for room in made:
        room.store.close()


@pytest.fixture
def room(make_room: Callable[..., _Room]) -> _Room:
    """A watch every five minutes, which looks again after ten seconds."""
    return make_room()


def test_it_looks_every_so_often_and_says_nothing_while_nothing_changes(room: _Room) -> None:
    room.run([judged()], rounds=4)
    assert room.lookers[0].at == [0, 300, 600, 900]
    assert room.alerts == []
    assert len(room.said) == 1, "the first look alone"


def test_what_is_worse_has_to_be_seen_twice(room: _Room) -> None:
    room.run([judged(), down(), judged(), down(), down()], rounds=6)
    assert room.lookers[0].at == [0, 300, 310, 610, 620, 920]
    assert room.alerts == [[Kind.DOWN]]
    outcomes = [(look.outcome, look.status) for look in room.store.looks("studio")]
    assert outcomes[1] == ("down", "conformant"), "a blip is in the history"
    assert outcomes[4] == ("down", "down")


def test_a_server_that_starts_is_waited_for_until_two_looks_agree(room: _Room) -> None:
    looks = [judged(), down(), judged(fails(), result("LIST-002")), judged()]
    room.run(looks, rounds=5)
    assert room.lookers[0].at == [0, 300, 310, 320, 620]
    assert room.alerts == []


def test_looks_that_never_agree_are_believed_in_the_end(room: _Room) -> None:
    bad = [judged(fails(name), result("LIST-003")) for name in ("LIST-001", "LIST-002")]
    room.run([judged(), down(), bad[0], bad[1], down()], rounds=6)
    assert room.lookers[0].at == [0, 300, 310, 320, 330, 630]
    assert room.alerts == [[Kind.DOWN]]


def test_good_news_needs_no_second_look(room: _Room) -> None:
    room.run([down(), down(), judged()], rounds=4)
    assert room.lookers[0].at == [0, 10, 310, 610]
    assert room.alerts == [[Kind.DOWN], [Kind.UP]]


def test_without_confirmation_everything_is_reported_at_once(
    make_room: Callable[..., _Room],
) -> None:
    room = make_room(confirm=0.0)
    room.run([judged(), down(), judged()], rounds=3)
    assert room.lookers[0].at == [0, 300, 600]
    assert room.alerts == [[Kind.DOWN], [Kind.UP]]


def test_a_busy_server_is_asked_again_soon_and_is_no_news(room: _Room) -> None:
    room.run([judged(), busy(), busy(), judged()], rounds=5)
    assert room.lookers[0].at == [0, 300, 360, 420, 720]
    assert room.alerts == []


def test_a_crash_is_recorded_once_and_the_loop_goes_on(room: _Room) -> None:
    room.run([judged(), *[ZeroDivisionError("by zero")] * 4, judged()], rounds=6)
    assert room.alerts == [[Kind.FAILED]]
    (alert,) = room.store.alerts("studio", 5)
    assert alert.changes[0].text == "the suite failed: ZeroDivisionError: by zero"
    assert room.store.state("studio").status is Status.CONFORMANT


def test_a_crash_that_quotes_a_secret_is_recorded_without_it(room: _Room) -> None:
    room.run([RuntimeError("no route to http://user:planted-secret@host")], rounds=3)
    look = room.store.looks("studio")[0]
    assert look.reason == "the suite failed: RuntimeError: no route to http://user:***@host"
    assert "planted" not in "".join([*room.said, room.store.state("studio").reason])


def test_several_servers_have_a_turn_of_their_own(room: _Room) -> None:
    room.run([judged()], [judged(), down(), down()], rounds=3)
    assert room.lookers[1].at[:3] == [0, 300, 310]
    assert [a.target for a in room.store.alerts("server-1", 5)] == ["server-1"]
    assert room.alerts == []


def test_a_restart_goes_on_and_repeats_no_alert(room: _Room) -> None:
    room.run([judged(), down()], rounds=4)
    room.restart()
    room.run([down()], rounds=4)
    assert room.alerts == [[Kind.DOWN]]
    room.restart()
    watch = room.run([judged()], rounds=2)
    assert room.alerts == [[Kind.DOWN], [Kind.UP]]
    assert watch.states["studio"][1].looks == {"conformant": 3, "down": 7}


def test_once_looks_once_and_again_only_to_confirm(make_room: Callable[..., _Room]) -> None:
    room = make_room(once=True)
    room.run([judged()], [down()])
    assert [looker.at for looker in room.lookers] == [[0], [0, 10]]
    assert {name: int(look.code) for name, look in room.ended.items()} == {
        "studio": 0,
        "server-1": 3,
    }


def test_two_targets_at_one_address_are_looked_at_one_after_the_other(room: _Room) -> None:
    running: list[str] = []

    class Alone(Scripted):
        def look(self) -> Look:
            assert running == []
            running.append("a look")
            works.append(running.pop)
            return super().look()

    works: list[Any] = []
    pair = [watched(Alone([judged()], room.times), name) for name in ("one", "two")]
    same = [replace(p, subject=replace(p.subject, url="http://same")) for p in pair]
    watch = Watch(same, room.store, replace(room.settings, once=True), times=room.times)

    def later(work: Any) -> None:
        begun.append(work)

    begun: list[Any] = []
    room.times.begin = later  # type: ignore[method-assign]

    def finish() -> None:
        assert len(begun) == 1
        begun.pop()()
        works.pop()()

    room.times.on_wait = finish
    assert set(watch.run()) == {"one", "two"}


# Trouble around it


def test_a_state_and_a_page_that_cannot_be_written_do_not_end_it(
    room: _Room, monkeypatch: pytest.MonkeyPatch
) -> None:
    def full(*_: object) -> int:
        raise store_module.StateError("the disk is full")

    def unwritable() -> None:
        raise ReportError("status.html could not be written")

    monkeypatch.setattr(room.store, "record", full)
    room.more = {"published": unwritable}
    watch = room.run([judged(), down(), down()], rounds=6)
    assert watch.states["studio"][1].status is Status.DOWN
    assert [line for line in room.said if "the watch goes on" in line] == [
        "state: the disk is full; the watch goes on",
        "page: status.html could not be written; the watch goes on",
    ]


def test_an_end_cancels_what_is_under_way_and_what_it_found_counts_for_nothing(
    room: _Room,
) -> None:
    begun: list[Any] = []
    room.times.begin = begun.append  # type: ignore[method-assign]
    looker = Scripted([down()], room.times)
    watch = Watch([watched(looker, patient=True)], room.store, room.settings, times=room.times)
    waits = []

    def act() -> None:
        waits.append(room.times.passed)
        if len(waits) == 1:
            watch.stop()
        elif len(waits) == 50:
            begun[0]()

    room.times.on_wait = act
    assert watch.run() == {}
    assert len(waits) == 50, "it waits for options to be put back, however long"
    assert looker.cancelled == 1
    assert room.store.looks("studio") == []


def test_an_end_does_not_wait_for_a_server_that_answers_nothing(room: _Room) -> None:
    room.times.begin = lambda _: None  # type: ignore[method-assign]
    watch = Watch([watched(Scripted([], room.times))], room.store, room.settings, times=room.times)
    room.times.on_wait = watch.stop
    watch.run()
    assert room.times.passed < 86_400 + 10


# The webhook


def test_an_alert_is_sent_until_it_is_taken_and_once(room: _Room) -> None:
    room.more = {"webhook": Webhook.parse(_HOOK)}
    with responses.RequestsMock() as http:
        for status in (503, 503, 200):
            http.add(responses.POST, _HOOK, status=status)
        watch = room.run([judged(), down()], rounds=6)
        assert len(http.calls) == 3
    assert len(watch.outbox) == 0
    assert [alert.delivery for alert in room.store.alerts("studio", 5)] == ["delivered"]
    assert room.lookers[0].at[:3] == [0, 300, 310], "looks go on meanwhile"
    said = [line for line in room.said if line.startswith("webhook")]
    assert said == ["webhook: https://chat.test/*** took no alert (status 503); it is sent again"]


def test_an_alert_that_nobody_took_is_sent_after_a_restart(room: _Room) -> None:
    room.more = {"webhook": Webhook.parse(_HOOK)}
    with responses.RequestsMock() as http:
        http.add(responses.POST, _HOOK, status=503)
        room.run([judged(), down()], rounds=4)
    room.restart()
    with responses.RequestsMock() as http:
        http.add(responses.POST, _HOOK, status=200)
        room.run([down()], rounds=4)
        assert len(http.calls) == 1
    assert room.alerts == [[Kind.DOWN]]


def test_once_tries_a_few_times_and_leaves_the_rest_for_the_next_time(
    make_room: Callable[..., _Room],
) -> None:
    room = make_room(once=True)
    room.more = {"webhook": Webhook.parse(_HOOK)}
    with responses.RequestsMock() as http:
        http.add(responses.POST, _HOOK, status=503)
        room.run([down()])
        assert len(http.calls) == 4
    assert len(room.store.pending()) == 1


def test_two_thousand_rounds_stay_small(
    make_room: Callable[..., _Room], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(store_module, "MOST_LOOKS", 300)
    monkeypatch.setattr(store_module, "MOST_ALERTS", 100)
    room = make_room(confirm=0.0)
    bad = judged(fails(), result("LIST-002"))
    good = judged(snapshot=None)
    looks = [*[good] * 20, down(), *[good] * 20, bad, *[replace(bad, snapshot=None)] * 7, busy()]
    files: list[int] = []

    def measure() -> None:
        rounds = len(room.lookers[0].at)
        room.said.clear()
        if rounds == 1700:
            tracemalloc.start()
        elif rounds in {1800, 2000}:
            gc.collect()
            memory.append(tracemalloc.get_traced_memory()[0])
            files.append(room.path.stat().st_size)

    memory: list[int] = []
    room.more = {"published": measure}
    room.run(looks * 40, rounds=2000)
    tracemalloc.stop()
    assert room.times.passed > 6 * 86_400
    assert memory[1] - memory[0] < 50_000
    assert files[1] <= files[0] * 1.1
    assert len(room.store.looks("studio")) < 400
    assert 100 <= len(room.alerts) < 200, len(room.alerts)
