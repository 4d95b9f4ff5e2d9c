"""The fields of payloads, their bounds, and the check of a payload against them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from difflib import get_close_matches
from functools import cache
from types import NoneType
from typing import TYPE_CHECKING, Annotated, Any, TypedDict, get_args, get_origin, get_type_hints

from conformance.client.fork_fields import FORK_TABLES, PROGRAMS
from conformance.client.image import PictureSource  # noqa: TC001 - get_type_hints reads it
from conformance.client.records import fits, type_text
from conformance.errors import PayloadError

if TYPE_CHECKING:
    from collections.abc import Iterable


# A latent has one cell for eight pixels a side; a smaller picture has none (recorded: width 0
# and 4 answer 500, 8x8 works).
CELL = 8
# A longer side fits no format that servers send but PNG, and no card.
LONGEST_SIDE = 16384
# What a random generator takes for a seed (recorded: 2**63 works, 2**64 answers 500).
SEEDS = (-(2**63), 2**64 - 1)


@dataclass(frozen=True)
class Bounds:
    """Numbers that are possible.

    Args:
        least: smallest number allowed.
        most: largest number allowed.
        above: numbers up to and including this one are not allowed.
        why: what lies behind the bounds, empty for the obvious.
    """

    least: float = -math.inf
    most: float = math.inf
    above: float = -math.inf
    why: str = ""

    def problem(self, value: float) -> str:
        """Why a number is out of bounds, empty if it is not.

        Args:
            value: of the field.
        """
        if value < self.least:
            need = f"at least {_plain(self.least)}"
        elif value > self.most:
            need = f"at most {_plain(self.most)}"
        elif value <= self.above:
            need = f"above {_plain(self.above)}"
        else:
            return ""
        return f"{value} is impossible, it must be {need}" + (f" ({self.why})" if self.why else "")


def _plain(number: float) -> str:
    return str(number) if isinstance(number, int) else f"{number:g}"


SIDE = Bounds(CELL, LONGEST_SIDE, why="pixels")
FROM_ONE = Bounds(least=1)
FROM_ZERO = Bounds(least=0)
POSITIVE = Bounds(above=0)
SEED = Bounds(*SEEDS, why="a seed has 64 bits")
SHARE = Bounds(0, 1)


Side = Annotated[int, SIDE]
Seed = Annotated[int | None, SEED]
Count = Annotated[int, FROM_ONE]
Natural = Annotated[int, FROM_ZERO]
Share = Annotated[float, SHARE]
Factor = Annotated[float, POSITIVE]


class CommonFields(TypedDict, total=False):
    """What txt2img and img2img have in common."""

    prompt: str
    negative_prompt: str
    styles: list[str] | None
    seed: Seed
    subseed: Seed
    subseed_strength: float
    seed_resize_from_h: int
    seed_resize_from_w: int
    sampler_name: str | None
    scheduler: str | None
    batch_size: Count
    n_iter: Count
    steps: Count
    cfg_scale: float
    width: Side
    height: Side
    restore_faces: bool | None
    tiling: bool | None
    do_not_save_samples: bool
    do_not_save_grid: bool
    eta: float | None
    s_min_uncond: float | None
    s_churn: float | None
    s_tmax: float | None
    s_tmin: float | None
    s_noise: float | None
    override_settings: dict[str, Any] | None
    override_settings_restore_afterwards: bool
    refiner_checkpoint: str | None
    refiner_switch_at: float | None
    disable_extra_networks: bool
    firstpass_image: str | None
    comments: dict[str, Any] | None
    force_task_id: str | None
    sampler_index: str
    script_name: str | None
    script_args: list[Any]
    send_images: bool
    save_images: bool
    alwayson_scripts: dict[str, Any]
    infotext: str | None


class Txt2ImgFields(CommonFields, total=False):
    """The fields of txt2img."""

    denoising_strength: float | None
    enable_hr: bool
    firstphase_width: Natural
    firstphase_height: Natural
    hr_scale: Annotated[float, FROM_ZERO]
    hr_upscaler: str | None
    hr_second_pass_steps: Natural
    hr_resize_x: Natural
    hr_resize_y: Natural
    hr_checkpoint_name: str | None
    hr_sampler_name: str | None
    hr_scheduler: str | None
    hr_prompt: str
    hr_negative_prompt: str


class Img2ImgFields(CommonFields, total=False):
    """The fields of img2img."""

    init_images: list[PictureSource]
    denoising_strength: float
    resize_mode: int
    image_cfg_scale: float | None
    mask: PictureSource | None
    mask_blur_x: Natural
    mask_blur_y: Natural
    mask_blur: Annotated[int | None, FROM_ZERO]
    mask_round: bool
    inpainting_fill: int
    inpaint_full_res: bool
    inpaint_full_res_padding: Natural
    inpainting_mask_invert: int
    initial_noise_multiplier: float | None
    latent_mask: str | None
    include_init_images: bool


class ExtrasFields(TypedDict, total=False):
    """The fields of extra-single-image and extra-batch-images, besides the pictures."""

    resize_mode: Annotated[int, SHARE]
    show_extras_results: bool
    gfpgan_visibility: Share
    codeformer_visibility: Share
    codeformer_weight: Share
    upscaling_resize: Factor
    upscaling_resize_w: Count
    upscaling_resize_h: Count
    upscaling_crop: bool
    upscaler_1: str
    upscaler_2: str
    extras_upscaler_2_visibility: Share
    upscale_first: bool


TABLES = {
    "txt2img": Txt2ImgFields,
    "img2img": Img2ImgFields,
    "extra-single-image": ExtrasFields,
}


def check_fields(
    table: type, values: dict[str, Any], family: str | None = None, route: str = ""
) -> None:
    """Check values against a table of fields, and what forks add to it.

    Args:
        table: the webui's own.
        values: by name.
        family: of the server that they are for; None for any.
        route: to which forks add fields.

    Args:
        table: a class of annotated fields, such as ``Txt2ImgFields``.
        values: field -> value.

    Raises:
        PayloadError: names the first field that is unknown, of a wrong type or impossible.
    """
    hints = field_table(table)
    for name, value in values.items():
        if name in hints:
            _check(name, value, hints[name])
        else:
            _check_added(name, value, family, route, hints)


def _check_added(
    name: str, value: Any, family: str | None, route: str, hints: dict[str, Any]
) -> None:
    """Check a field that the webui does not have on this route."""
    homes = _homes(name, route)
    if family in homes:
        return _check(name, value, homes[family])
    if not homes or (family is None and _elsewhere(name)):
        raise PayloadError(name, "no such field", _hint(name, hints, route))
    if family is not None:
        known = " and ".join(PROGRAMS[home] for home in homes)
        raise PayloadError(name, f"no field of {PROGRAMS.get(family, family)}", f"{known} has it")
    problems = [problem for hint in homes.values() if (problem := _problem(name, value, hint))]
    if len(problems) == len(homes):
        raise problems[0]
    return None


def _problem(name: str, value: Any, hint: Any) -> PayloadError | None:
    try:
        _check(name, value, hint)
    except PayloadError as problem:
        return problem
    return None


def _homes(name: str, route: str) -> dict[str, Any]:
    """Families that add a field to a route -> its annotation."""
    tables = FORK_TABLES.get(route, {})
    found = {family: field_table(table).get(name) for family, table in tables.items()}
    return {family: hint for family, hint in found.items() if hint is not None}


@cache
def field_table(table: type) -> dict[str, Any]:
    """Name -> annotation, in the order of the table.

    Args:
        table: a class of annotated fields, such as ``Txt2ImgFields``.
    """
    return get_type_hints(table, include_extras=True)


def did_you_mean(name: str, known: Iterable[str]) -> str:
    """A hint at the known name closest to ``name``, empty if none is close.

    Args:
        name: as the user wrote it.
        known: all names there are.

    Returns:
        Such as ``did you mean 'steps'?``.
    """
    close = get_close_matches(name, list(known), n=1, cutoff=0.6)
    return f"did you mean {close[0]!r}?" if close else ""


def _elsewhere(name: str) -> str:
    """The first of the webui's routes that has a field; empty for none."""
    return next((route for route, table in TABLES.items() if name in field_table(table)), "")


def _hint(name: str, known: Iterable[str], route: str) -> str:
    home = _elsewhere(name)
    if home:
        return f"{home} has it"
    added = {n for table in FORK_TABLES.get(route, {}).values() for n in field_table(table)}
    return did_you_mean(name, known) or did_you_mean(name, sorted(added))


def _is_switch(value: Any, hint: Any) -> bool:
    """Whether a value is the 0 or 1 that servers take for true or false."""
    return bool in {hint, *get_args(hint)} and type(value) is int and value in {0, 1}


def _check(name: str, value: Any, hint: Any) -> None:
    bounds = None
    if get_origin(hint) is Annotated:
        hint, bounds = get_args(hint)
    if value is None and NoneType not in get_args(hint):
        raise PayloadError(name, "null is refused by the webui", "leave the field out")
    if not fits(value, hint) and not _is_switch(value, hint):
        raise PayloadError(name, f"{type_text(hint)} is expected, not {value!r:.60}")
    if isinstance(value, float) and not math.isfinite(value):
        raise PayloadError(name, f"{value} cannot be written as JSON")
    if isinstance(bounds, Bounds) and value is not None and (why := bounds.problem(value)):
        raise PayloadError(name, why)
