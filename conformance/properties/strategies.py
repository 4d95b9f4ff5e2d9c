"""Hypothesis strategies for everything that the API takes or sends; their one home."""

from __future__ import annotations

import json
import string
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from conformance.client.image import Deviation
from conformance.client.info import NEGATIVE, Infotext

if TYPE_CHECKING:
    from collections.abc import Collection


_LARGEST = 2**31 - 1
_SMALL_PIXELS = 64

# --- prompts ---------------------------------------------------------------------------------

_WORDS = st.sampled_from(["a red fox", "forest", "film grain", "masterpiece", "35mm", "x" * 80])
_ASTRAL = st.text(st.characters(min_codepoint=0x10000, exclude_categories=["Cs"]), max_size=4)
# U+FFFE is no character, and as the first one would be taken for a byte order mark.
_UNICODE = st.text(
    st.characters(exclude_categories=["Cs", "Cc"], exclude_characters="\ufffe"),
    max_size=12,
)
_MARKS = st.sampled_from(
    [",", ", ", ":", "::", '"', '\\"', "\\", "'", "(", "((", "[a|b]", "%", "#"]
)
_NETWORKS = st.sampled_from(["<lora:style:0.7>", "<hypernet:n:1>", "<lyco:a:1:2>", "<b>", "<a:b>"])
_EMPHASIS = st.sampled_from(["(fox:1.2)", "[from:to:0.3]", "fox AND forest :0.5", "BREAK", "__x__"])
_TRAPS = st.sampled_from(
    [
        "\nSteps: 20, Sampler: Euler, CFG scale: 7, Seed: 1, Size: 64x64",
        f"\n{NEGATIVE} a cat",
        f"{NEGATIVE} inline",
        "\nTemplate: x, y",
        'Steps: "1, 2", Sampler: "a',
        '{"json": [1, 2]}',
        "data:image/png;base64,",
        "\n\n",
        "\t",
        "é狐🦊",
        "\u202e",
        "\ufeff",
    ],
)


def prompts(*, max_parts: int = 6) -> st.SearchStrategy[str]:
    """Texts that a prompt may hold: Unicode, marks, networks, lines that look like parameters.

    No lone surrogates, which JSON texts cannot carry in UTF-8, and no NUL, which ends PNG text.

    Args:
        max_parts: how many parts a prompt has at most.
    """
    parts = st.one_of(_WORDS, _UNICODE, _ASTRAL, _MARKS, _NETWORKS, _EMPHASIS, _TRAPS)
    return st.lists(parts, max_size=max_parts).map("".join)


def json_values() -> st.SearchStrategy[Any]:
    """JSON values of any shape, without NaN and lone surrogates."""
    text = st.text(st.characters(exclude_categories=["Cs"]), max_size=8)
    leaves = st.one_of(
        st.none(),
        st.booleans(),
        st.integers(-_LARGEST, _LARGEST),
        st.floats(allow_nan=False, allow_infinity=False),
        text,
    )
    return st.recursive(
        leaves,
        lambda inner: st.lists(inner, max_size=3) | st.dictionaries(text, inner, max_size=3),
        max_leaves=5,
    )


# --- base64 ----------------------------------------------------------------------------------


@dataclass(frozen=True)
class Encoded:
    """Bytes, and a base64 text of them.

    Args:
        data: the bytes.
        text: the text.
        deviations: how the text strays from plain base64.
    """

    data: bytes
    text: str
    deviations: frozenset[Deviation]


@st.composite
def base64_texts(
    draw: st.DrawFn,
    data: st.SearchStrategy[bytes] | None = None,
    deviations: Collection[Deviation] = tuple(Deviation),
) -> Encoded:
    """Base64 of bytes, with any of the given deviations.

    Args:
        draw: given by Hypothesis.
        data: what to encode; any bytes by default.
        deviations: which to draw from; none for plain base64.
    """
    raw = draw(st.binary(min_size=1, max_size=300) if data is None else data)
    wanted = draw(st.sets(st.sampled_from(sorted(deviations)))) if deviations else set()
    text = b64encode(raw).decode()
    found = set()
    for deviation in _ORDER:
        if deviation in wanted:
            changed = _STRAYERS[deviation](draw, raw, text)
            if changed != text:
                found.add(deviation)
            text = changed
    return Encoded(raw, text, frozenset(found))


