"""Pictures that are painted when somebody looks, and the gallery that keeps them."""

from __future__ import annotations

import io
from collections import OrderedDict
from dataclasses import fields
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any
from weakref import WeakMethod

from mockserver.core.errors import HTTPError, ServerError
from mockserver.imaging.formats import ReadyJpeg, ReadyPng, ReadyWebp
from mockserver.imaging.picture_spec import PictureSpec, Pixels, Start
from mockserver.imaging.raster import Raster

if TYPE_CHECKING:
    from collections.abc import Callable, Hashable, Mapping

    from PIL import Image

    from mockserver.imaging.formats import EncodedPicture


#: libwebp's fastest method takes a quarter of its default's time.
_WEBP_METHOD = 0
#: zlib's fastest level: nobody stores a mock's pictures, and each is encoded while a client waits.
_PNG_LEVEL = 1
#: Values of the option samples_format, in lower case, to the formats they name.
_KINDS = {"png": "png", "jpg": "jpeg", "jpeg": "jpeg", "webp": "webp"}
#: Modes that the webui turns into RGB before it writes a lossy format.
_NO_LOSSY = ("RGBA", "P")

Ready = ReadyPng | ReadyJpeg | ReadyWebp


def _save(image: Image.Image, kind: str, **options: Any) -> bytes:
    """The file as Pillow writes it; its refusals of odd options are the webui's too."""
    out = io.BytesIO()
    try:
        image.save(out, format=kind, **options)
    except (AttributeError, OSError, OverflowError, TypeError, ValueError) as error:
        raise ServerError(type(error).__name__, str(error)) from error
    return out.getvalue()


def _lossy(image: Image.Image, kind: str, quality: Any, *, lossless: bool) -> ReadyJpeg | ReadyWebp:
    image = image.convert("RGB") if image.mode in _NO_LOSSY else image
    if kind == "webp":
        file = _save(image, "WEBP", quality=quality, lossless=lossless, method=_WEBP_METHOD)
        return ReadyWebp(file, image.size)
    return ReadyJpeg(_save(image, "JPEG", quality=quality))


