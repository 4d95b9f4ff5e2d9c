"""Checks of the returned picture files and of their metadata."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.checks.support.pictures import format_fault
from conformance.checks.support.settings import needs_metadata, needs_saved_format
from conformance.client.image import Deviation, read_base64
from conformance.errors import ImageError
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


# A picture whose lightest and darkest value are no further apart shows nothing.
_FLAT = 8


@check("IMG-004", needs=("one_image", "batch_of_two"))
def strict_base64(context: CheckContext) -> None:
    """Every image of two answers."""
    for generation in (context.one_image, context.batch_of_two):
        for number, text in enumerate(generation.images):
            strays = _strays(text, number, generation)
            actual = f"images[{number}]: {strays}"
            expect.that(not strays, "plain base64", actual, generation.exchange)


@check("IMG-005", needs=("one_image", "batch_of_two"))
def whole_files(context: CheckContext) -> None:
    """The files of two answers, from the first byte to the last."""
    for generation in (context.one_image, context.batch_of_two):
        for number, picture in enumerate(generation.pictures):
            found = format_fault(picture.data)
            actual = f"images[{number}], {len(picture.data)} bytes: {found}"
            expect.that(not found, "a whole and sound file", actual, generation.exchange)


@check("IMG-006", needs=("one_image", "batch_of_two"))
def pictures_show_something(context: CheckContext) -> None:
    """The lightest and the darkest value of every picture."""
    for generation in (context.one_image, context.batch_of_two):
        for number, picture in enumerate(generation.pictures):
            low, high = picture.image.convert("L").getextrema()
            if not isinstance(low, int | float) or not isinstance(high, int | float):
                continue
            actual = f"images[{number}] is {low:g} to {high:g} of 255 bright all over"
            shows = high - low > _FLAT
            expect.that(shows, "a picture that shows something", actual, generation.exchange)


@check("IMG-007", needs=("one_image",))
def pictures_are_in_colour(context: CheckContext) -> None:
    """The kind of pixels of the shared picture."""
    mode = context.one_image.picture.image.mode
    actual = f"its mode is {mode}"
    expect.that(mode == "RGB", "a picture in RGB, 8 bits each", actual, context.one_image.exchange)


def _strays(text: str, number: int, generation: Generation) -> str:
    __tracebackhide__ = True
    try:
        found = read_base64(text).deviations
    except ImageError as error:
        actual = f"images[{number}]: {error}"
        raise Failed("plain base64", actual, generation.exchange) from error
    # The prefix of the first one is a requirement of its own.
    strays = found - {Deviation.PREFIX} if number == 0 else found
    return "; ".join(sorted(deviation.value for deviation in strays))


_KEYWORD = "parameters"


@check("IMG-001", needs=("one_image", "batch_of_two"))
def png_has_parameters(context: CheckContext) -> None:
    """The text chunks of every PNG of two answers."""
    needs_metadata(context)
    seen = False
    for generation in (context.one_image, context.batch_of_two):
        for number, picture in enumerate(generation.pictures):
            if picture.format == "PNG":
                seen = True
                what = f"the text chunks of images[{number}]"
                expect.keys(picture.text, (_KEYWORD,), what, generation.exchange)
    if not seen:
        raise NotApplicable(f"the server returns {context.one_image.picture.format}")


@check("IMG-002", needs=("one_image",))
def others_have_a_user_comment(context: CheckContext) -> None:
    """The EXIF of the shared picture."""
    needs_metadata(context)
    if context.one_image.picture.format not in {"JPEG", "WEBP"}:
        raise NotApplicable(f"the server returns {context.one_image.picture.format}")
    _in_exif(context.one_image)


@check("IMG-003", needs=("one_image",))
def png_info_reads_it_back(context: CheckContext) -> None:
    """The shared picture, given to png-info as it came."""
    needs_metadata(context)
    _ = context.one_image.picture
    exchange = expect.ok(context.post("png-info", json={"image": context.one_image.images[0]}))
    reported = expect.json_object(exchange).get("info")
    expect.equal(reported, context.one_image.infotext, "info of png-info", exchange)


@check("IMG-008", own_steps=3)
def another_format_is_obeyed(context: CheckContext) -> None:
    """samples_format set to JPEG, or to PNG where it is that already, and both routes."""
    needs_metadata(context)
    saved = needs_saved_format(context)
    name, wanted = ("png", "PNG") if saved == "JPEG" else ("jpg", "JPEG")
    with context.options.changed(samples_format=name) as exchange:
        expect.ok(exchange)
        for payload, route in (
            (context.one_image.payload, "txt2img"),
            (context.img2img_payload, "img2img"),
        ):
            made = context.generate(payload, route)
            what = f"the format of the image of {route}"
            expect.equal(made.picture.format, wanted, what, made.exchange)
            if wanted == "JPEG":
                _in_exif(made)


def _in_exif(generation: Generation) -> None:
    __tracebackhide__ = True
    reported, wanted = generation.picture.exif, generation.infotext
    if reported != wanted:
        actual = f"it is {expect.shown(reported)}"
        raise Failed("the infotext as EXIF UserComment", actual, generation.exchange)
