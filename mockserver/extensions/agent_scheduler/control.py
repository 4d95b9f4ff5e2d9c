"""Routes of Agent Scheduler that change something.

Source: agent_scheduler/api.py at a3375332.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from mockserver.extensions.agent_scheduler.reading import NOT_FOUND, failure, success
from mockserver.extensions.agent_scheduler.runner import task_fields
from mockserver.extensions.agent_scheduler.tasks import FAILED, FINISHED, PENDING

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.agent_scheduler.runner import TaskRunner
    from mockserver.extensions.agent_scheduler.tasks import TaskList
    from mockserver.http.routing import Call


# The parts of a path are called as the server's document calls them.
# ruff: noqa: A002

_TOP, _BOTTOM = "top", "bottom"


class Control:
    """The routes of one server that change its tasks.

    Args:
        webui: the simulated server.
        tasks: its tasks.
        runner: what runs them.
    """

    def __init__(self, webui: Webui, tasks: TaskList, runner: TaskRunner) -> None:
        self._webui, self._tasks, self._runner = webui, tasks, runner

    def queue_txt2img(self, call: Call[Webui]) -> dict[str, str]:
        """Queue a txt2img.

        Args:
            call: the request.
        """
        return self._queue("txt2img", call)

    def queue_img2img(self, call: Call[Webui]) -> dict[str, str]:
        """Queue an img2img.

        Args:
            call: the request.
        """
        return self._queue("img2img", call)

    def _queue(self, kind: str, call: Call[Webui]) -> dict[str, str]:
        self._runner.settle()
        fields, checkpoint = task_fields(self._webui, kind, call.values)
        task = self._tasks.add(kind, fields, checkpoint)
        task.callback = call.values["callback_url"]
        self._runner.start()
        return {"task_id": task.id}

    def import_tasks(self, call: Call[Webui]) -> dict[str, Any]:
        """Queue what was exported elsewhere.

        Args:
            call: the request.
        """
        try:
            for item in json.loads(call.values["content"]):
                kind, params = item["type"], item["params"]
                self._tasks.add(kind, dict(params), params.get("checkpoint"))
        except (ValueError, LookupError, TypeError, AttributeError):
            return failure("Import Failed")
        return success("Queue imported")

    def update(self, call: Call[Webui], id: str) -> dict[str, Any]:
        """Give a task another name, or model and fields.

        Args:
            call: the request.
            id: of the task, from the path.
        """
        task = self._tasks.get(id)
        if task is None:
            return NOT_FOUND
        values = call.values
        if values["name"] is not None:
            self._tasks.change(task, name=values["name"])
        if values["checkpoint"] is not None:
            fields = {**task.fields, **(values["params"] or {})}
            self._tasks.change(task, checkpoint=values["checkpoint"], fields=fields)
        return success("Task updated.")

    def run(self, _: Call[Webui], id: str) -> dict[str, Any]:
        """Run a task now, or next.

        Args:
            id: of the task, from the path.
        """
        current = self._webui.tasks.current
        if current == id:
            return failure("Task is running")
        if current is not None:
            self._tasks.to_top(id)
            return success("Task is scheduled to run next")
        self._runner.run_one(self._tasks.get(id))
        return success("Task is executing")

    def requeue(self, _: Call[Webui], id: str) -> dict[str, Any]:
        """Queue a task once more, at the place it had.

        Args:
            id: of the task, from the path.
        """
        task = self._tasks.get(id)
        if task is None:
            return NOT_FOUND
        self._tasks.repeat(task)
        self._runner.start()
        return success("Task requeued")

    def requeue_failed(self, _: Call[Webui]) -> dict[str, Any]:
        """Make the failed tasks pending; nobody begins with them."""
        failed = self._tasks.find((FAILED,))
        if not failed:
            return failure("No failed tasks")
        for task in failed:
            self._tasks.change(task, status=PENDING, result=None)
            self._tasks.to_bottom(task.id)
        return success(f"Requeued {len(failed)} failed tasks")

    def delete(self, _: Call[Webui], id: str) -> dict[str, Any]:
        """Forget a task; one that runs is interrupted instead.

        Args:
            id: of the task, from the path.
        """
        if self._webui.tasks.current == id:
            self._webui.state.interrupt()
            self._runner.interrupted = id
            return success("Task interrupted")
        self._tasks.delete(id)
        return success("Task deleted")

    def move(self, _: Call[Webui], id: str, over_id: str) -> dict[str, Any]:
        """Give a task another place in the queue.

        Args:
            id: of the task, from the path.
            over_id: of the task whose place it takes; ``top`` and ``bottom`` are places too.
        """
        task = self._tasks.get(id)
        if task is None:
            return NOT_FOUND
        if over_id == _TOP:
            self._tasks.to_top(id)
            return success("Task moved to top")
        if over_id == _BOTTOM:
            self._tasks.to_bottom(id)
            return success("Task moved to bottom")
        other = self._tasks.get(over_id)
        if other is None:
            return NOT_FOUND
        self._tasks.move_before(task, other)
        return success("Task moved")

    def bookmark(self, _: Call[Webui], id: str) -> dict[str, Any]:
        """Mark a task.

        Args:
            id: of the task, from the path.
        """
        return self._changed(id, "Task bookmarked", bookmarked=True)

    def remove_bookmark(self, _: Call[Webui], id: str) -> dict[str, Any]:
        """Mark a task no longer.

        Args:
            id: of the task, from the path.
        """
        return self._changed(id, "Task unbookmarked", bookmarked=False)

    def rename(self, call: Call[Webui], id: str) -> dict[str, Any]:
        """Give a task another name.

        Args:
            call: the request.
            id: of the task, from the path.
        """
        return self._changed(id, "Task renamed.", name=call.values["name"])

    def _changed(self, task_id: str, message: str, **values: Any) -> dict[str, Any]:
        task = self._tasks.get(task_id)
        if task is None:
            return NOT_FOUND
        self._tasks.change(task, **values)
        return success(message)

    def pause(self, _: Call[Webui]) -> dict[str, Any]:
        """Begin nothing more."""
        self._runner.settle()
        self._runner.paused = True
        return success("Queue paused.")

    def resume(self, _: Call[Webui]) -> dict[str, Any]:
        """Go on."""
        self._runner.paused = False
        self._runner.start()
        return success("Queue resumed.")

    def clear_queue(self, _: Call[Webui]) -> dict[str, Any]:
        """Forget the pending tasks."""
        self._tasks.clear((PENDING,))
        return success("Queue cleared.")

    def clear_history(self, _: Call[Webui]) -> dict[str, Any]:
        """Forget the finished tasks."""
        self._tasks.clear(FINISHED)
        return success("History cleared.")
