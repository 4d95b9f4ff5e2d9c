"""What the pixels of a picture depend on, as a value that is a key."""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING, Any, NamedTuple

if TYPE_CHECKING:
    from collections.abc import Hashable

    from PIL import Image


class Pixels:
    """An image that can be a key: equal when mode, size and pixels are equal.

    Args:
        image: any Pillow image; it must not be changed afterwards.
    """

    __slots__ = ("__weakref__", "digest", "image")

    def __init__(self, image: Image.Image) -> None:
        self.image = image
        shape = f"{image.mode} {image.width}x{image.height}:".encode()
        # Processors have instructions for this one, which halves its time.
        self.digest = hashlib.sha256(shape + image.tobytes()).digest()

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Pixels) and other.digest == self.digest

    def __hash__(self) -> int:
        return hash(self.digest)

    def __repr__(self) -> str:
        return f"<Pixels {self.image.mode} {self.image.width}x{self.image.height}>"


class Overlay(NamedTuple):
    """A picture that is laid over a result, but for a part of it.

    Attributes:
        image: RGB.
        cut: mode L, of the same size; the result is seen where it is white.
    """

    image: Pixels
    cut: Pixels


@dataclass(frozen=True)
class Start:
    """What img2img begins with, as it is when sampling begins: flattened, cropped, resized.

    Attributes:
        image: RGB, resized to the picture's size if it is not that already.
        denoising: 0 gives the image back, 1 and above keep almost nothing of it.
        mask: mode L, white is repainted, resized to the picture's size in blocks if it is not
            that already; None repaints everything. Where it is black the image stays as it is.
        fill: ``inpainting_fill``: what stands under the mask when sampling begins: 0 fill,
            1 original, 2 latent noise, 3 latent nothing.
        overlay: what is laid over the result, None for nothing.
        paste_to: (x, y, width, height) in `overlay` where the result goes before that
            ("Only masked"); None: the result has the overlay's size.
        decoded: whether what the mask keeps went through the VAE, which leaves it paler.
    """

    image: Pixels
    denoising: float
    mask: Pixels | None = None
    fill: int = 1
    overlay: Overlay | None = None
    paste_to: tuple[int, int, int, int] | None = None
    decoded: bool = False


@dataclass(frozen=True)
class PictureSpec:
    """Everything that a picture's pixels depend on; equal specs give equal pixels.

    Attributes:
        width: of the pixels painted; with `Start.paste_to` the result has the overlay's size.
        height: likewise.
        recipe: (name, value) pairs, sorted by name. These names have a meaning of their own:
            ``prompt``, ``negative_prompt`` (str), ``seed``, ``subseed`` (int),
            ``subseed_strength`` (float), ``steps`` (int), ``cfg_scale`` (float), ``tiling``
            (bool). Any other name (``sampler``, ``scheduler``, ``model``, ``clip_skip``, ...)
            changes pixels too, by its value. Size is no part of it: the same recipe in another
            size is the same composition.
        start: the picture that img2img starts from; None for txt2img.
    """

    width: int
    height: int
    recipe: tuple[tuple[str, Hashable], ...] = ()
    start: Start | None = None

    @cached_property
    def values(self) -> dict[str, Any]:
        """The recipe by name."""
        return dict(self.recipe)

    @classmethod
    def of(
        cls, width: int, height: int, *, start: Start | None = None, **recipe: Hashable
    ) -> PictureSpec:
        """A spec from named values; those that are None are left out.

        Args:
            width: in pixels.
            height: in pixels.
            start: where img2img starts; None for txt2img.
            recipe: values by name.
        """
        known = tuple(sorted((k, v) for k, v in recipe.items() if v is not None))
        return cls(width, height, known, start)
