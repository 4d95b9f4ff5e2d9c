"""txt2img and img2img, from a valid request to the parts of its answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.context import context_of
from mockserver.backends.a1111.generation.processing import Processing
from mockserver.backends.a1111.generation.request import Order, order
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.input_images import read_picture
from mockserver.backends.a1111.scripts.run import run_script
from mockserver.core.errors import HTTPError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processed import Processed
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
    """

    images: list[EncodedPicture]
    parameters: dict[str, Any]
    info: str


def _generate(
    server: GenerationContext, wanted: Order, init_images: Sequence[Any] | None
) -> Processed:
    """Wait for the turn, then generate; state and task are cleared as the webui clears them."""
    server.tasks.add(wanted.task)
    with server.queue:
        p = Processing(wanted.tab, wanted.fields, wanted.scripts)
        try:
            if init_images is not None:
                p.init_images = _init_images(server, p, init_images)
            if p.initial_noise_multiplier is None:
                p.initial_noise_multiplier = server.options["initial_noise_multiplier"]
            return _run(server, p, wanted)
        finally:
            if not server.options["persistent_cond_cache"]:
                server.cond_cache.clear()


def _init_images(server: GenerationContext, p: Processing, sent: Sequence[Any]) -> list[Any]:
    options, rules = server.options, server.inputs
    found = [read_picture(image, options, rules) for image in sent]
    return found if rules.every else found[-1:] * p.batch_size


def _run(server: GenerationContext, p: Processing, wanted: Order) -> Processed:
    try:
        server.state.begin(f"scripts_{wanted.tab}")
        server.tasks.start(wanted.task)
        if wanted.scripts.selected is not None:
            processed = run_script(server, p, wanted.scripts)
        else:
            processed = process_images(server, p)
        if wanted.sends_images:
            _paint(processed)
        server.tasks.finish(wanted.task)
        return processed
    finally:
        server.state.end()


def _paint(processed: Processed) -> None:
    """Paint what will be sent while the turn lasts, so that answers come in the order of turns."""
    for picture in processed.images:
        picture.painted.prepare()


def _generated(server: GenerationContext, wanted: Order, processed: Processed) -> Generated:
    images = []
    if wanted.sends_images:
        images = [picture.encoded(server.options, server.outputs) for picture in processed.images]
    return Generated(images, wanted.echo, processed.js())


def txt2img(webui: Webui, valid: Valid) -> Generated:
    """Answer ``POST /sdapi/v1/txt2img``; waits its turn.

    Args:
        webui: the simulated server.
        valid: the validated body; its values are the answer's ``parameters``.

    Raises:
        HTTPError: 422 for an unknown script, 500 for an unknown samples_format.
        ServerError: everything else that the webui trips over.
    """
    server = context_of(webui)
    wanted = order(server, "txt2img", valid.values, valid.fields_set)
    return _generated(server, wanted, _generate(server, wanted, None))


def img2img(webui: Webui, valid: Valid) -> Generated:
    """Answer ``POST /sdapi/v1/img2img``; the init images are decoded when its turn comes.

    Args:
        webui: the simulated server.
        valid: the validated body; its values, without the pictures unless they are asked for,
            are the answer's ``parameters``.

    Raises:
        HTTPError: 404 without init images, 422 for an unknown script, 500 for a picture that
            cannot be decoded and for an unknown samples_format.
        ServerError: everything else that the webui trips over.
    """
    server = context_of(webui)
    values = valid.values
    init_images = values["init_images"]
    if init_images is None:
        raise HTTPError(404, "Init image not found")
    mask = _mask(server, values["mask"])
    wanted = order(server, "img2img", values, valid.fields_set)
    wanted.fields["image_mask"] = mask
    processed = _generate(server, wanted, init_images)
    answer = _generated(server, wanted, processed)
    if not values["include_init_images"]:
        values["init_images"] = values["mask"] = None
    return answer


def _mask(server: GenerationContext, sent: Any) -> Any:
    """The decoded mask; an empty text stays one."""
    return read_picture(sent, server.options, server.inputs) if sent else sent
