"""How a server reads what pictures say."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class PngInfoRules:
    """How png-info answers.

    Attributes:
        parsing: first version whose grammar of infotexts holds (``1.7``, ``1.9``); "" where
            infotexts are not parsed and the answer has no ``parameters``.
        exif_comment_item: whether an EXIF comment is among the items too (before 1.10).
        technical_items: whether items that only say how the file is made are left out of files
            with EXIF alone.
        items: whether the answer has ``items``; else it is the text alone.
        modules: whether what was parsed tells VAE and text encoders as Forge's modules.
        novelai_indent: whether the lines of a NovelAI picture's text are indented, but for the
            first.
        text_comment: whether a PNG's text named comment is read (since 1.10) or is an error.
    """

    parsing: str = "1.9"
    exif_comment_item: bool = False
    text_comment: bool = True
    technical_items: bool = False
    items: bool = True
    modules: bool = False
    novelai_indent: bool = False
