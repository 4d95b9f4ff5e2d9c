"""Interrupts and skips that do too little, or too much."""

from __future__ import annotations

import json
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broken.layer import GENERATIONS, answer_with, rewrite_answer, status
from broken.registry import broken
from doubles import Ask, Reply, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Server

INTERRUPT, SKIP = "/sdapi/v1/interrupt", "/sdapi/v1/skip"


@broken("interrupt/refused", "interrupt answers 500", convicted_by=["INTERRUPT-001"])
def refused(sound: Server) -> Server:
    return status(sound, INTERRUPT, 500, {"error": "AttributeError", "detail": "", "errors": "x"})


@broken("interrupt/null", "interrupt answers null", convicted_by=["INTERRUPT-001"])
def null(sound: Server) -> Server:
    return rewrite_answer(sound, INTERRUPT, lambda _: None)


def _afterwards(sound: Server, route: str, spoil: Callable[[Ask], Reply]) -> Server:
    """The generation after a call is spoiled."""
    called: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith(route):
            called.append(True)
        elif ask.route.endswith(GENERATIONS) and called:
            called.clear()
            return spoil(ask)
        return sound(ask)

    return answer


def _with_fields(ask: Ask, **fields: Any) -> Ask:
    return replace(ask, body=json.dumps(ask.json | fields).encode())


def _one_picture(given: Reply) -> Reply:
    value = given.json
    return given.with_json(value | {"images": value["images"][:1]})


@broken("interrupt/next-job-cut", "the next job is cut short", convicted_by=["INTERRUPT-001"])
def next_job_cut(sound: Server) -> Server:
    return _afterwards(sound, INTERRUPT, lambda ask: _one_picture(sound(ask)))


@broken("interrupt/next-job-empty", "the next job makes nothing", convicted_by=["INTERRUPT-001"])
def next_job_empty(sound: Server) -> Server:
    return _afterwards(
        sound, INTERRUPT, lambda ask: sound(ask).with_json(sound(ask).json | {"images": []})
    )


@broken("interrupt/next-job-fails", "the next job fails", convicted_by=["INTERRUPT-001"])
def next_job_fails(sound: Server) -> Server:
    failure = reply({"error": "RuntimeError", "detail": "", "body": "", "errors": "stopped"}, 500)
    return _afterwards(sound, INTERRUPT, lambda _: failure)


@broken("interrupt/next-picture-spoilt", "the next picture is bad", convicted_by=["INTERRUPT-001"])
def next_picture_spoilt(sound: Server) -> Server:
    return _afterwards(
        sound, INTERRUPT, lambda ask: sound(_with_fields(ask, seed=ask.json["seed"] + 90))
    )


@broken("interrupt/ignored", "interrupt does nothing", convicted_by=["INTERRUPT-002"])
def ignored(sound: Server) -> Server:
    return answer_with(sound, INTERRUPT, reply({}))


def _interrupted(sound: Server, change: Callable[[Reply], Reply]) -> Server:
    """The answer of a job that was interrupted is changed."""
    calls: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith(INTERRUPT):
            calls.append(True)
        if not ask.route.endswith(GENERATIONS):
            return sound(ask)
        before = len(calls)
        given = sound(ask)
        return change(given) if len(calls) > before and ask.json.get("n_iter", 1) > 2 else given

    return answer


@broken("interrupt/kills-the-request", "the job ends with a 500", convicted_by=["INTERRUPT-002"])
def kills_the_request(sound: Server) -> Server:
    failure = reply(
        {"error": "AttributeError", "detail": "", "body": "", "errors": "NoneType"}, 500
    )
    return _interrupted(sound, lambda _: failure)


@broken("interrupt/nothing-kept", "what was made is thrown away", convicted_by=["INTERRUPT-002"])
def nothing_kept(sound: Server) -> Server:
    return _interrupted(sound, lambda given: given.with_json(given.json | {"images": []}))


def _info(given: Reply, edit: Callable[[dict[str, Any]], dict[str, Any]]) -> Reply:
    value = given.json
    return given.with_json(value | {"info": json.dumps(edit(json.loads(value["info"])))})


@broken("interrupt/seeds-cut", "all_seeds has the made ones alone", convicted_by=["INTERRUPT-003"])
def seeds_cut(sound: Server) -> Server:
    return _interrupted(
        sound, lambda given: _info(given, lambda i: i | {"all_seeds": i["all_seeds"][:1]})
    )


@broken(
    "interrupt/infotexts-planned", "infotexts of what was not made", convicted_by=["INTERRUPT-003"]
)
def infotexts_planned(sound: Server) -> Server:
    return _interrupted(
        sound, lambda given: _info(given, lambda i: i | {"infotexts": i["infotexts"][:1] * 4})
    )


@broken("skip/refused", "skip answers 500", convicted_by=["INTERRUPT-004"])
def skip_refused(sound: Server) -> Server:
    return status(sound, SKIP, 500, {"error": "AttributeError", "detail": "", "errors": "x"})


@broken("skip/object", "skip answers an object", convicted_by=["INTERRUPT-004"])
def skip_object(sound: Server) -> Server:
    return rewrite_answer(sound, SKIP, lambda _: {"skipped": True})


@broken("skip/interrupts", "skip ends the whole job", convicted_by=["INTERRUPT-005"])
def skip_interrupts(sound: Server) -> Server:
    def hear(ask: Ask) -> Reply:
        if not ask.route.endswith(SKIP):
            return sound(ask)
        sound(replace(ask, path=INTERRUPT))
        return reply(None)

    return hear


@broken("skip/ignored", "skip does nothing", convicted_by=["INTERRUPT-008"])
def skip_ignored(sound: Server) -> Server:
    return answer_with(sound, SKIP, reply(None))


@broken("skip/next-job-cut", "the next job is cut short", convicted_by=["INTERRUPT-007"])
def skip_next_job_cut(sound: Server) -> Server:
    return _afterwards(sound, SKIP, lambda ask: _one_picture(sound(ask)))


@broken("interrupt/the-whole-queue", "waiting jobs are cut too", convicted_by=["INTERRUPT-006"])
def the_whole_queue(sound: Server) -> Server:
    calls: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith(INTERRUPT):
            calls.append(True)
        before = len(calls)
        given = sound(ask)
        waited = ask.route.endswith(GENERATIONS) and len(calls) > before
        return _one_picture(given) if waited else given

    return answer


@broken("interrupt/empties-the-queue", "waiting jobs are refused", convicted_by=["INTERRUPT-006"])
def empties_the_queue(sound: Server) -> Server:
    calls: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if ask.route.endswith(INTERRUPT):
            calls.append(True)
        before = len(calls)
        given = sound(ask)
        small = ask.route.endswith(GENERATIONS) and ask.json.get("n_iter", 1) < 3
        return reply({"detail": "cancelled"}, 499) if small and len(calls) > before else given

    return answer
