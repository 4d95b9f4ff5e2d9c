"""Ends a picture of ours that the server still makes when nobody waits for it any more.

An interrupt ends whatever runs, so that it is sent only where the running job is ours by all that
the server shows: its task id, or its steps and pictures.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, READING
from conformance.detection.readiness import PROGRESS, Patience, wait_until_idle
from conformance.errors import ConnectionFailed, StillBusy

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.client.client import Client


_INTERNAL = "/internal/progress"
# An interrupted job still decodes what it has.
_PATIENCE = Patience(limit=10.0, gap=0.05)


def stop_own_job(client: Client, payloads: Sequence[Mapping[str, Any]]) -> str:
    """Interrupt the job that runs if it is one of ours, and wait until it is over.

    Args:
        client: how to reach the server.
        payloads: of our generations that may be under way.

    Returns:
        What was done, as a clause; empty for nothing.
    """
    state = _object(client, "GET", PROGRESS).get("state") if payloads else None
    if not isinstance(state, dict) or state.get("job_count") in {0, None}:
        return ""
    if not _is_ours(client, state, payloads):
        return "the server works for somebody else; a picture of this run may wait behind it"
    try:
        client.exchange("POST", f"{API}/interrupt", timeout=READING)
        wait_until_idle(client, _PATIENCE, lambda _: None)
    except (ConnectionFailed, StillBusy):
        return "the picture that this run had asked for could not be interrupted"
    return "the picture that this run had asked for was interrupted"


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
