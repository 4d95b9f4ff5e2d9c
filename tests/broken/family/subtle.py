"""Faults that show in one picture of several, or on one of two routes."""

from __future__ import annotations

import base64
from typing import TYPE_CHECKING, Any

from broken.layer import redrawn, rewrite_answer, rewrite_generation
from broken.registry import broken

if TYPE_CHECKING:
    from doubles import Server

_PREFIX = "data:image/png;base64,"
_FOUR = 4


def _on_images(sound: Server, edit: Any) -> Server:
    return rewrite_generation(sound, lambda told: told | {"images": edit(told["images"])})


@broken(
    "subtle/prefix-of-the-second",
    "the second picture of a batch is a data URI",
    convicted_by=["IMG-004"],
)
def prefix_of_the_second(sound: Server) -> Server:
    return _on_images(sound, lambda images: images[:1] + [_PREFIX + text for text in images[1:]])


@broken(
    "subtle/batches-interleaved",
    "the pictures of two batches of two are interleaved",
    convicted_by=["TXT2IMG-020"],
)
def batches_interleaved(sound: Server) -> Server:
    def edit(images: list[str]) -> list[str]:
        return [images[place] for place in (0, 2, 1, 3)] if len(images) == _FOUR else images

    return _on_images(sound, edit)


@broken(
    "subtle/extras-batch-turned",
    "pictures of extra-batch-images come upside down",
    convicted_by=["EXTRAS-020"],
)
def extras_batch_turned(sound: Server) -> Server:
    def turned(text: str) -> str:
        edit = redrawn(lambda image: image.rotate(180))
        return base64.b64encode(edit(base64.b64decode(text))).decode()

    return rewrite_answer(
        sound,
        "/extra-batch-images",
        lambda told: told | {"images": [turned(text) for text in told["images"]]},
    )
