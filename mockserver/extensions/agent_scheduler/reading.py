"""Routes of Agent Scheduler that tell something.

Source: agent_scheduler/api.py at a3375332.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.backends.a1111.generation.context import context_of
from mockserver.extensions.agent_scheduler import answers
from mockserver.extensions.agent_scheduler.tasks import FINISHED, PENDING

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.agent_scheduler.runner import TaskRunner
    from mockserver.extensions.agent_scheduler.tasks import TaskList
    from mockserver.http.routing import Call


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

    def samplers(self, _: Call) -> list[str]:
        """Names of all samplers."""
        return [item["name"] for item in self._webui.listed("samplers")]

    def models(self, _: Call) -> list[str]:
        """Titles of all models."""
        return list(context_of(self._webui).checkpoints.names)

    def queue(self, call: Call) -> dict[str, Any]:
        """The pending tasks, those of one page."""
        limit, offset = call.values["limit"], call.values["offset"]
        current = self._webui.tasks.current
        pending = self._tasks.find((PENDING,), limit=limit, offset=offset)
        return {
            "current_task_id": current,
            "pending_tasks": [
                answers.told(task, place, answers.in_milliseconds, current)
                for place, task in enumerate(pending, offset)
            ],
            "total_pending_tasks": self._tasks.count((PENDING,)),
            "paused": self._runner.paused,
        }

    def history(self, call: Call) -> dict[str, Any]:
        """The finished tasks, the newest first; those with a bookmark come last."""
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
            "tasks": [answers.told(t, None, answers.in_milliseconds, None) for t in found],
            "total": self._tasks.count(statuses),
        }

    def task(self, _: Call, id: str) -> dict[str, Any]:  # noqa: A002 - the path's own name
        """One task."""
        self._runner.settle()
        task = self._tasks.get(id)
        if task is None:
            return answers.NOT_FOUND
        place = self._tasks.position(task) if task.status == PENDING else None
        current = self._webui.tasks.current
        return {"success": True, "data": answers.told(task, place, answers.as_text, current)}

    def position(self, _: Call, id: str) -> dict[str, Any]:  # noqa: A002 - the path's own name
        """How many tasks are before one."""
        task = self._tasks.get(id)
        if task is None:
            return answers.NOT_FOUND
        place = self._tasks.position(task) if task.status == PENDING else None
        return {"success": True, "data": {"status": task.status, "position": place}}

    def results(self, call: Call, id: str) -> Any:  # noqa: A002 - the path's own name
        """The pictures of one task, as data URIs or in a ZIP file."""
        self._runner.settle()
        task = self._tasks.get(id)
        if task is None:
            return answers.NOT_FOUND
        lacking = answers.not_ready(task)
        if lacking is not None:
            return lacking
        if not call.values["zip"]:
            return answers.results(task)
        file = f"attachment; filename=results-{id}.zip"
        headers = {"Content-Disposition": file}
        return Response(answers.archive(task), mimetype="application/zip", headers=headers)

    def export(self, call: Call) -> list[dict[str, Any]]:
        """The pending tasks in a form that can be imported."""
        values = call.values
        found = self._tasks.find((PENDING,), limit=values["limit"], offset=values["offset"])
        return [answers.exported(task) for task in found]
