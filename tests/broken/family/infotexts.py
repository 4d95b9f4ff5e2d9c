"""Infotexts that are not what they promise: their lines, their values, their letters."""

from __future__ import annotations

import html
import re
from functools import partial
from typing import TYPE_CHECKING

from broken.layer import rewrite_info, rewrite_infotext
from broken.registry import broken

if TYPE_CHECKING:
    from collections.abc import Callable
    from typing import Any

    from doubles import Server


def _line(change: Callable[[str], str]) -> Callable[[str], str]:
    """A change of the last line, which holds the values."""

    def edit(text: str) -> str:
        head, newline, last = text.rpartition("\n")
        return head + newline + change(last)

    return edit


def _pairs(change: Callable[[list[str]], list[str]]) -> Callable[[str], str]:
    return _line(lambda line: ", ".join(change(line.split(", "))))


def _without(key: str) -> Callable[[str], str]:
    return _pairs(lambda pairs: [pair for pair in pairs if not pair.startswith(f"{key}: ")])


def _to(key: str, value: str) -> Callable[[str], str]:
    return _line(lambda line: re.sub(rf"(?<!\w ){key}: [^,]*", f"{key}: {value}", line))


def _also(pair: str) -> Callable[[str], str]:
    return _line(lambda line: line.replace(", Version", f", {pair}, Version"))


def _mojibake(text: str) -> str:
    return text.encode().decode("latin-1")


def _ascii(text: str) -> str:
    return text.encode("ascii", "replace").decode()


def _escaped(text: str) -> str:
    return text.encode("ascii", "backslashreplace").decode()


def _swapped(line: str) -> str:
    return re.sub(r"Size: (\d+)x(\d+)", r"Size: \2x\1", line)


_ANY_NEGATIVE = re.compile(r"\nNegative prompt: [^\n]*")

