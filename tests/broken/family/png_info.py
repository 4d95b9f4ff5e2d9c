"""png-info that ruins texts, loses values, or takes and refuses the wrong things."""

from __future__ import annotations

import html
import json
from typing import TYPE_CHECKING, Any

from broken.layer import Edit, answer_with, rewrite_answer, rewrite_reply, rewrite_request, status
from broken.registry import broken
from broken.rework import opened
from doubles import Ask, Reply, Server, reply, text

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

ROUTE = "/png-info"
_NO_IMAGE = {"error": "HTTPException", "detail": "Invalid encoded image", "body": "", "errors": ""}


def _info(edit: Callable[[str], Any]) -> Breaking:
    """The text is changed."""
    return lambda sound: rewrite_answer(sound, ROUTE, lambda a: a | {"info": edit(a["info"])})


def _parsed(edit: Edit) -> Breaking:
    """The values are changed."""
    return lambda sound: rewrite_answer(
        sound, ROUTE, lambda a: a | {"parameters": edit(a["parameters"])}
    )


def _answer(edit: Edit) -> Breaking:
    return lambda sound: rewrite_answer(sound, ROUTE, edit)


def _mojibake(words: str) -> str:
    return words.encode().decode("latin-1")


def _twice(words: str) -> str:
    return json.dumps(words)[1:-1]


_TEXTS: list[tuple[str, str, list[str], Callable[[str], Any]]] = [
    ("cut", "the text is cut after 255 letters", ["PNGINFO-002", "PNGINFO-024"], lambda t: t[:255]),
    ("cut-late", "the text is cut after 4000 letters", ["PNGINFO-024"], lambda t: t[:4000]),
    ("stripped", "blanks at the ends are lost", ["PNGINFO-027"], str.strip),
    (
        "lines-joined",
        "line breaks become blanks",
        ["PNGINFO-002", "PNGINFO-026"],
        lambda t: t.replace("\n", " "),
    ),
    (
        "blanks-squeezed",
        "doubled blanks become one",
        ["PNGINFO-026"],
        lambda t: "\n".join(" ".join(line.split()) for line in t.split("\n")),
    ),
    (
        "empty-lines-lost",
        "empty lines are lost",
        ["PNGINFO-026"],
        lambda t: "\n".join(line for line in t.split("\n") if line),
    ),
    ("crlf", "line breaks become CRLF", ["PNGINFO-002"], lambda t: t.replace("\n", "\r\n")),
    ("mojibake", "UTF-8 is read as Latin-1", ["PNGINFO-023"], _mojibake),
    (
        "ascii",
        "letters beyond ASCII become question marks",
        ["PNGINFO-023"],
        lambda t: t.encode("ascii", "replace").decode(),
    ),
    (
        "latin-1",
        "letters beyond Latin-1 become question marks",
        ["PNGINFO-023"],
        lambda t: t.encode("latin-1", "replace").decode("latin-1"),
    ),
    ("html-escaped", "markup is escaped", ["PNGINFO-025"], html.escape),
    ("html-unescaped", "entities are resolved", ["PNGINFO-025"], html.unescape),
    ("json-escaped", "the text is escaped as JSON", ["PNGINFO-002", "PNGINFO-025"], _twice),
    (
        "backslashes-lost",
        "backslashes are lost",
        ["PNGINFO-025"],
        lambda t: t.replace("\\", ""),
    ),
    ("lower-case", "the text comes in lower case", ["PNGINFO-002"], str.lower),
    ("null", "info is null", ["PNGINFO-001"], lambda _: None),
    ("always-empty", "info is always empty", ["PNGINFO-002"], lambda _: ""),
    ("none-as-null", "info is null where there is none", ["PNGINFO-005"], lambda t: t or None),
    ("none-as-word", "info says None where there is none", ["PNGINFO-005"], lambda t: t or "None"),
    ("object", "info is an object", ["PNGINFO-001"], lambda t: {"parameters": t}),
    (
        "prompt-alone",
        "only the prompt is reported",
        ["PNGINFO-002"],
        lambda t: t.partition("\n")[0],
    ),
    (
        "values-alone",
        "only the last line is reported",
        ["PNGINFO-002"],
        lambda t: t.rpartition("\n")[2],
    ),
]
for _name, _words, _by, _edit in _TEXTS:
    broken(f"png-info/{_name}", _words, convicted_by=_by)(_info(_edit))

