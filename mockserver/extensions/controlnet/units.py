"""ControlNet units: what a request's dict is taken for, and how it is refused.

Source: internal_controlnet/args.py at 56cec5b2 (1.1.455); recorded: cn-args/*, cn-bad/*.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.pydantic_compat.coercion_v1 import to_bool, to_float, to_int, to_str
from mockserver.pydantic_compat.errors import ValidationError, describe, none_not_allowed
from mockserver.pydantic_compat.kinds import Bounded, ListOf, Scalar

if TYPE_CHECKING:
    from collections.abc import Mapping

    from mockserver.extensions.controlnet.catalogue import Catalogue
    from mockserver.pydantic_compat.kinds import Kind


RESIZE, CROP, FILL = "Just Resize", "Crop and Resize", "Resize and Fill"
BALANCED = "Balanced"
#: The modes by the numbers that they had before 1.1.448.
RESIZE_MODES = (RESIZE, CROP, FILL)
CONTROL_MODES = (BALANCED, "My prompt is more important", "ControlNet is more important")
#: Old names of the resize modes.
RESIZE_ALIASES = {
    "Inner Fit (Scale to Fit)": CROP,
    "Outer Fit (Shrink to Fit)": FILL,
    "Scale to Fit (Inner Fit)": CROP,
    "Envelope (Outer Fit)": FILL,
}
_ALIASES = (("guidance", "guidance_end"), ("lowvram", "low_vram"), ("input_image", "image"))
_NAME = "ControlNetUnit"
_ROOT = ("__root__",)
_INFOTEXT = (
    "module",
    "model",
    "weight",
    "resize_mode",
    "processor_res",
    "threshold_a",
    "threshold_b",
    "guidance_start",
    "guidance_end",
    "pixel_perfect",
    "control_mode",
)
_BREAKING = (",", ":")


@dataclass(frozen=True)
class Unit:
    """One unit, ready to run.

    Attributes:
        values: every field by its name, coerced.
        infotext: what the infotext says of it.
        shown: fields that png-info shows of it.
    """

    values: Mapping[str, Any]
    infotext: str
    shown: tuple[str, ...] = _INFOTEXT

    @property
    def enabled(self) -> bool:
        """Whether it takes part."""
        return bool(self.values["enabled"])

    def get(self, name: str) -> Any:
        """One field.

        Args:
            name: of the field, as ``module``.
        """
        return self.values[name]

    def changed(self, **values: Any) -> Unit:
        """The unit with other values, which its infotext says.

        Args:
            values: by field, in place of its own.
        """
        found = {**self.values, **values}
        return Unit(found, infotext_of(found), self.shown)


@dataclass(frozen=True)
class _Enumerated:
    """A text that is a member of an enumeration."""

    name: str
    members: tuple[tuple[str, str], ...]

    def fit(self, value: Any, loc: Any, complaints: list[Any]) -> Any:
        """The member's value."""
        values = [text for _, text in self.members]
        if isinstance(value, str) and value in values:
            return value
        shown = ", ".join(f"<{self.name}.{key}: {text!r}>" for key, text in self.members)
        msg = "value is not a valid enumeration member; permitted: "
        msg += ", ".join(map(repr, values))
        complaints.append(
            ValidationError(msg, "type_error.enum", {"enum_values": f"[{shown}]"}).at(loc)
        )
        return None


@dataclass(frozen=True)
class _Anything:
    """Any value."""

    def fit(self, value: Any, loc: Any, complaints: list[Any]) -> Any:
        """The value."""
        del loc, complaints
        return value


