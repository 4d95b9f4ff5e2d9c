"""Checks of ControlNet's lists and of its preprocessors: CONTROLNET-001 to CONTROLNET-010.

Source: scripts/api.py of sd-webui-controlnet 1.1.455; recorded groups cn-routes and cn-detect.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.extensions.scripts import require_script
from conformance.checks.support import expect, pictures
from conformance.client.image import decode_image, encode_image
from conformance.errors import ImageError
from conformance.runner import generation
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.client.image import DecodedImage
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


TITLE = "controlnet"
NONE = "None"
# Preprocessors that are plain arithmetic: no server needs weights for them.
_WITHOUT_WEIGHTS = (
    "canny",
    "threshold",
    "invert",
    "blur_gaussian",
    "tile_resample",
    "scribble_xdog",
    "recolor_luminance",
    "recolor_intensity",
    "shuffle",
)
_DETECT = "/controlnet/detect"
# Mean difference of a channel, of 255. A small picture of three colours loses below 3, as WEBP of
# quality 20; its colours upside down are 140 away.
_LOST_BY_A_FORMAT = 8.0
_NOWHERE = "zz-conformance-nope"


def model_list(context: CheckContext) -> tuple[Exchange, list[str]]:
    """Names of the control models.

    Args:
        context: of the check.
    """
    return _texts(context, "/controlnet/model_list", "model_list")


def unit_picture(context: CheckContext) -> str:
    """A picture of three colours in base64, for units and preprocessors.

    Args:
        context: of the check.
    """
    size = context.settings.size
    return encode_image(generation.two_colours(size, size), data_uri=context.takes_data_uris_alone)


def _texts(context: CheckContext, path: str, key: str) -> tuple[Exchange, list[str]]:
    require_script(context, TITLE)
    exchange = expect.ok(context.read(path))
    values = expect.json_object(exchange).get(key)
    if not isinstance(values, list) or not all(isinstance(value, str) for value in values):
        raise Failed(f"{key} as an array of text", f"it is {expect.shown(values)}", exchange)
    return exchange, values


def _modules(context: CheckContext) -> list[str]:
    return _texts(context, "/controlnet/module_list", "module_list")[1]


@check("CONTROLNET-001")
def version_is_a_number(context: CheckContext) -> None:
    """GET /controlnet/version."""
    require_script(context, TITLE)
    exchange = expect.ok(context.read("/controlnet/version"))
    version = expect.json_object(exchange).get("version")
    is_number = isinstance(version, int) and not isinstance(version, bool)
    expect.that(is_number, "version as an integer", f"it is {expect.shown(version)}", exchange)


@check("CONTROLNET-002")
def models_are_listed(context: CheckContext) -> None:
    """GET /controlnet/model_list, each name once."""
    exchange, names = model_list(context)
    twice = {name for name in names if names.count(name) > 1}
    expect.that(not twice, "each model once", f"twice: {', '.join(sorted(twice))}", exchange)


@check("CONTROLNET-003")
def modules_are_listed(context: CheckContext) -> None:
    """GET /controlnet/module_list has the one that does nothing, "None" in Forge."""
    exchange, names = _texts(context, "/controlnet/module_list", "module_list")
    found = _that_does_nothing(names)
    expect.that(found is not None, 'module_list with "none"', expect.shown(names), exchange)


def _that_does_nothing(names: list[str]) -> str | None:
    return next((name for name in names if name.lower() == NONE.lower()), None)


@check("CONTROLNET-004")
def modules_have_their_sliders(context: CheckContext) -> None:
    """Every module of module_list has its entry in module_detail."""
    exchange, names = _texts(context, "/controlnet/module_list", "module_list")
    detail = expect.json_object(exchange).get("module_detail")
    if not isinstance(detail, dict):
        raise Failed("module_detail as an object", f"it is {expect.shown(detail)}", exchange)
    missing = [name for name in names if not _has_sliders(detail.get(name))]
    expected = "sliders and model_free for every module"
    expect.that(not missing, expected, f"they are missing of {', '.join(missing)}", exchange)


def _has_sliders(detail: Any) -> bool:
    if not isinstance(detail, dict):
        return False
    return isinstance(detail.get("sliders"), list) and isinstance(detail.get("model_free"), bool)


@check("CONTROLNET-005")
def control_types_name_listed_models(context: CheckContext) -> None:
    """The models of each control type are in model_list, its default among its own."""
    require_script(context, TITLE)
    exchange = expect.ok(context.read("/controlnet/control_types"))
    types = expect.json_object(exchange).get("control_types")
    if not isinstance(types, dict) or not types:
        raise Failed("control_types as an object", f"it is {expect.shown(types)}", exchange)
    known = {*model_list(context)[1], NONE}
    for name, kind in types.items():
        expect.keys(kind, ("module_list", "model_list", "default_option", "default_model"), name)
        strangers = sorted(set(kind["model_list"]) - known)
        expected = f"models of model_list in the control type {name}"
        expect.that(not strangers, expected, f"it has {', '.join(strangers)}", exchange)
        has_default = kind["default_model"] in {*kind["model_list"], NONE}
        expected = f"the default model of {name} among its models"
        expect.that(has_default, expected, expect.shown(kind["default_model"]), exchange)


@check("CONTROLNET-006")
def settings_say_how_many_units_there_are(context: CheckContext) -> None:
    """GET /controlnet/settings."""
    require_script(context, TITLE)
    exchange = expect.ok(context.read("/controlnet/settings"))
    count = expect.json_object(exchange).get("control_net_unit_count")
    holds = isinstance(count, int) and not isinstance(count, bool) and count > 0
    expected = "control_net_unit_count as a number above 0"
    expect.that(holds, expected, f"it is {expect.shown(count)}", exchange)


def _detected(context: CheckContext, module: str) -> tuple[Exchange, DecodedImage]:
    """The map that detect gives for one picture."""
    sent = {
        "controlnet_module": module,
        "controlnet_input_images": [unit_picture(context)],
        "controlnet_processor_res": context.settings.size,
    }
    exchange = expect.ok(context.post(_DETECT, json=sent))
    images = expect.json_object(exchange).get("images")
    if not isinstance(images, list) or len(images) != 1:
        count = f"{len(images)} images" if isinstance(images, list) else expect.shown(images)
        raise Failed(f"one map of {module} for one picture", count, exchange)
    try:
        return exchange, decode_image(images[0])
    except ImageError as error:
        raise Failed(f"the map of {module} as a picture", str(error), exchange) from error


@check("CONTROLNET-007")
def the_module_none_gives_the_picture_back(context: CheckContext) -> None:
    """POST /controlnet/detect with the module "none", as the list writes it."""
    require_script(context, TITLE)
    exchange, found = _detected(context, _that_does_nothing(_modules(context)) or "none")
    size = context.settings.size
    sent = generation.two_colours(size, size)
    expect.equal(list(found.size), [size, size], "size of the map", exchange)
    # A server that saves JPEG or WEBP sends its maps as such, and both lose a little.
    farthest = 0.0 if found.format == "PNG" else _LOST_BY_A_FORMAT
    is_same = pictures.distance(found.image, sent) <= farthest
    expect.that(is_same, "the very picture that was sent", "it is another one", exchange)


@check("CONTROLNET-008")
def modules_without_weights_detect(context: CheckContext) -> None:
    """POST /controlnet/detect with each module that is plain arithmetic."""
    require_script(context, TITLE)
    names = [name for name in _WITHOUT_WEIGHTS if name in _modules(context)]
    if not names:
        raise Skip("module_list has none of the modules that need no weights")
    for name in names:
        _detected(context, name)


@check("CONTROLNET-009")
def an_unknown_module_is_refused(context: CheckContext) -> None:
    """POST /controlnet/detect with a module that nobody has."""
    require_script(context, TITLE)
    sent = {
        "controlnet_module": _NOWHERE,
        "controlnet_input_images": [unit_picture(context)],
    }
    expect.status(context.post(_DETECT, json=sent), 422)


@check("CONTROLNET-010")
def detection_without_a_picture_is_refused(context: CheckContext) -> None:
    """POST /controlnet/detect with no picture in the list."""
    require_script(context, TITLE)
    expect.status(context.post(_DETECT, json={"controlnet_input_images": []}), 422)
