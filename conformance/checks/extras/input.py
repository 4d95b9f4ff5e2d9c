"""Checks of what the extras routes take, and what they refuse.

EXTRAS-008 to 013, 015, 018, 025 to 028, 030.
Source: modules/api/models.py, ExtrasBaseRequest, and modules/api/api.py at v1.10.1; recorded:
extras/bad-*, batch-*, data-uri, half.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.extras.support import (
    BATCH,
    HEIGHT,
    LANCZOS,
    SINGLE,
    WIDTH,
    all_upscaled,
    batch,
    has_size,
    needs_upscaling,
    single,
    subject,
    upscaled,
    with_upscaler,
)
from conformance.checks.support import expect, pictures
from conformance.checks.support.expect import NO_PICTURE, any_error, complains_of, refused
from conformance.checks.support.pictures import distance
from conformance.checks.support.settings import saved_format
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from PIL import Image

    from conformance.runner.check_context import CheckContext


_NOBODY = "zz-conformance-nope"
_ALIKE = 3.0


@check("EXTRAS-008")
def batch_needs_its_list(context: CheckContext) -> None:
    """No imageList, and one that is no list."""
    complains_of(context.post(BATCH, json={}), "imageList")
    complains_of(context.post(BATCH, json={"imageList": "conformance"}), "imageList")


@check("EXTRAS-009")
def visibility_is_a_fraction(context: CheckContext) -> None:
    """150 % and less than nothing."""
    wrong = {"gfpgan_visibility": 1.5, "codeformer_visibility": -0.1}
    for name, value in wrong.items():
        complains_of(single(context, subject(), **{name: value}), name)


@check("EXTRAS-010")
def resize_mode_is_literal(context: CheckContext) -> None:
    """A third mode, and a mode as text."""
    for mode in (2, "1"):
        complains_of(single(context, subject(), resize_mode=mode), "resize_mode")


@check("EXTRAS-011")
def unknown_upscaler(context: CheckContext) -> None:
    """An upscaler that no server has; a good request afterwards clears the progress."""
    needs_upscaling(context)
    exchange = single(context, subject(), upscaler_1=_NOBODY)
    single(context, subject(), upscaler_1="None")
    refused(exchange, 500)


@check("EXTRAS-012", alone=True)
def failure_stays_in_progress(context: CheckContext) -> None:
    """Progress after that failure; a good request afterwards clears it."""
    needs_upscaling(context)
    single(context, subject(), upscaler_1=_NOBODY)
    exchange = context.get("progress")
    single(context, subject(), upscaler_1="None")
    body = expect.json_object(expect.ok(exchange))
    state = body.get("state")
    count = state.get("job_count") if isinstance(state, dict) else None
    expect.equal(body.get("progress"), 1.0, "progress", exchange)
    expect.equal(count, 1, "state.job_count", exchange)


@check("EXTRAS-013")
def no_picture_is_refused(context: CheckContext) -> None:
    """Text that is no picture."""
    refused(single(context, "zzz"), 500, NO_PICTURE)


@check("EXTRAS-015")
def smallest_factors(context: CheckContext) -> None:
    """A half, and nothing."""
    exchange = single(context, subject(), upscaling_resize=0.5, **with_upscaler(context))
    has_size(upscaled(exchange), WIDTH // 2, HEIGHT // 2, exchange)
    complains_of(single(context, subject(), upscaling_resize=0), "upscaling_resize")


@check("EXTRAS-018")
def both_forms_of_base64(context: CheckContext) -> None:
    """The picture bare, and as a data URI."""
    shown = []
    for form, text in _forms(subject()).items():
        exchange = single(context, text, upscaler_1="None")
        if not exchange.ok:
            expected = f"a picture sent as {form} to be taken"
            raise Failed(expected, expect.answered(exchange), exchange)
        shown.append(upscaled(exchange).image)
    gap = distance(*shown)
    actual = f"they differ by {gap:.0f} of 255 on average"
    expect.that(gap <= _ALIKE, "the same picture for both forms", actual)


@check("EXTRAS-033")
def both_forms_in_a_batch(context: CheckContext) -> None:
    """Two items with the same picture, bare and as a data URI."""
    items = [
        {"name": f"{number}.png", "data": text}
        for number, text in enumerate(_forms(subject()).values())
    ]
    exchange = context.post(BATCH, json={"imageList": items, "upscaler_1": "None"})
    shown = [picture.image for picture in all_upscaled(exchange)]
    expect.equal(len(shown), len(items), "the number of images", exchange)
    gap = max(distance(shown[0], other) for other in shown[1:])
    actual = f"they differ by {gap:.0f} of 255 on average"
    expect.that(gap <= _ALIKE, "the same picture for both forms", actual, exchange)


@check("EXTRAS-025")
def batch_items_are_whole(context: CheckContext) -> None:
    """An item without a name, and one without data."""
    data = pictures.text_of(subject())
    for item, lost in (({"data": data}, "name"), ({"name": "a.png"}, "data")):
        complains_of(context.post(BATCH, json={"imageList": [item]}), "imageList", 0, lost)


@check("EXTRAS-026")
def words_for_an_unknown_upscaler(context: CheckContext) -> None:
    """Class and words of that refusal; a good request afterwards clears the progress."""
    needs_upscaling(context)
    exchange = single(context, subject(), upscaler_1=_NOBODY)
    single(context, subject(), upscaler_1="None")
    body = expect.json_object(expect.status(exchange, 500))
    expect.equal(body.get("error"), "AssertionError", "error", exchange)
    expect.fails_with(exchange, f"could not find upscaler named {_NOBODY}")


@check("EXTRAS-027")
def missing_image_is_refused(context: CheckContext) -> None:
    """No picture at all."""
    any_error(context.post(SINGLE, json={"upscaler_1": "None"}))


@check("EXTRAS-028")
def empty_batch(context: CheckContext) -> None:
    """An empty list."""
    exchange = batch(context, {}, upscaler_1="None")
    expect.equal(len(all_upscaled(exchange)), 0, "the number of images", exchange)


@check("EXTRAS-030")
def transparency_is_kept(context: CheckContext) -> None:
    """A half transparent picture, doubled."""
    if saved_format(context) in {"JPEG", "WEBP"}:
        raise Skip("the option samples_format names a format that is saved without transparency")
    image = pictures.plain((WIDTH, HEIGHT), (200, 40, 40, 128), "RGBA")
    exchange = single(context, image, upscaling_resize=2, **with_upscaler(context, LANCZOS))
    expect.equal(upscaled(exchange).image.mode, "RGBA", "the mode", exchange)


def _forms(image: Image.Image) -> dict[str, Any]:
    return {"bare base64": pictures.text_of(image), "a data URI": pictures.data_uri(image)}
