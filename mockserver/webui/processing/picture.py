"""Pictures of an answer: pixels, painted when somebody looks, and the text they carry."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.picture.painted import Painted
from mockserver.profile.profile import OutputRules

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from PIL import Image

    from mockserver.picture.encoded import EncodedPicture
    from mockserver.webui.processing.server import Server

_NEWEST = OutputRules()


@dataclass
class Picture:
    """One picture of an answer.

    Attributes:
        painted: its pixels.
        text: its ``parameters``, None for none.
        key: what the pixels depend on, None where nobody can tell.
    """

    painted: Painted
    text: str | None = None
    key: Hashable = None

    @property
    def image(self) -> Image.Image:
        """Its pixels; not to be changed."""
        return self.painted.image

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        return self.painted.size

    def encoded(self, options: Mapping[str, Any], rules: OutputRules = _NEWEST) -> EncodedPicture:
        """The file, as the options want it (``encode_pil_to_base64``).

        Args:
            options: format, quality.
            rules: what of it the version knows.

        Raises:
            HTTPRefusal: 500 for an unknown samples_format.
            Crash: a format or quality that Pillow refuses.
        """
        text = {"parameters": self.text} if self.text is not None and rules.text else None
        if not rules.format_by_option:
            return self.painted.encoded("png", text)
        lossless = rules.lossless_by_option and bool(options["webp_lossless"])
        return self.painted.encoded(
            options["samples_format"], text, options["jpeg_quality"], lossless=lossless
        )


def put_together(
    server: Server, kind: str, parts: list[Picture], make: Callable[[], Image.Image], *how: Hashable
) -> Picture:
    """A picture made from others, kept by theirs where they are known.

    Args:
        server: its gallery keeps it.
        kind: what is made of them (``grid``).
        parts: what it is made from.
        make: makes it.
        how: whatever else its pixels depend on.
    """
    keys = tuple(part.key for part in parts)
    if None in keys:
        return Picture(Painted(make))
    key = (kind, keys, how)
    return Picture(server.gallery.keep(key, make), key=key)
