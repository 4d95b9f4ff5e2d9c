"""Takes back the task ids that refused requests of this run left in /internal/pending-tasks.

An img2img whose picture cannot be decoded is in the list before it is refused, and stays there
until the webui ends. A later task of the same id takes it out as it starts.

Source: modules/progress.py, add_task_to_queue and start_task, and modules/api/api.py, img2imgapi,
at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, READING
from conformance.detection.readiness import Patience, wait_until_idle
from conformance.errors import ConformanceError, ConnectionFailed, StillBusy
from conformance.runner import generation
from conformance.verdict import Signal

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.runner.check_context import CheckContext


ROUTE = "/internal/pending-tasks"
# An option that no server has: the task starts, and is refused before anything is sampled.
_REFUSED = {"override_settings": {"zz_conformance_nope": 1}}
_PATIENCE = Patience(limit=10.0, gap=0.02)
# A run leaves a handful.
_MOST = 40


class PendingTasks:
    """The ids that waited before a run, read as this is made, and those that it left.

    Args:
        context: of the run.
    """

    def __init__(self, context: CheckContext) -> None:
        self._context = context
        self._before = self._ids()

    def clear(self, *, generate: bool) -> Iterator[str]:
        """Take out what this run left, once the server is idle.

        Args:
            generate: whether a picture may be made for it.

        Returns:
            What could not be taken out, as sentences.
        """
        for picture in (False, True):
            left = self._left()
            if not left or (picture and not generate):
                break
            for task in left:
                self._run_as(task, {} if picture else _REFUSED)
            if not picture and generate:
                # A task that was refused counts as the one that runs until the next ends well.
                self._run_as(left[-1], {})
        left = self._left()
        if left:
            listed = ", ".join(left)
            yield f"task ids stay in {ROUTE} until the webui is started anew: {listed}"

    def _left(self) -> list[str]:
        """The ids that wait though the server is idle, and did not before the run."""
        if self._before is None:
            return []
        if not (self._ids() or frozenset()) - self._before:
            return []
        try:
            wait_until_idle(self._context.client, _PATIENCE, lambda _: None)
        except StillBusy:
            return []
        return sorted((self._ids() or frozenset()) - self._before)[:_MOST]

    def _ids(self) -> frozenset[str] | None:
        try:
            exchange = self._context.client.exchange("GET", ROUTE, timeout=READING)
            value: Any = exchange.json if exchange.ok else None
        except (ConnectionFailed, ValueError):
            return None
        tasks = value.get("tasks") if isinstance(value, dict) else None
        return frozenset(map(str, tasks)) if isinstance(tasks, list) else None

    def _run_as(self, task: str, fields: dict[str, Any]) -> None:
        payload = generation.one_image(self._context.settings.size) | fields
        try:
            self._context.sender.send(
                "POST", f"{API}/txt2img", json=payload | {"force_task_id": task}
            )
        except (Signal, ConformanceError):
            return