@st.composite
def damaged_base64(draw: st.DrawFn) -> str:
    """Texts that are no base64 by any reading.

    Args:
        draw: of Hypothesis.
    """
    text = b64encode(draw(st.binary(min_size=3, max_size=60))).decode()
    place = draw(st.integers(0, len(text.rstrip("="))))
    stray = draw(st.sampled_from(["!", "*", "狐", "\0", ".", "%2B", '"', "{", "==A"]))
    damages = [
        text[:place] + stray + text[place:],
        "A" * (4 * draw(st.integers(0, 5)) + 1),
        "data:image/png," + text,
        "data:image/png;base64" + text.replace(",", ""),
        "=" * draw(st.integers(0, 4)),
    ]
    return draw(st.sampled_from(damages))


def _with_trailing_bits(draw: st.DrawFn, raw: bytes, text: str) -> str:
    spare = {1: 4, 2: 2}.get(len(raw) % 3, 0)
    if not spare:
        return text
    alphabet = string.ascii_uppercase + string.ascii_lowercase + string.digits + "+/"
    bare = text.rstrip("=")
    last = alphabet.index(bare[-1]) + draw(st.integers(1, 2**spare - 1))
    return bare[:-1] + alphabet[last] + "=" * (len(text) - len(bare))


def _without_padding(draw: st.DrawFn, _: bytes, text: str) -> str:
    bare = text.rstrip("=")
    return bare + "=" * draw(st.integers(0, max(0, len(text) - len(bare) - 1)))


def _url_safe(_: st.DrawFn, __: bytes, text: str) -> str:
    return text.replace("+", "-").replace("/", "_")


def _with_white_space(draw: st.DrawFn, _: bytes, text: str) -> str:
    width = draw(st.sampled_from([1, 4, 76]))
    space = draw(st.sampled_from([" ", "\n", "\r\n", "\t"]))
    lines = [text[i : i + width] for i in range(0, len(text), width)]
    return (
        draw(st.sampled_from(["", space])) + space.join(lines) + draw(st.sampled_from(["", space]))
    )


def _with_prefix(draw: st.DrawFn, _: bytes, text: str) -> str:
    kind = draw(st.sampled_from(["image/png", "image/jpeg", "IMAGE/WEBP", ""]))
    more = draw(st.sampled_from(["", ";charset=utf-8"]))
    return f"data:{kind}{more};base64,{text}"


_STRAYERS = {
    Deviation.TRAILING_BITS: _with_trailing_bits,
    Deviation.PADDING: _without_padding,
    Deviation.URL_SAFE: _url_safe,
    Deviation.WHITE_SPACE: _with_white_space,
    Deviation.PREFIX: _with_prefix,
}
_ORDER = tuple(_STRAYERS)


# --- pictures --------------------------------------------------------------------------------


@dataclass(frozen=True)
class PictureFile:
    """A picture file, and the words in it.

    Args:
        data: the file.
        format: in Pillow's name.
        size: width and height in pixels.
        infotext: what ``DecodedImage.infotext`` should say; None for nothing.
    """

    data: bytes
    format: str
    size: tuple[int, int]
    infotext: str | None


@st.composite
def pictures(
    draw: st.DrawFn,
    modes: Collection[str] = ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    max_side: int = _SMALL_PIXELS,
) -> Image.Image:
    """Pillow images of any mode and size: a colour each, with a pixel of another.

    Args:
        draw: of Hypothesis.
        modes: of Pillow; those that files can have by default.
        max_side: in pixels.
    """
    mode = draw(st.sampled_from(sorted(modes)))
    side = st.integers(1, max_side)
    image = Image.new(mode, (draw(side), draw(side)))
    bands = len(image.getbands())
    colour = draw(st.tuples(*[st.integers(0, 1 if mode == "1" else 255)] * bands))
    place = (draw(st.integers(0, image.width - 1)), draw(st.integers(0, image.height - 1)))
    image.putpixel(place, colour if bands > 1 else colour[0])
    return image


