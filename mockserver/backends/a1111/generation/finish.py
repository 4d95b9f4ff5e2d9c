"""What comes of a generation: its pictures with their infotexts, the grid, and ``info``."""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.a1111.generation.conds import clip_skip
from mockserver.backends.a1111.generation.denoise import DECODING, step_seconds
from mockserver.backends.a1111.generation.noise import undecodable
from mockserver.backends.a1111.generation.pictures import Picture, put_together
from mockserver.backends.a1111.infotext.build import Subject, build
from mockserver.backends.a1111.infotext.grammar import HIRES, spelled
from mockserver.core.errors import ServerError, raises_upstream
from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.plan import Batch
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sample import Latents


def _number(value: Any) -> int:
    first = value[0] if isinstance(value, list) else value
    return -1 if first is None else int(first)


class Processed:
    """The result of a generation, as scripts put results together.

    Args:
        server: its options and state are read.
        p: the generation.
        images: pictures, grids first.
        seed: seed of the first picture; None counts as -1.
        info: infotext of the whole.
        subseed: subseed of the first picture; None counts as -1.
        infotexts: one text a picture, more or less; `info` for each when None or empty.
        index_of_first_image: how many grids come first.
        all_prompts: the generation's when None or empty.

    Attributes:
        paced: whether time passed while it was made.

    Source: modules/processing.py ``Processed``.
    """

    def __init__(  # noqa: PLR0913 - the webui's own constructor
        self,
        server: GenerationContext,
        p: Processing,
        images: Sequence[Picture],
        seed: Any = -1,
        info: str | None = "",
        *,
        subseed: Any = None,
        infotexts: Sequence[str | None] | None = None,
        index_of_first_image: int = 0,
        all_prompts: Sequence[Any] | None = None,
    ) -> None:
        self._server = server
        self._p = p
        self.images: list[Any] = list(images)
        self.info = info
        self.paced = p.step_time > 0
        self.width, self.height = p.width, p.height
        self.seed = seed if type(seed) is int else _number(seed)
        self.subseed = subseed if type(subseed) is int else _number(subseed)
        self.prompt = p.prompt[0] if isinstance(p.prompt, list) else p.prompt
        negative = p.negative_prompt
        self.negative_prompt = negative[0] if isinstance(negative, list) else negative
        self.all_prompts = list(all_prompts or p.all_prompts or [self.prompt])
        self.all_negative_prompts = list(p.all_negative_prompts or [self.negative_prompt])
        self.all_seeds: list[Any] = list(p.all_seeds or [self.seed])
        self.all_subseeds = list(p.all_subseeds or [self.subseed])
        self.index_of_first_image = index_of_first_image
        self.infotexts: list[Any] = list(infotexts or [info] * self._texts())
        self._as_now = self._values()

    def _texts(self) -> int:
        """How many infotexts there are where a script gives one for all."""
        return len(self.images) if self._server.rules.scripts_repeat_infotext else 1

    def _values(self) -> dict[str, Any]:
        """The values that the generation, the options and the state have at this moment."""
        p, options = self._p, self._server.options
        model = options["face_restoration_model"] if p.restore_faces else None
        skipped = options["CLIP_stop_at_last_layers"]
        if self._server.rules.whole_clip_skip:
            skipped = clip_skip(self._server)
        hashed = p.sd_model_hash
        # Of the job's model, or in older versions of the one that is loaded.
        if self._server.rules.infotext_model == "path":
            hashed = self._server.checkpoints.current.short_hash
        params, word = p.extra_generation_params, self._server.rules.hires_word
        return {
            "subseed_strength": p.subseed_strength,
            "width": p.width,
            "height": p.height,
            "sampler_name": p.sampler_name,
            "cfg_scale": p.cfg_scale,
            "steps": p.steps,
            "batch_size": p.batch_size,
            "restore_faces": p.restore_faces,
            "face_restoration_model": model,
            "sd_model_name": p.sd_model_name,
            "sd_model_hash": hashed,
            "sd_vae_name": p.sd_vae_name,
            "sd_vae_hash": p.sd_vae_hash,
            "seed_resize_from_w": p.seed_resize_from_w,
            "seed_resize_from_h": p.seed_resize_from_h,
            "denoising_strength": p.denoising_strength,
            "extra_generation_params": params if word == HIRES else spelled(params, HIRES, word),
            "styles": p.styles,
            "job_timestamp": self._server.state.job_timestamp,
            "clip_skip": skipped,
            "is_using_inpainting_conditioning": p.mask_conditioned,
            "version": self._server.version,
        }

    def clear(self, count: int) -> None:
        """Make room for `count` pictures of several jobs.

        Args:
            count: at least 1.
        """
        self.images = [None] * count
        self.all_prompts = [None] * count
        self.all_seeds = [None] * count
        self.infotexts = [None] * count
        self.index_of_first_image = 1

    def take(self, at: int, other: Processed) -> None:
        """Take the first picture of another job; one that has none gives an empty one.

        Args:
            at: its place among the pictures, from 0.
            other: the result of the other job.
        """
        if other.images:
            self.images[at] = other.images[0]
            self.all_prompts[at] = other.prompt
            self.all_seeds[at] = other.seed
            self.infotexts[at] = other.infotexts[0]
        else:
            self.images[at] = self._empty()

    def _empty(self) -> Picture:
        first = self.images[0]
        size = first.size if first is not None else (self.width, self.height)
        mode = first.image.mode if first is not None else "P"
        return Picture(Painted(lambda: Image.new(mode, size)))

    def js(self) -> str:
        """The ``info`` of the answer: JSON text; what JSON does not know is null in it."""
        # These values scripts may have changed since.
        values = self._as_now | {
            "prompt": self.all_prompts[0],
            "all_prompts": self.all_prompts,
            "negative_prompt": self.all_negative_prompts[0],
            "all_negative_prompts": self.all_negative_prompts,
            "seed": self.seed,
            "all_seeds": self.all_seeds,
            "subseed": self.subseed,
            "all_subseeds": self.all_subseeds,
            "index_of_first_image": self.index_of_first_image,
            "infotexts": self.infotexts,
        }
        keys = self._server.rules.info_keys
        return json.dumps({key: values[key] for key in keys}, default=lambda _: None)


