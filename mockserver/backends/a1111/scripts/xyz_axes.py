"""The axes of an X/Y/Z plot, and how their values are read."""

from __future__ import annotations

import csv
import math
import re
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from io import StringIO
from itertools import chain, permutations
from pathlib import PurePath
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


#: Changes a generation to one value of an axis; gets all its values too.
Apply = Callable[["GenerationContext", "Processing", Any, Sequence[Any]], None]
Confirm = Callable[["GenerationContext", Sequence[Any]], None]

_NO_CHECKPOINT = (None, "", "None", "none")
_TRUE = ("true", "yes", "y", "1")
_FACE_MODELS = ("codeformer", "gfpgan")
_DECIMALS = 8


def _as_it_is(value: Any) -> Any:
    return value


@dataclass(frozen=True)
class Axis:
    """One kind of axis.

    Attributes:
        label: its name in the web UI.
        kind: type of its values.
        apply: changes a generation.
        cost: what is dear to change is changed least often.
        chosen: its values are chosen from a list, unless the request wants text.
        confirm: refuses values.
        written: the legend's text for a value; else the label and the value.
        permuted: its values are all orders of what is written.
    """

    label: str
    kind: Callable[[Any], Any]
    apply: Apply
    cost: float = 0.0
    chosen: bool = False
    confirm: Confirm | None = None
    written: Callable[[Any], str] | None = None
    permuted: bool = False

    def values(self, written: Sequence[Any]) -> list[Any]:
        """The axis's values for what a request writes.

        Args:
            written: one entry a value.

        Raises:
            ValueError: a text that is not of the axis's type.
        """
        if self.permuted:
            return list(permutations(written))
        return [self.kind(value) for value in written]

    def legend(self, value: Any) -> str:
        """What the legend says of a value.

        Args:
            value: one of the values.
        """
        if self.written is not None:
            return self.written(value)
        value = round(value, _DECIMALS) if isinstance(value, float) else value
        return f"{self.label}: {value}"


def _field(name: str) -> Apply:
    return lambda _, p, value, __: setattr(p, name, value)


def _override(name: str) -> Apply:
    def apply(_: GenerationContext, p: Processing, value: Any, __: Sequence[Any]) -> None:
        p.override_settings[name] = value

    return apply


def _switch(name: str) -> Apply:
    def apply(_: GenerationContext, p: Processing, value: Any, __: Sequence[Any]) -> None:
        p.override_settings[name] = value.lower() == "true"

    return apply


def _nothing(_: GenerationContext, __: Processing, ___: Any, ____: Sequence[Any]) -> None:
    """An axis that changes nothing."""


def _search_and_replace(
    _: GenerationContext, p: Processing, value: str, values: Sequence[str]
) -> None:
    sought = values[0]
    if sought not in p.prompt and sought not in p.negative_prompt:
        raise ServerError(
            "RuntimeError", f"Prompt S/R did not find {sought} in prompt or negative prompt."
        )
    p.prompt = p.prompt.replace(sought, value)
    p.negative_prompt = p.negative_prompt.replace(sought, value)


def _order(_: GenerationContext, p: Processing, value: Sequence[str], __: Sequence[Any]) -> None:
    """Put the parts of the prompt that are named into another order."""
    between = []
    for part in sorted(value, key=p.prompt.find):
        place = p.prompt.find(part)
        between.append(p.prompt[0:place])
        p.prompt = p.prompt[place + len(part) :]
    p.prompt = "".join(a + b for a, b in zip(between, value, strict=True)) + p.prompt


def _checkpoint(server: GenerationContext, p: Processing, value: str, _: Sequence[Any]) -> None:
    found = server.checkpoints.closest(value)
    if found is None:
        raise _unknown_checkpoint(value)
    p.override_settings["sd_model_checkpoint"] = found.name


def _unknown_checkpoint(name: Any) -> ServerError:
    return ServerError("RuntimeError", f"Unknown checkpoint: {name}")


def _check_checkpoints(server: GenerationContext, values: Sequence[str]) -> None:
    for value in values:
        if server.checkpoints.closest(value) is None:
            raise _unknown_checkpoint(value)


def _check_refiners(server: GenerationContext, values: Sequence[str]) -> None:
    _check_checkpoints(server, [value for value in values if value not in _NO_CHECKPOINT])


def _check_samplers(server: GenerationContext, values: Sequence[str]) -> None:
    for value in values:
        if server.samplers.by_any_name(value) is None:
            raise ServerError("RuntimeError", f"Unknown sampler: {value}")


