"""Arguments of ControlNet and ADetailer, refused before they are sent where a server would not say.

Both extensions answer 200 to most of what they do not understand, leave it out, and often show in
the infotext that it ran. Here that is a `PayloadError`::

    unit = ControlNetUnit(enabled=True, module="canny", model="control_v11p_sd15_canny", image=edge)
    face = ADetailerTab(ad_model="face_yolov8n.pt", ad_prompt="a face")
    Txt2Img(
        prompt="a fox",
        alwayson_scripts={"controlnet": {"args": [unit]}, "ADetailer": adetailer_args(face)},
    )

Objects in the place of units and tabs are looked at likewise; ``Payload.including`` sends anything.

Source: internal_controlnet/args.py of sd-webui-controlnet 1.1.455 and 1.1.447, adetailer/args.py
and scripts/!adetailer.py of adetailer 25.3.0; recorded groups cn-args, cn-bad, ad-args and ad-bad.
"""

from __future__ import annotations

from copy import deepcopy
from typing import TYPE_CHECKING, Any, Unpack

from conformance.client.fields import check_fields, did_you_mean, field_table
from conformance.client.image import PictureSource, decode_image, encode_image, open_picture
from conformance.client.script_fields import ADetailerFields, ControlNetFields
from conformance.errors import ImageError, PayloadError

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping, Sequence

    from PIL import Image


#: What GET /controlnet/version answers: 1.1.448 and later, and 1.1.447 and before.
CURRENT, UNCHECKED = 3, 2

_RESIZE = ("Just Resize", "Crop and Resize", "Resize and Fill")
_OLD_RESIZE = (
    "Inner Fit (Scale to Fit)",
    "Outer Fit (Shrink to Fit)",
    "Scale to Fit (Inner Fit)",
    "Envelope (Outer Fit)",
)
_CONTROL = ("Balanced", "My prompt is more important", "ControlNet is more important")
#: Keys that take some texts alone.
_TEXTS = {
    "resize_mode": _RESIZE,
    "control_mode": _CONTROL,
    "hr_option": ("Both", "Low res only", "High res only"),
    "pulid_mode": ("Fidelity", "Extremely style"),
    "input_mode": ("simple", "batch", "merge"),
    "ad_mask_filter_method": ("Area", "Confidence"),
    "ad_mask_merge_invert": ("None", "Merge", "Merge and Invert"),
}
#: Keys that texts replaced; 1.1.447 takes both.
_NUMBERED = ("resize_mode", "control_mode")
_TWICE = (("image", "input_image"), ("guidance_end", "guidance"), ("low_vram", "lowvram"))
_PICTURES = ("image", "input_image", "mask", "mask_image", "effective_region_mask")
#: Keys of before, and what became of them.
_GONE = {
    "ad_mask_k_largest": "it is ad_mask_k since 24.11.1",
    "guess_mode": "write control_mode",
    "guessmode": "write control_mode",
    "controlnet_images": "write image",
}
#: Modules that run without a model begin so.
_WITHOUT_MODEL = ("reference", "revision")
_NO_MODEL = {"", "None"}


class ScriptArgument:
    """An argument of an always-on script: an object whose keys were checked."""

    def __init__(self, body: dict[str, Any]) -> None:
        self._body = body

    def to_json(self) -> dict[str, Any]:
        """The object, ready to be sent; a copy."""
        return deepcopy(self._body)

    def __eq__(self, other: object) -> bool:
        return isinstance(other, ScriptArgument) and other._body == self._body

    def __hash__(self) -> int:
        return hash(str(self._body))

    def __repr__(self) -> str:
        shown = ", ".join(f"{name}={value!r:.40}" for name, value in self._body.items())
        return f"{type(self).__name__}({shown})"


class ControlNetUnit(ScriptArgument):
    """A unit of ControlNet; pictures are encoded.

    Args:
        version: what GET /controlnet/version answers: 3 since 1.1.448, 2 before.
        fields: its keys; ``enabled`` must be there.

    Raises:
        PayloadError: an unknown key, or what the extension refuses with 500 or leaves out
            without a word; names the key.
    """

    def __init__(self, *, version: int = CURRENT, **fields: Unpack[ControlNetFields]) -> None:
        given = dict(fields)
        check_unit(given, version=version)
        super().__init__({name: _encoded(name, value) for name, value in given.items()})


class ADetailerTab(ScriptArgument):
    """A tab of ADetailer.

    Args:
        fields: its keys; ``ad_model`` must be there.

    Raises:
        PayloadError: an unknown key, or a value for which the extension drops the tab; names it.
    """

    def __init__(self, **fields: Unpack[ADetailerFields]) -> None:
        check_tab(dict(fields))
        super().__init__(dict(fields))


