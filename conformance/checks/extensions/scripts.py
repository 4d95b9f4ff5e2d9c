"""Checks of scripts and of what extensions add: EXT-001 to EXT-005.

Source: modules/api/api.py ``init_script_args``, at v1.10.1; scripts/api.py of
stable-diffusion-webui-rembg and of sd-webui-segment-anything, and tagger/api.py of
stable-diffusion-webui-wd14-tagger; recorded groups cn-args, ext-auth, x-rembg, x-sam and x-tagger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.answers import is_number
from conformance.client.image import decode_image, encode_image
from conformance.errors import ImageError
from conformance.runner import generation
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable, Skip, seen

if TYPE_CHECKING:
    from PIL import Image

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# GET routes of extensions that read a list, and change and cost nothing.
_LISTS = (
    "/controlnet/model_list",
    "/controlnet/module_list",
    "/adetailer/v1/ad_model",
    "/sam/sam-model",
    "/tagger/v1/interrogators",
    "/reactor/models",
    "/agent-scheduler/v1/queue",
)
_NOBODY = {"Authorization": None}
_OK, _DENIED = 200, (401, 403)


def require_script(context: CheckContext, title: str) -> None:
    """Go on where the server lists a script on the txt2img tab.

    Args:
        context: of the check.
        title: of the script, in lower case as scripts lists it.

    Raises:
        NotApplicable: it does not.
    """
    if title not in {name.lower() for name in context.names.scripts()}:
        raise NotApplicable(f"scripts lists no {title}")


@check("EXT-001", own_steps=1)
def names_in_any_case(context: CheckContext) -> None:
    """All always-on scripts of the list at once, their names in capitals."""
    names = context.names.always_on_scripts()
    if not names:
        raise Skip("script-info lists no always-on script")
    sent: dict[str, Any] = {name.upper(): {"args": []} for name in names}
    made = context.varied(alwayson_scripts=sent)
    _ = made.picture
    found = made.parameters.get("alwayson_scripts")
    expect.equal(found, sent, "parameters.alwayson_scripts", made.exchange)


@check("EXT-002")
def routes_of_extensions_ask_for_credentials(context: CheckContext) -> None:
    """The lists of extensions that are there, without credentials."""
    if context.settings.auth is None:
        raise NotApplicable(
            "the server lets everybody in; with --auth user:password this is looked at"
        )
    there = [path for path in _LISTS if context.send("GET", path).status == _OK]
    if not there:
        raise NotApplicable("the server has none of the routes of known extensions")
    for path in there:
        exchange = context.exchange("GET", path, headers=_NOBODY)
        if exchange.status not in _DENIED and seen(exchange):
            expected = f"401 for GET {path} without credentials"
            raise Failed(expected, f"it answers {exchange.status}", exchange)


_MASKS = 3
_SCORES = (0.0, 1.0)


def _require_route(context: CheckContext, method: str, path: str) -> None:
    """Go on where the server's own document lists a route.

    Raises:
        NotApplicable: it does not.
    """
    if not context.target.openapi.lists(method, path):
        raise NotApplicable(f"/openapi.json lists no {method} {path}")


def _picture(context: CheckContext) -> tuple[int, str]:
    size = context.settings.size
    return size, encode_image(generation.two_colours(size, size))


def _read(text: Any, what: str, exchange: Exchange) -> Image.Image:
    if not isinstance(text, str):
        raise Failed(f"{what} as base64", expect.shown(text), exchange)
    try:
        return decode_image(text).image
    except ImageError as error:
        raise Failed(f"{what} as a picture", str(error), exchange) from error


def _first(context: CheckContext, path: str, key: str | None) -> str:
    """The first name of a list of models."""
    exchange = expect.ok(context.read(path))
    names = exchange.json if key is None else expect.json_object(exchange).get(key)
    if not isinstance(names, list) or not names:
        raise Skip(f"GET {path} lists no model")
    return str(names[0])


@check("EXT-003", leaves="the model u2net of rembg, where it was not there yet")
def a_background_is_cut_away(context: CheckContext) -> None:
    """POST /rembg: the picture in its size, with transparency."""
    _require_route(context, "POST", "/rembg")
    size, sent = _picture(context)
    exchange = expect.ok(context.post("/rembg", json={"input_image": sent, "model": "u2net"}))
    found = _read(expect.json_object(exchange).get("image"), "image", exchange)
    expect.equal(list(found.size), [size, size], "size of the cut-out", exchange)
    expect.equal(found.mode, "RGBA", "mode of the cut-out", exchange)


@check("EXT-004")
def a_point_selects_three_masks(context: CheckContext) -> None:
    """POST /sam/sam-predict with a point: three masks, blended and masked pictures."""
    _require_route(context, "POST", "/sam/sam-predict")
    size, sent = _picture(context)
    body = {
        "sam_model_name": _first(context, "/sam/sam-model", None),
        "input_image": sent,
        "sam_positive_points": [[size // 2, size // 2]],
    }
    exchange = expect.ok(context.post("/sam/sam-predict", json=body))
    answer = expect.json_object(exchange)
    for name in ("masks", "blended_images", "masked_images"):
        images = answer.get(name)
        count = len(images) if isinstance(images, list) else -1
        expect.equal(count, _MASKS, f"number of {name}", exchange)
        for text in images or ():
            found = _read(text, name, exchange)
            expect.equal(list(found.size), [size, size], f"size of {name}", exchange)


@check("EXT-005", leaves="the model that the tagger loads, where it was not there yet")
def a_picture_is_tagged(context: CheckContext) -> None:
    """POST /tagger/v1/interrogate: tags, each with its score."""
    _require_route(context, "POST", "/tagger/v1/interrogate")
    model = _first(context, "/tagger/v1/interrogators", "models")
    body = {"image": _picture(context)[1], "model": model, "threshold": 0.0}
    exchange = expect.ok(context.post("/tagger/v1/interrogate", json=body))
    caption = expect.json_object(exchange).get("caption")
    if not isinstance(caption, dict):
        raise Failed("caption as an object", f"it is {expect.shown(caption)}", exchange)
    # One extension groups them by kind, the other does not.
    tags = caption.get("tag", caption)
    scores = list(tags.values()) if isinstance(tags, dict) else []
    expect.that(bool(scores), "tags with their scores", expect.shown(tags), exchange)
    low, high = _SCORES
    wrong = [score for score in scores if not is_number(score) or not low <= score <= high]
    expect.that(not wrong, "scores from 0 to 1", f"there are {expect.shown(wrong[:3])}", exchange)