def _vae(server: GenerationContext, p: Processing, value: str, _: Sequence[Any]) -> None:
    wanted = value.strip().lower()
    found = next((name for name in server.vaes if name.lower() == wanted), "Automatic")
    p.override_settings["sd_vae"] = "None" if wanted == "none" else found


def _styles(_: GenerationContext, p: Processing, value: str, __: Sequence[Any]) -> None:
    p.styles = [*p.styles, *value.split(",")]


def _unipc_order(_: GenerationContext, p: Processing, value: int, __: Sequence[Any]) -> None:
    p.override_settings["uni_pc_order"] = min(value, p.steps - 1)


def _restore_faces(_: GenerationContext, p: Processing, value: str, __: Sequence[Any]) -> None:
    p.restore_faces = value.lower() in (*_FACE_MODELS, *_TRUE)


def _size(_: GenerationContext, p: Processing, value: str, __: Sequence[Any]) -> None:
    """Width and height; a text that is none leaves them."""
    width, _x, height = value.partition("x")
    try:
        p.width, p.height = int(width.strip()), int(height.strip())
    except ValueError:
        return


def _file_name(value: str) -> str:
    return PurePath(value).name


_ALL = (
    Axis("Nothing", str, _nothing, written=lambda _: ""),
    Axis("Seed", int, _field("seed")),
    Axis("Var. seed", int, _field("subseed")),
    Axis("Var. strength", float, _field("subseed_strength")),
    Axis("Steps", int, _field("steps")),
    Axis("Hires steps", int, _field("hr_second_pass_steps")),
    Axis("CFG Scale", float, _field("cfg_scale")),
    Axis("Image CFG Scale", float, _field("image_cfg_scale")),
    Axis("Prompt S/R", str, _search_and_replace, written=str),
    Axis("Prompt order", _as_it_is, _order, written=", ".join, permuted=True),
    Axis(
        "Sampler",
        str,
        _field("sampler_name"),
        chosen=True,
        confirm=_check_samplers,
        written=str,
    ),
    Axis("Hires sampler", str, _field("hr_sampler_name"), chosen=True, confirm=_check_samplers),
    Axis(
        "Checkpoint name",
        str,
        _checkpoint,
        cost=1.0,
        chosen=True,
        confirm=_check_checkpoints,
        written=_file_name,
    ),
    Axis("Negative Guidance minimum sigma", float, _field("s_min_uncond")),
    Axis("Sigma Churn", float, _field("s_churn")),
    Axis("Sigma min", float, _field("s_tmin")),
    Axis("Sigma max", float, _field("s_tmax")),
    Axis("Sigma noise", float, _field("s_noise")),
    Axis("Schedule type", str, _field("scheduler"), chosen=True),
    Axis("Schedule min sigma", float, _override("sigma_min")),
    Axis("Schedule max sigma", float, _override("sigma_max")),
    Axis("Schedule rho", float, _override("rho")),
    Axis("Beta schedule alpha", float, _override("beta_dist_alpha")),
    Axis("Beta schedule beta", float, _override("beta_dist_beta")),
    Axis("Eta", float, _field("eta")),
    Axis("Clip skip", int, _override("CLIP_stop_at_last_layers")),
    Axis("Denoising", float, _field("denoising_strength")),
    Axis("Initial noise multiplier", float, _field("initial_noise_multiplier")),
    Axis("Extra noise", float, _override("img2img_extra_noise")),
    Axis("Hires upscaler", str, _field("hr_upscaler"), chosen=True),
    Axis("Cond. Image Mask Weight", float, _field("inpainting_mask_weight")),
    Axis("VAE", str, _vae, cost=0.7, chosen=True),
    Axis("Styles", str, _styles, chosen=True),
    Axis("UniPC Order", int, _unipc_order, cost=0.5),
    Axis("Face restore", str, _restore_faces, written=str),
    Axis("Token merging ratio", float, _override("token_merging_ratio")),
    Axis("Token merging ratio high-res", float, _override("token_merging_ratio_hr")),
    Axis(
        "Always discard next-to-last sigma",
        str,
        _switch("always_discard_next_to_last_sigma"),
        chosen=True,
    ),
    Axis("SGM noise multiplier", str, _switch("sgm_noise_multiplier"), chosen=True),
    Axis(
        "Refiner checkpoint",
        str,
        _field("refiner_checkpoint"),
        cost=1.0,
        chosen=True,
        confirm=_check_refiners,
        written=_file_name,
    ),
    Axis("Refiner switch at", float, _field("refiner_switch_at")),
    Axis("RNG source", str, _override("randn_source"), chosen=True),
    Axis("FP8 mode", str, _override("fp8_storage"), cost=0.9, chosen=True),
    Axis("Size", str, _size),
)
_BY_LABEL = {axis.label: axis for axis in _ALL}