def adetailer_args(*tabs: ADetailerTab, skip_img2img: bool = False) -> dict[str, Any]:
    """The whole value under ``ADetailer`` of ``alwayson_scripts``.

    Both booleans are sent: without the second one, ADetailer runs its first detector as well.

    Args:
        skip_img2img: whether img2img gives back its picture with the details repainted alone.
        tabs: in their order.
    """
    return {"args": [True, skip_img2img, *tabs]}


def check_unit(unit: Mapping[str, Any], *, version: int = CURRENT) -> None:
    """Look at a unit.

    Args:
        unit: its keys and values.
        version: what GET /controlnet/version answers.

    Raises:
        PayloadError: names the key at fault.
    """
    _check_keys(ControlNetFields, unit, "ControlNet ignores it")
    if "enabled" not in unit and version >= CURRENT:
        raise PayloadError("enabled", "a unit without it is off", "write it: True or False")
    for name, other in _TWICE:
        if name in unit and other in unit:
            raise PayloadError(other, f"it is {name} by another name", "send one of them")
    _check_modes(unit, version)
    _check_order(unit)
    if not unit.get("enabled", True):
        return
    _check_model(unit)
    _check_pictures(unit, version)


def check_tab(tab: Mapping[str, Any]) -> None:
    """Look at a tab.

    Args:
        tab: its keys and values.

    Raises:
        PayloadError: names the key at fault.
    """
    _check_keys(ADetailerFields, tab, "ADetailer drops the whole tab for it")
    if tab.get("ad_model", "None") in _NO_MODEL:
        raise PayloadError("ad_model", "a tab without a detector does nothing", "name one")
    _check_texts(tab)


def check_detect(images: Sequence[PictureSource], masks: Sequence[PictureSource]) -> None:
    """Look at the pictures of POST /controlnet/detect.

    Args:
        images: to look at.
        masks: one for each where the module takes them.

    Raises:
        PayloadError: names the picture at fault.
    """
    if not images:
        raise PayloadError("images", "the server refuses to look at none with 422")
    for number, mask in enumerate(masks):
        drawn = _opened(f"masks[{number}]", mask)
        if drawn is not None and len(drawn.getbands()) == 1:
            message = "over a mask of one channel the server fails with 500"
            raise PayloadError(f"masks[{number}]", message, "send it as RGB")


def checked_scripts(scripts: Mapping[str, Any], *, has_picture: bool) -> dict[str, Any]:
    """The value of ``alwayson_scripts``, its units and tabs looked at and written as JSON.

    Args:
        scripts: name to ``{"args": [...]}``.
        has_picture: whether the request has a picture that a unit without one would take.

    Raises:
        PayloadError: names the place at fault.
    """
    return {
        name: _checked_script(name, value, has_picture=has_picture)
        for name, value in scripts.items()
    }


def _checked_script(name: str, value: Any, *, has_picture: bool) -> Any:
    kind, place = name.lower(), f"alwayson_scripts.{name}"
    args = value.get("args") if isinstance(value, dict) else None
    if not isinstance(args, list):
        if kind not in {"controlnet", "adetailer"}:
            return value
        raise PayloadError(place, "its arguments are ignored in this form", "write {'args': [...]}")
    plain = [item.to_json() if isinstance(item, ScriptArgument) else item for item in args]
    if kind == "controlnet":
        for number, (item, unit) in enumerate(zip(args, plain, strict=True)):
            within = f"{place}.args[{number}]"
            checked = isinstance(item, ScriptArgument)
            _at(within, _check_argument, unit, checked=checked, has_picture=has_picture)
    if kind == "adetailer":
        _check_order_of_tabs(place, plain)
        for number, (item, tab) in enumerate(zip(args, plain, strict=True)):
            if isinstance(tab, dict) and not isinstance(item, ScriptArgument):
                _at(f"{place}.args[{number}]", check_tab, tab)
    return {**value, "args": plain}


def _check_argument(unit: Any, *, checked: bool, has_picture: bool) -> None:
    if not isinstance(unit, dict):
        raise PayloadError("unit", "ControlNet ignores what is no object", "send a unit")
    if not checked:
        check_unit(unit)
    runs = unit.get("enabled", True)
    if runs and not has_picture and not any(unit.get(key) for key in ("image", "input_image")):
        message = "a unit without a picture does nothing in txt2img"
        raise PayloadError("image", message, "give it one")


def _check_order_of_tabs(place: str, args: list[Any]) -> None:
    """Two booleans, then tabs: the first detector takes the place of what is not sent."""
    for number, item in enumerate(args):
        if not isinstance(item, bool | dict):
            message = f"ADetailer takes booleans and tabs, not {item!r:.40}"
            raise PayloadError(f"{place}.args[{number}]", message)
    tabs = [number for number, item in enumerate(args) if isinstance(item, dict)]
    if args and args[0] is not False and tabs[:1] != [2]:
        message = "the first detector runs as well, in the place of what was not sent"
        raise PayloadError(f"{place}.args", message, "write [True, False, {...}]")


