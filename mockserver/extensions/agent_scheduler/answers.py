"""Tasks as the routes of Agent Scheduler tell them.

Source: agent_scheduler/api.py and models.py at a3375332; recorded: x-agent-flow/*.
"""

from __future__ import annotations

import io
import zipfile
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from mockserver.extensions.agent_scheduler.tasks import DONE, PENDING

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.extensions.agent_scheduler.tasks import Task


#: Fields of a generation that are told to nobody.
_UNTOLD = ("alwayson_scripts", "script_args", "init_images")
_MILLISECONDS = 1000
_PREFIX = "data:image/png;base64,"


def success(message: str) -> dict[str, Any]:
    """A change that was made."""
    return {"success": True, "message": message}


def failure(message: str) -> dict[str, Any]:
    """A change that was not made, which is a 200 all the same."""
    return {"success": False, "message": message}


NOT_FOUND = failure("Task not found")


def in_milliseconds(moment: float) -> int:
    """A time as the queue and the history tell it: whole seconds, in milliseconds."""
    return int(moment) * _MILLISECONDS


def as_text(moment: float) -> str:
    """A time as a single task tells it."""
    return datetime.fromtimestamp(int(moment), UTC).isoformat()


def told(
    task: Task, position: int | None, moment: Callable[[float], Any], current: str | None
) -> dict[str, Any]:
    """A task.

    Args:
        task: which.
        position: its place in the queue, None where it has none.
        moment: how times are told.
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
    """Why there is nothing to get yet; None where there is."""
    if task.status != DONE:
        return failure(f"Task is {task.status}")
    return None if task.result is not None else failure("Task result is not available")


def results(task: Task) -> dict[str, Any]:
    """The pictures with their infotexts."""
    pairs = zip(task.images, task.infotexts, strict=True)
    data = [{"image": f"{_PREFIX}{image.base64()}", "infotext": text} for (_, image), text in pairs]
    return {"success": True, "data": data}


def archive(task: Task) -> bytes:
    """The picture files in a ZIP file."""
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w") as file:
        for name, image in task.images:
            file.writestr(name.rpartition("/")[2], image.to_bytes())
    return out.getvalue()


def exported(task: Task) -> dict[str, Any]:
    """A pending task in the form that can be imported."""
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
