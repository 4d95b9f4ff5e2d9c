"""What checks know of settings, infotexts, lists and shapes."""

from __future__ import annotations

from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.client.options import as_stored
from conformance.detection.probe import API
from conformance.requirements.requirement import Version
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


# Option -> its value where guidance is used in every step.
_FULL_GUIDANCE = {"s_min_uncond": 0, "skip_early_cond": 0}
_FORMATS = {"png": "PNG", "jpg": "JPEG", "jpeg": "JPEG", "webp": "WEBP"}
# KoboldCpp lists its own way to start a process; so do the others. Names of whole families:
UPSTREAM_LIKE = frozenset({"a1111", "forge", "reforge"})


def options(context: CheckContext) -> dict[str, Any]:
    """The options as they were at the start; empty where they cannot be read.

    Args:
        context: of the check.
    """
    value = context.target.probe.json(f"{API}/options")
    return value if isinstance(value, dict) else {}


def upstream_like(context: CheckContext) -> bool:
    """Whether the server is the webui, or a fork that behaves like it.

    Args:
        context: of the check.
    """
    return context.profile.family in UPSTREAM_LIKE


def forge_like(context: CheckContext) -> bool:
    """Whether the server is Forge, or grew out of it.

    Args:
        context: of the check.
    """
    return context.profile.family == "forge"


def needs_full_guidance(context: CheckContext) -> None:
    """Skip where saved settings leave the negative prompt out of some steps.

    Args:
        context: of the check.
    """
    found = options(context)
    for name, plain in _FULL_GUIDANCE.items():
        if found.get(name, plain) != plain:
            raise Skip(f"the option {name} is {found[name]}, which leaves guidance out of steps")


def needs_metadata(context: CheckContext) -> None:
    """Skip where saved settings keep metadata out of pictures.

    Args:
        context: of the check.
    """
    if options(context).get("enable_pnginfo") is False:
        raise Skip("the option enable_pnginfo is off, so pictures carry no text")


def saved_format(context: CheckContext) -> str | None:
    """Pillow's name of the format that the option samples_format names; None for others.

    Args:
        context: of the check.
    """
    return _FORMATS.get(str(options(context).get("samples_format")).lower())


def written(generation: Generation, number: int = 0) -> str:
    """The infotext in the metadata of a picture, which has to be there.

    Args:
        generation: the answer.
        number: of the picture, from 0.
    """
    __tracebackhide__ = True
    if number >= len(generation.pictures):
        count = len(generation.pictures)
        raise Failed(f"images[{number}]", f"there are {count} images", generation.exchange)
    picture = generation.pictures[number]
    if picture.infotext is None:
        chunks = ", ".join(picture.text) or "none"
        actual = f"text chunks: {chunks}; EXIF UserComment: none"
        expected = f"images[{number}], a {picture.format}, to carry its infotext"
        raise Failed(expected, actual, generation.exchange)
    return picture.infotext


_CLIP_SKIP = "CLIP_stop_at_last_layers"
_SINCE = Version.parse("1.8")
# A prompt with any of these is worked on further: networks, comments, wildcards.
_WORKED_ON = ("<", "#", "__", "//")


def current_model(context: CheckContext, name: Any) -> Mapping[str, Any]:
    """The entry of sd-models that a value of sd_model_checkpoint names.

    Args:
        context: of the check.
        name: title, file name or hash.

    Raises:
        Skip: none, or no model is named.
    """
    model = next((model for model in context.names.models if name in aliases(model)), None)
    if not name or model is None:
        raise Skip("the options name no model of sd-models")
    return model


def aliases(model: Mapping[str, Any]) -> set[str]:
    """Every name by which upstream takes a model: CheckpointInfo.ids of modules/sd_models.py.

    Args:
        model: an entry of sd-models.
    """
    return set(_aliases(model))


def _aliases(model: Mapping[str, Any]) -> Iterator[str]:
    title = str(model.get("title", ""))
    file = PurePosixPath(str(model.get("filename", "")).replace("\\", "/"))
    short, full = model.get("hash"), model.get("sha256")
    bare = title.partition(" [")[0]
    names = [title, bare, str(model.get("model_name")), file.name, file.stem, str(file)]
    stems = [name.rpartition(".")[0] for name in (bare, file.name)]
    yield from (name for name in [*names, *stems] if name)
    yield from (text for text in (short, full) if isinstance(text, str))
    if isinstance(short, str):
        yield from (f"{name} [{short}]" for name in [*names, *stems])


@contextmanager
def noted(context: CheckContext) -> Iterator[None]:
    """Options noted before, and put back after.

    Args:
        context: of the check.
    """
    context.options.remember()
    try:
        yield
    finally:
        if context.options.changes():
            context.options.put_back()


#: What the checks of overrides override.
_OVERRIDDEN = {_CLIP_SKIP, "samples_format"}


def was_never_saved(context: CheckContext, left: Mapping[str, Any]) -> bool:
    """Whether overrides may stay because the settings were never saved, which is mended here.

    Written back by hand they are saved, so that from then on overrides have to go. Options that
    nobody overrode have no such excuse.

    Args:
        context: of the check.
        left: the options that differ now, by name.
    """
    version, family = context.profile.version, context.profile.family
    if not left.keys() <= _OVERRIDDEN:
        return False
    known = version is not None and version.at_least(_SINCE)
    if not known and family not in {"forge", "reforge"}:
        return False
    context.options.put_back()
    return True


def other_clip_skip(context: CheckContext) -> int:
    """A clip skip that is not set by now, and shows.

    Args:
        context: of the check.

    Raises:
        Skip: the server has no such option.
    """
    current = context.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    return 3 if as_stored(current) == 2 else 2  # noqa: PLR2004 - two values that both show