_TEXTS: list[tuple[str, str, str, Callable[[str], str]]] = [
    ("joined", "all is on one line", "INFO-001", lambda text: text.replace("\n", " ")),
    ("joined-comma", "lines are joined by commas", "INFO-001", lambda t: t.replace("\n", ", ")),
    ("escaped-lines", "line breaks are escaped", "INFO-001", lambda t: t.replace("\n", "\\n")),
    ("crlf", "lines end as on Windows", "INFO-001", lambda text: text.replace("\n", "\r\n")),
    (
        "semicolons",
        "values are parted by semicolons",
        "INFO-001",
        _line(lambda t: t.replace(", ", "; ")),
    ),
    (
        "no-blanks",
        "values are parted by bare commas",
        "INFO-001",
        _line(lambda t: t.replace(", ", ",")),
    ),
    ("equals", "values follow an equals sign", "INFO-001", _line(lambda t: t.replace(": ", "="))),
    (
        "colons-bare",
        "values follow a bare colon",
        "INFO-001",
        _line(lambda t: t.replace(": ", ":")),
    ),
    ("no-prompt", "there is no prompt", "INFO-001", lambda text: text.partition("\n")[2]),
    ("no-values", "there are no values", "INFO-002", lambda text: text.rpartition("\n")[0]),
    ("no-negative", "the negative prompt is left out", "INFO-001", partial(_ANY_NEGATIVE.sub, "")),
    (
        "negative-first",
        "the negative prompt comes first",
        "INFO-001",
        lambda t: f"Negative prompt: x\n{t}",
    ),
    (
        "negative-renamed",
        "the negative prompt has another name",
        "INFO-001",
        lambda t: t.replace("Negative prompt", "Negative"),
    ),
    (
        "empty-negative",
        "an empty negative prompt has its line",
        "INFO-005",
        lambda t: t if "Negative" in t else t.replace("\nSteps", "\nNegative prompt: \nSteps"),
    ),
    ("lower-case", "values have names in small letters", "INFO-001", _line(str.lower)),
    (
        "first-line-only",
        "a prompt of several lines has its first alone",
        "INFO-006",
        lambda t: re.sub(r"\A([^\n]*)\n(?!Neg|Steps)[^\n]*\n", r"\1\n", t),
    ),
    (
        "prompt-joined",
        "a prompt of several lines is on one",
        "INFO-006",
        lambda t: re.sub(r"\n(?!Neg|Steps)", " ", t),
    ),
    ("steps-other", "Steps are others", "INFO-002", _to("Steps", "20")),
    ("sampler-other", "Sampler is another", "INFO-002", _to("Sampler", "DDIM")),
    ("cfg-other", "CFG scale is another", "INFO-002", _to("CFG scale", "7.5")),
    ("seed-other", "Seed is another", "INFO-002", _to("Seed", "8888")),
    ("seed-lost", "Seed is left out", "INFO-002", _without("Seed")),
    ("size-lost", "Size is left out", "INFO-002", _without("Size")),
    ("sampler-lost", "Sampler is left out", "INFO-002", _without("Sampler")),
    ("size-swapped", "Size is height by width", "INFO-002", _line(_swapped)),
    ("size-512", "Size is always 512x512", "INFO-002", _to("Size", "512x512")),
    (
        "size-spaced",
        "Size has blanks",
        "INFO-002",
        _line(lambda t: re.sub(r"(\d)x(\d)", r"\1 x \2", t)),
    ),
    ("order", "values are in the order of the alphabet", "INFO-003", _pairs(sorted)),
    (
        "order-backwards",
        "the first two values change places",
        "INFO-003",
        _pairs(lambda p: [p[1], p[0], *p[2:]]),
    ),
    (
        "seed-first",
        "Seed is before CFG scale",
        "INFO-003",
        _pairs(lambda p: [*p[:3], p[4], p[3], *p[5:]]),
    ),
    ("version-early", "Version is not last", "INFO-003", _pairs(lambda p: [*p[:-2], p[-1], p[-2]])),
    ("schedule-lost", "Schedule type is left out", "INFO-003", _without("Schedule type")),
    ("hash-lost", "Model hash is left out", "INFO-003", _without("Model hash")),
    (
        "cfg-whole",
        "CFG scale is a whole number",
        "INFO-004",
        _line(lambda t: t.replace(".0,", ",")),
    ),
    ("model-other", "Model is another", "INFO-007", _to("Model", "v1-5-pruned")),
    ("hash-other", "Model hash is another", "INFO-007", _to("Model hash", "0123456789")),
    ("version-other", "Version is another", "INFO-008", _to("Version", "v1.0.0")),
    (
        "denoising",
        "Denoising strength is reported for txt2img",
        "INFO-009",
        _also("Denoising strength: 0"),
    ),
    ("unquoted", "values are never quoted", "INFO-010", _line(lambda t: t.replace('"', ""))),
    (
        "single-quotes",
        "values have single quotes",
        "INFO-010",
        _line(lambda t: t.replace('"', "'")),
    ),
    ("comments", "comments come back", "INFO-012", lambda t: t.replace("cat \n", "cat # white\n")),
    ("mojibake", "letters are read in the wrong charset", "INFO-013", _mojibake),
    ("question-marks", "other letters than ASCII are question marks", "INFO-013", _ascii),
    ("escapes", "other letters than ASCII are escaped", "INFO-013", _escaped),
    ("html", "signs are escaped for HTML", "INFO-013", partial(html.escape, quote=True)),
    ("schedule-other", "Schedule type is another", "INFO-015", _to("Schedule type", "Karras")),
    (
        "schedule-fixed",
        "Schedule type is always Automatic",
        "TXT2IMG-033",
        _to("Schedule type", "Automatic"),
    ),
    ("twice", "Steps occur twice", "INFO-016", _also("Steps: 1")),
    ("seed-twice", "Seed occurs twice, once wrong", "INFO-016", _also("Seed: 1")),
    ("hires-lost", "Hires upscale is left out", "TXT2IMG-051", _without("Hires upscale")),
    ("clip-skip-lost", "Clip skip is left out", "TXT2IMG-061", _without("Clip skip")),
    ("tiling-lost", "Tiling is left out", "TXT2IMG-068", _without("Tiling")),
    (
        "lora-lost",
        "LoRAs are left out of the prompt",
        "TXT2IMG-069",
        lambda t: re.sub(r" <lora[^>]*>", "", t),
    ),
    ("variation-lost", "Variation seed is left out", "TXT2IMG-024", _without("Variation seed")),
    (
        "size-rounded",
        "Size is that of the file",
        "TXT2IMG-038",
        _line(lambda t: re.sub(r"Size: 65x70", "Size: 64x64", t)),
    ),
]

for _name, _words, _id, _edit in _TEXTS:
    broken(f"infotexts/{_name}", _words, convicted_by=[_id])(partial(rewrite_infotext, edit=_edit))


@broken("infotexts/all-first", "each infotext is the first", convicted_by=["INFO-014"])
def all_first(sound: Server) -> Server:
    def change(info: dict[str, Any]) -> dict[str, Any]:
        return info | {"infotexts": info["infotexts"][:1] * len(info["infotexts"])}

    return rewrite_info(sound, change)


@broken(
    "infotexts/all-first-in-files", "each file has the first text", convicted_by=["TXT2IMG-022"]
)
def all_first_in_files(sound: Server) -> Server:
    return rewrite_infotext(sound, lambda text: re.sub(r"Seed: 8\b", "Seed: 7", text))