_BOOL, _TEXT, _INT, _FLOAT = Scalar(to_bool), Scalar(to_str), Scalar(to_int), Scalar(to_float)
_PART = Bounded(to_float, (("ge", 0.0), ("le", 1.0)))
_INPUT_MODE = _Enumerated(
    "InputMode", (("SIMPLE", "simple"), ("BATCH", "batch"), ("MERGE", "merge"))
)
_CONTROL_MODE = _Enumerated(
    "ControlMode",
    (
        ("BALANCED", CONTROL_MODES[0]),
        ("PROMPT", CONTROL_MODES[1]),
        ("CONTROL", CONTROL_MODES[2]),
    ),
)
_HR_OPTION = _Enumerated(
    "HiResFixOption",
    (("BOTH", "Both"), ("LOW_RES_ONLY", "Low res only"), ("HIGH_RES_ONLY", "High res only")),
)
_PULID = _Enumerated("PuLIDMode", (("FIDELITY", "Fidelity"), ("STYLE", "Extremely style")))
_UNION = _Enumerated(
    "ControlNetUnionControlType",
    (
        ("OPENPOSE", "OpenPose"),
        ("DEPTH", "Depth"),
        ("SOFT_EDGE", "Soft Edge"),
        ("HARD_EDGE", "Hard Edge"),
        ("NORMAL_MAP", "Normal Map"),
        ("SEGMENTATION", "Segmentation"),
        ("UNKNOWN", "Unknown"),
    ),
)
#: Field to kind, default and whether null passes, in the order in which they are looked at.
_FIELDS: dict[str, tuple[Kind, Any, bool]] = {
    "is_ui": (_BOOL, False, False),
    "input_mode": (_INPUT_MODE, "simple", False),
    "batch_images": (_Anything(), None, True),
    "output_dir": (_TEXT, "", False),
    "loopback": (_BOOL, False, False),
    "enabled": (_BOOL, False, False),
    "module": (_TEXT, "none", False),
    "model": (_TEXT, "None", False),
    "weight": (Bounded(to_float, (("ge", 0.0), ("le", 2.0))), 1.0, False),
    "image": (_Anything(), None, True),
    "resize_mode": (_TEXT, CROP, False),
    "low_vram": (_BOOL, False, False),
    "processor_res": (_INT, -1, False),
    "threshold_a": (_FLOAT, -1, False),
    "threshold_b": (_FLOAT, -1, False),
    "guidance_start": (_PART, 0.0, False),
    "guidance_end": (_PART, 1.0, False),
    "pixel_perfect": (_BOOL, False, False),
    "control_mode": (_CONTROL_MODE, BALANCED, False),
    "inpaint_crop_input_image": (_BOOL, True, False),
    "hr_option": (_HR_OPTION, "Both", False),
    "save_detected_map": (_BOOL, True, False),
    "advanced_weighting": (ListOf(_FLOAT), None, True),
    "effective_region_mask": (_Anything(), None, True),
    "pulid_mode": (_PULID, "Fidelity", False),
    "union_control_type": (_UNION, "Unknown", False),
    "ipadapter_input": (_Anything(), None, True),
    "mask": (_Anything(), None, True),
}
#: Every name that a field of a unit may have.
ACCEPTED = frozenset({*_FIELDS, *(alias for alias, _ in _ALIASES), "mask_image"})


def unit_of(given: Mapping[str, Any], catalogue: Catalogue) -> Unit:
    """The unit that a request's dict stands for.

    Args:
        given: the dict; unknown keys are ignored.
        catalogue: the modules there are.

    Raises:
        ServerError: ValidationError with pydantic's text; AssertionError or ValueError where a
            field is given under two names.
    """
    values = _renamed(given)
    complaints: list[dict[str, Any]] = []
    found: dict[str, Any] = {}
    for name, (kind, default, nullable) in _FIELDS.items():
        count = len(complaints)
        value = default if name not in values else _early(name, values[name], catalogue, complaints)
        if len(complaints) == count and name in values:
            value = _fitted(kind, value, name, nullable, complaints)
        if len(complaints) == count:
            found[name] = value
    _bounded(found, catalogue, complaints)
    _ordered(found, complaints)
    if complaints:
        raise ServerError("ValidationError", describe(complaints, _NAME))
    return Unit(found, infotext_of(found))