@st.composite
def picture_files(
    draw: st.DrawFn, formats: Collection[str] = ("PNG", "JPEG", "WEBP")
) -> PictureFile:
    """Picture files with or without words in them, as servers write them.

    Args:
        draw: of Hypothesis.
        formats: as Pillow names them.
    """
    kind = draw(st.sampled_from(sorted(formats)))
    image = draw(pictures(modes=("RGB",), max_side=16))
    infotext = draw(st.none() | prompts().filter(lambda text: text == text.strip("\0")))
    buffer = BytesIO()
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        if infotext is not None:
            info.add_text("parameters", infotext)
        image.save(buffer, "PNG", pnginfo=info)
    else:
        image.save(buffer, kind, exif=_exif(infotext))
    return PictureFile(buffer.getvalue(), kind, image.size, infotext)


def _exif(infotext: str | None) -> Image.Exif:
    exif = Image.Exif()
    if infotext is not None:
        exif[0x8769] = {0x9286: b"UNICODE\0" + infotext.encode("utf-16-be")}
    return exif


# --- infotexts -------------------------------------------------------------------------------

_KEYS = ("Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model hash", "Model")
_MORE_KEYS = ("Clip skip", "Lora hashes", "Hires prompt", "ENSD", "X-Y", "a/b", "Version")


@st.composite
def infotexts(draw: st.DrawFn) -> Infotext:
    """Infotexts whose meaning is unambiguous: three parameters and more, in any order.

    Args:
        draw: of Hypothesis.
    """
    keys = draw(st.permutations(_KEYS))[: draw(st.integers(3, len(_KEYS)))]
    keys += draw(st.lists(st.sampled_from(_MORE_KEYS), unique=True))
    return Infotext(
        prompt=draw(_settled_prompts()),
        negative_prompt=draw(_settled_prompts()),
        parameters={key: draw(_settled_values()) for key in keys},
    )


def _settled_prompts() -> st.SearchStrategy[str]:
    """Prompts whose lines do not begin the negative prompt, stripped as readers strip them."""
    return (
        prompts()
        .map(str.strip)
        .filter(
            lambda text: not any(line.lstrip().startswith(NEGATIVE) for line in text.split("\n"))
        )
        .filter(lambda text: not text.startswith("Prompt: "))
    )


def _settled_values() -> st.SearchStrategy[str]:
    """Values that come back from the text: not empty, stripped, not opening a quote or object."""
    odd = prompts(max_parts=3).map(str.strip)
    plain = st.sampled_from(["20", "7.0", "Euler a", "512x768", "v1.10.1", "a: b, c", "x\ny"])
    return st.one_of(plain, odd).filter(lambda text: text != "" and text[0] not in '"{')


# --- answers ---------------------------------------------------------------------------------


@dataclass(frozen=True)
class SentInfo:
    """An ``info`` as a server sends it.

    Args:
        sent: the value in the answer.
        data: the object it holds; None where there is none.
    """

    sent: Any
    data: dict[str, Any] | None


@st.composite
def infos(draw: st.DrawFn) -> SentInfo:
    """The ``info`` of an answer in all of its forms.

    Args:
        draw: of Hypothesis.
    """
    data = draw(st.dictionaries(st.text(max_size=8), json_values(), max_size=4))
    text = draw(prompts().filter(lambda infotext: not infotext.lstrip().startswith("{")))
    forms = [
        SentInfo(data, data),
        SentInfo(json.dumps(data), data),
        SentInfo(json.dumps(data, ensure_ascii=False, indent=1), data),
        SentInfo(text, None),
        SentInfo("", None),
        SentInfo(None, None),
    ]
    return draw(st.sampled_from(forms))