@raises_upstream
def rows_of(options: Mapping[str, Any], count: int, batch_size: Any = 1) -> int:
    """Rows of a grid as the options want it.

    Args:
        options: n_rows and grid_prevent_empty_spots.
        count: pictures in all.
        batch_size: pictures made at once, default 1.
    """
    from mockserver.imaging.resize import grid_rows  # noqa: PLC0415 - start-up time

    return grid_rows(count, options, batch_size)


def grid(
    server: GenerationContext,
    pictures: Sequence[Picture],
    batch_size: Any = 1,
    rows: int | None = None,
) -> Picture:
    """Pictures side by side, in `rows` rows or as many as the options say.

    Args:
        server: its options say rows and background; its gallery keeps the grid.
        pictures: in order, row by row.
        batch_size: pictures made at once, default 1.
        rows: default: as many as the options say.

    Raises:
        ServerError: ZeroDivisionError for no pictures at all, ValueError for a background that is
            no colour.
    """
    if rows is None:
        rows = rows_of(server.options, len(pictures), batch_size)
    if not pictures:
        raise ServerError("ZeroDivisionError", "division by zero")
    _check_colour(server.options["grid_background_color"])
    shown, wanted = list(pictures), min(rows, len(pictures))
    return put_together(server, "grid", shown, lambda: _paint_grid(server, shown, wanted), wanted)


@raises_upstream
def _check_colour(name: Any) -> None:
    from PIL import ImageColor  # noqa: PLC0415 - start-up time

    ImageColor.getrgb(name)


def _paint_grid(server: GenerationContext, pictures: Sequence[Picture], rows: int) -> Image.Image:
    from mockserver.imaging.resize import image_grid  # noqa: PLC0415 - start-up time

    images = [one.image for one in pictures]
    return image_grid(images, server.options, rows=rows, mode=server.outputs.grid_mode)


def with_grid(
    server: GenerationContext, p: Processing, images: list[Picture], infotexts: list[str]
) -> int:
    """Put a grid before the pictures where one is wanted; gives how many were put there.

    Args:
        server: its options say whether a grid is wanted.
        p: the generation.
        images: the pictures; the grid is put before them.
        infotexts: their infotexts; that of the grid is put before them.

    Raises:
        ServerError: ZeroDivisionError where a grid is wanted of no pictures at all.
    """
    options = server.options
    if p.do_not_save_grid or not options["return_grid"]:
        return 0
    if len(images) < 2 and options["grid_only_if_multiple"]:  # noqa: PLR2004 - one is no grid
        return 0
    found = grid(server, images, p.batch_size)
    text = build(server, p, Subject.of_job(p))
    found.text = text if options["enable_pnginfo"] else None
    infotexts.insert(0, text)
    images.insert(0, found)
    return 1


def collect(batch: Batch, latents: Latents, images: list[Picture], infotexts: list[str]) -> None:
    """Decode the latents of one iteration; add its pictures and infotexts, masks behind them.

    Here they are decoded as far as that takes time and can fail; the pictures are painted when
    somebody looks.

    Args:
        batch: the iteration.
        latents: what sampling made of it.
        images: pictures made before; those of the iteration are added.
        infotexts: likewise.

    Raises:
        ServerError: latents without a size, an infotext that cannot be written.
    """
    server, p = batch.server, batch.p
    method = server.options["sd_vae_decode_method"]
    if method != "Full" and not p.enable_hr:
        p.extra_generation_params["VAE Decoder"] = method
    if min(latents.shape[1:]) < 1:
        raise undecodable(latents.shape)
    if p.step_time:
        server.clock.sleep(DECODING * step_seconds(server, latents.shape, len(p.seeds)))
    server.state.next_job(preview=batch.previews)
    with_text = server.options["enable_pnginfo"]
    for number in range(len(p.prompts)):
        spec = latents.spec(number)
        picture = Picture(server.gallery.get(spec), key=spec)
        if server.callbacks:
            changed = server.callbacks.postprocess_image(p, picture, number)
            picture = changed if isinstance(changed, Picture) else picture
        text = build(server, p, Subject.in_batch(p, number))
        infotexts.append(text)
        picture.text = text if with_text else None
        images.append(picture)
        if latents.source is not None:
            images += latents.source.masks(server, number, picture)


def finish(
    server: GenerationContext, p: Processing, images: list[Picture], infotexts: list[str]
) -> Processed:
    """The result of the whole, a grid before its pictures.

    Args:
        server: the server.
        p: the generation.
        images: all pictures, in order; a grid is put before them.
        infotexts: their infotexts.

    Raises:
        ServerError: what the grid or an infotext fails on.
    """
    if not infotexts:
        infotexts.append(build(server, p, Subject.first_of(p)))
    grids = with_grid(server, p, images, infotexts)
    processed = Processed(
        server,
        p,
        images,
        p.all_seeds[0],
        infotexts[0],
        subseed=p.all_subseeds[0],
        index_of_first_image=grids,
        infotexts=infotexts,
    )
    if server.callbacks:
        server.callbacks.postprocess(p, processed)
    return processed