def _at(place: str, check: Callable[..., None], *values: Any, **more: Any) -> None:
    try:
        check(*values, **more)
    except PayloadError as error:
        raise PayloadError(f"{place}.{error.field}", error.problem, error.hint) from error


def _check_keys(table: type, values: Mapping[str, Any], effect: str) -> None:
    known = field_table(table)
    for name in values:
        if name not in known:
            hint = _GONE.get(name) or did_you_mean(name, known)
            raise PayloadError(name, f"no such key: {effect}", hint)
    check_fields(table, dict(values))


def _check_modes(unit: Mapping[str, Any], version: int) -> None:
    for name in _NUMBERED:
        value = unit.get(name)
        if isinstance(value, int) and version >= CURRENT:
            message = "numbers are refused with 500 since 1.1.448"
            known = _TEXTS[name]
            hint = f"write {known[value]!r}" if 0 <= value < len(known) else _one_of(known)
            raise PayloadError(name, message, hint)
    _check_texts(unit)


def _check_texts(values: Mapping[str, Any]) -> None:
    for name, known in _TEXTS.items():
        value = values.get(name)
        if isinstance(value, str) and value not in known + (
            _OLD_RESIZE if known is _RESIZE else ()
        ):
            raise PayloadError(name, f"{value!r:.40} is not understood", _one_of(known))


def _one_of(known: Iterable[str]) -> str:
    return "write one of " + ", ".join(map(repr, known))


def _check_order(unit: Mapping[str, Any]) -> None:
    start = unit.get("guidance_start", 0)
    end = unit.get("guidance_end", unit.get("guidance", 1))
    if start > end:
        raise PayloadError("guidance_start", f"{start} is behind guidance_end, {end}")


def _check_model(unit: Mapping[str, Any]) -> None:
    module = unit.get("module", "none")
    if unit.get("model", "None") in _NO_MODEL and not module.startswith(_WITHOUT_MODEL):
        message = "a unit without a model does nothing, and the infotext claims it"
        raise PayloadError("model", message, "name one of GET /controlnet/model_list")


def _check_pictures(unit: Mapping[str, Any], version: int) -> None:
    sent = unit.get("image", unit.get("input_image"))
    if sent == "" and version >= CURRENT:
        message = "an empty text is no absent picture: the unit does nothing"
        raise PayloadError("image", message, "leave it out")
    picture, mask = sent, unit.get("mask") or unit.get("mask_image")
    if isinstance(sent, dict):
        picture, mask = sent.get("image"), sent.get("mask", mask)
    image, drawn = _opened("image", picture), _opened("mask", mask)
    if image is not None and _has_alpha(image) and version >= CURRENT:
        message = "with an alpha channel the unit does nothing"
        raise PayloadError("image", message, "send it as RGB")
    if image is not None and drawn is not None and image.size != drawn.size:
        message = f"it is {_size(drawn)}, the image {_size(image)}: the unit does nothing"
        raise PayloadError("mask", message, "send it in the image's size")
    region = _opened("effective_region_mask", unit.get("effective_region_mask"))
    if region is not None and len(region.getbands()) == 1:
        message = "with one channel the unit does nothing, or fails"
        raise PayloadError("effective_region_mask", message, "send it as RGB")


def _has_alpha(image: Image.Image) -> bool:
    return "A" in image.getbands()


def _size(image: Image.Image) -> str:
    return f"{image.width}x{image.height}"


def _opened(name: str, source: Any) -> Image.Image | None:
    """A picture as far as it can be looked at here; None for none, an address or a path."""
    if source is None or source == "" or isinstance(source, list):
        return None
    if isinstance(source, bytes):
        try:
            return open_picture(source)
        except ImageError as error:
            raise PayloadError(name, str(error)) from error
    if not isinstance(source, str):
        image: Image.Image = source
        return image
    try:
        return decode_image(source).image
    except ImageError:
        return None


def _encoded(name: str, value: Any) -> Any:
    """Pictures of a unit as base64, wherever they are in it."""
    if isinstance(value, dict):
        return {key: _encoded(f"{name}.{key}", item) for key, item in value.items()}
    if isinstance(value, list):
        return [_encoded(f"{name}[{i}]", item) for i, item in enumerate(value)]
    if name.partition(".")[0].partition("[")[0] not in _PICTURES or isinstance(value, str | None):
        return value
    try:
        return encode_image(value)
    except ImageError as error:
        raise PayloadError(name, str(error)) from error