def infotext_of(values: Mapping[str, Any]) -> str:
    """What an infotext says of a unit; nothing where a value would break it.

    Args:
        values: fields of the unit by name.
    """
    pairs = {" ".join(map(str.capitalize, n.split("_"))): str(values[n]) for n in _INFOTEXT}
    if any(sign in value for value in pairs.values() for sign in _BREAKING):
        return ""
    return ", ".join(f"{key}: {value}" for key, value in pairs.items())


def _renamed(given: Mapping[str, Any]) -> dict[str, Any]:
    values = dict(given)
    for alias, name in _ALIASES:
        if alias in values:
            if name in values:
                raise ServerError("AssertionError", f"Conflict of field '{alias}' and '{name}'")
            values[name] = values[alias]
    if values.get("mask_image") is not None:
        if values.get("mask") is not None:
            raise ServerError("ValueError", "Cannot specify both 'mask' and 'mask_image'!")
        values["mask"] = values["mask_image"]
    return values


def _early(name: str, value: Any, catalogue: Catalogue, complaints: list[dict[str, Any]]) -> Any:
    """What the field's own validator makes of a value, before its type is looked at."""
    if name == "module":
        _check_module(value, catalogue, complaints)
    if name == "resize_mode":
        return _resize_mode(value, complaints)
    if name == "effective_region_mask" and not isinstance(value, str | None):
        complaints.append(ValidationError("", "assertion_error").at((name,)))
    if name == "ipadapter_input" and value == []:
        complaints.append(ValidationError("input cannot be empty", "assertion_error").at((name,)))
    return value


def _check_module(value: Any, catalogue: Catalogue, complaints: list[dict[str, Any]]) -> None:
    try:
        known = catalogue.find(value) is not None
    except TypeError as error:
        complaints.append(ValidationError(str(error), "type_error").at(("module",)))
        return
    if not known:
        text = f"module({value}) not found in supported modules."
        complaints.append(ValidationError(text, "value_error").at(("module",)))


def _resize_mode(value: Any, complaints: list[dict[str, Any]]) -> Any:
    if not isinstance(value, str):
        complaints.append(ValidationError("", "assertion_error").at(("resize_mode",)))
        return None
    mode = RESIZE_ALIASES.get(value, value)
    if mode not in {RESIZE, CROP, FILL}:
        error = ValidationError(f"{mode!r} is not a valid ResizeMode", "value_error")
        complaints.append(error.at(("resize_mode",)))
    return mode


def _fitted(
    kind: Kind, value: Any, name: str, nullable: bool, complaints: list[dict[str, Any]]
) -> Any:
    if value is not None:
        return kind.fit(value, (name,), complaints)
    if not nullable:
        complaints.append(none_not_allowed().at((name,)))
    return None


def _bounded(found: dict[str, Any], catalogue: Catalogue, complaints: list[dict[str, Any]]) -> None:
    """Numbers outside the module's sliders are replaced, where the unit is enabled."""
    module = catalogue.find(found.get("module", ""))
    if not found.get("enabled") or module is None:
        return
    try:
        for number, name in enumerate(("processor_res", "threshold_a", "threshold_b")):
            found[name] = module.slider(number).bounded(found.get(name))  # type: ignore[arg-type]
    except TypeError as error:
        complaints.append(ValidationError(str(error), "type_error").at(_ROOT))


def _ordered(found: dict[str, Any], complaints: list[dict[str, Any]]) -> None:
    start: Any = found.get("guidance_start")
    end: Any = found.get("guidance_end")
    try:
        if start > end:
            text = f"guidance_start({start}) > guidance_end({end})"
            complaints.append(ValidationError(text, "value_error").at(_ROOT))
    except TypeError as error:
        complaints.append(ValidationError(str(error), "type_error").at(_ROOT))
