"""Pictures of an answer, and previews of them while they are sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import PictureSpec
from mockserver.profiles.profile import OutputRules

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from PIL import Image

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.imaging.formats import EncodedPicture


_NEWEST = OutputRules()


@dataclass
class Picture:
    """One picture of an answer.

    Attributes:
        painted: its pixels.
        text: its ``parameters``, None for none.
        key: what the pixels depend on, None where nobody knows.
    """

    painted: Painted
    text: str | None = None
    key: Hashable = None

    @property
    def image(self) -> Image.Image:
        """Its pixels; not to be changed."""
        return self.painted.image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.painted.size

    def encoded(self, options: Mapping[str, Any], rules: OutputRules = _NEWEST) -> EncodedPicture:
        """The file, as the options want it (``encode_pil_to_base64``).

        Args:
            options: format, quality.
            rules: what of it the version knows.

        Raises:
            HTTPError: 500 for an unknown samples_format.
            ServerError: a format or quality that Pillow refuses.
        """
        text = {"parameters": self.text} if self.text is not None and rules.text else None
        if not rules.format_by_option:
            return self.painted.encoded("png", text)
        lossless = rules.lossless_by_option and bool(options["webp_lossless"])
        return self.painted.encoded(
            options["samples_format"], text, options["jpeg_quality"], lossless=lossless
        )


def put_together(
    server: GenerationContext,
    kind: str,
    parts: list[Picture],
    make: Callable[[], Image.Image],
    *how: Hashable,
) -> Picture:
    """A picture made from others, kept by theirs where they are known.

    Args:
        server: its gallery keeps it.
        kind: what is made of them (``grid``).
        parts: what it is made from.
        make: makes it.
        how: whatever else its pixels depend on.
    """
    keys = tuple(part.key for part in parts)
    if None in keys:
        return Picture(Painted(make))
    key = (kind, keys, how)
    return Picture(server.gallery.keep(key, make), key=key)


#: Pixels that each preview method makes of a latent's side; any other name means Full.
_SCALES = {"Approx NN": 2, "Approx cheap": 1, "TAESD": 8}
_FULL = 8


@dataclass(frozen=True)
class Preview:
    """Makes previews of one sampling run.

    Attributes:
        server: its options choose the method and whether a batch is shown as a grid.
        p: the generation; its `seeds` are those of the batch.
        shape: channels, height and width of the latents.
    """

    server: GenerationContext
    p: Processing
    shape: tuple[int, int, int]

    def make(self) -> Any:
        """A preview of this moment."""
        options = self.server.options
        scale = _SCALES.get(options["show_progress_type"], _FULL)
        count = len(self.p.seeds) if options["show_progress_grid"] else 1
        step = self.server.state.sampling_step
        specs = [self._spec(number, scale, step) for number in range(count)]
        return Painted(lambda: _paint_preview(options, specs))

    def _spec(self, number: int, scale: int, step: int) -> PictureSpec:
        """What a preview is painted from: a smaller picture, after fewer steps.

        Args:
            number: of the picture in the batch.
            scale: pixels of a latent's side.
            step: steps made.
        """
        p = self.p
        return PictureSpec.of(
            self.shape[2] * scale,
            self.shape[1] * scale,
            prompt=p.prompts[number],
            negative_prompt=p.negative_prompts[number],
            seed=p.seeds[number],
            cfg_scale=p.cfg_scale,
            steps=step,
        )


def _paint_preview(options: Mapping[str, Any], specs: list[PictureSpec]) -> Image.Image:
    from mockserver.imaging.painted import paint  # noqa: PLC0415 - start-up time
    from mockserver.imaging.resize import image_grid  # noqa: PLC0415 - start-up time

    return image_grid([paint(spec) for spec in specs], options)


def previews_after_batch(options: Mapping[str, Any]) -> bool:
    """Whether a preview is made of each finished pass and only then.

    Args:
        options: live_previews_enable and show_progress_every_n_steps.
    """
    return bool(options["live_previews_enable"]) and (options["show_progress_every_n_steps"] == -1)