def axes(labels: Sequence[str]) -> list[Axis]:
    """The axes that a tab offers, in its order; one that is not known here changes nothing.

    Args:
        labels: the choices of the axis's dropdown.
    """
    return [_BY_LABEL.get(label) or Axis(label, str, _nothing) for label in labels]


_INT = r"\s*([+-]?\s*\d+)\s*"
_FLOAT = r"\s*([+-]?\s*\d+(?:.\d*)?)\s*"
_STEPPED = re.compile(rf"{_INT}-{_INT}(?:\(([+-]\d+)\s*\))?\s*")
_COUNTED = re.compile(rf"{_INT}-{_INT}(?:\[(\d+)\s*])?\s*")
_STEPPED_FLOAT = re.compile(rf"{_FLOAT}-{_FLOAT}(?:\(([+-]\d+(?:.\d*)?)\s*\))?\s*")
_COUNTED_FLOAT = re.compile(rf"{_FLOAT}-{_FLOAT}(?:\[(\d+(?:.\d*)?)\s*])?\s*")


def split_list(text: Any) -> list[str]:
    """The entries of a comma-separated text; in quotes they may hold commas.

    Args:
        text: as the request has it.
    """
    rows = csv.reader(StringIO(text), skipinitialspace=True)
    return [entry.strip() for entry in chain.from_iterable(rows)]


def joined_list(values: Any) -> str:
    """Entries as one comma-separated text.

    Args:
        values: any texts.

    Raises:
        ServerError: the csv module's own Error for what has no entries.
    """
    out = StringIO()
    try:
        csv.writer(out).writerow(values)
    except csv.Error as error:
        raise ServerError("Error", str(error)) from error
    return out.getvalue().strip()


def _spread(start: float, stop: float, count: int) -> list[float]:
    """`count` numbers from `start` to `stop`, both included (numpy.linspace)."""
    if count == 1:
        return [float(start)]
    step = (stop - start) / (count - 1) if count else 0.0
    found = [number * step + start for number in range(count)]
    return [*found[:-1], float(stop)] if found else []


def _stepped(start: float, stop: float, step: float) -> list[float]:
    """Numbers from `start` up to before `stop` (numpy.arange).

    Raises:
        ZeroDivisionError: a step of nought, as numpy puts it.
    """
    if step == 0:
        raise ZeroDivisionError("division by zero")
    count = max(math.ceil((stop - start) / step), 0)
    delta = (start + step) - start
    return [start + number * delta for number in range(count)]


def _ints(text: str) -> list[Any]:
    stepped = _STEPPED.fullmatch(text)
    if stepped:
        start, stop, step = stepped.groups(default="1")
        return list(range(int(start), int(stop) + 1, int(step)))
    counted = _COUNTED.fullmatch(text)
    if counted:
        start, stop, count = counted.groups(default="1")
        return [int(value) for value in _spread(int(start), int(stop), int(count))]
    return [text]


def _floats(text: str) -> list[Any]:
    stepped = _STEPPED_FLOAT.fullmatch(text)
    if stepped:
        start, stop, step = (float(number) for number in stepped.groups(default="1"))
        return _stepped(start, stop + step, step)
    counted = _COUNTED_FLOAT.fullmatch(text)
    if counted:
        first, last, count = counted.groups(default="1")
        return list(_spread(float(first), float(last), int(count)))
    return [text]


def axis_values(axis: Axis, text: Any, chosen: Any, *, as_text: Any) -> list[Any]:
    """The values of an axis.

    Args:
        axis: its kind.
        text: what the request writes.
        chosen: what it chooses from the axis's list.
        as_text: the text counts even where there is a list.

    Raises:
        AttributeError, TypeError, ValueError, ZeroDivisionError: as the webui.
    """
    if axis.label == "Nothing":
        return [0]
    written: Sequence[Any] = chosen if axis.chosen and not as_text else split_list(text)
    if axis.kind in (int, float):
        spread = _ints if axis.kind is int else _floats
        entries = (entry for entry in written if entry.strip() != "")
        written = [value for entry in entries for value in spread(entry)]
    return axis.values(written)
