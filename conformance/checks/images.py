"""Checks of returned files: TXT2IMG-004, -006, IMG-004 to -007.

Source: modules/api/api.py, encode_pil_to_base64, at v1.10.1; recorded in every t2i case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import saved_format
from conformance.checks.file_format import fault
from conformance.checks.registry import check
from conformance.client.base64text import Deviation, read_base64
from conformance.errors import ImageError
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

# A picture whose lightest and darkest value are no further apart shows nothing.
_FLAT = 8


@check("TXT2IMG-004", needs=("r1",))
def bare_and_whole(lab: Lab) -> None:
    """The first image of the shared request."""
    picture = lab.r1.picture
    actual = f"it starts with {lab.r1.images[0][:30]!r}"
    expect.that(not picture.had_prefix, "bare base64", actual, lab.r1.exchange)


@check("TXT2IMG-006", needs=("r1",))
def format_of_the_option(lab: Lab) -> None:
    """The format of the shared picture, beside samples_format."""
    saved = saved_format(lab)
    if saved is None:
        raise Skip("the option samples_format names no format that is known here")
    expect.equal(lab.r1.picture.format, saved, "the format of the image", lab.r1.exchange)


@check("IMG-004", needs=("r1", "r2"))
def strict_base64(lab: Lab) -> None:
    """Every image of two answers."""
    for generation in (lab.r1, lab.r2):
        for number, text in enumerate(generation.images):
            strays = _strays(text, number, generation)
            actual = f"images[{number}]: {strays}"
            expect.that(not strays, "plain base64", actual, generation.exchange)


@check("IMG-005", needs=("r1", "r2"))
def whole_files(lab: Lab) -> None:
    """The files of two answers, from the first byte to the last."""
    for generation in (lab.r1, lab.r2):
        for number, picture in enumerate(generation.pictures):
            found = fault(picture.data)
            actual = f"images[{number}], {len(picture.data)} bytes: {found}"
            expect.that(not found, "a whole and sound file", actual, generation.exchange)


@check("IMG-006", needs=("r1", "r2"))
def pictures_show_something(lab: Lab) -> None:
    """The lightest and the darkest value of every picture."""
    for generation in (lab.r1, lab.r2):
        for number, picture in enumerate(generation.pictures):
            low, high = picture.image.convert("L").getextrema()
            if not isinstance(low, int | float) or not isinstance(high, int | float):
                continue
            actual = f"images[{number}] is {low:g} to {high:g} of 255 bright all over"
            shows = high - low > _FLAT
            expect.that(shows, "a picture that shows something", actual, generation.exchange)


@check("IMG-007", needs=("r1",))
def pictures_are_in_colour(lab: Lab) -> None:
    """The kind of pixels of the shared picture."""
    mode = lab.r1.picture.image.mode
    actual = f"its mode is {mode}"
    expect.that(mode == "RGB", "a picture in RGB, 8 bits each", actual, lab.r1.exchange)


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
