"""What saved settings change in the answers, so that no operator is blamed for them.

Source: modules/extra_networks_hypernet.py, extensions-builtin/Lora/extra_networks_lora.py,
modules/processing.py, modules/extensions.py and modules/sd_models.py at v1.10.1.
"""

from __future__ import annotations

import re
from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from conformance.client.options import as_stored
from conformance.detection.probe import API
from conformance.requirements.requirement import Version
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

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


def needs_saved_format(context: CheckContext) -> str:
    """The format that the option samples_format names, in Pillow's name.

    Args:
        context: of the check.

    Raises:
        Skip: it names none, or one that is not known here.
    """
    found = saved_format(context)
    if found is None:
        raise Skip("the option samples_format names no format that is known here")
    return found


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
    prompt, name = style.get("prompt"), style.get("name")
    if not isinstance(prompt, str) or not isinstance(name, str) or not prompt.strip():
        return False
    return not any(mark in prompt for mark in _WORKED_ON)


#: Kind of network -> the option that adds one of its kind to every prompt.
_ADDED_BY = {"lora": "sd_lora", "hypernet": "sd_hypernetwork"}
_NO_NETWORK = "None"


def as_sent(context: CheckContext, reported: Any) -> Any:
    """A prompt or infotext without the networks that saved settings add to every prompt.

    The webui adds ``<lora:NAME:multiplier>`` at the end of a prompt that does not name the
    network itself, and reports the prompt with it.

    Args:
        context: of the check.
        reported: a prompt, several of them, or an infotext; anything else is given back.

    Returns:
        The same without one tag of each kind, at the end of the prompt.
    """
    if isinstance(reported, list):
        return [as_sent(context, item) for item in reported]
    if not isinstance(reported, str):
        return reported
    tags = list(_added(context))
    for _ in tags:
        for tag in list(tags):
            found, count = tag.subn("", reported, count=1)
            if count:
                reported = found
                tags.remove(tag)
    return reported


def _added(context: CheckContext) -> Iterator[re.Pattern[str]]:
    """What finds the tag of each network that is added, where nothing but a line's end follows."""
    for kind, option in _ADDED_BY.items():
        name = options(context).get(option)
        if isinstance(name, str) and name not in {"", _NO_NETWORK}:
            yield re.compile(rf"<{kind}:{re.escape(name)}:-?[\d.]+>(?=\n|\Z)")


def overridden(context: CheckContext, **wanted: Any) -> dict[str, Any]:
    """Fields of a request for which options have other values than somebody saved.

    A client that needs an option sends it in the same way.

    Args:
        context: of the check.
        wanted: options and the values that they need.

    Returns:
        ``override_settings`` with those options that the server has and that differ; nothing
        where none does.
    """
    found = options(context)
    other = {name: value for name, value in wanted.items() if found.get(name, value) != value}
    return {"override_settings": other} if other else {}
