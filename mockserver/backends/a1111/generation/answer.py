"""The last stage of a generation: pictures become files, and all of it the parts of an answer."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.parse import GenerationRequest
    from mockserver.imaging.formats import EncodedPicture


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


def answer(
    server: GenerationContext, request: GenerationRequest, processed: Processed
) -> Generated:
    """The parts of the answer.

    Args:
        server: its options choose the format of the pictures.
        request: what was asked; its pictures are left out of ``parameters`` unless they are
            asked for.
        processed: what came of it.

    Raises:
        HTTPError: 500 for an unknown samples_format.
        ServerError: a format or quality that Pillow refuses.
    """
    images = []
    if request.sends_images:
        images = [picture.encoded(server.options, server.outputs) for picture in processed.images]
    parameters = request.echo
    generated = Generated(images, parameters, processed.js())
    if request.init_images is not None and not parameters["include_init_images"]:
        parameters["init_images"] = parameters["mask"] = None
    return generated
