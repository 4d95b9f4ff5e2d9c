"""Checks of the text in returned files: IMG-001 to IMG-003, IMG-008.

Source: modules/api/api.py, encode_pil_to_base64 and pnginfoapi, at v1.10.1; recorded in every
t2i case and ``options/format-jpg``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import needs_metadata, saved_format
from conformance.checks.registry import check
from conformance.signals import Failed, NotApplicable, Skip

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

_KEYWORD = "parameters"


@check("IMG-001", needs=("r1", "r2"))
def png_has_parameters(lab: Lab) -> None:
    """The text chunks of every PNG of two answers."""
    needs_metadata(lab)
    seen = False
    for generation in (lab.r1, lab.r2):
        for number, picture in enumerate(generation.pictures):
            if picture.format == "PNG":
                seen = True
                what = f"the text chunks of images[{number}]"
                expect.keys(picture.text, (_KEYWORD,), what, generation.exchange)
    if not seen:
        raise NotApplicable(f"the server returns {lab.r1.picture.format}")


@check("IMG-002", needs=("r1",))
def others_have_a_user_comment(lab: Lab) -> None:
    """The EXIF of the shared picture."""
    needs_metadata(lab)
    if lab.r1.picture.format not in {"JPEG", "WEBP"}:
        raise NotApplicable(f"the server returns {lab.r1.picture.format}")
    _in_exif(lab.r1)


@check("IMG-003", needs=("r1",))
def png_info_reads_it_back(lab: Lab) -> None:
    """The shared picture, given to png-info as it came."""
    needs_metadata(lab)
    _ = lab.r1.picture
    exchange = expect.ok(lab.post("png-info", json={"image": lab.r1.images[0]}))
    told = expect.json_object(exchange).get("info")
    expect.equal(told, lab.r1.infotext, "info of png-info", exchange)


@check("IMG-008", own_steps=3)
def another_format_is_obeyed(lab: Lab) -> None:
    """samples_format set to JPEG, or to PNG where it is that already, and both routes."""
    needs_metadata(lab)
    saved = saved_format(lab)
    if saved is None:
        raise Skip("the option samples_format names no format that is known here")
    name, wanted = ("png", "PNG") if saved == "JPEG" else ("jpg", "JPEG")
    with lab.options.changed(samples_format=name) as exchange:
        expect.ok(exchange)
        for payload, route in ((lab.r1.payload, "txt2img"), (lab.i1_payload, "img2img")):
            made = lab.generate(payload, route)
            what = f"the format of the image of {route}"
            expect.equal(made.picture.format, wanted, what, made.exchange)
            if wanted == "JPEG":
                _in_exif(made)


def _in_exif(generation: Generation) -> None:
    __tracebackhide__ = True
    told, wanted = generation.picture.exif, generation.infotext
    if told != wanted:
        actual = f"it is {expect.shown(told)}"
        raise Failed("the infotext as EXIF UserComment", actual, generation.exchange)
