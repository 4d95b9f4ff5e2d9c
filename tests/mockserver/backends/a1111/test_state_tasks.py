"""Ids of tasks: waiting, running, finished."""

from __future__ import annotations

import re

import pytest
from generations import Watched, slow, txt2img

from mockserver import Webui
from mockserver.backends.a1111.generation.parse import new_task_id
from mockserver.backends.a1111.progress import internal_progress, pending_tasks
from mockserver.backends.a1111.state import REMEMBERED, TaskRegistry
from mockserver.core.errors import ServerError


def test_an_id_names_the_kind_of_task_and_seven_letters() -> None:
    assert re.fullmatch(r"task\(txt2img-[A-Z0-9]{7}\)", new_task_id("txt2img"))


def test_the_last_sixteen_finished_ids_are_remembered() -> None:
    ledger = TaskRegistry()
    for number in range(REMEMBERED + 4):
        ledger.start(str(number))
        ledger.finish(str(number))

    assert ledger.finished == [str(number) for number in range(4, 20)]


def test_a_finished_generation_is_reported_by_its_id() -> None:
    webui = Webui()
    txt2img(webui, force_task_id="task(mine)")

    assert internal_progress(webui, "task(mine)")["completed"] is True


def test_a_generation_that_fails_stays_the_current_task() -> None:
    webui = Webui()
    with pytest.raises(ServerError):
        txt2img(webui, steps=0, force_task_id="task(mine)")

    assert webui.tasks.current == "task(mine)"
    assert webui.tasks.finished == []


def test_a_task_that_waits_already_keeps_its_place() -> None:
    webui = slow()
    watched = Watched(webui)
    for task in ("task(a)", "task(b)", "task(c)", "task(b)"):
        watched.start(force_task_id=task)

    waiting = pending_tasks(webui)
    watched.finish()

    assert waiting == {"size": 2, "tasks": ["task(b)", "task(c)"]}


def test_tasks_that_wait_are_listed_in_their_order() -> None:
    webui = slow()
    watched = Watched(webui)
    for task in ("task(a)", "task(b)", "task(c)"):
        watched.start(force_task_id=task)

    waiting = pending_tasks(webui)
    place = internal_progress(webui, "task(c)")
    watched.finish()

    assert waiting == {"size": 2, "tasks": ["task(b)", "task(c)"]}
    assert (place["queued"], place["textinfo"]) == (True, "In queue: 2/2")