_VALUES: list[tuple[str, str, list[str], Edit]] = [
    ("no-values", "parameters is empty", ["PNGINFO-011", "PNGINFO-028"], lambda _: {}),
    ("null-values", "parameters is null", ["PNGINFO-001"], lambda _: None),
    (
        "seed-wrong",
        "the seed is another",
        ["PNGINFO-011", "PNGINFO-028"],
        lambda v: v | {"Seed": "0"} if "Seed" in v else v,
    ),
    (
        "numbers",
        "values are numbers",
        ["PNGINFO-011"],
        lambda v: {k: int(x) if isinstance(x, str) and x.isdigit() else x for k, x in v.items()},
    ),
    (
        "size-swapped",
        "width and height are exchanged",
        ["PNGINFO-011", "PNGINFO-028"],
        lambda v: v | {"Size-1": v.get("Size-2"), "Size-2": v.get("Size-1")},
    ),
    (
        "size-whole",
        "the size is one value",
        ["PNGINFO-011"],
        lambda v: {k: x for k, x in v.items() if not k.startswith("Size-")} | {"Size": "640x448"},
    ),
    (
        "model-lost",
        "the model is lost",
        ["PNGINFO-028"],
        lambda v: {k: x for k, x in v.items() if k != "Model"},
    ),
    (
        "small-keys",
        "keys come in lower case",
        ["PNGINFO-011"],
        lambda v: {k.lower().replace(" ", "_"): x for k, x in v.items()},
    ),
    (
        "no-defaults",
        "defaults are not added",
        ["PNGINFO-012"],
        lambda v: {k: x for k, x in v.items() if k != "RNG" and not k.startswith("Hires")},
    ),
    (
        "defaults-win",
        "a default replaces the value of the text",
        ["PNGINFO-028"],
        lambda v: v | {"Clip skip": "1", "RNG": "GPU"},
    ),
    (
        "defaults-as-text",
        "defaults are all text",
        ["PNGINFO-012"],
        lambda v: {k: str(x) for k, x in v.items()},
    ),
    (
        "negative-lost",
        "the negative prompt is lost",
        ["PNGINFO-011", "PNGINFO-029"],
        lambda v: v | {"Negative prompt": ""},
    ),
    (
        "negative-in-prompt",
        "the negative prompt stays in the prompt",
        ["PNGINFO-011", "PNGINFO-029"],
        lambda v: v | {"Prompt": f"{v['Prompt']}\nNegative prompt: {v['Negative prompt']}"},
    ),
    (
        "prompt-cut-at-colon",
        "the prompt ends at its first colon",
        ["PNGINFO-029"],
        lambda v: v | {"Prompt": v["Prompt"].partition(":")[0]},
    ),
    (
        "prompt-one-line",
        "only the first line of the prompt is reported",
        ["PNGINFO-015", "PNGINFO-029"],
        lambda v: v | {"Prompt": v["Prompt"].partition("\n")[0]},
    ),
    (
        "quotes-kept",
        "quotes stay around values",
        ["PNGINFO-014"],
        lambda v: (
            v | ({"Conformance note": json.dumps(v["Conformance note"])} if _noted(v) else {})
        ),
    ),
    (
        "quotes-cut",
        "quoted values end at their first comma",
        ["PNGINFO-014"],
        lambda v: v | ({"Conformance note": '"say "hi"'} if _noted(v) else {}),
    ),
    (
        "first-pass-kept",
        "First pass size is reported as it is",
        ["PNGINFO-016"],
        lambda v: v | ({"Size-1": "1024", "Hires resize-1": 0} if "First pass size-1" in v else {}),
    ),
    (
        "versions-equal",
        "old versions are not distinguished",
        ["PNGINFO-022"],
        lambda v: {k: x for k, x in v.items() if k != "Downcast alphas_cumprod"},
    ),
    (
        "two-are-values",
        "two values make a line of values",
        ["PNGINFO-013"],
        lambda v: v | {"Prompt": v["Prompt"].partition("\nSteps:")[0], "Steps": "5"},
    ),
]


def _noted(values: Any) -> bool:
    return "Conformance note" in values


for _name, _words, _by, _change in _VALUES:
    broken(f"png-info/{_name}", _words, convicted_by=_by)(_parsed(_change))

_ANSWERS: list[tuple[str, str, list[str], Edit]] = [
    (
        "items-lost",
        "the answer has no items",
        ["PNGINFO-001"],
        lambda a: {k: v for k, v in a.items() if k != "items"},
    ),
    ("items-list", "items is a list", ["PNGINFO-001"], lambda a: a | {"items": [a["items"]]}),
    (
        "items-with-text",
        "items repeats the text",
        ["PNGINFO-003"],
        lambda a: a | {"items": a["items"] | {"parameters": a["info"]}},
    ),
    (
        "chunks-lost",
        "further text chunks are lost",
        ["PNGINFO-019"],
        lambda a: a | {"items": {}},
    ),
    ("wrapped", "the answer comes in an object", ["PNGINFO-001"], lambda a: {"result": a}),
    ("items-empty-of-old", "items says nothing", ["PNGINFO-004"], lambda a: a | {"items": {}}),
]
for _name, _words, _by, _change in _ANSWERS:
    broken(f"png-info/{_name}", _words, convicted_by=_by)(_answer(_change))


def _image(ask: Ask) -> str:
    value = ask.json.get("image") if isinstance(ask.json, dict) else None
    return value if isinstance(value, str) else ""


