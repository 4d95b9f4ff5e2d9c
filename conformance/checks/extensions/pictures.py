"""Checks of extensions that look at a picture: EXT-003 to EXT-005.

Source: scripts/api.py of stable-diffusion-webui-rembg, of sd-webui-segment-anything, and
tagger/api.py of stable-diffusion-webui-wd14-tagger; recorded groups x-rembg, x-sam and x-tagger.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.client.image import decode_image, encode_image
from conformance.errors import ImageError
from conformance.runner import generation
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable, Skip

if TYPE_CHECKING:
    from PIL import Image

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


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
    wrong = [score for score in scores if not _is_score(score) or not low <= score <= high]
    expect.that(not wrong, "scores from 0 to 1", f"there are {expect.shown(wrong[:3])}", exchange)


def _is_score(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)
