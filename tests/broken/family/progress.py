"""Progress that misleads, on an idle server and while a job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.layer import answer_with, rewrite_answer, rewrite_reply, without
from broken.registry import broken
from clock import QueueLock
from doubles import Ask, Reply, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from doubles import Server

PROGRESS = "/sdapi/v1/progress"
INTERNAL = "/internal/progress"


def _progress(sound: Server, edit: Callable[[dict[str, Any]], Any]) -> Server:
    return rewrite_answer(sound, PROGRESS, edit)


def _at_work(sound: Server, edit: Callable[[dict[str, Any]], Any]) -> Server:
    """Only what is reported while a job runs is changed."""
    return _progress(sound, lambda t: edit(t) if t["state"]["job_count"] else t)


def _state(sound: Server, edit: Callable[[dict[str, Any]], Any]) -> Server:
    return _progress(sound, lambda t: t | {"state": edit(t["state"])})


@broken("progress/no-eta", "eta_relative is missing", convicted_by=["PROGRESS-001"])
def no_eta(sound: Server) -> Server:
    return _progress(sound, without("eta_relative"))


@broken("progress/as-text", "progress is text", convicted_by=["PROGRESS-001", "PROGRESS-006"])
def as_text(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"progress": str(t["progress"])})


@broken("progress/no-state", "state is null", convicted_by=["PROGRESS-001"])
def no_state(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"state": None})


@broken("progress/in-a-list", "progress comes in a list", convicted_by=["PROGRESS-001"])
def in_a_list(sound: Server) -> Server:
    return _progress(sound, lambda t: [t])


@broken("progress/absent", "the route is lost", convicted_by=["PROGRESS-001"])
def absent(sound: Server) -> Server:
    return answer_with(sound, PROGRESS, reply({"detail": "Not Found"}, 404))


@broken("progress/busy-when-idle", "it says that a job runs", convicted_by=["PROGRESS-002"])
def busy_when_idle(sound: Server) -> Server:
    def edit(value: dict[str, Any]) -> dict[str, Any]:
        state = value["state"] | {"job_count": 1, "job": "scripts_txt2img", "job_timestamp": "1"}
        frozen = {name: state[name] for name in state if name in {"job", "job_count"}}
        counters = {"job_no": 0, "sampling_step": 3, "sampling_steps": 20, "job_timestamp": "1"}
        return value | {"progress": 0.3, "state": state | frozen | counters}

    return _progress(sound, edit)


@broken("progress/done-when-idle", "an idle server says 1", convicted_by=["PROGRESS-002"])
def done_when_idle(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"progress": t["progress"] or 1.0})


@broken("progress/old-picture", "an idle server shows a picture", convicted_by=["PROGRESS-002"])
def old_picture(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"current_image": t["current_image"] or "AAAA"})


@broken("progress/state-keys-lost", "state lacks its counters", convicted_by=["PROGRESS-003"])
def state_keys_lost(sound: Server) -> Server:
    return _state(sound, without("sampling_step", "job_no"))


@broken("progress/steps-as-text", "counters are text", convicted_by=["PROGRESS-003"])
def steps_as_text(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"sampling_steps": str(s["sampling_steps"])})


@broken("progress/no-stopping", "stopping_generation is missing", convicted_by=["PROGRESS-004"])
def no_stopping(sound: Server) -> Server:
    return _state(sound, without("stopping_generation"))


@broken("progress/timestamp-as-number", "job_timestamp is a number", convicted_by=["PROGRESS-005"])
def timestamp_as_number(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"job_timestamp": int(s["job_timestamp"])})


@broken("progress/timestamp-iso", "job_timestamp has dashes", convicted_by=["PROGRESS-005"])
def timestamp_iso(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"job_timestamp": "2026-11-21T10:00:00"})


@broken("progress/always-0", "progress stays 0 while a job runs", convicted_by=["PROGRESS-006"])
def always_0(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"progress": 0.0})


@broken("progress/always-idle", "a running job is never shown", convicted_by=["PROGRESS-006"])
def always_idle(sound: Server) -> Server:
    def edit(value: dict[str, Any]) -> dict[str, Any]:
        state = value["state"] | {"job_count": 0, "job": "", "sampling_step": 0}
        return value | {"progress": 0.0, "eta_relative": 0.0, "state": state}

    return _progress(sound, edit)


@broken("progress/percent", "progress runs to 100", convicted_by=["PROGRESS-006"])
def percent(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"progress": t["progress"] * 100})


@broken("progress/beyond-1", "progress ends above 1", convicted_by=["PROGRESS-006"])
def beyond_1(sound: Server) -> Server:
    return _progress(sound, lambda t: t | {"progress": t["progress"] * 1.5})


@broken("progress/negative", "progress is negative", convicted_by=["PROGRESS-006"])
def negative(sound: Server) -> Server:
    return _at_work(sound, lambda t: t | {"progress": -t["progress"]})


@broken("progress/no-count", "job_count stays 0 while a job runs", convicted_by=["PROGRESS-006"])
def no_count(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"job_count": 0})


@broken("progress/eta-lost-at-work", "a key is lost at work", convicted_by=["PROGRESS-006"])
def eta_lost_at_work(sound: Server) -> Server:
    return _at_work(sound, without("eta_relative"))


@broken("progress/counts-down", "progress falls", convicted_by=["PROGRESS-007"])
def counts_down(sound: Server) -> Server:
    return _at_work(sound, lambda t: t | {"progress": 1.0 - 0.9 * t["progress"]})


@broken("progress/jumps", "progress goes up and down", convicted_by=["PROGRESS-007"])
def jumps(sound: Server) -> Server:
    def edit(value: dict[str, Any]) -> dict[str, Any]:
        odd = value["state"]["sampling_step"] % 4 == 3
        return value | {"progress": 0.02 if odd else value["progress"]}

    return _at_work(sound, edit)


@broken("progress/always-a-picture", "skip_current_image is ignored", convicted_by=["PROGRESS-008"])
def always_a_picture(sound: Server) -> Server:
    def hear(ask: Ask) -> Reply:
        path = ask.path.replace("skip_current_image=true", "skip_current_image=false")
        return sound(Ask(ask.method, path, ask.headers, ask.body))

    return hear


def _preview(sound: Server, edit: Callable[[str], Any]) -> Server:
    return _progress(
        sound,
        lambda t: t | {"current_image": edit(t["current_image"]) if t["current_image"] else None},
    )


@broken("progress/preview-as-uri", "previews are data URIs", convicted_by=["PROGRESS-009"])
def preview_as_uri(sound: Server) -> Server:
    return _preview(sound, lambda text: f"data:image/png;base64,{text}")


@broken("progress/preview-cut", "previews end in the middle", convicted_by=["PROGRESS-009"])
def preview_cut(sound: Server) -> Server:
    return _preview(sound, lambda text: text[: len(text) // 8 * 4])


@broken("progress/preview-no-picture", "previews are no pictures", convicted_by=["PROGRESS-009"])
def preview_no_picture(sound: Server) -> Server:
    return _preview(sound, lambda _: "bm90IGEgcGljdHVyZQ==")


@broken(
    "progress/blocked",
    "progress waits for the job",
    convicted_by=["PROGRESS-010"],
)
def blocked(sound: Server) -> Server:
    lock = QueueLock()

    def wait(ask: Ask) -> Reply:
        if not ask.route.endswith(("/txt2img", PROGRESS)):
            return sound(ask)
        with lock:
            return sound(ask)

    return wait


@broken("progress/refused-at-work", "503 while a job runs", convicted_by=["PROGRESS-010"])
def refused_at_work(sound: Server) -> Server:
    def change(_: Ask, given: Reply) -> Reply:
        return reply({"detail": "busy"}, 503) if given.json["state"]["job_count"] else given

    return rewrite_reply(sound, change, PROGRESS)


@broken("progress/never-idle-again", "the last job stays for ever", convicted_by=["PROGRESS-011"])
def never_idle_again(sound: Server) -> Server:
    last: list[dict[str, Any]] = []

    def edit(value: dict[str, Any]) -> dict[str, Any]:
        if value["state"]["job_count"]:
            last[:] = [value]
        return last[0] if last else value

    return _progress(sound, edit)


@broken("progress/ends-at-1", "after the job progress stays 1", convicted_by=["PROGRESS-011"])
def ends_at_1(sound: Server) -> Server:
    seen: list[bool] = []

    def edit(value: dict[str, Any]) -> dict[str, Any]:
        if value["state"]["job_count"]:
            seen.append(True)
            return value
        return value | {"progress": 1.0 if seen else 0.0}

    return _progress(sound, edit)


@broken("progress/any-query", "any query value is taken", convicted_by=["PROGRESS-012"])
def any_query(sound: Server) -> Server:
    def hear(ask: Ask) -> Reply:
        return sound(Ask(ask.method, ask.path.replace("=maybe", "=true"), ask.headers, ask.body))

    return hear


def _internal(sound: Server, edit: Callable[[dict[str, Any]], Any]) -> Server:
    return rewrite_answer(sound, INTERNAL, edit)


@broken("progress/unknown-is-active", "an unknown task is active", convicted_by=["PROGRESS-013"])
def unknown_is_active(sound: Server) -> Server:
    return _internal(sound, lambda t: t | {"active": True})


@broken("progress/unknown-in-silence", "textinfo is null", convicted_by=["PROGRESS-013"])
def unknown_in_silence(sound: Server) -> Server:
    return _internal(sound, lambda t: t | {"textinfo": None})


@broken("progress/task-id-ignored", "the own task is never active", convicted_by=["PROGRESS-014"])
def task_id_ignored(sound: Server) -> Server:
    return _internal(sound, lambda t: t | {"active": False})


@broken("progress/task-never-done", "tasks are never completed", convicted_by=["PROGRESS-014"])
def task_never_done(sound: Server) -> Server:
    return _internal(sound, lambda t: t | {"completed": False})


@broken("progress/pending-miscounted", "size is not the count", convicted_by=["PROGRESS-015"])
def pending_miscounted(sound: Server) -> Server:
    return rewrite_answer(
        sound, "/internal/pending-tasks", lambda t: t | {"size": len(t["tasks"]) + 1}
    )


@broken("progress/ping-pong", "ping answers text", convicted_by=["PROGRESS-016"])
def ping_pong(sound: Server) -> Server:
    return rewrite_answer(sound, "/internal/ping", lambda _: "pong")


@broken("progress/live-preview-bare", "live_preview is bare base64", convicted_by=["PROGRESS-017"])
def live_preview_bare(sound: Server) -> Server:
    def edit(value: dict[str, Any]) -> dict[str, Any]:
        shown = value["live_preview"]
        return value | {"live_preview": shown and shown.partition(",")[2]}

    return _internal(sound, edit)


@broken("progress/does-not-move", "progress is 0.5 throughout", convicted_by=["PROGRESS-018"])
def does_not_move(sound: Server) -> Server:
    return _at_work(sound, lambda t: t | {"progress": 0.5})


@broken("progress/stuck-at-the-start", "progress is 0.01 throughout", convicted_by=["PROGRESS-018"])
def stuck_at_the_start(sound: Server) -> Server:
    def edit(value: dict[str, Any]) -> dict[str, Any]:
        return value | {"progress": 0.01, "state": value["state"] | {"sampling_step": 0}}

    return _at_work(sound, edit)


@broken("progress/steps-of-another", "sampling_steps is not asked", convicted_by=["PROGRESS-019"])
def steps_of_another(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"sampling_steps": 50})


@broken("progress/step-beyond-the-last", "steps run beyond the end", convicted_by=["PROGRESS-019"])
def step_beyond_the_last(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"sampling_step": s["sampling_step"] * 2})


@broken("progress/pictures-miscounted", "job_count is too large", convicted_by=["PROGRESS-019"])
def pictures_miscounted(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"job_count": 3 * s["job_count"]})


@broken("progress/no-job-name", "state.job is empty at work", convicted_by=["PROGRESS-020"])
def no_job_name(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"job": ""})


@broken("progress/job-name-stays", "state.job names the last job", convicted_by=["PROGRESS-020"])
def job_name_stays(sound: Server) -> Server:
    return _state(sound, lambda s: s | {"job": s["job"] or "scripts_txt2img"})
