"""Checks of the text and the items that png-info returns.

PNGINFO-001 to 005, 017 to 019, 023 to 027, 031, 032.
Source: modules/images.py, read_info_from_image, at v1.10.1 and the recorded group ``png-info``.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

from conformance.checks.support import answers, expect, pictures
from conformance.checks.support.infotexts import INFOTEXT, read_picture, text_read_back
from conformance.requirements.requirement import Version
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


_LETTERS = "café, Füchse, 狐, лиса, 🦊"
_MARKUP = '<b>&amp;</b> "quoted" \'single\' C:\\new\\table {"a": 1} 100% #1'
_LINES = "first  line, two blanks\n\nafter an empty line\twith a tab\n  indented"
_LONG = ", ".join(f"word {number}" for number in range(1500))
_TAIL = "\nSteps: 5, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64"
_ENDS = "  blanks before, and after\nSteps: 5, Sampler: Euler, CFG scale: 7  "
_PLAIN_KINDS = ("JPEG", "WEBP")
_NOVELAI = {"steps": 28, "sampler": "k_euler_ancestral", "seed": 7, "scale": 11, "uc": "bad"}
_WITH_PARAMETERS = Version.parse("1.7")


@check("PNGINFO-001")
def answer_has_its_keys(context: CheckContext) -> None:
    """The answer to a picture with an infotext."""
    exchange = read_picture(context, pictures.png_with({"parameters": INFOTEXT}))
    fields = {"info": answers.TEXT, "items": answers.OBJECT}
    version = context.profile.version
    if version is None or version.at_least(_WITH_PARAMETERS):
        fields["parameters"] = answers.OBJECT
    answers.fit(expect.json_of(expect.ok(exchange)), fields, "the answer", exchange)


@check("PNGINFO-002")
def info_is_the_text(context: CheckContext) -> None:
    """An ordinary infotext in a PNG."""
    _comes_back(context, INFOTEXT)


@check("PNGINFO-003")
def items_have_no_parameters(context: CheckContext) -> None:
    """The items of a picture with an infotext."""
    exchange, items = _items(context, {"parameters": INFOTEXT})
    actual = f"items has {', '.join(items)}"
    expect.that("parameters" not in items, "items without parameters", actual, exchange)


@check("PNGINFO-004")
def items_repeat_the_text(context: CheckContext) -> None:
    """The items of a picture with an infotext."""
    exchange, items = _items(context, {"parameters": INFOTEXT})
    expect.equal(items.get("parameters"), INFOTEXT, "items.parameters", exchange)


@check("PNGINFO-005")
def picture_without_metadata(context: CheckContext) -> None:
    """A PNG of pixels alone."""
    exchange = read_picture(context, pictures.file_of(pictures.plain()))
    expect.equal(text_read_back(exchange).get("info"), "", "info", exchange)


@check("PNGINFO-017")
def user_comment_is_read(context: CheckContext) -> None:
    """JPEG and WEBP with a UserComment in UTF-16; SD.Next reads ASCII letters of it alone."""
    text = INFOTEXT if context.profile.family == "sdnext" else f"{_LETTERS}{_TAIL}"
    for kind in _PLAIN_KINDS:
        _same_text(read_picture(context, pictures.with_comment(text, kind)), text)


# They indent its lines.
_INDENTING = frozenset({"forge", "reforge"})


@check("PNGINFO-018")
def novelai_is_translated(context: CheckContext) -> None:
    """The text chunks that NovelAI writes."""
    chunks = {"Software": "NovelAI", "Description": "a fox", "Comment": json.dumps(_NOVELAI)}
    last = "Steps: 28, Sampler: Euler a, CFG scale: 11, Seed: 7, Size: 16x16"
    text = f"a fox\nNegative prompt: bad\n{last}, Clip skip: 2, ENSD: 31337"
    exchange = read_picture(context, pictures.png_with(chunks))
    if context.profile.family in _INDENTING:
        lines = str(text_read_back(exchange).get("info")).splitlines()
        expect.equal([line.strip() for line in lines], text.splitlines(), "lines of info", exchange)
        return
    _same_text(exchange, text)


@check("PNGINFO-019")
def further_chunks_are_items(context: CheckContext) -> None:
    """A text chunk of a tool next to the infotext."""
    exchange, items = _items(context, {"parameters": INFOTEXT, "conformance": "a note"})
    expect.equal(items.get("conformance"), "a note", "items.conformance", exchange)


@check("PNGINFO-023")
def letters_survive(context: CheckContext) -> None:
    """Latin letters with marks, which tEXt holds, and those beyond Latin-1, which need iTXt."""
    for letters in ("café, Füchse, naïve", _LETTERS):
        _comes_back(context, letters + _TAIL)


@check("PNGINFO-024")
def long_text_survives(context: CheckContext) -> None:
    """A prompt of fifteen thousand letters."""
    _comes_back(context, _LONG + _TAIL)


@check("PNGINFO-025")
def markup_survives(context: CheckContext) -> None:
    """Markup, quotes and backslashes, which nobody may escape or unescape."""
    _comes_back(context, _MARKUP + _TAIL)


@check("PNGINFO-026")
def lines_survive(context: CheckContext) -> None:
    """Several lines, an empty one, doubled blanks and a tab."""
    _comes_back(context, _LINES + _TAIL)


@check("PNGINFO-027")
def blanks_at_the_ends_survive(context: CheckContext) -> None:
    """A text that begins and ends with blanks."""
    _comes_back(context, _ENDS)


@check("PNGINFO-031")
def other_formats_without_metadata(context: CheckContext) -> None:
    """JPEG and WEBP of pixels alone."""
    for kind in _PLAIN_KINDS:
        exchange = read_picture(context, pictures.file_of(pictures.plain(), kind))
        expect.equal(text_read_back(exchange).get("info"), "", f"info of a plain {kind}", exchange)


@check("PNGINFO-032")
def each_picture_has_its_own_text(context: CheckContext) -> None:
    """Two pictures by turns, the first of them twice."""
    for prompt in ("first", "second", "first"):
        _comes_back(context, prompt + _TAIL)


def _items(context: CheckContext, chunks: dict[str, str]) -> tuple[Exchange, dict[str, Any]]:
    __tracebackhide__ = True
    exchange = read_picture(context, pictures.png_with(chunks))
    items = text_read_back(exchange).get("items")
    if not isinstance(items, dict):
        raise Failed("items as an object", f"items is {expect.kind(items)}", exchange)
    return exchange, items


def _comes_back(context: CheckContext, text: str) -> None:
    __tracebackhide__ = True
    _same_text(read_picture(context, pictures.png_with({"parameters": text})), text)


def _same_text(exchange: Exchange, text: str) -> None:
    """``info`` is this text; where not, the failure shows the first place that differs."""
    __tracebackhide__ = True
    info = text_read_back(exchange).get("info")
    if not isinstance(info, str):
        raise Failed("info as text", f"info is {expect.kind(info)}", exchange)
    if info == text:
        return
    at = next((n for n, (a, b) in enumerate(zip(info, text, strict=False)) if a != b), None)
    at = min(len(info), len(text)) if at is None else at
    raise Failed(
        f"info to be the text of the picture, {len(text)} characters, {_around(text, at)}",
        f"info has {len(info)} characters, {_around(info, at)}",
        exchange,
    )


def _around(text: str, at: int) -> str:
    piece = text[max(at - 10, 0) : at + 20]
    return f"with {piece!r} at character {at}" if at < len(text) else f"the last of them {piece!r}"
