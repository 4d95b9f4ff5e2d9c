"""Tasks, from the request that queues one to the pictures that come of it.

Source: agent_scheduler/task_helpers.py and task_runner.py at a3375332; recorded: x-agent-flow/*.
"""

from __future__ import annotations

import json
import threading
import time
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError, UpstreamError, raises_upstream
from mockserver.extensions.agent_scheduler.tasks import DONE, FAILED, INTERRUPTED, PENDING
from mockserver.pydantic_compat.models import Valid

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.pipeline import Generated
    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.agent_scheduler.tasks import Task, TaskList


_MODELS = {
    "txt2img": "StableDiffusionProcessingTxt2Img",
    "img2img": "StableDiffusionProcessingImg2Img",
}
#: Fields that are the task's own and no generation's.
_OWN = ("checkpoint", "vae", "callback_url")
_CONTROLNET = "controlnet"
_MODEL = "sd_model_checkpoint"


def task_fields(
    webui: Webui, tab: str, values: dict[str, Any]
) -> tuple[dict[str, Any], str | None]:
    """The fields of a generation, and the title of the model that it asks for.

    Args:
        webui: the simulated server.
        tab: ``txt2img`` or ``img2img``.
        values: the validated body.

    Raises:
        ServerError: an unknown selectable script, ControlNet units with a picture as text.
    """
    server = webui.context
    fields = {name: value for name, value in values.items() if name not in _OWN}
    fields["sampler_index"] = fields.pop("sampler_name")
    _check_selected(server, tab, fields.get("script_name"))
    fields["alwayson_scripts"] = _known_scripts(server, tab, fields.get("alwayson_scripts"))
    fields["override_settings"] = dict(fields.get("override_settings") or {})
    wanted = values.get("checkpoint")
    if wanted is not None:
        found = server.checkpoints.closest(wanted)
        fields["override_settings"][_MODEL] = found.title if found else wanted
    if values.get("vae") is not None:
        fields["override_settings"]["sd_vae"] = values["vae"]
    valid = webui.models.get(_MODELS[tab]).validate(fields, ("body",))
    return valid.values, valid.values["override_settings"].get(_MODEL)


def _check_selected(server: GenerationContext, tab: str, name: Any) -> None:
    if name is None:
        return
    names = [entry.name for entry in server.scripts.tab(tab).entries if not entry.alwayson]
    if str(name).lower() not in names:
        raise ServerError("Exception", f"Not found script {name}")


def _known_scripts(server: GenerationContext, tab: str, sent: Any) -> dict[str, Any]:
    """Arguments of the always-on scripts that there are; other names are dropped."""
    given = {str(name).lower(): value for name, value in (sent or {}).items()}
    found = {}
    for entry in server.scripts.tab(tab).entries:
        value = given.get(entry.name) if entry.alwayson else None
        args = value.get("args") if isinstance(value, dict) else None
        if args:
            if entry.name == _CONTROLNET:
                args = _units(args)
            found[entry.name] = {"args": args}
    return found


@raises_upstream
def _units(args: Any) -> Any:
    """ControlNet units, whose picture has to be an object with picture and mask."""
    for unit in args if isinstance(args, list) else ():
        for key, value in unit.items():
            if key == "image" and value is not None:
                value["image"]
                value.get("mask", None)
    return args


#: Seconds before a task begins that nobody has asked for yet.
_START = 0.5
#: Seconds for which the runner lives on after the last task, deaf to new ones.
_LINGER = 1.0
_TIMEOUT = 5


