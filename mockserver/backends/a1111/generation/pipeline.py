"""The way of a generation: parse, resolve, plan, sample, finish, answer.

Each stage is a module whose result the next one takes; `run` goes through resolve, plan, sample
and finish, once for txt2img and img2img, as often as it likes for a selectable script. The answer
is made here.

Source: modules/api/api.py ``text2imgapi`` and ``img2imgapi``, at v1.10.1.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.parse import parse_img2img, parse_txt2img
from mockserver.backends.a1111.generation.processing import Processing
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.input_images import read_picture
from mockserver.backends.a1111.scripts.run import run_script

if TYPE_CHECKING:
    from collections.abc import Sequence
    from typing import Any

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.parse import GenerationRequest
    from mockserver.backends.a1111.server import Webui
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.pydantic_compat.models import Valid


@dataclass(frozen=True)
class Generated:
    """The parts of an answer.

    Attributes:
        images: the pictures, encoded when somebody asks for their base64.
        parameters: the request's fields.
        info: JSON text.
        paced: whether time passed while they were made.
    """

    images: list[EncodedPicture]
    parameters: dict[str, Any]
    info: str
    paced: bool = False


def txt2img(webui: Webui, valid: Valid) -> Generated:
    """Answer ``POST /sdapi/v1/txt2img``; waits its turn.

    Args:
        webui: the simulated server.
        valid: the validated body; its values are the answer's ``parameters``.

    Raises:
        HTTPError: 422 for an unknown script, 500 for an unknown samples_format.
        ServerError: everything else that fails in the webui.
    """
    server = webui.context
    request = parse_txt2img(server, valid)
    return _answer(server, request, _generate(server, request))


def img2img(webui: Webui, valid: Valid) -> Generated:
    """Answer ``POST /sdapi/v1/img2img``; the init images are decoded when its turn comes.

    Args:
        webui: the simulated server.
        valid: the validated body; its values, without the pictures unless they are asked for,
            are the answer's ``parameters``.

    Raises:
        HTTPError: 404 without init images, 422 for an unknown script, 500 for a picture that
            cannot be decoded and for an unknown samples_format.
        ServerError: everything else that fails in the webui.
    """
    server = webui.context
    request = parse_img2img(server, valid)
    return _answer(server, request, _generate(server, request))


def _generate(server: GenerationContext, request: GenerationRequest) -> Processed:
    """Wait for the turn, then generate; state and task are cleared as the webui clears them."""
    server.tasks.pending.setdefault(request.task)
    with server.queue:
        p = Processing(request.tab, request.fields, request.scripts)
        try:
            if request.init_images is not None:
                p.init_images = _init_images(server, p, request.init_images)
            if p.initial_noise_multiplier is None:
                p.initial_noise_multiplier = server.options["initial_noise_multiplier"]
            try:
                server.state.begin(f"scripts_{request.tab}")
                server.tasks.start(request.task)
                if request.scripts.selected is not None:
                    processed = run_script(server, p, request.scripts)
                else:
                    processed = process_images(server, p)
                # Drawn while the turn lasts, so that answers come in the order of turns.
                for picture in processed.images if request.sends_images else ():
                    picture.painted.prepare()
                server.tasks.finish(request.task)
                return processed
            finally:
                server.state.end()
        finally:
            if not server.options["persistent_cond_cache"]:
                server.asked_conds.clear()


def _init_images(server: GenerationContext, p: Processing, sent: Sequence[Any]) -> list[Any]:
    options, rules = server.options, server.inputs
    found = [read_picture(image, options, rules) for image in sent]
    return found if rules.uses_every_init_image else found[-1:] * p.batch_size


def _answer(
    server: GenerationContext, request: GenerationRequest, processed: Processed
) -> Generated:
    """The parts of the answer; pictures that were sent are left out unless they are asked for."""
    images = []
    if request.sends_images:
        images = [picture.encoded(server.options, server.outputs) for picture in processed.images]
    parameters = request.echo
    generated = Generated(images, parameters, processed.js(), processed.paced)
    if request.init_images is not None and not parameters["include_init_images"]:
        parameters["init_images"] = parameters["mask"] = None
    return generated
