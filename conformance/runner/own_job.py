"""Takes back what this run left in the queue of a server: its running picture, and its task ids.

An interrupt ends whatever runs, so that it is sent only where the running job is ours by all that
the server shows: its task id, or its steps and pictures.

An img2img whose picture cannot be decoded is in /internal/pending-tasks before it is refused, and
stays there until the webui ends. A later task of the same id takes it out as it starts.

Source: modules/progress.py, add_task_to_queue and start_task, and modules/api/api.py, img2imgapi,
at v1.10.1.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, READING
from conformance.detection.readiness import PROGRESS, Patience, wait_until_idle
from conformance.errors import ConformanceError, ConnectionFailed, StillBusy
from conformance.runner import generation
from conformance.verdict import Signal

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.client.client import Client
    from conformance.runner.check_context import CheckContext


_INTERNAL = "/internal/progress"
# What job_count is before a job has begun, and before it has counted its pictures.
_NOT_YET = {0, -1}
_LOOKS, _IDLE, _GAP = 30, 3, 0.1
# A job that has begun may show the steps of the one before for a moment.
_TRIES = 2
# An interrupted job still decodes what it has.
_PATIENCE = Patience(limit=10.0, gap=0.02)


def stop_own_job(client: Client, payloads: Sequence[Mapping[str, Any]]) -> Iterator[str]:
    """Interrupt the job that runs if it is one of ours, and wait until it is over.

    Args:
        client: how to reach the server.
        payloads: of our generations that may be under way.

    Returns:
        What was done, as a clause; nothing where no job of ours runs.
    """
    for _ in range(_TRIES if payloads else 0):
        state = _running(client)
        if not state:
            return
        if _is_ours(client, state, payloads):
            yield _interrupt(client)
            return
        time.sleep(_GAP)
    if payloads:
        yield "the server works on, for somebody else by all it shows, and was not interrupted"


def _interrupt(client: Client) -> str:
    try:
        client.exchange("POST", f"{API}/interrupt", timeout=READING)
        wait_until_idle(client, _PATIENCE, lambda _: None)
    except (ConnectionFailed, StillBusy):
        return "the picture that this run had asked for could not be interrupted"
    return "the picture that this run had asked for was interrupted"


def _running(client: Client) -> dict[str, Any]:
    """The state of the job that runs, once it has counted its steps; empty while idle."""
    state: Any = {}
    for look in range(_LOOKS):
        state = _object(client, "GET", PROGRESS).get("state")
        if not isinstance(state, dict) or state.get("job_count") is None:
            return {}
        if state["job_count"] == 0 and look >= _IDLE:
            return {}
        if state["job_count"] not in _NOT_YET and state.get("sampling_steps") != 0:
            break
        time.sleep(_GAP)
    return state if isinstance(state, dict) else {}


def _is_ours(
    client: Client,
    state: Mapping[str, Any],
    payloads: Sequence[Mapping[str, Any]],
) -> bool:
    for payload in payloads:
        task = payload.get("force_task_id")
        shown = _object(client, "POST", _INTERNAL, json={"id_task": task}) if task else {}
        if "active" in shown:
            if shown["active"] is True:
                return True
            continue
        if _fits(state, payload):
            return True
    return False


def _fits(state: Mapping[str, Any], payload: Mapping[str, Any]) -> bool:
    """Whether the job that runs has the steps and the pictures of a request."""
    steps, wanted = state.get("sampling_steps"), payload.get("steps")
    if not isinstance(steps, int) or not isinstance(wanted, int):
        return False
    # img2img makes a share of its steps.
    near = 0 < steps <= wanted if payload.get("init_images") else steps == wanted
    return near and state.get("job_count") == payload.get("n_iter", 1)


def _object(client: Client, method: str, path: str, **request: Any) -> dict[str, Any]:
    try:
        exchange = client.exchange(method, path, timeout=READING, **request)
        value = exchange.json if exchange.ok else None
    except (ConnectionFailed, ValueError):
        return {}
    return value if isinstance(value, dict) else {}


ROUTE = "/internal/pending-tasks"
# An option that no server has: the task starts, and is refused before anything is sampled.
_REFUSED = {"override_settings": {"zz_conformance_nope": 1}}
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
