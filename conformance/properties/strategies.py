"""Hypothesis strategies for everything that the API takes or sends; their one home."""

from __future__ import annotations

import json
import math
import string
from base64 import b64encode
from dataclasses import dataclass
from io import BytesIO
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Annotated, Any, get_args, get_origin

from hypothesis import strategies as st
from PIL import Image, PngImagePlugin

from conformance.client.base64text import Deviation
from conformance.client.fields import Bounds, Img2ImgFields, Txt2ImgFields, field_table
from conformance.client.infotext import NEGATIVE, Infotext
from conformance.client.redaction import is_secret_name

if TYPE_CHECKING:
    from collections.abc import Collection, Mapping


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
    """
    parts = st.one_of(_WORDS, _UNICODE, _ASTRAL, _MARKS, _NETWORKS, _EMPHASIS, _TRAPS)
    return st.lists(parts, max_size=max_parts).map("".join)


# --- payloads --------------------------------------------------------------------------------


def txt2img_fields(*, names: Collection[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Fields for ``Txt2Img``, valid and in any choice; ``names`` limits which."""
    return _fields(Txt2ImgFields, names)


def img2img_fields(*, names: Collection[str] | None = None) -> st.SearchStrategy[dict[str, Any]]:
    """Fields for ``Img2Img``, valid and in any choice; ``names`` limits which."""
    return _fields(Img2ImgFields, names)


def wrong_fields(table: type = Txt2ImgFields) -> st.SearchStrategy[tuple[str, Any]]:
    """A field and a value of a type that it does not take."""
    hints = field_table(table)
    return st.sampled_from(sorted(hints)).flatmap(
        lambda name: st.tuples(st.just(name), _misfits(hints[name])),
    )


def unknown_names(table: type = Txt2ImgFields) -> st.SearchStrategy[str]:
    """Names that are no field, many of them one letter away from one."""
    known = field_table(table)
    near = st.sampled_from(sorted(known)).flatmap(
        lambda name: st.integers(0, len(name) - 1).map(lambda i: name[:i] + name[i + 1 :]),
    )
    words = st.text(string.ascii_lowercase + "_", min_size=1, max_size=20)
    return st.one_of(near, words).filter(lambda name: name not in known and name.isidentifier())


def impossible_sides() -> st.SearchStrategy[int]:
    """Widths and heights that no server can make."""
    return st.one_of(st.integers(max_value=7), st.integers(min_value=16385))


def _fields(table: type, names: Collection[str] | None) -> st.SearchStrategy[dict[str, Any]]:
    hints = {n: h for n, h in field_table(table).items() if names is None or n in names}
    return st.fixed_dictionaries({}, optional={n: _values(h) for n, h in hints.items()})


def _values(hint: Any) -> st.SearchStrategy[Any]:
    """Values of an annotation; those of a number within its bounds."""
    hint, bounds = get_args(hint) if get_origin(hint) is Annotated else (hint, Bounds())
    if get_origin(hint) is UnionType:
        return st.one_of([_values(Annotated[part, bounds]) for part in get_args(hint)])
    if get_origin(hint) is list:
        return st.lists(_values(get_args(hint)[0]), max_size=3)
    if get_origin(hint) is dict:
        return st.dictionaries(st.text(max_size=8), json_values(), max_size=3)
    return _plain_values(bounds).get(hint, json_values())


def _plain_values(bounds: Bounds) -> dict[Any, st.SearchStrategy[Any]]:
    low, high = max(bounds.least, bounds.above, -_LARGEST), min(bounds.most, _LARGEST)
    whole = st.integers(math.floor(low) + (low == bounds.above), math.floor(high))
    return {
        str: prompts(),
        bool: st.booleans(),
        int: whole,
        float: st.one_of(st.floats(low, high, exclude_min=low == bounds.above), whole),
        NoneType: st.none(),
        bytes: picture_files().map(lambda file: file.data),
        Image.Image: pictures(),
    }


