"""What a picture's file says besides its pixels.

Source: modules/images.py, read_info_from_image, at v1.10.1; recorded: png-info/*.
"""

from __future__ import annotations

import json
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.imaging.exif import read_user_comment

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image


#: Left out of the items: they say how the file is made, not what the picture is.
_TECHNICAL = (
    "jfif",
    "jfif_version",
    "jfif_unit",
    "jfif_density",
    "dpi",
    "exif",
    "loop",
    "background",
    "timestamp",
    "duration",
    "progressive",
    "progression",
    "icc_profile",
    "chromaticity",
    "photoshop",
)


@dataclass(frozen=True)
class MetadataRules:
    """What reading depends on.

    Attributes:
        samplers: sampler name or alias, in lower case, to name; NovelAI's names are looked up.
        exif_comment_item: whether the EXIF comment is an item too (before 1.10).
        text_comment: whether a comment may be text, as PNG comments are (since 1.10).
        technical: whether technical items are left out of files with EXIF alone.
        indent: what the lines of a NovelAI picture's text begin with, but for the first.
    """

    samplers: Mapping[str, str] = field(default_factory=dict)
    exif_comment_item: bool = False
    text_comment: bool = True
    technical: bool = False
    indent: str = ""


def _comment(comment: Any, rules: MetadataRules) -> Any:
    if isinstance(comment, bytes):
        return comment.decode("utf8", errors="ignore")
    if not rules.text_comment:
        raise ServerError("AttributeError", "'str' object has no attribute 'decode'")
    return comment


def novelai(
    items: Mapping[str, Any],
    size: tuple[int, int],
    samplers: Mapping[str, str],
    indent: str = "",
) -> str | None:
    """Infotext of a NovelAI picture; None where its Comment is not the JSON that NovelAI writes.

    Args:
        items: texts of the picture's file, by key.
        size: width and height in pixels.
        samplers: NovelAI's names to the webui's.
        indent: of the JSON, in blanks.
    """
    try:
        return _novelai(items, size, samplers, indent)
    except (ValueError, LookupError, TypeError, RecursionError):
        return None


def _novelai(
    items: Mapping[str, Any], size: tuple[int, int], samplers: Mapping[str, str], indent: str
) -> str:
    made = json.loads(items["Comment"])
    sampler = samplers.get(made["sampler"], "Euler a")
    return (
        f"{items['Description']}\n{indent}Negative prompt: {made['uc']}\n"
        f"{indent}Steps: {made['steps']}, Sampler: {sampler}, CFG scale: {made['scale']}, "
        f"Seed: {made['seed']}, Size: {size[0]}x{size[1]}, Clip skip: 2, ENSD: 31337"
    )


def _file_text(items: dict[str, Any], rules: MetadataRules) -> Any:
    """PNG text ``parameters``, replaced by an EXIF comment, else by a GIF or JPEG comment."""
    text = items.pop("parameters", None)
    if "exif" in items:
        comment = read_user_comment(items["exif"])
        if comment and rules.exif_comment_item:
            items["exif comment"] = comment
        return comment or text
    return _comment(items["comment"], rules) if "comment" in items else text


def read_info(image: Image.Image, rules: MetadataRules | None = None) -> tuple[Any, dict[str, Any]]:
    """Infotext and other items of a picture.

    Args:
        image: a picture; it is not changed.
        rules: what the simulated version reads.

    Returns:
        The infotext, None when there is none, and the items in the file's order; values are
        as Pillow gives them: text, numbers, tuples, bytes.

    Raises:
        ServerError: the EXIF block is broken or its comment has a type other than UNDEFINED.
    """
    rules = rules or MetadataRules()
    items: dict[str, Any] = {str(key): value for key, value in (image.info or {}).items()}
    text = _file_text(items, rules)
    if "exif" in items or not rules.technical:
        for key in _TECHNICAL:
            items.pop(key, None)
    if items.get("Software") == "NovelAI":
        text = novelai(items, image.size, rules.samplers, rules.indent) or text
    return text, items
