"""Ends a picture of ours that the server still makes when nobody waits for it any more.

An interrupt ends whatever runs, so that it is sent only where the running job is ours by all that
the server shows: its task id, or its steps and pictures.
"""

from __future__ import annotations

import time
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, READING
from conformance.detection.readiness import PROGRESS, Patience, wait_until_idle
from conformance.errors import ConnectionFailed, StillBusy

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping, Sequence

    from conformance.client.client import Client


_INTERNAL = "/internal/progress"
# What job_count is before a job has begun, and before it has counted its pictures.
_NOT_YET = {0, -1}
_LOOKS, _IDLE, _GAP = 30, 3, 0.1
# A job that has begun may show the steps of the one before for a moment.
_TRIES = 2
# An interrupted job still decodes what it has.
_PATIENCE = Patience(limit=10.0, gap=0.05)


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
