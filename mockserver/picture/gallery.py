"""Gallery: pictures that were painted, kept while there is room."""

from __future__ import annotations

from collections import OrderedDict
from threading import Lock
from typing import TYPE_CHECKING

from mockserver.picture.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable

    from PIL import Image

    from mockserver.picture.spec import PictureSpec

_MEGABYTE = 1 << 20


class Gallery:
    """Pictures by what they are made from; those looked at longest ago go first.

    Safe to share between threads. A picture that went is painted again when it is asked for;
    whoever holds it keeps it.

    Args:
        max_bytes: room for pixels and encoded files; the last picture stays whatever its size.
    """

    def __init__(self, max_bytes: int = 96 * _MEGABYTE) -> None:
        self.max_bytes = max_bytes
        self._pictures: OrderedDict[Hashable, Painted] = OrderedDict()
        self._lock = Lock()

    def __len__(self) -> int:
        return len(self._pictures)

    @property
    def held(self) -> int:
        """Bytes of memory held by the pictures."""
        with self._lock:
            return sum(picture.held for picture in self._pictures.values())

    def get(self, spec: PictureSpec) -> Painted:
        """The picture of a spec; it is painted when it is first looked at."""
        from mockserver.picture.paint import paint  # noqa: PLC0415 - start-up time

        return self.keep(spec, lambda: paint(spec))

    def keep(self, key: Hashable, make: Callable[[], Image.Image]) -> Painted:
        """The picture of a key, for pictures that are put together from others (a grid).

        Args:
            key: all that its pixels depend on.
            make: paints it, unless it is there.
        """
        with self._lock:
            picture = self._pictures.get(key)
            if picture is None:
                picture = self._pictures[key] = Painted(make)
                self._make_room()
            else:
                self._pictures.move_to_end(key)
            return picture

    def _make_room(self) -> None:
        """Drop the oldest ones; runs when one is added, so the newest may exceed the room."""
        held = {key: picture.held for key, picture in self._pictures.items()}
        total = sum(held.values())
        for key in list(self._pictures)[:-1]:
            if total <= self.max_bytes:
                return
            total -= held[key]
            del self._pictures[key]
