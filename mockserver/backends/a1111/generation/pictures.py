"""Pictures of an answer, what their pixels depend on, and previews while they are sampled."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.conds import clip_skip
from mockserver.backends.a1111.generation.noise import subseed_of
from mockserver.backends.a1111.generation.samplers import SPAN_SAMPLERS
from mockserver.core.errors import raises_upstream
from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import PictureSpec
from mockserver.profiles.profile import OutputRules

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from PIL import Image

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.networks import ExtraNetworks
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.generation.sampling import Course
    from mockserver.imaging.formats import EncodedPicture

    Recipe = tuple[tuple[str, Hashable], ...]


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


#: Options that change pixels, with the value at which they do not.
_OPTIONS: tuple[tuple[str, Any], ...] = (
    ("hypertile_enable_unet", False),
    ("hypertile_enable_vae", False),
    ("sd_vae_decode_method", "Full"),
    ("use_old_emphasis_implementation", False),
    ("enable_quantization", False),
)
#: The plain way to read brackets in a prompt.
_EMPHASIS = "Original"
_DIGITS = 3


def merges_tokens(ratio: Any) -> bool:
    """Whether tokens are merged at that ratio.

    Args:
        ratio: between 0 and 1, of whatever type an option made it.

    Raises:
        ServerError: a ratio that cannot be compared with nought.
    """
    return bool(ratio != 0) and _above_nought(ratio)


@raises_upstream
def _above_nought(value: Any) -> bool:
    return bool(value > 0)


def hashable(value: Any) -> Hashable:
    """A value that can be part of a key: lists and dicts as their text.

    Args:
        value: any JSON value.
    """
    return repr(value) if isinstance(value, list | dict) else value


def _sampler(course: Course) -> tuple[str, Hashable]:
    """Sampler and schedule; a single step is the same with most samplers, from its level on."""
    single = course.steps == 1 and not course.sampler.by_timesteps
    if single and course.sampler.name not in SPAN_SAMPLERS:
        return "single step", round(course.levels[0], _DIGITS)
    return course.sampler.name, course.schedule


class Recipes:
    """Recipes for the pictures of one batch.

    Args:
        server: the server.
        p: the generation, after its first sampling run.
        course: the steps of that run.
        made: how many of them were made.
        networks: the extra networks in use.
    """

    def __init__(
        self,
        server: GenerationContext,
        p: Processing,
        course: Course,
        made: int,
        networks: ExtraNetworks,
    ) -> None:
        self._p = p
        self._networks = networks.active
        self._common = self._shared(server, course)
        emphasis = server.options["emphasis"]
        self._emphasis = None if emphasis == _EMPHASIS else hashable(emphasis)
        if made < course.steps:
            self._common["ended_after"] = made

    def _shared(self, server: GenerationContext, course: Course) -> dict[str, Hashable]:
        p, options = self._p, server.options
        sampler, schedule = _sampler(course)
        found: dict[str, Hashable] = {
            "sampler": sampler,
            "schedule": schedule,
            "steps": p.steps,
            "cfg_scale": p.cfg_scale,
            "tiling": True if p.tiling and server.rules.tiling_acts else None,
            "model": p.sd_model_hash or p.sd_model_name,
            "vae": p.sd_vae_name,
            "networks": self._networks or None,
        }
        merging = p.token_merging_ratio(options)
        found["merging"] = merging if merging != 0 and merges_tokens(merging) else None
        skipped = options["CLIP_stop_at_last_layers"]
        if server.rules.whole_clip_skip:
            skipped = clip_skip(server)
        found["clip_skip"] = skipped if skipped > 1 else None
        if server.rules.modules:
            found["modules"] = hashable(options["forge_additional_modules"])
        if options["randn_source"] == "NV":
            found["rng"] = "NV"
        if course.sampler.uses_ensd and p.sampler and p.sampler.eta:
            found["ensd"] = hashable(options["eta_noise_seed_delta"]) or None
        for name, plain in _OPTIONS:
            value = options[name]
            if value != plain:
                found[name] = hashable(value)
        for label, value in (p.script_effects | p.effects).items():
            found[label] = hashable(value)
        return found

    def picture(self, number: int, second_pass: Mapping[str, Hashable]) -> Recipe:
        """The recipe of picture `number` of the batch.

        For the text encoder blanks at the ends of a prompt and doubled ones are nothing.

        Args:
            number: from 0.
            second_pass: what a hires pass changes in the pixels.
        """
        p = self._p
        found = {**self._common, **second_pass}
        prompt = found["prompt"] = " ".join(p.prompts[number].split())
        found["negative_prompt"] = " ".join(p.negative_prompts[number].split())
        if "(" in prompt or "[" in prompt:
            found["emphasis"] = self._emphasis
        found["seed"] = p.seeds[number]
        if p.subseed_strength:
            found["subseed"] = subseed_of(p, number)
            found["subseed_strength"] = float(p.subseed_strength)
        if p.seed_resize_from_w > 0 and p.seed_resize_from_h > 0:
            found["seed_resize"] = (p.seed_resize_from_w // 8, p.seed_resize_from_h // 8)
        return tuple(sorted((name, value) for name, value in found.items() if value is not None))