def merged(style: str, prompt: str) -> str:
    """A prompt with a style: in place of ``{prompt}``, else behind it.

    Args:
        style: an entry of prompt-styles.
        prompt: of the request.
    """
    if "{prompt}" in style:
        return style.replace("{prompt}", prompt)
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


def plain_styles(context: CheckContext) -> list[dict[str, Any]]:
    """The styles whose prompt is nothing but words, which are one at least.

    Args:
        context: of the check.
    """
    found = [style for style in context.names.styles if _is_plain(style)]
    if not found:
        raise Skip("prompt-styles lists no style with a plain prompt")
    return found


def _is_plain(style: dict[str, Any]) -> bool:
    words, name = style.get("prompt"), style.get("name")
    if not isinstance(words, str) or not isinstance(name, str) or not words.strip():
        return False
    return not any(mark in words for mark in _WORKED_ON)


PROMPT = "a lighthouse, (dusk:1.2), [fog|mist]: tall\nsecond line, with: a colon"
NEGATIVE = "blurry, (low quality:1.4)\nnoise"
# As in the last line, in order.
VALUES = {
    "Steps": "25",
    "Sampler": "DPM++ 2M",
    "Schedule type": "Karras",
    "CFG scale": "6.5",
    "Seed": "1234567890",
    "Size": "640x448",
    "Model hash": "abc123def0",
    "Model": "foo-bar_v1",
    "Denoising strength": "0.45",
    "Clip skip": "2",
    "RNG": "CPU",
    "Version": "v1.10.1",
}


def infotext(prompt: str, negative: str, values: dict[str, str]) -> str:
    """An infotext as the webui writes it.

    Args:
        prompt: of the request.
        negative: of the request.
        values: parameters by name, in their order.
    """
    line = ", ".join(f"{name}: {value}" for name, value in values.items())
    return "\n".join([prompt, *([f"Negative prompt: {negative}"] if negative else []), line])


INFOTEXT = infotext(PROMPT, NEGATIVE, VALUES)


def read_picture(context: CheckContext, data: bytes) -> Exchange:
    """The answer of png-info to a file, sent as plain base64.

    Args:
        context: of the check.
        data: of the file.
    """
    return context.post("png-info", json={"image": pictures.text_of(data)})


def text_read_back(exchange: Exchange) -> dict[str, Any]:
    """The body of an answer that has to be a success.

    Args:
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    return expect.json_object(expect.ok(exchange))


def parsed(context: CheckContext, text: str) -> tuple[Exchange, dict[str, Any]]:
    """The answer to a PNG with this infotext, and its ``parameters``.

    Args:
        context: of the check.
        text: the infotext.
    """
    __tracebackhide__ = True
    exchange = read_picture(context, pictures.png_with({"parameters": text}))
    values = text_read_back(exchange).get("parameters")
    expected = f"parameters is {expect.kind(values)}"
    expect.that(isinstance(values, dict), "parameters as an object", expected, exchange)
    return exchange, values if isinstance(values, dict) else {}


def never_pasted(context: CheckContext) -> set[str]:
    """Names that a saved setting keeps out of ``parameters``.

    Args:
        context: of the check.
    """
    names = options(context).get("infotext_skip_pasting")
    return set(names) if isinstance(names, list) else set()


@dataclass(frozen=True)
class Shape:
    """What a value may be.

    Args:
        words: for people, as in ``text or null``.
        accepts: whether a value is one.
    """

    words: str
    accepts: Callable[[Any], bool]

    def __or__(self, other: Shape) -> Shape:
        return Shape(
            f"{self.words} or {other.words}",
            lambda value: self.accepts(value) or other.accepts(value),
        )


def _number(value: Any) -> bool:
    return isinstance(value, int | float) and not isinstance(value, bool)


def _whole(value: Any) -> bool:
    return _number(value) and float(value).is_integer()


def _texts(value: Any) -> bool:
    return isinstance(value, list) and all(isinstance(item, str) for item in value)


TEXT = Shape("text", lambda value: isinstance(value, str))
NULL = Shape("null", lambda value: value is None)
NUMBER = Shape("a number", _number)
WHOLE = Shape("a whole number", _whole)
BOOLEAN = Shape("a boolean", lambda value: isinstance(value, bool))
OBJECT = Shape("an object", lambda value: isinstance(value, dict))
ARRAY = Shape("an array", lambda value: isinstance(value, list))
TEXTS = Shape("an array of text", _texts)
ANY = Shape("anything", lambda _value: True)


def items(exchange: Exchange, fields: Mapping[str, Shape]) -> list[dict[str, Any]]:
    """The answer is 200 with an array of objects, each with these fields; the objects.

    Args:
        exchange: with an answer.
        fields: name -> what its value may be.
    """
    __tracebackhide__ = True
    found = expect.json_array(expect.ok(exchange))
    for number, item in enumerate(found):
        fit(item, fields, f"item {number}", exchange)
    return found


def fit(value: Any, fields: Mapping[str, Shape], what: str, exchange: Exchange) -> None:
    """A value is an object with these fields.

    Args:
        value: any JSON.
        fields: name -> what its value may be.
        what: names the object, for the report.
        exchange: that shows it.
    """
    __tracebackhide__ = True
    if not isinstance(value, dict):
        raise Failed(f"{what} to be an object", expect.shown(value), exchange)
    expect.keys(value, fields, what, exchange)
    for name, shape in fields.items():
        if not shape.accepts(value[name]):
            actual = f"{name} of {what} is {expect.shown(value[name])}"
            raise Failed(f"{name} of {what} to be {shape.words}", actual, exchange)
