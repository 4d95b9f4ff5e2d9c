"""Which tasks wait, which one runs, and which have finished."""

from __future__ import annotations

import random
import string

#: How many finished ids are remembered. Source: modules/progress.py ``finish_task``.
REMEMBERED = 16
_LETTERS = string.ascii_uppercase + string.digits
_ID_LENGTH = 7


class TaskLedger:
    """The ids of tasks as ``/internal/progress`` and ``/internal/pending-tasks`` tell them.

    A task that raised never leaves `current` until the next one starts, and one that failed
    before it started stays in `pending` for ever, as on the real server
    (modules/progress.py; spec: state machine).

    Attributes:
        current: id of the running task; None when none runs.
        pending: ids that wait, in the order they came.
        finished: the last 16 that ended well, oldest first.
    """

    def __init__(self) -> None:
        self.current: str | None = None
        self.pending: list[str] = []
        self.finished: list[str] = []

    @staticmethod
    def new_id(kind: str) -> str:
        """An id such as ``task(txt2img-A1B2C3D)``."""
        letters = "".join(random.choices(_LETTERS, k=_ID_LENGTH))  # noqa: S311 - a name, no secret
        return f"task({kind}-{letters})"

    def add(self, task: str) -> None:
        """Put a task at the end of those that wait; one that waits already keeps its place."""
        if task not in self.pending:
            self.pending.append(task)

    def start(self, task: str) -> None:
        """Let a task run."""
        self.current = task
        if task in self.pending:
            self.pending.remove(task)

    def finish(self, task: str) -> None:
        """Remember that a task ended well."""
        if self.current == task:
            self.current = None
        self.finished.append(task)
        del self.finished[:-REMEMBERED]
