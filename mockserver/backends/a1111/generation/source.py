"""The pictures that img2img starts from, made ready for sampling.

Source: modules/processing.py ``StableDiffusionProcessingImg2Img.init``, at v1.10.1; recorded:
group i2i.
"""

from __future__ import annotations

import hashlib
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.hires import latent_too_small
from mockserver.backends.a1111.generation.inpainting import MaskPlan, fitted, repainted, resized
from mockserver.backends.a1111.generation.noise import latent_shape, sizes_differ
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.generation.processing import ActiveSampler
from mockserver.backends.a1111.input_images import loaded
from mockserver.core.errors import ServerError, raises_upstream
from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import Overlay, PictureSpec, Pixels, Start

if TYPE_CHECKING:
    from collections.abc import Sequence

    from PIL import Image

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_LATENT_RESIZE = 3
_FILL, _ORIGINAL = 0, 1
#: What stands under the mask, as the extra parameters call it.
_MASKED_CONTENT = {2: "latent noise", 3: "latent nothing"}
#: How often the VAE halves a picture.
_HALVINGS = 3


@dataclass(frozen=True)
class _Ready:
    """One init picture, ready.

    Attributes:
        image: as sampling starts from it, in the size of processing or of its shape.
        size: of processing.
        overlay: what is laid over the result, but for its masked part; None for nothing.
    """

    image: Image.Image
    size: tuple[int, int]
    overlay: Image.Image | None = None


class Source:
    """What one img2img job starts from.

    Args:
        p: the generation.
        plan: what happens with the mask.
        ready: the init pictures.

    Attributes:
        fill: what stands under the mask; what a script gives as a word counts as "fill".
    """

    def __init__(self, p: Processing, plan: MaskPlan | None, ready: list[_Ready]) -> None:
        self._plan = plan
        self.fill = p.inpainting_fill if isinstance(p.inpainting_fill, int) else _FILL
        self._starts = [_start(p, plan, one, self.fill) for one in ready]

    @classmethod
    def of(cls, server: GenerationContext, p: Processing) -> Source:
        """Make the init pictures ready; fewer of them than `batch_size` make it smaller.

        Args:
            server: its options and samplers.
            p: the generation; `init_images` are decoded.

        Raises:
            ServerError: pictures, masks and sizes that the webui fails on.
        """
        if server.rules.denoising_from == "params":
            p.extra_generation_params["Denoising strength"] = p.denoising_strength
        p.infotext_has_mask = server.rules.infotext_has_mask
        p.image_cfg_scale = None
        p.sampler = ActiveSampler(server.samplers.create(p.sampler_name))
        plan = MaskPlan.of(server, p)
        if server.options["img2img_color_correction"]:
            p.effects["color correction"] = True
        ready = []
        for image in p.init_images:
            one, plan = _make_ready(server, p, plan, image)
            ready.append(one)
        _check_count(p, len(ready))
        if p.resize_mode == _LATENT_RESIZE:
            _check_alike([one.size for one in ready])
        _encode(server, p, ready[0].size)
        found = cls(p, plan, ready)
        if plan is not None and found.fill in _MASKED_CONTENT:
            p.note_mask("Masked content", _MASKED_CONTENT[found.fill])
        return found

    def start(self, number: int) -> Start:
        """What picture `number` of a batch starts from.

        Args:
            number: from 0.
        """
        return self._starts[number if len(self._starts) > 1 else 0]

    def masks(self, server: GenerationContext, number: int, picture: Picture) -> list[Picture]:
        """The pictures of the mask that options want behind a picture; they carry no text.

        Args:
            server: its options say which are wanted; its gallery paints.
            number: place of the picture in the iteration, from 0.
            picture: the picture.
        """
        if self._plan is None:
            return []
        mask, found = self._plan.for_overlay, []
        if server.options["return_mask"]:
            found.append(Picture(Painted(lambda: mask.convert("RGB"))))
        if server.options["return_mask_composite"]:
            found.append(Picture(Painted(lambda: self._composite(server, number, picture, mask))))
        return found

    def _composite(
        self, server: GenerationContext, number: int, picture: Picture, mask: Image.Image
    ) -> Image.Image:
        """What was painted, without the init picture over it, where the mask is."""
        from mockserver.imaging.masking import invert_mask, masked_image, uncrop  # noqa: PLC0415

        start, spec = self.start(number), picture.key
        image = picture.image
        if start.overlay is not None and isinstance(spec, PictureSpec):
            bare = Start(start.image, start.denoising, start.mask, start.fill)
            image = server.gallery.get(
                PictureSpec(spec.width, spec.height, spec.recipe, bare)
            ).image
            if start.paste_to is not None:
                image = uncrop(image, start.overlay.image.image.size, start.paste_to)
        mask = resized(2, mask, *image.size).convert("L")
        return masked_image(image, invert_mask(mask))


@raises_upstream
def _flattened(image: Image.Image, background: Any) -> Image.Image:
    from mockserver.imaging.resize import flatten  # noqa: PLC0415 - start-up time

    return flatten(image, background)


