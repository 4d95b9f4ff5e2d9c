"""What ``/sdapi/v1/progress`` and the web UI's ``/internal/progress`` answer."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any, Protocol

from mockserver.core.errors import ServerError
from mockserver.profiles.profile import ProgressRules

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.backends.a1111.state import TaskRegistry, TaskState
    from mockserver.core.clock import Clock


_NEWEST = ProgressRules()
#: So much progress is shown from the start, so that no division by zero gives the time left.
OFFSET = 0.01


class ProgressSource(Protocol):
    """What progress is read from."""

    @property
    def state(self) -> TaskState:
        """The state record."""
        ...

    @property
    def tasks(self) -> TaskRegistry:
        """Ids of tasks."""
        ...

    @property
    def options(self) -> Mapping[str, Any]:
        """Options."""
        ...

    @property
    def clock(self) -> Clock:
        """The time."""
        ...


def _share(state: TaskState, start: float) -> float:
    """Share of the job that is done, not capped; `start` is what it starts from."""
    share = start
    count = state.job_count
    if count > 0:
        share += state.job_no / count
    if state.sampling_steps > 0 and count:
        share += 1 / count * state.sampling_step / state.sampling_steps
    return share


def _preview(server: ProgressSource) -> Any:
    """The current preview, made anew if enough steps have passed; None for none."""
    options = server.options
    if options["live_previews_enable"]:
        server.state.refresh_preview(options["show_progress_every_n_steps"])
    return server.state.current_image


def progress(
    server: ProgressSource, *, skip_current_image: bool = False, rules: ProgressRules = _NEWEST
) -> dict[str, Any]:
    """The answer of ``GET /sdapi/v1/progress``.

    Args:
        server: the simulated server.
        skip_current_image: leave the preview out (it is refreshed all the same).
        rules: what the version says.

    Returns:
        progress, eta_relative, state, current_image (bare base64 in the samples_format, or
        None), textinfo. Idle: zeroes and no picture.

    Source: modules/api/api.py ``progressapi``; recorded progress traces.
    """
    state = server.state
    known = state.as_dict()
    shown = {key: known[key] for key in rules.state_keys}
    answer: dict[str, Any] = {
        "progress": 0.0,
        "eta_relative": 0.0,
        "state": shown,
        "current_image": None,
    }
    if rules.textinfo:
        answer["textinfo"] = state.textinfo
    if shown["job_count"] == 0:
        return answer
    share = _share(state, OFFSET)
    elapsed = server.clock.now() - (state.time_start or 0.0)
    answer["eta_relative"] = elapsed / share - elapsed
    answer["progress"] = float(min(share, 1))
    picture = _preview(server)
    if picture is not None and not skip_current_image:
        wanted = server.options["samples_format"] if rules.preview_by_option else "png"
        answer["current_image"] = picture.encoded(wanted).base64()
    return answer


def _waiting(server: ProgressSource, task: str | None) -> str:
    pending = list(server.tasks.pending)
    if task not in pending:
        return "Waiting..."
    return f"In queue: {pending.index(task) + 1}/{len(pending)}"


def internal_progress(
    server: ProgressSource,
    id_task: str | None,
    id_live_preview: int = -1,
    *,
    live_preview: bool = True,
) -> dict[str, Any]:
    """The answer of ``POST /internal/progress``.

    Args:
        server: the simulated server.
        id_task: the task asked about.
        id_live_preview: the preview the asker has already; it is not sent again.
        live_preview: whether a preview is wanted.

    Returns:
        active, queued, completed, progress, eta, live_preview (a data URI or None),
        id_live_preview, textinfo.

    Source: modules/progress.py ``progressapi``.
    """
    tasks = server.tasks
    answer: dict[str, Any] = {
        "active": id_task == tasks.current,
        "queued": id_task in tasks.pending,
        "completed": id_task in tasks.finished,
        "progress": None,
        "eta": None,
        "live_preview": None,
        "id_live_preview": -1,
        "textinfo": None,
    }
    if not answer["active"]:
        return answer | {"textinfo": _waiting(server, id_task)}
    return answer | _active(server, id_live_preview, live_preview=live_preview)


def _active(server: ProgressSource, seen: int, *, live_preview: bool) -> dict[str, Any]:
    """The part of the answer that only a running task has.

    Raises:
        ServerError: TypeError, before the first job: no task is running, and none was asked about.
    """
    state = server.state
    if state.time_start is None:
        raise ServerError("TypeError", "unsupported operand type(s) for -: 'float' and 'NoneType'")
    share = min(_share(state, 0), 1)
    elapsed = server.clock.now() - state.time_start
    found: dict[str, Any] = {
        "progress": float(share),
        "eta": elapsed / share - elapsed if share > 0 else None,
        "id_live_preview": seen,
        "textinfo": state.textinfo,
    }
    if live_preview and server.options["live_previews_enable"]:
        picture = _preview(server)
        if picture is not None and state.id_live_preview != seen:
            kind = server.options["live_previews_image_format"]
            found["live_preview"] = f"data:image/{kind};base64,{picture.encoded(kind).base64()}"
            found["id_live_preview"] = state.id_live_preview
    return found


def pending_tasks(server: ProgressSource) -> dict[str, Any]:
    """The answer of ``GET /internal/pending-tasks``: how many wait, and their ids.

    Args:
        server: the simulated server.
    """
    waiting = list(server.tasks.pending)
    return {"size": len(waiting), "tasks": waiting}
