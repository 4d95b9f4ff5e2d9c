"""The mask of an img2img job: where it repaints, and what is laid over the result.

Source: modules/processing.py ``StableDiffusionProcessingImg2Img.init``, at v1.10.1; recorded:
i2i/mask-*.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.noise import FACTOR, check_room
from mockserver.backends.a1111.input_images import loaded
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from PIL import Image

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.imaging.masking import Box


_HALF = 127


@dataclass(frozen=True)
class MaskPlan:
    """What an img2img job does with its mask.

    Attributes:
        mask: white is repainted; in the size of processing, or of its shape.
        for_overlay: what is cut out of the init image that is laid over the result.
        region: the part of the init image that is processed alone ("Only masked"), or None.
    """

    mask: Image.Image
    for_overlay: Image.Image
    region: Box | None = None

    @classmethod
    def of(cls, server: GenerationContext, p: Processing) -> MaskPlan | None:
        """The plan of a job, noted in its extra parameters; None where it has no mask.

        A black mask with "Only masked" is no mask.

        Args:
            server: its options name the upscaler.
            p: the generation; `image_mask` is its mask, decoded.

        Raises:
            ServerError: a mask, blur or size that the webui fails on.
        """
        if p.image_mask is None:
            return None
        if p.image_mask:
            loaded(p.image_mask)
        mask = _prepared(p)
        if p.inpaint_full_res:
            return cls._only_masked(p, mask)
        upscaler = server.options["upscaler_for_img2img"]
        mask = resized(p.resize_mode, mask, p.width, p.height, upscaler)
        return cls(mask, _doubled(mask))

    def fitted(self, p: Processing, size: tuple[int, int]) -> MaskPlan:
        """The plan with its overlay mask in the size of an init image; it is kept so.

        Args:
            p: the generation, for its resize mode.
            size: width and height of the init image in pixels.

        Raises:
            ServerError: sizes that Pillow refuses.
        """
        if self.for_overlay.size == size:
            return self
        return replace(self, for_overlay=resized(p.resize_mode, self.for_overlay, *size))

    @classmethod
    def _only_masked(cls, p: Processing, mask: Image.Image) -> MaskPlan | None:
        region = _region(p, mask)
        if region is None:
            p.inpaint_full_res = False
            return None
        p.note_mask("Inpaint area", "Only masked")
        p.note_mask("Masked area padding", p.inpaint_full_res_padding)
        return cls(fitted(mask, region, p), mask, region)

    def size(self, p: Processing) -> tuple[int, int]:
        """Width and height of the mask in processing.

        Args:
            p: the generation, for its size.
        """
        return self.mask.size if self.region is None else (p.width, p.height)

    @property
    def paste_to(self) -> Box | None:
        """Where the result goes in the init image: x, y, width, height."""
        if self.region is None:
            return None
        left, top, right, bottom = self.region
        return left, top, right - left, bottom - top


def repainted(mask: Image.Image, size: tuple[int, int], *, rounded: bool) -> Image.Image:
    """What is repainted as the latents have it: a pixel for each.

    Args:
        mask: mode L, white is repainted.
        size: of the latents.
        rounded: one is repainted or not, nothing between.
    """
    blocks = mask.resize(size, reducing_gap=2)
    if rounded:
        blocks = blocks.point([0 if level <= _HALF else 255 for level in range(256)])
    return blocks


@raises_upstream
def resized(
    mode: Any, image: Image.Image, width: Any, height: Any, upscaler: str | None = None
) -> Image.Image:
    """An image made to fit (``resize_image``).

    Args:
        mode: resize_mode of the request: 0 stretches, 1 crops, 2 fills, 3 leaves it to
            the latent.
        image: any picture.
        width: in pixels.
        height: in pixels.
        upscaler: name of an upscaler, default none.

    Raises:
        ServerError: sizes that Pillow refuses, or for which there is no room.
    """
    if isinstance(width, int) and isinstance(height, int) and min(width, height) > 0:
        check_room(width * height // FACTOR**2)
    from mockserver.imaging.resize import resize_image  # noqa: PLC0415 - start-up time

    return resize_image(mode, image, width, height, upscaler)


@raises_upstream
def cropped(image: Image.Image, region: Box) -> Image.Image:
    """The region of an image; Pillow refuses one that is inside out.

    Args:
        image: any picture.
        region: left, top, right and bottom in pixels.
    """
    return image.crop(region)


def fitted(image: Image.Image, region: Box, p: Processing) -> Image.Image:
    """The region of an image for processing; of the right shape it is left as large as it is.

    Args:
        image: any picture.
        region: left, top, right and bottom in pixels.
        p: the generation, for its size.

    Raises:
        ServerError: sizes that Pillow refuses, or for which there is no room.
    """
    from mockserver.imaging.resize import alike  # noqa: PLC0415 - start-up time

    part, size = cropped(image, region), (p.width, p.height)
    if min(size) > 0 and min(part.size) > 0 and alike(part.size, size):
        check_room(p.width * p.height // FACTOR**2)
        return part
    return resized(2, part, p.width, p.height)


@raises_upstream
def _prepared(p: Processing) -> Image.Image:
    """The mask as sent, inverted and blurred as the request wants it."""
    from mockserver.imaging import masking  # noqa: PLC0415 - start-up time

    mask = masking.create_binary_mask(p.image_mask, round_mask=p.mask_round)
    if p.inpainting_mask_invert:
        mask = masking.invert_mask(mask)
        p.note_mask("Mask mode", "Inpaint not masked")
    if p.mask_blur_x > 0 or p.mask_blur_y > 0:
        mask = masking.blur_mask(mask, p.mask_blur_x, p.mask_blur_y)
        p.note_mask("Mask blur", p.mask_blur)
    return mask


@raises_upstream
def _region(p: Processing, mask: Image.Image) -> Box | None:
    from mockserver.imaging import masking  # noqa: PLC0415 - start-up time

    region = masking.get_crop_region(mask, p.inpaint_full_res_padding)
    if region is None:
        return None
    return masking.expand_crop_region(region, (p.width, p.height), mask.size)


def _doubled(mask: Image.Image) -> Image.Image:
    from mockserver.imaging.masking import doubled_mask  # noqa: PLC0415 - start-up time
    from mockserver.imaging.resize import in_mode  # noqa: PLC0415 - start-up time

    return doubled_mask(in_mode(mask, "L"))