def _refuses(when: Callable[[str], bool]) -> Breaking:
    """Some pictures are refused."""
    return lambda sound: answer_with(
        sound, ROUTE, reply(_NO_IMAGE, 500), when=lambda ask: when(_image(ask))
    )


def _kind(image: str) -> str:
    try:
        return opened(image).format or ""
    except Exception:  # noqa: BLE001 - what is no picture is of no kind
        return ""


broken("png-info/uri-refused", "data URIs are refused", convicted_by=["PNGINFO-006"])(
    _refuses(lambda image: image.startswith("data:"))
)
broken("png-info/bare-refused", "bare base64 is refused", convicted_by=["PNGINFO-030"])(
    _refuses(lambda image: not image.startswith("data:"))
)
broken("png-info/blanks-refused", "white space is refused", convicted_by=["PNGINFO-007"])(
    _refuses(lambda image: image != image.strip())
)
broken("png-info/lines-refused", "base64 in lines is refused", convicted_by=["PNGINFO-021"])(
    _refuses(lambda image: "\n" in image.strip())
)
broken("png-info/jpeg-refused", "JPEG is refused", convicted_by=["PNGINFO-017", "PNGINFO-031"])(
    _refuses(lambda image: _kind(image) == "JPEG")
)
broken("png-info/plain-refused", "no metadata is an error", convicted_by=["PNGINFO-005"])(
    lambda sound: rewrite_reply(
        sound,
        lambda _, given: (
            given
            if given.json["info"]
            else reply(
                {"error": "KeyError", "detail": "", "body": "", "errors": "'parameters'"}, 500
            )
        ),
        ROUTE,
    )
)
broken("png-info/extra-refused", "unknown fields are refused", convicted_by=["PNGINFO-034"])(
    lambda sound: answer_with(
        sound,
        ROUTE,
        reply({"detail": [{"loc": ["body", "zz"], "msg": "extra fields not permitted"}]}, 422),
        when=lambda ask: isinstance(ask.json, dict) and len(ask.json) > 1,
    )
)
broken("png-info/comments-unread", "EXIF is not read", convicted_by=["PNGINFO-017"])(
    lambda sound: rewrite_reply(
        sound,
        lambda ask, given: (
            given if _kind(_image(ask)) == "PNG" else given.with_json(given.json | {"info": ""})
        ),
        ROUTE,
    )
)
broken("png-info/novelai-untold", "NovelAI is not translated", convicted_by=["PNGINFO-018"])(
    _answer(lambda a: a | {"info": ""} if a["items"].get("Software") == "NovelAI" else a)
)


@broken("png-info/stale", "the answer is that of the picture before", convicted_by=["PNGINFO-032"])
def stale(sound: Server) -> Server:
    answers: list[Reply] = []

    def change(_: Ask, given: Reply) -> Reply:
        answers.append(given)
        return answers[-2] if len(answers) > 1 else given

    return rewrite_reply(sound, change, ROUTE)


_EMPTY = reply({"info": "", "items": {}, "parameters": {}})
_TAKEN: list[tuple[str, str, list[str], Callable[[Ask], bool]]] = [
    (
        "garbage-taken",
        "what is no picture has no text",
        ["PNGINFO-008"],
        lambda ask: _image(ask) in {"AAAA", "conformance, no picture"},
    ),
    (
        "empty-taken",
        "an empty text has no text",
        ["PNGINFO-009"],
        lambda ask: ask.json == {"image": ""},
    ),
    ("nothing-taken", "no image has no text", ["PNGINFO-010"], lambda ask: ask.json == {}),
    ("null-taken", "null has no text", ["PNGINFO-033"], lambda ask: ask.json == {"image": None}),
    (
        "url-fetched",
        "local URLs are fetched",
        ["PNGINFO-020"],
        lambda ask: _image(ask).startswith("http://127"),
    ),
]
for _name, _words, _by, _when in _TAKEN:
    broken(f"png-info/{_name}", _words, convicted_by=_by)(
        lambda sound, when=_when: answer_with(sound, ROUTE, _EMPTY, when=when)
    )


@broken(
    "png-info/padding-added",
    "base64 without padding is taken",
    convicted_by=["PNGINFO-021"],
)
def padding_added(sound: Server) -> Server:
    def change(body: Any) -> Any:
        image = body.get("image")
        return body | {"image": image + "=" * (-len(image) % 4)} if image else body

    return rewrite_request(sound, ROUTE, change)


broken("png-info/missing-as-500", "no image is a 500", convicted_by=["PNGINFO-010"])(
    lambda sound: status(sound, ROUTE, 500, {"error": "KeyError"}, status=422)
)
broken("png-info/errors-in-html", "errors are pages", convicted_by=["PNGINFO-008"])(
    lambda sound: rewrite_reply(
        sound, lambda _, __: text("<html>Error</html>", 500), ROUTE, status=500
    )
)
broken("png-info/errors-as-400", "no picture is a 400", convicted_by=["PNGINFO-008"])(
    lambda sound: status(sound, ROUTE, 400, {"detail": "Invalid encoded image"}, status=500)
)
