"""ADetailer's tabs as requests send them, and what lint says of them."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import CHANGED, IGNORED, Finding, meant
from mockserver.pydantic_compat.kinds import Anything
from mockserver.pydantic_compat.models import Field, Model
from mockserver.pydantic_compat.schema import kind_of

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping, Sequence

    from mockserver.extensions.base import Sent


_NONE = "None"
_SAME_SCHEDULER = "Use same scheduler"
_OPTIONAL = ("ad_checkpoint", "ad_vae")
#: Fields and what the infotext calls them, in its order.
_KEYS = (
    ("ad_model", "model"),
    ("ad_model_classes", "model classes"),
    ("ad_prompt", "prompt"),
    ("ad_negative_prompt", "negative prompt"),
    ("ad_confidence", "confidence"),
    ("ad_mask_filter_method", "method to decide top k masks"),
    ("ad_mask_k", "mask only top k"),
    ("ad_mask_min_ratio", "mask min ratio"),
    ("ad_mask_max_ratio", "mask max ratio"),
    ("ad_x_offset", "x offset"),
    ("ad_y_offset", "y offset"),
    ("ad_dilate_erode", "dilate erode"),
    ("ad_mask_merge_invert", "mask merge invert"),
    ("ad_mask_blur", "mask blur"),
    ("ad_denoising_strength", "denoising strength"),
    ("ad_inpaint_only_masked", "inpaint only masked"),
    ("ad_inpaint_only_masked_padding", "inpaint padding"),
    ("ad_use_inpaint_width_height", "use inpaint width height"),
    ("ad_inpaint_width", "inpaint width"),
    ("ad_inpaint_height", "inpaint height"),
    ("ad_use_steps", "use separate steps"),
    ("ad_steps", "steps"),
    ("ad_use_cfg_scale", "use separate CFG scale"),
    ("ad_cfg_scale", "CFG scale"),
    ("ad_use_checkpoint", "use separate checkpoint"),
    ("ad_checkpoint", "checkpoint"),
    ("ad_use_vae", "use separate VAE"),
    ("ad_vae", "VAE"),
    ("ad_use_sampler", "use separate sampler"),
    ("ad_sampler", "sampler"),
    ("ad_scheduler", "scheduler"),
    ("ad_use_noise_multiplier", "use separate noise multiplier"),
    ("ad_noise_multiplier", "noise multiplier"),
    ("ad_use_clip_skip", "use separate CLIP skip"),
    ("ad_clip_skip", "CLIP skip"),
    ("ad_restore_face", "restore face"),
    ("ad_controlnet_model", "ControlNet model"),
    ("ad_controlnet_module", "ControlNet module"),
    ("ad_controlnet_weight", "ControlNet weight"),
    ("ad_controlnet_guidance_start", "ControlNet guidance start"),
    ("ad_controlnet_guidance_end", "ControlNet guidance end"),
)
#: A field, the value at which something is left out of the infotext, and what is left out.
_LEFT_OUT: tuple[tuple[str, Any, tuple[str, ...]], ...] = (
    ("ad_model_classes", "", ("ad_model_classes",)),
    ("ad_prompt", "", ("ad_prompt",)),
    ("ad_negative_prompt", "", ("ad_negative_prompt",)),
    ("ad_mask_k", 0, ("ad_mask_k", "ad_mask_filter_method")),
    ("ad_mask_min_ratio", 0.0, ("ad_mask_min_ratio",)),
    ("ad_mask_max_ratio", 1.0, ("ad_mask_max_ratio",)),
    ("ad_x_offset", 0, ("ad_x_offset",)),
    ("ad_y_offset", 0, ("ad_y_offset",)),
    ("ad_mask_merge_invert", _NONE, ("ad_mask_merge_invert",)),
    ("ad_inpaint_only_masked", False, ("ad_inpaint_only_masked_padding",)),
    (
        "ad_use_inpaint_width_height",
        False,
        ("ad_use_inpaint_width_height", "ad_inpaint_width", "ad_inpaint_height"),
    ),
    ("ad_use_steps", False, ("ad_use_steps", "ad_steps")),
    ("ad_use_cfg_scale", False, ("ad_use_cfg_scale", "ad_cfg_scale")),
    ("ad_use_checkpoint", False, ("ad_use_checkpoint", "ad_checkpoint")),
    ("ad_use_vae", False, ("ad_use_vae", "ad_vae")),
    ("ad_use_sampler", False, ("ad_use_sampler", "ad_sampler", "ad_scheduler")),
    ("ad_scheduler", _SAME_SCHEDULER, ("ad_scheduler",)),
    ("ad_use_noise_multiplier", False, ("ad_use_noise_multiplier", "ad_noise_multiplier")),
    ("ad_use_clip_skip", False, ("ad_use_clip_skip", "ad_clip_skip")),
    ("ad_restore_face", False, ("ad_restore_face",)),
    ("ad_controlnet_model", _NONE, tuple(n for n, _ in _KEYS if "controlnet" in n)),
    ("ad_controlnet_module", _NONE, ("ad_controlnet_module",)),
    ("ad_controlnet_weight", 1.0, ("ad_controlnet_weight",)),
    ("ad_controlnet_guidance_start", 0.0, ("ad_controlnet_guidance_start",)),
    ("ad_controlnet_guidance_end", 1.0, ("ad_controlnet_guidance_end",)),
)


@dataclass(frozen=True)
class Tab:
    """One tab, every field by its name."""

    values: Mapping[str, Any]

    def get(self, name: str) -> Any:
        """One field.

        Args:
            name: of the field, as ``ad_model``.
        """
        return self.values[name]

    @property
    def runs(self) -> bool:
        """Whether it does anything: it is enabled and names a detector."""
        return self.values["ad_model"] != _NONE and self.values["ad_tab_enable"] is not False

    def infotext(self, suffix: str) -> dict[str, Any]:
        """Its keys in the infotext, each with `suffix`.

        Args:
            suffix: empty for the first tab, `` 2nd`` for the second.
        """
        if not self.runs:
            return {}
        out = {name for f, value, names in _LEFT_OUT if self._is(f, value) for name in names}
        return {
            f"ADetailer {key}{suffix}": self.values[name] for name, key in _KEYS if name not in out
        }

    def _is(self, field: str, value: Any) -> bool:
        return bool(self.values[field] == value)


class TabReader:
    """Reads tabs as pydantic does: an unknown key or a value that does not fit drops the tab.

    Args:
        schema: the answer of ``/adetailer/v1/schema``.

    Attributes:
        names: of all fields.
    """

    def __init__(self, schema: Mapping[str, Any]) -> None:
        fields = [
            Field(
                name,
                Anything() if name == "is_api" else kind_of(part, _no_model),
                nullable=name in _OPTIONAL or name == "is_api",
                default=part.get("default"),
            )
            for name, part in schema["properties"].items()
        ]
        self._model = Model(schema["title"], fields)
        self.names = {field.name for field in fields}

    def read(self, given: Mapping[str, Any]) -> Tab | None:
        """The tab that a dict stands for; None where the extension drops it.

        Args:
            given: fields by name, as the request has them.
        """
        if not self.names.issuperset(given):
            return None
        complaints: list[dict[str, Any]] = []
        valid = self._model.fit_body(dict(given), (), complaints)
        return None if complaints else Tab(valid.values)

    def complaints(self, given: Mapping[str, Any]) -> list[dict[str, Any]]:
        """What pydantic says of a dict's values; unknown keys are left to others.

        Args:
            given: fields by name, as the request has them.
        """
        found: list[dict[str, Any]] = []
        self._model.fit_body(dict(given), (), found)
        return found

    def tabs(self, args: Sequence[Any]) -> list[Tab]:
        """The valid tabs among the arguments, in order.

        Args:
            args: the script's arguments in a request.
        """
        read = [self.read(value) for value in args if isinstance(value, dict)]
        return [tab for tab in read if tab is not None]


def _no_model(name: str) -> Any:
    raise KeyError(name)


def suffix_of(number: int) -> str:
    """What stands behind the keys of tab `number`, counted from 0.

    Args:
        number: of the tab, from 0.
    """
    if number == 0:
        return ""
    endings = {1: "st", 2: "nd", 3: "rd"}
    count = number + 1
    special = count % 100 in {11, 12, 13}
    return f" {count}{'th' if special else endings.get(count % 10, 'th')}"


_OFF = "None"
_SKIP = 1
_RENAMED = {
    "ad_mask_k_largest": "it was renamed ad_mask_k in v24.11.1",
    "ad_use_confidence": "leave it out",
}


def lint_tabs(
    sent: Sent,
    reader: TabReader,
    slots: list[Any],
    detectors: Collection[str],
) -> Iterator[Finding]:
    """All that the author of tabs should know.

    Args:
        sent: the arguments.
        reader: reads tabs as the installed version does.
        slots: what the arguments are where a request sends none.
        detectors: names of the detectors.
    """
    args, place = sent.args, sent.place
    if not args or args[0] is False:
        return
    filled = [*args[: len(slots)], *slots[len(args) :]]
    yield from _kept(reader, args, filled, place)
    for number, given in enumerate(args[: len(slots)]):
        if isinstance(given, dict):
            yield from _tab(reader, detectors, given, f"{place}[{number}]")
        elif isinstance(given, str):
            text = f"{place}[{number}] is a text: it is ignored"
            yield Finding("adetailer-form", IGNORED, f"{place}[{number}]", text, "send objects")
    if sent.tab == "img2img" and sent.body.get("mask") and filled[_SKIP] is True:
        text = "with a mask ADetailer cannot skip img2img: nothing is detailed"
        yield Finding("adetailer-skip", IGNORED, f"{place}[{_SKIP}]", text)


def _kept(reader: TabReader, args: Any, filled: list[Any], place: str) -> Iterator[Finding]:
    """Detectors that run because slots keep the defaults of the web UI."""
    own = reader.tabs(args)
    dropped = sum(isinstance(value, dict) for value in args) > len(own)
    running = [tab.get("ad_model") for tab in reader.tabs(filled)[len(own) :] if tab.runs]
    if running:
        message = f"slots that are not sent keep the web UI's defaults: {running[0]} runs as well"
        if not any(tab.runs for tab in own):
            message = message.replace(" as well", ", nothing else")
        advice = "send the whole form: [true, false, {...}]"
        yield Finding("adetailer-default", CHANGED, place, message, advice)
    elif not dropped and not any(tab.runs for tab in own):
        message = "no tab names a detector: nothing runs"
        yield Finding("adetailer-nothing", IGNORED, place, message, "send 'ad_model'")


def _tab(
    reader: TabReader,
    detectors: Collection[str],
    given: dict[str, Any],
    place: str,
) -> Iterator[Finding]:
    unknown = [key for key in given if key not in reader.names]
    for key in unknown:
        text = f"ADetailer has no {key!r}: the whole tab is dropped"
        advice = _RENAMED.get(key) or meant(key, reader.names)
        yield Finding("adetailer-dropped", IGNORED, f"{place}.{key}", text, advice)
    for complaint in reader.complaints(given):
        field = ".".join(map(str, complaint["loc"]))
        text = f"{field}: {complaint['msg']}: the whole tab is dropped"
        yield Finding("adetailer-dropped", IGNORED, f"{place}.{field}", text)
    model = given.get("ad_model", _OFF)
    if isinstance(model, str) and model not in {_OFF, *detectors}:
        text = f"no detector is called {model!r}: the picture stays, the infotext claims it"
        advice = meant(model, detectors, 0.6)
        yield Finding("adetailer-model", IGNORED, f"{place}.ad_model", text, advice)
