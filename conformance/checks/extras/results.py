"""Checks of what the extras routes make of a picture.

EXTRAS-001 to 007, 014, 016, 017, 019 to 024, 029, 031, 032.
Source: modules/postprocessing.py and scripts/postprocessing_upscale.py at v1.10.1 and the
recorded group ``extras``.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from PIL.Image import Transpose

from conformance.checks.extras.support import (
    HEIGHT,
    LANCZOS,
    NEAREST,
    WIDTH,
    all_upscaled,
    batch,
    has_size,
    html_of,
    single,
    subject,
    upscaled,
    with_upscaler,
)
from conformance.checks.support import answers, expect, pictures
from conformance.checks.support.infotexts import INFOTEXT
from conformance.checks.support.pictures import distance, format_fault
from conformance.checks.support.settings import needs_metadata, needs_saved_format, saved_format
from conformance.error_body import parse_error_body
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from PIL import Image

    from conformance.client.image import DecodedImage
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_NOWHERE = "zz-conformance-nope"
# Mean difference, of 255, within which an upscaled picture shows what was sent: resampling and
# JPEG blur the edges between the four colours.
_SHOWS = 24.0
_DONE = re.compile(r"<p>Postprocess upscale by: 2(\.0)?, Postprocess upscaler: Lanczos</p>")


@check("EXTRAS-001")
def single_has_image_and_html(context: CheckContext) -> None:
    """A picture, not upscaled."""
    exchange = single(context, subject(), upscaler_1="None")
    fields = {"image": answers.TEXT, "html_info": answers.TEXT}
    answers.fit(expect.json_of(expect.ok(exchange)), fields, "the answer", exchange)
    upscaled(exchange)


@check("EXTRAS-002")
def none_keeps_the_size(context: CheckContext) -> None:
    """Upscaler None with a factor of 2, which it ignores."""
    exchange = single(context, subject(), upscaler_1="None", upscaling_resize=2)
    has_size(upscaled(exchange), WIDTH, HEIGHT, exchange)


@check("EXTRAS-003")
def lanczos_doubles(context: CheckContext) -> None:
    """Lanczos with a factor of 2."""
    exchange = _doubled(context)
    has_size(upscaled(exchange), 2 * WIDTH, 2 * HEIGHT, exchange)


@check("EXTRAS-004")
def exact_size(context: CheckContext) -> None:
    """To 40x24 with crop."""
    exchange = _to_size(context, crop=True)
    has_size(upscaled(exchange), 40, 24, exchange)


@check("EXTRAS-005")
def covering_size(context: CheckContext) -> None:
    """To 40x24 without crop."""
    exchange = _to_size(context, crop=False)
    width, height = upscaled(exchange).size
    ratio = WIDTH / HEIGHT
    covers = width >= 40 and height >= 24 and width / height == ratio  # noqa: PLR2004 - as sent
    actual = f"it has {width}x{height}"
    expect.that(covers, "a picture twice as wide as high that covers 40x24", actual, exchange)


@check("EXTRAS-006")
def html_says_what_was_done(context: CheckContext) -> None:
    """html_info after Lanczos with a factor of 2."""
    _has_html_info(_doubled(context))


@check("EXTRAS-007")
def batch_keeps_the_order(context: CheckContext) -> None:
    """Two pictures of two sizes."""
    sent = {"b.png": pictures.quarters(24, 8), "a.png": pictures.quarters(8, 16)}
    exchange = batch(context, sent, upscaler_1="None")
    sizes = [list(picture.size) for picture in all_upscaled(exchange)]
    expect.equal(sizes, [[24, 8], [8, 16]], "the sizes in order", exchange)


@check("EXTRAS-014")
def text_of_a_png_is_kept(context: CheckContext) -> None:
    """A PNG with an infotext, doubled."""
    needs_metadata(context)
    if saved_format(context) != "PNG":
        raise Skip("the option samples_format is not png")
    data = pictures.png_with({"parameters": INFOTEXT}, subject())
    exchange = single(context, data, upscaling_resize=2, **with_upscaler(context))
    text = upscaled(exchange).text
    expect.equal(text.get("parameters"), INFOTEXT, "the chunk parameters", exchange)
    done = text.get("postprocessing") or ""
    actual = f"postprocessing is {done!r}"
    expect.that(LANCZOS in done, "a chunk postprocessing that names Lanczos", actual, exchange)


@check("EXTRAS-016")
def picture_is_that_which_was_sent(context: CheckContext) -> None:
    """Four colours, doubled."""
    exchange = _doubled(context)
    _shows(upscaled(exchange), subject(), exchange)


@check("EXTRAS-017")
def factor_is_obeyed(context: CheckContext) -> None:
    """Factors 1.5, 3 and 4, and two sizes."""
    for factor in (1.5, 3, 4):
        exchange = single(context, subject(), upscaling_resize=factor, **with_upscaler(context))
        size = int(WIDTH * factor), int(HEIGHT * factor)
        has_size(upscaled(exchange), *size, exchange)


@check("EXTRAS-019")
def pictures_are_plain_base64(context: CheckContext) -> None:
    """The pictures of both routes."""
    exchange = single(context, subject(), upscaler_1="None")
    _plain(upscaled(exchange), exchange)
    exchange = batch(context, {"a.png": subject()}, upscaler_1="None")
    for picture in all_upscaled(exchange):
        _plain(picture, exchange)


@check("EXTRAS-020")
def batch_shows_each_picture(context: CheckContext) -> None:
    """Three pictures of one size, their corners turned, their names against the order."""
    sent = {
        "c.png": subject(),
        "a.png": subject().transpose(Transpose.FLIP_LEFT_RIGHT),
        "b.png": subject().transpose(Transpose.ROTATE_180),
    }
    exchange = batch(context, sent, upscaling_resize=2, **with_upscaler(context))
    found = all_upscaled(exchange)
    expect.equal(len(found), len(sent), "the number of images", exchange)
    for picture, image in zip(found, sent.values(), strict=True):
        _shows(picture, image, exchange)


@check("EXTRAS-021")
def batch_says_what_was_done(context: CheckContext) -> None:
    """html_info of a batch of one."""
    made = batch(context, {"a.png": subject()}, upscaling_resize=2, **with_upscaler(context))
    _has_html_info(made)


@check("EXTRAS-022")
def listed_names_are_taken(context: CheckContext) -> None:
    """Those of the list that need no model."""
    for name in (LANCZOS, NEAREST):
        upscaled(single(context, subject(), upscaling_resize=2, **with_upscaler(context, name)))


@check("EXTRAS-023")
def upscaler_is_obeyed(context: CheckContext) -> None:
    """Nearest leaves the hard edges that Lanczos smooths."""
    lanczos = upscaled(_doubled(context))
    exchange = single(context, subject(), upscaling_resize=2, **with_upscaler(context, NEAREST))
    differs = distance(lanczos.image, upscaled(exchange).image) > 0
    actual = "the same picture as of Lanczos"
    expect.that(differs, "another picture for another upscaler", actual, exchange)


@check("EXTRAS-024")
def second_upscaler_is_blended_in(context: CheckContext) -> None:
    """Nearest over Lanczos, by half."""
    with_upscaler(context, NEAREST)
    second = {"upscaler_2": NEAREST, "extras_upscaler_2_visibility": 0.5}
    exchange = single(context, subject(), upscaling_resize=2, **with_upscaler(context), **second)
    upscaled(exchange)
    wanted = f"Postprocess upscaler 2: {NEAREST}"
    html = html_of(exchange)
    expect.that(wanted in html, f"html_info with {wanted!r}", html, exchange)


@check("EXTRAS-029")
def none_leaves_the_picture_alone(context: CheckContext) -> None:
    """The pixels after upscaler None."""
    exchange = single(context, subject(), upscaler_1="None")
    _shows(upscaled(exchange), subject(), exchange)


@check("EXTRAS-031")
def format_is_the_saved_one(context: CheckContext) -> None:
    """A picture, not upscaled, and the option samples_format."""
    wanted = needs_saved_format(context)
    exchange = single(context, subject(), upscaler_1="None")
    expect.equal(upscaled(exchange).format, wanted, "the format of the picture", exchange)


@check("EXTRAS-032")
def every_upscaler_is_known(context: CheckContext) -> None:
    """Each name together with a second upscaler that no server has, so that nothing is upscaled.

    Both names are looked up before either is used, and one that is not known is named.
    """
    with_upscaler(context)
    try:
        for name in context.names.upscalers:
            if name != "None":
                _is_known(context, name)
    finally:
        # A refusal leaves the state of a job behind, which the next job takes away.
        single(context, subject(), upscaler_1="None")


def _is_known(context: CheckContext, name: str) -> None:
    __tracebackhide__ = True
    second = {"upscaler_2": _NOWHERE, "extras_upscaler_2_visibility": 0.5}
    exchange = single(context, subject(), upscaler_1=name, **second)
    if exchange.ok:
        raise Skip("a second upscaler that does not exist is not refused")
    said = parse_error_body(exchange.status or 0, exchange.response_headers, exchange.body).text
    expected = f"the upscaler {name} to be known, and {_NOWHERE} to be refused"
    expect.that(_NOWHERE in said, expected, expect.answered(exchange), exchange)


def _doubled(context: CheckContext) -> Exchange:
    return single(context, subject(), upscaling_resize=2, **with_upscaler(context))


def _to_size(context: CheckContext, *, crop: bool) -> Exchange:
    to = {"resize_mode": 1, "upscaling_resize_w": 40, "upscaling_resize_h": 24}
    return single(context, subject(), **to, upscaling_crop=crop, **with_upscaler(context))


def _has_html_info(exchange: Exchange) -> None:
    __tracebackhide__ = True
    html = html_of(exchange)
    example = "<p>Postprocess upscale by: 2, Postprocess upscaler: Lanczos</p>"
    expect.that(bool(_DONE.fullmatch(html)), f"html_info {example!r}", repr(html), exchange)


def _plain(picture: DecodedImage, exchange: Exchange) -> None:
    __tracebackhide__ = True
    reasons = "; ".join(sorted(deviation.value for deviation in picture.deviations))
    expect.that(not reasons, "a picture in plain base64", reasons, exchange)
    wrong = format_fault(picture.data)
    expect.that(not wrong, "a whole file", wrong, exchange)


def _shows(picture: DecodedImage, sent: Image.Image, exchange: Exchange) -> None:
    """A picture, scaled back, is that which was sent."""
    __tracebackhide__ = True
    gap = distance(picture.image.convert("RGB").resize(sent.size), sent)
    if gap > _SHOWS:
        actual = f"it differs from it by {gap:.0f} of 255 on average"
        raise Failed("the picture that was sent, in its new size", actual, exchange)