def _make_ready(
    server: GenerationContext, p: Processing, plan: MaskPlan | None, sent: Image.Image
) -> tuple[_Ready, MaskPlan | None]:
    """An init picture made ready, and the plan with its overlay mask in that picture's size."""
    options = server.options
    loaded(sent)
    if options["save_init_img"]:
        p.init_img_hash = hashlib.md5(sent.tobytes(), usedforsecurity=False).hexdigest()
    image = _flattened(sent, options["img2img_background_color"])
    region = plan.region if plan else None
    if region is None and p.resize_mode != _LATENT_RESIZE:
        upscaler = options["upscaler_for_img2img"]
        image = resized(p.resize_mode, image, p.width, p.height, upscaler)
    if plan is None:
        return _Ready(image, image.size), None
    plan = plan.fitted(p, image.size)
    overlay = image if options["overlay_inpaint"] else None
    size = image.size
    if region is not None:
        image, size = fitted(image, region, p), (p.width, p.height)
    if p.inpainting_fill != _ORIGINAL:
        _check_fill(p, plan, size)
    return _Ready(image, size, overlay), plan


@raises_upstream
def _latent_mask(p: Processing, plan: MaskPlan) -> Image.Image:
    """The mask of the latents: a script's own, else the plan's.

    The webui takes the field ``latent_mask`` for a picture, which JSON cannot hold.
    """
    if p.latent_mask is None:
        return _grey(plan.mask)
    found: Image.Image = p.latent_mask.convert("L")
    return found


def _grey(mask: Image.Image) -> Image.Image:
    from mockserver.imaging.resize import in_mode  # noqa: PLC0415 - start-up time

    return in_mode(mask, "L")


def _check_fill(p: Processing, plan: MaskPlan, size: tuple[int, int]) -> None:
    found = plan.size(p) if p.latent_mask is None else _latent_mask(p, plan).size
    if found != size:
        raise ServerError("ValueError", "images do not match")
    if p.inpainting_fill == _FILL:
        p.note_mask("Masked content", "fill")


def _check_count(p: Processing, count: int) -> None:
    if count == 0:
        raise ServerError(
            "RuntimeError",
            "Expected 3D (unbatched) or 4D (batched) input to conv2d, but got input of size: [0]",
        )
    if count == 1:
        return
    if count > p.batch_size:
        raise ServerError(
            "RuntimeError",
            f"bad number of images passed: {count}; expecting {p.batch_size} or less",
        )
    p.batch_size = count


def _check_alike(sizes: Sequence[tuple[int, int]]) -> None:
    """Pictures that nothing resized are put into one array.

    Raises:
        ServerError: their sizes differ.
    """
    count, (_, height) = len(sizes), sizes[0]
    if len(set(sizes)) == 1:
        return
    same_height = all(size[1] == height for size in sizes)
    shape = f"({count}, 3, {height})" if same_height else f"({count}, 3)"
    raise ServerError(
        "ValueError",
        "setting an array element with a sequence. The requested array has an inhomogeneous shape "
        f"after {3 if same_height else 2} dimensions. The detected shape was {shape} + "
        "inhomogeneous part.",
    )


def check_encodable(width: int, height: int) -> tuple[int, int]:
    """Turn a picture into a latent, as far as that can fail.

    Args:
        width: of the picture, in pixels.
        height: of the picture, in pixels.

    Returns:
        Width and height of the latent.

    Raises:
        ServerError: the picture is too small for the VAE, which halves it three times.

    Source: torch; recorded for one pixel, and for 8x6 pixels in a hires pass.
    """
    if width == height == 1:
        raise ServerError(
            "ValueError",
            "Expected more than 1 value per channel when training, got input size [1, 32, 1, 1]",
        )
    for _ in range(_HALVINGS):
        if min(width, height) <= 1:
            raise ServerError(
                "RuntimeError",
                f"Calculated padded input size per channel: ({height + 1} x {width + 1}). "
                "Kernel size: (3 x 3). Kernel size can't be greater than actual input size",
            )
        width, height = width // 2, height // 2
    return width, height


def _encode(server: GenerationContext, p: Processing, size: tuple[int, int]) -> None:
    """What turning pictures into latents fails on."""
    method = server.options["sd_vae_encode_method"]
    if method != "Full":
        p.note("VAE Encoder", method)
    width, height = check_encodable(*size)
    rows, columns = height, width
    if p.resize_mode == _LATENT_RESIZE:
        _, rows, columns = latent_shape(p.width, p.height)
        if rows < 1 or columns < 1:
            raise latent_too_small((height, width), (rows, columns))
    p.conditioning = (1, 1)
    if server.checkpoints.current.inpainting:
        _condition(p, (rows, columns), (height, width))


def _condition(p: Processing, latent: tuple[int, int], encoded: tuple[int, int]) -> None:
    """The masked picture is encoded, and put behind the mask in the latent's size.

    Raises:
        ServerError: the latent was resized and the picture not.
    """
    p.mask_conditioned = True
    p.conditioning = latent
    for wanted, found in zip(latent, encoded, strict=True):
        if wanted != found:
            raise sizes_differ(wanted, found)


def _overlay(plan: MaskPlan, ready: _Ready, image: Pixels) -> Overlay | None:
    if ready.overlay is None:
        return None
    over = image if ready.overlay is ready.image else Pixels(ready.overlay)
    return Overlay(over, Pixels(_grey(plan.for_overlay)))


def _start(p: Processing, plan: MaskPlan | None, ready: _Ready, fill: int) -> Start:
    image = Pixels(ready.image)
    denoising = float(p.denoising_strength)
    if plan is None:
        return Start(image, denoising)
    _, rows, columns = latent_shape(p.width, p.height)
    return Start(
        image,
        denoising,
        mask=Pixels(repainted(_latent_mask(p, plan), (columns, rows), rounded=bool(p.mask_round))),
        fill=fill,
        overlay=_overlay(plan, ready, image),
        paste_to=plan.paste_to,
        decoded=ready.overlay is None,
    )
