"""Postprocessing of one picture: upscaling and face restoration, and what is said of them.

Source: modules/scripts_postprocessing.py and scripts/postprocessing_*.py at v1.10.1; recorded:
extras/*. Face restorers and upscalers with a model leave what a picture shows as it is.
"""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.errors import Crash
from mockserver.picture.upscale import NONE, upscale
from mockserver.webui.hazards import OPERATIONS, crash, hazard

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping


_TO_SIZE = 1


@dataclass
class Subject:
    """A picture on its way through the scripts.

    Attributes:
        image: as it is by now.
        info: what the scripts say they did, in order.
    """

    image: Image.Image
    info: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scripts:
    """The scripts that the API's extras run, with their arguments.

    Attributes:
        values: fields of the request.
        upscalers: names of the upscalers.
        multiple: number of pixels of which sides of upscaled pictures are multiples.
    """

    values: dict[str, Any]
    upscalers: Collection[str]
    multiple: int = 8

    def prepare(self, subject: Subject) -> None:
        """Work out the size wanted, as the webui does before any script runs.

        Raises:
            Crash: OverflowError for an infinite factor.
        """
        if self.values["resize_mode"] != _TO_SIZE:
            _times(subject.image.size, self.values["upscaling_resize"])

    def upscale(self, subject: Subject) -> None:
        """Upscale, by one upscaler or a blend of two.

        Raises:
            Crash: AssertionError for an unknown upscaler; ValueError where a side becomes 0.
        """
        values = self.values
        first = self._upscaler(values["upscaler_1"])
        if first is None:
            return
        second = self._upscaler(values["upscaler_2"])
        image = self._scaled(subject, first)
        subject.info["Postprocess upscaler"] = first
        share = values["extras_upscaler_2_visibility"]
        if second is not None and share > 0:
            other = self._scaled(subject, second)
            other = other if other.mode == image.mode else other.convert(image.mode)
            image = Image.blend(image, other, share)
            subject.info["Postprocess upscaler 2"] = second
        subject.image = image

    def _upscaler(self, name: str | None) -> str | None:
        """The upscaler of exactly that name; None for none."""
        if name is None or name == NONE:
            return None
        if name not in self.upscalers:
            raise Crash("AssertionError", f"could not find upscaler named {name}")
        return name

    def _scaled(self, subject: Subject, name: str) -> Image.Image:
        values, image = self.values, subject.image
        size = values["upscaling_resize_w"], values["upscaling_resize_h"]
        if values["resize_mode"] != _TO_SIZE:
            subject.info["Postprocess upscale by"] = values["upscaling_resize"]
            return _upscaled(image, values["upscaling_resize"], name, self.multiple)
        subject.info["Postprocess upscale to"] = f"{size[0]}x{size[1]}"
        factor = max(size[0] / image.width, size[1] / image.height)
        image = _upscaled(image, factor, name, self.multiple)
        if values["upscaling_crop"]:
            image = _cropped(image, size)
            subject.info["Postprocess crop to"] = f"{size[0]}x{size[1]}"
        return image

    def gfpgan(self, subject: Subject) -> None:
        """Restore faces with GFPGAN; 0 leaves everything alone."""
        visibility = self.values["gfpgan_visibility"]
        if visibility != 0:
            subject.image = as_rgb(subject.image)
            subject.info["GFPGAN visibility"] = round(visibility, 3)

    def codeformer(self, subject: Subject) -> None:
        """Restore faces with CodeFormer; 0 leaves everything alone."""
        visibility = self.values["codeformer_visibility"]
        if visibility != 0:
            subject.image = as_rgb(subject.image)
            subject.info["CodeFormer visibility"] = round(visibility, 3)
            subject.info["CodeFormer weight"] = self.values["codeformer_weight"]

    def in_order(self, options: Mapping[str, Any]) -> list[tuple[str, Callable[[Subject], None]]]:
        """Scripts by title: the preferred ones first, in that order; none that are disabled.

        Raises:
            Crash: TypeError for an option that is no list.
        """
        scripts = {"Upscale": self.upscale, "GFPGAN": self.gfpgan, "CodeFormer": self.codeformer}
        preferred, disabled = _chosen(options)
        titles = dict.fromkeys([*(title for title in preferred if title in scripts), *scripts])
        return [(title, scripts[title]) for title in titles if title not in disabled]


@hazard
def _times(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return int(size[0] * factor), int(size[1] * factor)


@hazard
def _chosen(options: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    preferred = options["postprocessing_operation_order"]
    return list(preferred), list(options["postprocessing_disable_in_extras"])


def as_rgb(image: Image.Image) -> Image.Image:
    """The image as RGB.

    Raises:
        Crash: OSError for a file that ends too soon.
    """
    return _whole(lambda: image.convert("RGB"))


def _upscaled(image: Image.Image, factor: float, name: str, multiple: int) -> Image.Image:
    return _whole(lambda: upscale(image, factor, name, multiple))


def _whole(work: Callable[[], Image.Image]) -> Image.Image:
    """What Pillow makes of an image that it may only now find to be broken."""
    try:
        return work()
    except (*OPERATIONS, MemoryError, OSError) as error:
        raise crash(error) from error


def _cropped(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of the image in exactly that size, on black."""
    canvas = Image.new("RGB", size)
    canvas.paste(image, (size[0] // 2 - image.width // 2, size[1] // 2 - image.height // 2))
    return canvas
