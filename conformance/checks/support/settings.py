"""What checks share about checkpoints, styles, overrides and hires fix of a server."""

from __future__ import annotations

from contextlib import contextmanager
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from conformance.checks.support.facts import forge_like, options
from conformance.client.options import as_stored
from conformance.requirements.requirement import Version
from conformance.verdict import Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation

#: Forge takes a second pass without it for a mistake.
MODULES = {"hr_additional_modules": ["Use same choices"]}
_CLIP_SKIP = "CLIP_stop_at_last_layers"
_SINCE = Version.parse("1.8")
# A prompt with any of these is worked on further: networks, comments, wildcards.
_WORKED_ON = ("<", "#", "__", "//")


def current_model(context: CheckContext, name: Any) -> Mapping[str, Any]:
    """The entry of sd-models that a value of sd_model_checkpoint names.

    Raises:
        Skip: none, or no model is named.
    """
    model = next((model for model in context.names.models if name in aliases(model)), None)
    if not name or model is None:
        raise Skip("the options name no model of sd-models")
    return model


def aliases(model: Mapping[str, Any]) -> set[str]:
    """Every name by which upstream takes a model: CheckpointInfo.ids of modules/sd_models.py."""
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
    """Options noted before, and put back after."""
    context.options.remember()
    try:
        yield
    finally:
        if context.options.changes():
            context.options.put_back()


def was_never_saved(context: CheckContext) -> bool:
    """Whether overrides may stay because the settings were never saved, which is mended here.

    Written back by hand they are saved, so that from then on overrides have to go.
    """
    version, family = context.profile.version, context.profile.family
    known = version is not None and version.at_least(_SINCE)
    if not known and family not in {"forge", "reforge"}:
        return False
    context.options.put_back()
    return True


def other_clip_skip(context: CheckContext) -> int:
    """A clip skip that is not set by now, and shows.

    Raises:
        Skip: the server has no such option.
    """
    current = context.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    return 3 if as_stored(current) == 2 else 2  # noqa: PLR2004 - two values that both show


def merged(style: str, prompt: str) -> str:
    """A prompt with a style: in place of ``{prompt}``, else behind it."""
    if "{prompt}" in style:
        return style.replace("{prompt}", prompt)
    return ", ".join(part for part in (prompt.strip(), style.strip()) if part)


def plain_styles(context: CheckContext) -> list[dict[str, Any]]:
    """The styles whose prompt is nothing but words, which are one at least."""
    found = [style for style in context.names.styles if _is_plain(style)]
    if not found:
        raise Skip("prompt-styles lists no style with a plain prompt")
    return found


def _is_plain(style: dict[str, Any]) -> bool:
    words, name = style.get("prompt"), style.get("name")
    if not isinstance(words, str) or not isinstance(name, str) or not words.strip():
        return False
    return not any(mark in words for mark in _WORKED_ON)


def hires(context: CheckContext, *, helped: bool = True, **fields: Any) -> Generation:
    """A picture of twice the size by hires fix, in two steps each.

    Args:
        context: of the check.
        helped: whether Forge is given what it alone asks for.
        fields: further fields of the request, or other values.

    Raises:
        Skip: a saved option takes the size of the request for that of the end.
    """
    if options(context).get("use_old_hires_fix_width_height") is True:
        raise Skip("the option use_old_hires_fix_width_height takes the size for that of the end")
    base = {"enable_hr": True, "hr_scale": 2, "denoising_strength": 0.5, "steps": 2}
    modules = MODULES if helped and forge_like(context) else {}
    return context.varied(**base | modules | fields)