class TaskRunner:
    """Runs pending tasks in a thread of its own.

    Where generation takes no time, a task begins as soon as somebody asks for it, at the latest
    a moment after it came: the answers do not depend on which thread was faster. Where it takes
    time, the runner lives on for a second after the last task and does not see what is queued in
    that second, as upstream: such a task waits until the next one is queued.

    Args:
        webui: the simulated server.
        tasks: the tasks.

    Attributes:
        paused: whether nothing is begun.
        interrupted: id of the task that was deleted while it ran.
    """

    def __init__(self, webui: Webui, tasks: TaskList) -> None:
        self._webui, self._tasks = webui, tasks
        self.paused = False
        self.interrupted: str | None = None
        self._running = threading.Lock()
        self._started = threading.Lock()
        self._alive = False
        self._files = 0

    @property
    def _takes_time(self) -> bool:
        return self._webui.pace.step_time > 0

    def start(self) -> None:
        """Begin with the pending tasks, unless that has been begun or the queue is paused."""
        if self.paused:
            return
        with self._started:
            if self._alive:
                return
            self._alive = True
        threading.Thread(target=self._work, daemon=True).start()

    def settle(self) -> None:
        """Where generation takes no time: run what has been begun to its end."""
        if self._alive and not self._takes_time:
            self._run_all()

    def run_one(self, task: Task | None) -> None:
        """Run a task whatever its place is.

        Args:
            task: one of the list.
        """
        if task is not None:
            threading.Thread(target=self._run_alone, args=(task,), daemon=True).start()

    def _run_alone(self, task: Task) -> None:
        with self._running:
            self._run(task)

    def _work(self) -> None:
        if not self._takes_time:
            time.sleep(_START)
        try:
            self._run_all()
            if self._takes_time:
                self._webui.clock.sleep(_LINGER)
        finally:
            self._alive = False

    def _run_all(self) -> None:
        """Run pending tasks until there are none, or one that crashed blocks the server."""
        with self._running:
            while not self.paused and self._webui.tasks.current is None:
                pending = self._tasks.find((PENDING,), limit=1)
                if not pending:
                    break
                self._run(pending[0])

    def _run(self, task: Task) -> None:
        self._webui.tasks.start(task.id)
        try:
            made = self._generate(task)
        except UpstreamError as refusal:
            text = refusal.text if isinstance(refusal, ServerError) else ""
            self._tasks.change(task, status=FAILED, result=text)
            return
        finally:
            self._webui.tasks.finish(task.id)
        if self.interrupted == task.id:
            self._tasks.change(task, status=INTERRUPTED)
            return
        self._keep(task, made)
        _call_back(task)

    def _generate(self, task: Task) -> Generated:
        from mockserver.backends.a1111.generation.pipeline import img2img, txt2img  # noqa: PLC0415

        fields = {**task.fields, "save_images": True, "send_images": True}
        if task.checkpoint not in {None, "System"}:
            overrides = dict(fields["override_settings"] or {})
            fields["override_settings"] = {**overrides, "sd_model_checkpoint": task.checkpoint}
        generate = txt2img if task.type == "txt2img" else img2img
        return generate(self._webui, Valid(fields, set(fields)))

    def _keep(self, task: Task, made: Generated) -> None:
        """Keep the pictures under the file names that the webui would have saved them by."""
        info = json.loads(made.info)
        infotexts = info["infotexts"]
        day = time.strftime("%Y-%m-%d", time.gmtime(self._webui.clock.now()))
        images = []
        for number, image in enumerate(made.images[: len(infotexts)]):
            seed = info["all_seeds"][min(number, len(info["all_seeds"]) - 1)]
            name = f"outputs/{task.type}-images/{day}/{self._files:05}-{seed}.png"
            self._files += 1
            images.append((name, image))
        result: dict[str, Any] = {"images": [name for name, _ in images], "geninfo": info}
        self._tasks.change(
            task,
            status=DONE,
            result=json.dumps(result),
            images=tuple(images),
            infotexts=tuple(infotexts),
        )


def _call_back(task: Task) -> None:
    """Send the pictures to the address that the request named; whoever is not there is not."""
    if not task.callback:
        return
    import requests  # noqa: PLC0415 - start-up time

    files = [
        ("files", (name.rpartition("/")[2], image.to_bytes(), "image/png"))
        for name, image in task.images
    ]
    data = {"task_id": task.id, "status": task.status}
    try:
        requests.post(task.callback, data=data, files=files, timeout=_TIMEOUT)
    except requests.RequestException:
        return
