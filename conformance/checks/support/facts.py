"""What a server says of itself that decides how far its answers can be judged."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
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
    """Whether the server is Forge, or grew out of it."""
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
