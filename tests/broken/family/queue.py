"""Requests at the same time that get in each other's way."""

from __future__ import annotations

import threading
from dataclasses import replace
from typing import TYPE_CHECKING

from broken.layer import GENERATIONS
from broken.registry import broken
from clock import QueueLock
from doubles import Ask, Reply, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Server


def _counted(sound: Server, beside: Callable[[Ask, int], Reply | None]) -> Server:
    """``beside`` may answer a generation, by how many others are under way."""
    lock, under_way = threading.Lock(), [0]

    def answer(ask: Ask) -> Reply:
        if not ask.route.endswith(GENERATIONS):
            return sound(ask)
        with lock:
            others = under_way[0]
            under_way[0] += 1
        try:
            return beside(ask, others) or sound(ask)
        finally:
            with lock:
                under_way[0] -= 1

    return answer


@broken("queue/refused-when-busy", "a second request gets 503", convicted_by=["QUEUE-001"])
def refused_when_busy(sound: Server) -> Server:
    return _counted(sound, lambda _, others: reply({"detail": "busy"}, 503) if others else None)


@broken("queue/too-many", "a third request gets 429", convicted_by=["QUEUE-001"])
def too_many(sound: Server) -> Server:
    return _counted(sound, lambda _, others: reply({"detail": "busy"}, 429) if others > 1 else None)


class _Exchange:
    """Hands the answers of requests that overlap to each other's clients."""

    def __init__(self, sound: Server, give: Callable[[Reply, Reply], Reply]) -> None:
        self._sound = sound
        self._give = give
        self._kept: Reply | None = None

    def __call__(self, ask: Ask) -> Reply:
        given = self._sound(ask)
        if not ask.route.endswith(GENERATIONS) or given.status != 200:
            return given
        before, self._kept = self._kept, given
        return given if before is None else self._give(given, before)


def _of_others(sound: Server, give: Callable[[Reply, Reply], Reply]) -> Server:
    exchanged = _Exchange(sound, give)
    return _counted(sound, lambda ask, others: exchanged(ask) if others else None)


@broken("queue/answers-exchanged", "answers go to other clients", convicted_by=["QUEUE-001"])
def answers_exchanged(sound: Server) -> Server:
    return _of_others(sound, lambda _, other: other)


@broken("queue/pictures-exchanged", "pictures go to other clients", convicted_by=["QUEUE-001"])
def pictures_exchanged(sound: Server) -> Server:
    def give(own: Reply, other: Reply) -> Reply:
        return own.with_json(own.json | {"images": other.json["images"]})

    return _of_others(sound, give)


@broken("queue/last-come-first-served", "the newest goes first", convicted_by=["QUEUE-002"])
def last_come_first_served(sound: Server) -> Server:
    turn = QueueLock(newest_first=True)

    def answer(ask: Ask) -> Reply:
        if not ask.route.endswith(GENERATIONS):
            return sound(ask)
        with turn:
            return sound(ask)

    return answer


@broken("queue/mistakes-wait", "mistakes wait for their turn", convicted_by=["QUEUE-003"])
def mistakes_wait(sound: Server) -> Server:
    turn = QueueLock()

    def answer(ask: Ask) -> Reply:
        if not ask.route.endswith(GENERATIONS):
            return sound(ask)
        with turn:
            return sound(ask)

    return answer


@broken("queue/mistakes-taken", "an unknown script is ignored at work", convicted_by=["QUEUE-003"])
def mistakes_taken(sound: Server) -> Server:
    def beside(ask: Ask, others: int) -> Reply | None:
        if others and ask.json.get("script_name"):
            return sound(replace(ask, body=b'{"steps": 1, "width": 64, "height": 64}'))
        return None

    return _counted(sound, beside)
