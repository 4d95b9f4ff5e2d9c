"""From a request to a task: which of its scripts are kept, and what it trips over.

Source: agent_scheduler/task_helpers.py ``serialize_api_task_args`` at a3375332; recorded:
x-agent-flow/with-extensions, lower-case-names.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.context import context_of
from mockserver.core.errors import ServerError
from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.server import Webui


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
    server = context_of(webui)
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
