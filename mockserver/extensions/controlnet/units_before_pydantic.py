"""ControlNet units of 1.1.447 and before: a plain dataclass that checks nothing.

Source: internal_controlnet/external_code.py at 3d75bd08; recorded: the recording with 1.1.447.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import ServerError, raises_upstream
from mockserver.extensions.controlnet.pictures import rgb, with_mask
from mockserver.extensions.controlnet.units import (
    CONTROL_MODES,
    CROP,
    RESIZE,
    RESIZE_ALIASES,
    RESIZE_MODES,
    Unit,
)

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.extensions.controlnet.catalogue import Module


_ALIASES = {"guidance": "guidance_end", "lowvram": "low_vram", "input_image": "image"}
#: Fields and defaults, in the order of the infotext; an enumeration's default shows its name.
_DEFAULTS: dict[str, Any] = {
    "enabled": True,
    "module": "none",
    "model": "None",
    "weight": 1.0,
    "image": None,
    "resize_mode": CROP,
    "low_vram": False,
    "processor_res": -1,
    "threshold_a": -1,
    "threshold_b": -1,
    "guidance_start": 0.0,
    "guidance_end": 1.0,
    "pixel_perfect": False,
    "control_mode": "Balanced",
    "inpaint_crop_input_image": True,
    "hr_option": "Both",
    "save_detected_map": True,
    "advanced_weighting": None,
    "effective_region_mask": None,
    "pulid_mode": "Fidelity",
    "ipadapter_input": None,
}
_ENUM_DEFAULTS = {
    "resize_mode": "ResizeMode.INNER_FIT",
    "control_mode": "ControlMode.BALANCED",
    "hr_option": "HiResFixOption.BOTH",
}
_NOT_TOLD = frozenset(
    (
        "image",
        "enabled",
        "advanced_weighting",
        "inpaint_crop_input_image",
        "effective_region_mask",
        "pulid_mode",
        "ipadapter_input",
    )
)
_BREAKING = (",", ":")

_HR_OPTIONS = ("Both", "Low res only", "High res only")
_HIDDEN = -1


def unit_of(given: Mapping[str, Any]) -> Unit:
    """The unit that a request's dict stands for; every value is taken as it is.

    Args:
        given: fields by name, of whatever type.
    """
    values = {_ALIASES.get(name, name): value for name, value in given.items()}
    mask = values.pop("mask", None)
    mask = values.pop("mask_image", mask)
    image = values.get("image")
    if "image" in values and not isinstance(image, dict):
        values["image"] = {"image": image, "mask": mask} if mask is not None else image or None
    known = {name: values.get(name, default) for name, default in _DEFAULTS.items()}
    return Unit({**known, "mask": None}, _infotext(known, values), tuple(_DEFAULTS))


def _infotext(known: Mapping[str, Any], given: Mapping[str, Any]) -> str:
    pairs = {}
    for name, value in known.items():
        if name in _NOT_TOLD or value == _HIDDEN:
            continue
        shown = value if name in given else _ENUM_DEFAULTS.get(name, value)
        pairs[" ".join(map(str.capitalize, name.split("_")))] = str(shown)
    if any(sign in value for value in pairs.values() for sign in _BREAKING):
        return ""
    return ", ".join(f"{key}: {value}" for key, value in pairs.items())


def unit_picture(server: GenerationContext, unit: Mapping[str, Any]) -> Image.Image | None:
    """The unit's own picture with its mask as alpha; of a list the first two count.

    Args:
        server: what generations work with.
        unit: one of the request's.

    Raises:
        ServerError: a form that the extension does not take; a mask of another size.
        HTTPError: a picture that cannot be decoded.
    """
    image = unit["image"]
    if image is None:
        return None
    sent, mask = _pair(image)
    if not sent:
        raise ServerError("ValueError", "controlnet is enabled but no input image is given")
    picture = rgb(loaded(read_picture(sent, server.options, server.inputs)))
    drawn = loaded(read_picture(mask, server.options, server.inputs)) if mask else None
    return with_mask(picture, drawn)


@raises_upstream
def _pair(image: Any) -> tuple[Any, Any]:
    if isinstance(image, dict):
        return image["image"], image.get("mask")
    return (image[0], image[1]) if isinstance(image, list) else (image, None)


def check_modes(unit: Mapping[str, Any], *, hires: bool) -> None:
    """Look at the modes where they are first used.

    Args:
        unit: one of the request's.
        hires: whether a hires pass follows.

    Raises:
        ServerError: a text or number that is none.
    """
    _member(CONTROL_MODES, unit["control_mode"])
    option = unit["hr_option"]
    if hires and not (isinstance(option, str) and option.startswith("HiResFixOption.")):
        _member(_HR_OPTIONS, option)


@raises_upstream
def _member(members: tuple[str, ...], value: Any) -> None:
    if isinstance(value, str):
        members.index(value)
    elif isinstance(value, int):
        members[value]


def numbers(values: Mapping[str, Any], module: Module) -> list[float]:
    """Resolution and thresholds; a negative one is replaced by the module's default.

    Args:
        values: of a unit or a detect request, by name.
        module: what makes the map.

    Raises:
        ServerError: TypeError for what cannot be compared with a number.
    """
    given = [values[name] for name in ("processor_res", "threshold_a", "threshold_b")]
    return [_not_negative(value, module.slider(n).value) for n, value in enumerate(given)]


@raises_upstream
def _not_negative(value: Any, default: float) -> float:
    found: float = default if value < 0 else value
    return found


@raises_upstream
def weighted(weight: Any) -> float:
    """The weight, by which the extension multiplies tensors while the model samples.

    Args:
        weight: as the request has it, of whatever type.

    Raises:
        ServerError: TypeError, as torch says it.
    """
    if not isinstance(weight, int | float):
        kind = type(weight).__name__
        raise ServerError("TypeError", f"unsupported operand type(s) for *: 'Tensor' and '{kind}'")
    return float(weight)


def resize_mode(value: Any) -> str:
    """The resize mode that a text or number stands for.

    Args:
        value: as the request has it, of whatever type.

    Raises:
        ServerError: a text that is none.
    """
    if isinstance(value, str):
        mode = RESIZE_ALIASES.get(value, value)
        if mode not in RESIZE_MODES:
            raise ServerError("ValueError", f"{mode!r} is not a valid ResizeMode")
        return mode
    if isinstance(value, int):
        return RESIZE_MODES[value] if 0 <= value < len(RESIZE_MODES) else RESIZE
    return CROP if value is None else RESIZE