class Painted:
    """One picture, painted when it is first looked at.

    Safe to share between threads.

    Args:
        make: paints it.
        grew: hears how many bytes of memory more it takes.
    """

    def __init__(
        self,
        make: Callable[[], Image.Image | Raster],
        grew: Callable[[int], None] = lambda _: None,
    ) -> None:
        self._make: Callable[[], Image.Image | Raster] | None = make
        self._grew = grew
        self._size: tuple[int, int] | None = None
        self._image: Image.Image | None = None
        self._raster: Raster | None = None
        self._ready: dict[tuple[str, str, bool], Ready] = {}
        self._lock = RLock()
        self.held = 0

    def prepare(self) -> None:
        """Paint it, unless that is done; its file can be made later."""
        with self._lock:
            if self._size is not None:
                return
            assert self._make is not None  # noqa: S101 - nothing is painted twice
            made = self._make()
            # Whatever it was painted from need not be kept any longer.
            self._make = None
            self._size = made.size
            if isinstance(made, Raster):
                self._raster = made
            else:
                self._image = made
        self._measure()

    @property
    def image(self) -> Image.Image:
        """Its pixels; not to be changed."""
        with self._lock:
            self.prepare()
            if self._image is None:
                raster = self._pixels()
                self._image = raster.image()
                if not raster.packed:
                    self._raster = None
                self._measure()
            return self._image

    def _pixels(self) -> Raster:
        """The raster, from the file where only that is left."""
        if self._raster is None:
            ready = next(one for one in self._ready.values() if isinstance(one, ReadyPng))
            return Raster.of_body(self.size, ready.body.data)
        return self._raster

    @property
    def size(self) -> tuple[int, int]:
        """Width and height."""
        if self._size is None:
            self.prepare()
        assert self._size is not None  # noqa: S101 - prepare has set it
        return self._size

    def _measure(self) -> None:
        """Count the memory that is held: pixels, image data, files."""
        image, held = self._image, 0
        if image is not None:
            held = image.width * image.height * len(image.getbands())
        if self._raster is not None:
            held += self._raster.held
        held += sum(ready.body.held for ready in self._ready.values())
        more, self.held = held - self.held, held
        if more:
            self._grew(more)

    def _encode(self, kind: str, quality: Any, *, lossless: bool) -> Ready:
        self.prepare()
        if kind != "png":
            return _lossy(self.image, kind, quality, lossless=lossless)
        raster = self._raster or Raster.of_image(self.image)
        if raster is None:
            return ReadyPng.of_file(_save(self.image, "PNG", compress_level=_PNG_LEVEL))
        self._raster = None
        if raster.mode == "RGB":
            self._image = None
        return ReadyPng(raster.head(), raster.body())

    def _once(self, kind: str, quality: Any, *, lossless: bool) -> Ready:
        """The ready file of a format; of lossy ones, of one quality at a time."""
        key = (kind, repr(quality), lossless)
        with self._lock:
            ready = self._ready.get(key)
            if ready is None:
                ready = self._encode(kind, quality, lossless=lossless)
                others = {k: v for k, v in self._ready.items() if k[0] != kind}
                self._ready = {**others, key: ready}
                ready.body.on_growth(WeakMethod(self._measure))
                self._measure()
            return ready

    def encoded(
        self,
        samples_format: Any = "png",
        text: Mapping[Any, Any] | None = None,
        quality: Any = 80,
        *,
        lossless: bool = False,
    ) -> EncodedPicture:
        """The picture as a file, in the format of an option's value.

        Args:
            samples_format: png, jpg, jpeg or webp in any case.
            text: what the file says: every text in a PNG, only ``parameters`` in the others;
                what is no text is left out.
            quality: option jpeg_quality, for the lossy formats.
            lossless: for webp; v1.10.1 never asks for it over the API.

        Raises:
            HTTPError: 500 for any other format.
            ServerError: a format that is no text, a quality that Pillow refuses, a text that the
                format cannot hold.
        """
        if not isinstance(samples_format, str):
            given = type(samples_format).__name__
            raise ServerError("AttributeError", f"'{given}' object has no attribute 'lower'")
        kind = _KINDS.get(samples_format.lower())
        if kind is None:
            raise HTTPError(500, "Invalid image format")
        quality = None if kind == "png" else quality
        ready = self._once(kind, quality, lossless=lossless and kind == "webp")
        known = text or {}
        if isinstance(ready, ReadyPng):
            return ready.with_text(
                {k: v for k, v in known.items() if isinstance(k, str) and isinstance(v, str)}
            )
        return ready.with_comment(known.get("parameters") or "")


def render(spec: PictureSpec) -> Image.Image | Raster:
    """The picture of a spec as it comes about; the same spec always gives the same pixels.

    Args:
        spec: what it is made from.

    Returns:
        Image data for a picture drawn from nothing, an RGB image for one that starts from another.
    """
    from mockserver.imaging.art.scenes import draw  # noqa: PLC0415 - start-up time

    if spec.start is None:
        return draw(spec)
    from mockserver.imaging.repaint import repaint  # noqa: PLC0415 - txt2img never needs Pillow

    return repaint(spec, spec.start)


def paint(spec: PictureSpec) -> Image.Image:
    """The picture of a spec, RGB; the same spec always gives the same pixels.

    Args:
        spec: all that the pixels depend on.
    """
    made = render(spec)
    return made.image() if isinstance(made, Raster) else made


_MEGABYTE = 1 << 20


def _without_pixels(key: Hashable) -> Hashable:
    """A key that is equal to another's whenever the keys are, and holds no images.

    Args:
        key: a value whose parts may be specs and pixels.
    """
    if isinstance(key, PictureSpec):
        if key.start is None:
            return key
        start = tuple([getattr(key.start, field.name) for field in fields(Start)])
        return PictureSpec, key.width, key.height, key.recipe, _without_pixels(start)
    if isinstance(key, tuple):
        return tuple(map(_without_pixels, key))
    return key.digest if isinstance(key, Pixels) else key


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
        return self.keep(spec, lambda: render(spec))

    def keep(self, key: Hashable, make: Callable[[], Image.Image | Raster]) -> Painted:
        """The picture of a key, for pictures that are put together from others (a grid).

        Args:
            key: all that its pixels depend on.
            make: paints it, unless it is there.
        """
        key = _without_pixels(key)
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
