"""From a valid request to a generation: what is looked at before it waits its turn.

Source: modules/api/api.py ``text2imgapi`` and ``img2imgapi``, at v1.10.1.
"""

from __future__ import annotations

import random
import string
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.processing import NOT_PROCESSED
from mockserver.backends.a1111.generation.samplers import AUTOMATIC
from mockserver.backends.a1111.infotext.apply import apply_infotext
from mockserver.backends.a1111.input_images import read_picture
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.scripts.catalogue import ScriptArguments
    from mockserver.pydantic_compat.models import Valid


@dataclass(frozen=True)
class GenerationRequest:
    """A request that is ready to wait its turn.

    Attributes:
        tab: ``txt2img`` or ``img2img``.
        task: id of its task.
        echo: its fields as the answer's ``parameters`` have them.
        fields: its fields as the generation takes them, dicts and lists its own.
        scripts: what it gives to scripts.
        init_images: pictures to start from, not decoded yet; None in txt2img.
        sends_images: whether the answer has the pictures in it.
    """

    tab: str
    task: str
    echo: dict[str, Any]
    fields: dict[str, Any]
    scripts: ScriptArguments
    init_images: Sequence[Any] | None = None
    sends_images: bool = True


_LETTERS = string.ascii_uppercase + string.digits
_ID_LENGTH = 7
_PAIRS = [one + other for one in _LETTERS for other in _LETTERS]


def new_task_id(tab: str) -> str:
    """An id such as ``task(txt2img-A1B2C3D)``.

    Args:
        tab: ``txt2img`` or ``img2img``.

    Source: modules/progress.py ``create_task_id``.
    """
    number = int(random.random() * len(_LETTERS) ** _ID_LENGTH)  # noqa: S311 - a name, no secret
    number, last = divmod(number, len(_LETTERS))
    number, third = divmod(number, len(_PAIRS))
    first, second = divmod(number, len(_PAIRS))
    return f"task({tab}-{_PAIRS[first]}{_PAIRS[second]}{_PAIRS[third]}{_LETTERS[last]})"


def parse_txt2img(server: GenerationContext, valid: Valid) -> GenerationRequest:
    """Look at a txt2img as far as the webui does before it takes the queue's lock.

    Args:
        server: the server.
        valid: the validated body; its values are the request's `echo`.

    Raises:
        HTTPError: 422: an unknown script; 404: an unknown sampler, where the version says so.
        ServerError: an infotext or script arguments that the webui cannot work with.
    """
    return _parsed(server, "txt2img", valid)


def parse_img2img(server: GenerationContext, valid: Valid) -> GenerationRequest:
    """Look at an img2img as far as the webui does before it takes the queue's lock.

    The mask is decoded here, the init images when the turn comes.

    Args:
        server: the server.
        valid: the validated body; its values are the request's `echo`.

    Raises:
        HTTPError: 404 without init images, 500 for a mask that cannot be decoded, and as
            `parse_txt2img`.
        ServerError: as `parse_txt2img`.
    """
    values = valid.values
    init_images, sent = values["init_images"], values["mask"]
    if init_images is None:
        raise HTTPError(404, "Init image not found")
    # An empty text stays one.
    mask = read_picture(sent, server.options, server.inputs) if sent else sent
    request = _parsed(server, "img2img", valid, init_images)
    request.fields["image_mask"] = mask
    return request


def _parsed(
    server: GenerationContext, tab: str, valid: Valid, init_images: Sequence[Any] | None = None
) -> GenerationRequest:
    """The request with sampler and scheduler resolved and its scripts' arguments laid out."""
    echo, samplers = valid.values, server.samplers
    task = echo.get("force_task_id") or new_task_id(tab)
    from_infotext = {}
    if echo.get("infotext"):
        from_infotext = apply_infotext(server, tab, echo, valid.fields_set)
    scripts = server.scripts.tab(tab)
    selected = scripts.selectable(echo.get("script_name"))
    # Dicts and lists are copied, so that the echo stays as it was sent.
    fields = {
        name: value.copy() if isinstance(value, dict | list) else value
        for name, value in echo.items()
        if name not in NOT_PROCESSED
    }
    wanted = echo.get(samplers.named_by) or echo["sampler_index"]
    if samplers.unknown == "404":
        sampler, scheduler = samplers.validated(wanted), AUTOMATIC
    else:
        sampler, scheduler = samplers.known(wanted, echo.get("scheduler"))
    if server.rules.override_shared:
        fields["override_settings"] = echo["override_settings"]
    fields["sampler_name"] = sampler
    if server.rules.hires == "first":
        sides = [fields.pop(name, 0) for name in ("firstphase_width", "firstphase_height")]
        fields["first_pass"] = tuple(sides)
    if server.rules.accepts_null_negative_prompt and fields["negative_prompt"] is None:
        fields["negative_prompt"] = ""
    if not fields.get("scheduler") and scheduler != AUTOMATIC:
        fields["scheduler"] = scheduler
    fields["do_not_save_samples"] = fields["do_not_save_grid"] = not echo.get("save_images")
    arguments = scripts.arguments(
        selected, echo.get("script_args", ()), echo.get("alwayson_scripts", {}), from_infotext
    )
    sends = bool(echo.get("send_images", True))
    return GenerationRequest(tab, task, echo, fields, arguments, init_images, sends)
