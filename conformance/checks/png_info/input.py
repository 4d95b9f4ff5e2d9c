"""Checks of what png-info takes for a picture, and what it refuses.

PNGINFO-006 to 010, 020, 021, 030, 033, 034.
Source: modules/api/api.py, decode_base64_to_image and pnginfoapi, at v1.10.1; recorded:
png-info/data-uri, whitespace, b64-text, url, extra-field.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.checks.support.expect import NO_PICTURE, complains_of, refused
from conformance.checks.support.infotexts import INFOTEXT, text_read_back
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_LINE = 76
_LOCAL = "http://127.0.0.1:1/conformance.png"
_NOT_LOCAL = ("Request to local resource not allowed", "Requests not allowed")


@check("PNGINFO-006")
def data_uri_is_accepted(context: CheckContext) -> None:
    """The picture as a data URI; 47a44c7 answers with HTML that holds the text."""
    exchange = _ask(context, pictures.data_uri(_subject()))
    info = text_read_back(exchange).get("info")
    holds = isinstance(info, str) and (info == INFOTEXT or _is_old_page(context, info))
    expect.that(holds, "info to be the text of the picture", expect.shown(info), exchange)


@check("PNGINFO-007")
def white_space_is_accepted(context: CheckContext) -> None:
    """A blank before and a line break after the base64."""
    _reads(context, f" {pictures.text_of(_subject())}\n")


@check("PNGINFO-008")
def no_picture_is_refused(context: CheckContext) -> None:
    """Base64 of three bytes of nothing, and text that is no base64."""
    for text in ("AAAA", "conformance, no picture"):
        refused(_ask(context, text), 500, NO_PICTURE)


@check("PNGINFO-009")
def empty_image_is_refused(context: CheckContext) -> None:
    """An empty text."""
    refused(_ask(context, ""), 500)


@check("PNGINFO-010")
def missing_image_is_refused(context: CheckContext) -> None:
    """An empty object."""
    complains_of(context.post("png-info", json={}), "image")


@check("PNGINFO-020")
def local_url_is_refused(context: CheckContext) -> None:
    """A URL of the server's own machine, at a port where nobody listens."""
    exchange = _ask(context, _LOCAL)
    expect.status(exchange, 500)
    detail = expect.json_object(exchange).get("detail")
    expected = f"detail to be {' or '.join(map(repr, _NOT_LOCAL))}"
    expect.that(detail in _NOT_LOCAL, expected, f"detail is {detail!r}", exchange)


@check("PNGINFO-021")
def base64_as_python_reads_it(context: CheckContext) -> None:
    """Base64 in lines of 76 characters, and base64 without its padding."""
    text = _padded()
    _reads(context, "\n".join(text[n : n + _LINE] for n in range(0, len(text), _LINE)))
    refused(_ask(context, text.rstrip("=")), 500)


@check("PNGINFO-030")
def bare_base64_is_accepted(context: CheckContext) -> None:
    """The picture in plain base64."""
    _reads(context, pictures.text_of(_subject()))


@check("PNGINFO-033")
def null_is_refused(context: CheckContext) -> None:
    """``image`` null."""
    complains_of(context.post("png-info", json={"image": None}), "image")


@check("PNGINFO-034")
def unknown_fields_are_ignored(context: CheckContext) -> None:
    """A field that no server has, next to the picture."""
    body = {"image": pictures.text_of(_subject()), "zz_conformance": 1}
    expect.equal(text_read_back(context.post("png-info", json=body)).get("info"), INFOTEXT, "info")


def _subject() -> bytes:
    return pictures.png_with({"parameters": INFOTEXT})


def _padded() -> str:
    """Base64 of the subject that ends with padding."""
    for extra in range(3):
        chunks = {"parameters": INFOTEXT, "Comment": "x" * extra}
        text = pictures.text_of(pictures.png_with(chunks))
        if text.endswith("="):
            return text
    raise Skip("no picture has base64 that ends with padding")


def _ask(context: CheckContext, image: Any) -> Exchange:
    return context.post("png-info", json={"image": image})


def _reads(context: CheckContext, image: str) -> None:
    __tracebackhide__ = True
    exchange = _ask(context, image)
    info = text_read_back(exchange).get("info")
    if info != INFOTEXT:
        raise Failed("info to be the text of the picture", expect.shown(info), exchange)


def _is_old_page(context: CheckContext, info: str) -> bool:
    return str(context.profile.version) == "47a44c7" and "lighthouse" in info
