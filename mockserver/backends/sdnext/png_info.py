"""POST png-info: what a picture's file says, as text, as items and parsed."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.grammar import unquote
from mockserver.backends.a1111.png_info import sampler_names
from mockserver.backends.sdnext.images import read_picture
from mockserver.core.errors import ServerError
from mockserver.core.json_values import jsonable
from mockserver.imaging.exif import read_directories
from mockserver.imaging.metadata import novelai

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import Image

    from mockserver.backends.sdnext.server import SdNext


_ENCODINGS = ("utf-8", "utf-16", "ascii", "latin_1", "cp1252", "cp437")
_MARKS = (b"UNICODE", b"ASCII", b"\0")
_INVISIBLE = re.compile(r"[\x00-\x09]")
_COMMENT = "UserComment"
_XMP_TAG = re.compile(r"<rdf:li>([^<]+)</rdf:li>")
#: Encodings that newer versions try behind little-endian UTF-16, which they know by its zeros.
_NEWER_ENCODINGS = ("utf-16-be", *_ENCODINGS)
_LOOKED_AT = 20
#: Left out of the items: they say how the file is made.
_TECHNICAL = (
    "exif",
    "ExifOffset",
    "JpegIFOffset",
    "JpegIFByteCount",
    "ExifVersion",
    "icc_profile",
    "jfif",
    "jfif_version",
    "jfif_unit",
    "jfif_density",
    "adobe",
    "photoshop",
    "loop",
    "duration",
    "dpi",
)


def read_info(picture: Image.Image, samplers: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
    """The infotext and the items of a picture.

    A PNG's text ``parameters`` becomes the item UserComment, and an EXIF UserComment the item
    ``parameters``. One of bytes is text; one of numbers is taken for a fraction of its first
    two (``1.09`` for ``UN``), and is no text then.

    Args:
        picture: the picture; nothing of it is changed.
        samplers: sampler name in lower case to name, for NovelAI's pictures.
    """
    items: dict[str, Any] = {str(key): value for key, value in picture.info.items()}
    text: Any = items.pop("parameters", None) or items.pop(_COMMENT, None) or ""
    if text:
        items[_COMMENT] = text
    for name, value in _exif(items.get("exif")):
        if name == _COMMENT:
            text = items["parameters"] = value
        else:
            items[name] = value
    items = {key: _text(v) if isinstance(v, bytes) else v for key, v in items.items()}
    if isinstance(text, str) and items.get("Software") == "NovelAI":
        text += novelai(items, picture.size, samplers) or ""
    for key in _TECHNICAL:
        items.pop(key, None)
    items |= {"width": picture.width, "height": picture.height, "mode": picture.mode}
    return text, items


def read_newer(picture: Image.Image, samplers: Mapping[str, str]) -> tuple[Any, dict[str, Any]]:
    """Likewise for newer versions, which read other programs' pictures too.

    The infotext is the item ``parameters``, and size and mode are left out.

    Args:
        picture: the picture; nothing of it is changed.
        samplers: as for `read_info`.

    Source: modules/image/metadata.py; recorded: png-info/* of sdnext-2026-07.
    """
    items: dict[str, Any] = {str(key): value for key, value in picture.info.items()}
    text: Any = items.pop("parameters", None) or items.pop(_COMMENT, None) or ""
    for name, value in _exif(items.get("exif"), _newer_text):
        if name == _COMMENT:
            text = items["parameters"] = value
        else:
            items[name] = value
    items = {k: _newer_text(v) if isinstance(v, bytes) else v for k, v in items.items()}
    found = f"{text}{_comfy(items)}{_invoke(items)}{_novelai(items, samplers)}{_xmp(items)}"
    for key in (*_TECHNICAL, "xmp"):
        items.pop(key, None)
    if found:
        items.setdefault("parameters", found)
    return found, items


def _loaded(items: Mapping[str, Any], name: str) -> dict[str, Any]:
    """The object of an item that holds JSON; empty for anything else."""
    try:
        found = json.loads(items.get(name, ""))
    except (TypeError, ValueError):
        return {}
    return found if isinstance(found, dict) else {}


def _comfy(items: Mapping[str, Any]) -> str:
    """What a ComfyUI picture's workflow says. Recorded: png-info/comfy."""
    parts = ""
    workflow = _loaded(items, "workflow")
    extra = workflow.get("extra", {})
    version = extra.get("frontendVersion", "unknown") if isinstance(extra, dict) else None
    if "workflow" in items and workflow and version is not None:
        parts += f" | Version: {version} | Nodes: {len(workflow.get('nodes', []))}"
    for node in _loaded(items, "prompt").values():
        model = node.get("inputs", {}).get("model") if isinstance(node, dict) else None
        if isinstance(model, str) and model:
            parts += f" | Model: {model} | Class: {node.get('class_type', '')}"
    return f"App: ComfyUI{parts}" if parts else ""


def _invoke(items: Mapping[str, Any]) -> str:
    version = _loaded(items, "invokeai_metadata").get("app_version")
    return f"App: InvokeAI | Version: {version}" if isinstance(version, str) and version else ""


def _novelai(items: Mapping[str, Any], samplers: Mapping[str, str]) -> str:
    """What a NovelAI picture says, in one line. Recorded: png-info/novelai."""
    if items.get("Software") != "NovelAI":
        return ""
    comment = _loaded(items, "Comment")
    try:
        sampler = samplers.get(comment["sampler"], "Euler a")
        line = (
            f"Steps: {comment['steps']}, Sampler: {sampler}, CFG scale: {comment['scale']}, "
            f"Seed: {comment['seed']}, CLiP-skip: 2, ENSD: 31337"
        )
        return f"{items['Description']} Negative prompt: {comment['uc']} {line}"
    except KeyError:
        return ""


def _xmp(items: Mapping[str, Any]) -> str:
    raw = items.get("xmp")
    tags = _XMP_TAG.findall(raw) if isinstance(raw, str) else []
    return f"XMP Tags: {', '.join(tags)}" if tags else ""


def _exif(
    block: Any, text_of: Callable[[bytes], str | None] | None = None
) -> list[tuple[str, Any]]:
    """Name and value of every known tag; a broken block has none.

    Args:
        block: the EXIF block.
        text_of: makes text of bytes; as older versions do by default.
    """
    if not block:
        return []
    text_of = text_of or _text
    from PIL.ExifTags import GPSTAGS, TAGS  # noqa: PLC0415 - start-up time

    found = []
    for tag, raw in read_directories(block):
        value = text_of(raw) if isinstance(raw, bytes) else _fraction(raw)
        name = TAGS.get(tag, GPSTAGS.get(tag))
        if value is not None and name is not None:
            found.append((name, value))
    return found


def _fraction(value: Any) -> Any:
    """Two numbers as their quotient, as cameras show it."""
    pair = value[:2] if isinstance(value, tuple) else ()
    if len(pair) < 2 or not all(isinstance(part, int) for part in pair) or pair[1] <= 0:  # noqa: PLR2004 - a pair
        return value
    return round(pair[0] / pair[1], 2)


def _text(raw: bytes) -> str | None:
    """The text of bytes in the first encoding that takes them, without invisible characters.

    Marks at the start go before each try, so that a later try finds one zero less. None for
    nothing. Recorded: png-info/usercomment-unicode-JPEG.
    """
    for encoding in _ENCODINGS:
        for mark in _MARKS:
            raw = raw.removeprefix(mark)
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        return _INVISIBLE.sub("", text).strip() or None
    return None


def _newer_text(raw: bytes) -> str | None:
    """Likewise as newer versions read it: marks go once, and two kinds of UTF-16 come first.

    Recorded: png-info/usercomment-unicode-JPEG of sdnext-2026-07.
    """
    for mark in _MARKS:
        raw = raw.removeprefix(mark)
    zeros = raw[1 : min(len(raw), _LOOKED_AT) : 2]
    narrow = len(raw) >= len("xx") and len(raw) % 2 == 0 and not any(zeros)
    for encoding in ("utf-16-le", *_NEWER_ENCODINGS) if narrow else _NEWER_ENCODINGS:
        try:
            text = raw.decode(encoding)
        except UnicodeError:
            continue
        return _INVISIBLE.sub("", text).strip() or None
    return None


_PAIR = re.compile(r'\s*([\w ]+):\s*("(?:\\"[^,]|\\"|\\|[^"])+"|[^,]*)(?:,|$)')
_SIZE = re.compile(r"(\d+)x(\d+)")
#: Words with which the parameters begin, in any case.
_NAMES = ("steps", "seed", "width", "height", "sampler", "size", "cfg scale", "pipeline")
_FIRST = tuple(f"{name}: " for name in _NAMES)
_FIRST_BEHIND = tuple(f" {name}: " for name in _NAMES)
_NEGATIVE = "negative prompt:"
#: Words with which a newer version's further prompts begin.
_PROMPTS = ("negative prompt: ", "template: ", "negative template: ")
_EDGES = " ,\n"


def parse(text: Any) -> dict[str, Any]:
    """The parameters in the order of the text, then both prompts, then sizes as two numbers.

    A text without any parameter is a prompt; what is no text has no parameters.

    Args:
        text: as the request has it.
    """
    if not isinstance(text, str):
        return {}
    rest = text.replace("\nSteps:", " Steps:")
    prompt, rest = _cut(rest, _first(rest, (*_FIRST_BEHIND, _NEGATIVE)))
    negative, rest = _cut(rest, _first(rest, _FIRST_BEHIND))
    pairs = dict(_PAIR.findall(rest))
    if not pairs:
        return {"Prompt": text}
    prompts = {"Prompt": prompt, "Negative prompt": _bare(negative)}
    return _typed({**pairs, **prompts})


def parse_newer(text: Any) -> dict[str, Any]:
    """Likewise as newer versions read it: templates too, null for a prompt that is not there.

    A number is its text, and an empty text has no parameters.

    Args:
        text: as the request has it.
    """
    if not isinstance(text, str) or not text.strip():
        return {}
    rest = text.replace("\nSteps:", " Steps:")
    prompt, rest = _extracted("", rest)
    negative, rest = _extracted("negative prompt", rest)
    template, rest = _extracted("template", rest)
    negative_template, rest = _extracted("negative template", rest)
    pairs = dict(_PAIR.findall(rest))
    if not pairs:
        return {"Prompt": text}
    found = {**pairs, "Prompt": prompt or None, "Negative prompt": negative or None}
    if template and template != prompt:
        found["Template"] = template
    if negative_template and negative_template != negative:
        found["Negative template"] = negative_template
    return _typed(found)


def _first(text: str, words: tuple[str, ...]) -> int:
    """Where the first of several words stands; 0 for none."""
    places = [text.lower().find(word) for word in words]
    return min((place for place in places if place >= 0), default=0)


def _cut(text: str, end: int) -> tuple[str, str]:
    """What stands before a place, and the text without it wherever it stands again."""
    part = text[:end]
    return part, text.replace(part, "") if part else text


def _bare(negative: str) -> str:
    """A negative prompt without the words before it."""
    return negative[len(_NEGATIVE) :] if negative.lower().startswith(_NEGATIVE) else negative


def _extracted(keyword: str, text: str) -> tuple[str, str]:
    """The prompt behind a keyword, and the text without it."""
    if keyword not in text.lower():
        return "", text
    if text.lower().startswith(f"{keyword}:"):
        text = text[len(keyword) + 1 :]
    text = text.strip()
    part, rest = _cut(text, _first(text, (*_FIRST, *_PROMPTS)))
    return part.strip(), rest


def _typed(raw: dict[str, Any]) -> dict[str, Any]:
    found: dict[str, Any] = dict(raw)
    for key, text in raw.items():
        value = str(unquote(text or "")).strip(_EDGES).replace("\\\n", "")
        size = _SIZE.fullmatch(value)
        if isinstance(text, str):
            found[key] = _value(value)
        if size:
            found[f"{key}-1"], found[f"{key}-2"] = int(size[1]), int(size[2])
    return found


def _value(text: str) -> Any:
    if text.replace(".", "", 1).isdigit():
        return float(text) if "." in text else int(text)
    return {"True": True, "False": False}.get(text, text)


_NOTHING = (
    "2 validation errors for ResImageInfo\n"
    "items\n  field required (type=value_error.missing)\n"
    "parameters\n  field required (type=value_error.missing)"
)


def png_info(server: SdNext, values: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``info``, ``items`` and ``parameters``.

    Args:
        server: the simulated server.
        values: ``image``; white space around it does not matter.

    Raises:
        HTTPError: 500, it is no picture.
        ServerError: half a data URI; no text at all, which is answered by a model without what it
            requires (by the source).
    """
    sent = values["image"].strip()
    if not sent:
        raise ServerError("ValidationError", _NOTHING)
    if server.program.comments:
        names = {name.lower(): name for name in server.sampler_names}
        text, items = read_newer(read_picture(sent, lenient=True), names)
        return {"info": text, "items": jsonable(items), "parameters": jsonable(parse_newer(text))}
    names = sampler_names(server.listed("samplers"))
    text, items = read_info(read_picture(sent), names)
    return {"info": str(text), "items": jsonable(items), "parameters": jsonable(parse(text))}
