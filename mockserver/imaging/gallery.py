"""The pictures that are kept, each by what it is painted from."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.imaging.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from PIL import Image

    from mockserver.imaging.picture_spec import PictureSpec
    from mockserver.imaging.raster import Raster


_MEGABYTE = 1 << 20


class Gallery:
    """Pictures by what they are made from; those looked at longest ago go first.

    Safe to share between threads. A picture that went is painted again when it is asked for;
    whoever holds it keeps it.

    Args:
        max_bytes: room for pixels and encoded files; the last picture stays whatever its size.
    """

    def __init__(self, max_bytes: int = 24 * _MEGABYTE) -> None:
        self.max_bytes = max_bytes
        self._pictures: OrderedDict[Hashable, Painted] = OrderedDict()
        self._lock = Lock()
        self._count = Lock()
        self.held = 0

    def __len__(self) -> int:
        return len(self._pictures)

    def get(self, spec: PictureSpec) -> Painted:
        """The picture of a spec; it is painted when it is first looked at.

        Args:
            spec: all that the pixels depend on.
        """
        from mockserver.imaging.painted import render  # noqa: PLC0415 - start-up time

        return self.keep(spec, lambda: render(spec))

    def keep(self, key: Hashable, make: Callable[[], Image.Image | Raster]) -> Painted:
        """The picture of a key, for pictures that are put together from others (a grid).

        Args:
            key: all that its pixels depend on.
            make: paints it, unless it is there.
        """
        with self._lock:
            picture = self._pictures.get(key)
            if picture is None:
                picture = self._pictures[key] = Painted(make, lambda more: self._grew(key, more))
                self._make_room()
            else:
                self._pictures.move_to_end(key)
            return picture

    def _grew(self, key: Hashable, more: int) -> None:
        """Count what a picture takes, as long as it is kept here."""
        with self._count:
            if key in self._pictures:
                self.held += more

    def _make_room(self) -> None:
        """Drop the oldest ones; runs when one is added, so the newest may exceed the room."""
        while self.held > self.max_bytes and len(self._pictures) > 1:
            with self._count:
                _, oldest = self._pictures.popitem(last=False)
                self.held -= oldest.held
