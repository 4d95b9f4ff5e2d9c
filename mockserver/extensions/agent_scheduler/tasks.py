"""Tasks of Agent Scheduler and the list that keeps them.

Source: agent_scheduler/db/task.py at a3375332; recorded: x-agent-flow/*.
"""

from __future__ import annotations

import threading
import uuid
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, Collection

    from mockserver.imaging.formats import EncodedPicture


PENDING, DONE, FAILED, INTERRUPTED = "pending", "done", "failed", "interrupted"
FINISHED = (DONE, FAILED, INTERRUPTED)
_MILLISECONDS = 1000


@dataclass
class Task:
    """One generation that waits, or what came of it.

    Attributes:
        id: a random UUID.
        type: ``txt2img`` or ``img2img``.
        fields: the request's fields as the generation takes them.
        checkpoint: title of the model it asks for, None for the one in use.
        priority: milliseconds since the epoch when it came; the least is next.
        created: when it came, seconds since the epoch.
        updated: when it last changed, likewise.
        name: what somebody called it.
        callback: address that is called when it is done.
        status: ``pending``, ``done``, ``failed`` or ``interrupted``.
        result: JSON text of what came of it, or the text of an error.
        bookmarked: whether somebody marked it.
        images: its pictures, by the file names in `result`.
        infotexts: their texts.
    """

    id: str
    type: str
    fields: dict[str, Any]
    checkpoint: str | None
    priority: int
    created: float
    updated: float
    name: str | None = None
    callback: str | None = None
    status: str = PENDING
    result: str | None = None
    bookmarked: bool = False
    images: tuple[tuple[str, EncodedPicture], ...] = ()
    infotexts: tuple[str, ...] = ()


class TaskList:
    """All tasks that were not deleted.

    Args:
        now: gives the time, seconds since the epoch.
    """

    def __init__(self, now: Callable[[], float]) -> None:
        self._now = now
        self._tasks: dict[str, Task] = {}
        self._lock = threading.RLock()
        self._place = 0

    def add(self, kind: str, fields: dict[str, Any], checkpoint: str | None) -> Task:
        """Keep a new task.

        Args:
            kind: ``txt2img`` or ``img2img``.
            fields: of the request.
            checkpoint: title of the model to be loaded; None for the one that is.
        """
        now = self._now()
        with self._lock:
            task = Task(str(uuid.uuid4()), kind, fields, checkpoint, self._last_place(), now, now)
            self._tasks[task.id] = task
        return task

    def _last_place(self) -> int:
        """The priority of what comes now; two that come in one millisecond keep their order."""
        with self._lock:
            self._place = max(self._place + 1, int(self._now() * _MILLISECONDS))
            return self._place

    def repeat(self, task: Task) -> Task:
        """Keep a pending copy of a task, at the same place of the queue.

        Args:
            task: one of the list.
        """
        name = f"Copy of {task.name}" if task.name else None
        copy = replace(
            task, id=str(uuid.uuid4()), name=name, status=PENDING, result=None, bookmarked=False
        )
        copy.created = copy.updated = self._now()
        with self._lock:
            self._tasks[copy.id] = copy
        return copy

    def get(self, task_id: str) -> Task | None:
        """The task of that id.

        Args:
            task_id: of the task.
        """
        return self._tasks.get(task_id)

    def change(self, task: Task, **values: Any) -> None:
        """Give a task new values; it counts as updated.

        Args:
            task: one of the list.
            values: by field of the task.
        """
        for name, value in values.items():
            setattr(task, name, value)
        task.updated = self._now()

    def find(
        self,
        statuses: Collection[str],
        *,
        bookmarked: bool = False,
        newest_first: bool = False,
        limit: int | None = None,
        offset: int = 0,
    ) -> list[Task]:
        """Tasks of some statuses, by their priority, those with a bookmark behind the others.

        Args:
            statuses: which.
            bookmarked: only those with a bookmark.
            newest_first: the greatest priority first.
            limit: how many at most; None and 0 for all.
            offset: how many are passed over.
        """
        with self._lock:
            found = [task for task in self._tasks.values() if task.status in statuses]
        found.sort(key=lambda task: task.priority, reverse=newest_first)
        if bookmarked:
            found = [task for task in found if task.bookmarked]
        else:
            found.sort(key=lambda task: task.bookmarked)
        return found[offset:][: limit or None]

    def count(self, statuses: Collection[str]) -> int:
        """How many tasks are of some statuses.

        Args:
            statuses: of tasks, ``pending``, ``done``, ``failed`` or ``interrupted``.
        """
        return len(self.find(statuses))

    def position(self, task: Task) -> int:
        """How many pending tasks are before it.

        Args:
            task: one of the list.
        """
        return sum(1 for one in self.find((PENDING,)) if one.priority < task.priority)

    def to_top(self, task_id: str) -> None:
        """Make a task the next one.

        Args:
            task_id: of the task.

        Raises:
            ServerError: there is none of that id.
        """
        task = self._required(task_id)
        first = min((one.priority for one in self.find((PENDING,))), default=0)
        self.change(task, priority=first - 1)

    def to_bottom(self, task_id: str) -> None:
        """Make a task the last one.

        Args:
            task_id: of the task.
        """
        self.change(self._required(task_id), priority=self._last_place())

    def move_before(self, task: Task, other: Task) -> None:
        """Put a task in the place of another, which goes one down with all behind it.

        Args:
            task: one of the list.
            other: the task whose place it takes.
        """
        place = other.priority
        with self._lock:
            for one in self._tasks.values():
                if one.priority >= place:
                    one.priority += 1
        self.change(task, priority=place)

    def delete(self, task_id: str) -> None:
        """Forget a task.

        Args:
            task_id: of the task.

        Raises:
            ServerError: there is none of that id.
        """
        del self._tasks[self._required(task_id).id]

    def clear(self, statuses: Collection[str]) -> None:
        """Forget all tasks of some statuses.

        Args:
            statuses: of tasks, ``pending``, ``done``, ``failed`` or ``interrupted``.
        """
        for task in self.find(statuses):
            self._tasks.pop(task.id, None)

    def _required(self, task_id: str) -> Task:
        task = self._tasks.get(task_id)
        if task is None:
            raise ServerError("Exception", f"Task with id {task_id} not found")
        return task
