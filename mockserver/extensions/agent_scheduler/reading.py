"""Routes of Agent Scheduler that report something.

Source: agent_scheduler/api.py and models.py at a3375332; recorded: x-agent-flow/*.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.extensions.agent_scheduler.tasks import DONE, FINISHED, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.agent_scheduler.runner import TaskRunner
    from mockserver.extensions.agent_scheduler.tasks import Task, TaskList
    from mockserver.http.routing import Call


#: Fields of a generation that no answer shows.
_UNTOLD = ("alwayson_scripts", "script_args", "init_images")
_MILLISECONDS = 1000
_PREFIX = "data:image/png;base64,"


def success(message: str) -> dict[str, Any]:
    """A change that was made.

    Args:
        message: what the web UI shows; None for none.
    """
    return {"success": True, "message": message}


def failure(message: str) -> dict[str, Any]:
    """A change that was not made, which is a 200 all the same.

    Args:
        message: what the web UI shows.
    """
    return {"success": False, "message": message}


NOT_FOUND = failure("Task not found")


def in_milliseconds(moment: float) -> int:
    """A time as the queue and the history show it: whole seconds, in milliseconds.

    Args:
        moment: seconds since 1970.
    """
    return int(moment) * _MILLISECONDS


def as_text(moment: float) -> str:
    """A time as a single task shows it.

    Args:
        moment: seconds since 1970.
    """
    return datetime.fromtimestamp(int(moment), UTC).isoformat()


def as_json(
    task: Task, position: int | None, moment: Callable[[float], Any], current: str | None
) -> dict[str, Any]:
    """A task.

    Args:
        task: which.
        position: its place in the queue, None where it has none.
        moment: how times are written.
        current: id of what the server works on.
    """
    params = {name: value for name, value in task.fields.items() if name not in _UNTOLD}
    return {
        "id": task.id,
        "api_task_id": None,
        "api_task_callback": task.callback,
        "name": task.name,
        "type": task.type,
        "status": "running" if task.id == current else task.status,
        "params": {**params, "checkpoint": task.checkpoint},
        "priority": task.priority,
        "position": position,
        "result": task.result,
        "bookmarked": task.bookmarked,
        "created_at": moment(task.created),
        "updated_at": moment(task.updated),
    }


def not_ready(task: Task) -> dict[str, Any] | None:
    """Why there is nothing to get yet; None where there is.

    Args:
        task: one of the list.
    """
    if task.status != DONE:
        return failure(f"Task is {task.status}")
    return None if task.result is not None else failure("Task result is not available")


def results(task: Task) -> dict[str, Any]:
    """The pictures with their infotexts.

    Args:
        task: one of the list.
    """
    pairs = zip(task.images, task.infotexts, strict=True)
    data = [{"image": f"{_PREFIX}{image.base64()}", "infotext": text} for (_, image), text in pairs]
    return {"success": True, "data": data}


def archive(task: Task) -> bytes:
    """The picture files in a ZIP file.

    Args:
        task: one of the list.
    """
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, image in task.images:
            file.writestr(name.rpartition("/")[2], image.to_bytes())
    return out.getvalue()


def exported(task: Task) -> dict[str, Any]:
    """A pending task in the form that can be imported.

    Args:
        task: one of the list.
    """
    return {
        "id": task.id,
        "api_task_id": None,
        "api_task_callback": task.callback,
        "name": task.name,
        "type": task.type,
        "params": task.fields,
        "priority": task.priority,
        "status": PENDING,
        "bookmarked": task.bookmarked,
        "created_at": in_milliseconds(task.created),
        "updated_at": in_milliseconds(task.updated),
    }


_ALL, _BOOKMARKED = "all", "bookmarked"


class Reading:
    """The routes of one server that change nothing.

    Args:
        webui: the simulated server.
        tasks: its tasks.
        runner: what runs them.
    """

    def __init__(self, webui: Webui, tasks: TaskList, runner: TaskRunner) -> None:
        self._webui, self._tasks, self._runner = webui, tasks, runner

    def samplers(self, _: Call[Webui]) -> list[str]:
        """Names of all samplers."""
        return [item["name"] for item in self._webui.listed("samplers")]

    def models(self, _: Call[Webui]) -> list[str]:
        """Titles of all models."""
        return list(self._webui.context.checkpoints.names)

    def queue(self, call: Call[Webui]) -> dict[str, Any]:
        """The pending tasks, those of one page.

        Args:
            call: the request.
        """
        limit, offset = call.values["limit"], call.values["offset"]
        current = self._webui.tasks.current
        pending = self._tasks.find((PENDING,), limit=limit, offset=offset)
        return {
            "current_task_id": current,
            "pending_tasks": [
                as_json(task, place, in_milliseconds, current)
                for place, task in enumerate(pending, offset)
            ],
            "total_pending_tasks": self._tasks.count((PENDING,)),
            "paused": self._runner.paused,
        }

    def history(self, call: Call[Webui]) -> dict[str, Any]:
        """The finished tasks, the newest first; those with a bookmark come last.

        Args:
            call: the request.
        """
        wanted = call.values["status"]
        bookmarked = wanted == _BOOKMARKED
        every = not wanted or wanted == _ALL or bookmarked
        statuses = FINISHED if every else (wanted,)
        found = self._tasks.find(
            statuses,
            bookmarked=bookmarked,
            newest_first=True,
            limit=call.values["limit"],
            offset=call.values["offset"],
        )
        return {
            "tasks": [as_json(t, None, in_milliseconds, None) for t in found],
            "total": self._tasks.count(statuses),
        }

    def task(self, _: Call[Webui], id: str) -> dict[str, Any]:  # noqa: A002 - the path's own name
        """One task.

        Args:
            id: of the task, from the path.
        """
        self._runner.settle()
        task = self._tasks.get(id)
        if task is None:
            return NOT_FOUND
        place = self._tasks.position(task) if task.status == PENDING else None
        current = self._webui.tasks.current
        return {"success": True, "data": as_json(task, place, as_text, current)}

    def position(self, _: Call[Webui], id: str) -> dict[str, Any]:  # noqa: A002 - the path's own name
        """How many tasks are before one.

        Args:
            id: of the task, from the path.
        """
        task = self._tasks.get(id)
        if task is None:
            return NOT_FOUND
        place = self._tasks.position(task) if task.status == PENDING else None
        return {"success": True, "data": {"status": task.status, "position": place}}

    def results(self, call: Call[Webui], id: str) -> Any:  # noqa: A002 - the path's own name
        """The pictures of one task, as data URIs or in a ZIP file.

        Args:
            call: the request.
            id: of the task, from the path.
        """
        self._runner.settle()
        task = self._tasks.get(id)
        if task is None:
            return NOT_FOUND
        lacking = not_ready(task)
        if lacking is not None:
            return lacking
        if not call.values["zip"]:
            return results(task)
        file = f"attachment; filename=results-{id}.zip"
        headers = {"Content-Disposition": file}
        return Response(archive(task), mimetype="application/zip", headers=headers)

    def export(self, call: Call[Webui]) -> list[dict[str, Any]]:
        """The pending tasks in a form that can be imported.

        Args:
            call: the request.
        """
        values = call.values
        found = self._tasks.find((PENDING,), limit=values["limit"], offset=values["offset"])
        return [exported(task) for task in found]