def _misfits(hint: Any) -> st.SearchStrategy[Any]:
    plain = get_args(hint)[0] if get_origin(hint) is Annotated else hint
    taken = {get_origin(part) or part for part in (get_args(plain) or (plain,))}
    taken |= {get_origin(plain) or plain}
    wrong: dict[Any, st.SearchStrategy[Any]] = {
        str: st.text(max_size=5),
        bool: st.booleans(),
        int: st.integers(),
        float: st.floats(allow_nan=False).filter(lambda number: not number.is_integer()),
        dict: st.just({}),
        list: st.just(("no", "list")),
        NoneType: st.none(),
    }
    if float in taken:
        taken |= {int}
    if list in taken:
        wrong[list] = st.just("no list")
    return st.one_of([values for kind, values in wrong.items() if kind not in taken])


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
    """Texts that are no base64 by any reading."""
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
        words: what ``DecodedImage.infotext`` should say; None for nothing.
    """

    data: bytes
    format: str
    size: tuple[int, int]
    words: str | None


@st.composite
def pictures(
    draw: st.DrawFn,
    modes: Collection[str] = ("RGB", "RGBA", "L", "LA", "P", "1", "I;16"),
    max_side: int = _SMALL_PIXELS,
) -> Image.Image:
    """Pillow images of any mode and size: a colour each, with a pixel of another."""
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
    """Picture files with or without words in them, as servers write them."""
    kind = draw(st.sampled_from(sorted(formats)))
    image = draw(pictures(modes=("RGB",), max_side=16))
    words = draw(st.none() | prompts().filter(lambda text: text == text.strip("\0")))
    buffer = BytesIO()
    if kind == "PNG":
        info = PngImagePlugin.PngInfo()
        if words is not None:
            info.add_text("parameters", words)
        image.save(buffer, "PNG", pnginfo=info)
    else:
        image.save(buffer, kind, exif=_exif(words))
    return PictureFile(buffer.getvalue(), kind, image.size, words)


def _exif(words: str | None) -> Image.Exif:
    exif = Image.Exif()
    if words is not None:
        exif[0x8769] = {0x9286: b"UNICODE\0" + words.encode("utf-16-be")}
    return exif


# --- options ---------------------------------------------------------------------------------

# Answered as an option, and a text of the settings page: modules/shared_options.py, OptionHTML.
_TEXTS = ("settings_in_ui",)
# Changed, these load models, switch off the API, or are not stored at all.
_UNFIT_OPTIONS = (
    "sd_model",
    "sd_checkpoint",
    "sd_vae",
    "sd_unet",
    "sd_lora",
    "sd_text_encoder",
    "sd_hypernetwork",
    "sd_backend",
    "api_",
    "fp8_",
    "cache_fp16",
    "cross_attention",
    "disabled_extensions",
    "disable_all_extensions",
    "restore_config",
    "localization",
    "diffusers_",
    "cuda_",
    "torch_",
    "forge_",
)


def fit_options(options: Mapping[str, Any]) -> list[str]:
    """Names of options that can be changed and put back without loading or losing anything."""
    return sorted(
        name
        for name, value in options.items()
        if not name.startswith(_UNFIT_OPTIONS)
        and not is_secret_name(name)
        and not _is_decoration(name, value)
        and value is not None
    )


def option_changes(
    options: Mapping[str, Any],
    *,
    max_size: int = 4,
) -> st.SearchStrategy[dict[str, Any]]:
    """New values for some of a server's own options, each of the type that it has now.

    Args:
        options: what the server answers, name -> value.
        max_size: how many to change at most.
    """
    names = fit_options(options)
    if not names:
        return st.just({})
    # Each kind of value has an equal share, for servers have many numbers and few lists.
    kinds: dict[type, list[str]] = {}
    for name in names:
        kinds.setdefault(type(options[name]), []).append(name)
    some_name = st.one_of([st.sampled_from(group) for group in kinds.values()])
    chosen = st.lists(some_name, min_size=1, max_size=max_size, unique=True)
    return chosen.flatmap(
        lambda some: st.fixed_dictionaries({name: option_values(options[name]) for name in some}),
    )


def option_values(current: Any) -> st.SearchStrategy[Any]:
    """Values of the type that an option has now.

    A number without a fraction stays one, since servers show integers as floats and fail on
    fractions; it stays small, for it may count pixels or threads.
    """
    if isinstance(current, bool):
        return st.booleans()
    if isinstance(current, int) or (isinstance(current, float) and current.is_integer()):
        return st.integers(0, 100)
    if isinstance(current, float):
        return st.integers(0, 1000).map(lambda thousandths: thousandths / 1000)
    if isinstance(current, list):
        return st.lists(st.text(string.ascii_letters + " ,:狐", max_size=12), max_size=4)
    return prompts(max_parts=3)


def _is_decoration(name: str, value: Any) -> bool:
    """Whether an option only holds HTML for the settings page, which no server stores."""
    markup = isinstance(value, str) and "<" in value and ">" in value
    return markup or name in _TEXTS or name.endswith(("_explanation", "_sep", "_html"))


# --- infotexts -------------------------------------------------------------------------------

_KEYS = ("Steps", "Sampler", "Schedule type", "CFG scale", "Seed", "Size", "Model hash", "Model")
_MORE_KEYS = ("Clip skip", "Lora hashes", "Hires prompt", "ENSD", "X-Y", "a/b", "Version")


@st.composite
def infotexts(draw: st.DrawFn) -> Infotext:
    """Infotexts whose meaning is unambiguous: three parameters and more, in any order."""
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
        data: the object it stands for; None where there is none.
    """

    sent: Any
    data: dict[str, Any] | None


@st.composite
def infos(draw: st.DrawFn) -> SentInfo:
    """The ``info`` of an answer in all of its forms."""
    data = draw(st.dictionaries(st.text(max_size=8), json_values(), max_size=4))
    text = draw(prompts().filter(lambda words: not words.lstrip().startswith("{")))
    forms = [
        SentInfo(data, data),
        SentInfo(json.dumps(data), data),
        SentInfo(json.dumps(data, ensure_ascii=False, indent=1), data),
        SentInfo(text, None),
        SentInfo("", None),
        SentInfo(None, None),
    ]
    return draw(st.sampled_from(forms))
