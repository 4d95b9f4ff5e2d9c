"""GET progress: how far the running job is, with a new preview every time.

Recorded: list/progress.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.families.sdnext.encoding import encoded

if TYPE_CHECKING:
    from mockserver.families.sdnext.server import SdNext
    from mockserver.webui.state import TaskState

#: A key of the webui's state that SD.Next never took over.
_UNKNOWN = "stopping_generation"
_DIGITS = 2


def progress(server: SdNext, *, skip_current_image: bool) -> dict[str, Any]:
    """The answer: progress, eta_relative, state, current_image, textinfo.

    Unlike the webui's it begins at nought, and tells two digits behind the point.
    """
    state = server.state
    shown = state.as_dict()
    del shown[_UNKNOWN]
    answer: dict[str, Any] = {"id": ""} if server.program.names_progress else {}
    answer |= {
        "progress": 0.0,
        "eta_relative": 0.0,
        "state": shown,
        "current_image": None,
        "textinfo": state.textinfo,
    }
    if shown["job_count"] == 0:
        return answer
    share = _share(state)
    elapsed = server.clock.now() - (state.time_start or 0.0)
    answer["progress"] = round(share, _DIGITS)
    answer["eta_relative"] = round(elapsed / share - elapsed, _DIGITS) if share else 0.0
    state.make_preview()
    if state.current_image is not None and not skip_current_image:
        answer["current_image"] = encoded(server, state.current_image, None).base64()
    return answer


def _share(state: TaskState) -> float:
    steps = max(state.sampling_steps, 1)
    done = steps * state.job_no + state.sampling_step
    return min(done / (steps * max(state.job_count, 1)), 1.0)
