"""The script of ReActor: thirty-one slots, settings that survive an error, and faces.

Finding and swapping faces is stood in for: any picture that is not of one colour has one face, in
its middle; a swapped face shows its colours inverted, as on the server that was recorded.

Source: scripts/reactor_faceswap.py and reactor_swapper.py at 2c6a6e63; recorded: x-reactor/args*.
"""

from __future__ import annotations

import os
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageOps

from mockserver.backends.a1111.generation.finish import grid
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.core.errors import raises_upstream
from mockserver.extensions.base import Run, Script
from mockserver.extensions.lists import picture_sent
from mockserver.imaging.painted import Painted
from mockserver.imaging.resize import upscale

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.server import Webui


_NONE = "None"
#: The face's box, as shares of the picture's sides.
_FACE = (0.375, 0.375, 0.625, 0.625)
_FEW = 256


@dataclass(frozen=True)
class Enhancement:
    """What is done to a picture after a swap.

    Attributes:
        upscaler: name of an upscaler, "None" for none.
        scale: how much larger the picture gets.
        forced: also where nothing was swapped.
    """

    upscaler: Any = _NONE
    scale: Any = 1
    forced: Any = False

    @raises_upstream
    def applied(self, image: Image.Image) -> Image.Image:
        """The picture, enlarged where an upscaler is named.

        Args:
            image: a picture; it is not changed.
        """
        if self.upscaler in {None, "", _NONE}:
            return image
        return upscale(image, self.scale, self.upscaler)


def has_face(image: Image.Image) -> bool:
    """Whether a picture has more than one colour.

    Args:
        image: a picture; it is not changed.
    """
    plain = image.convert("RGB")
    colours = plain.getcolors(_FEW)
    return colours is None or len(colours) > 1


def swapped(
    source: Image.Image,
    target: Image.Image,
    source_faces: Sequence[int] = (0,),
    target_faces: Sequence[int] = (0,),
    after: Enhancement | None = None,
) -> tuple[Image.Image, int]:
    """A picture with the face of another.

    Args:
        source: whose face it is.
        target: which picture it is put into.
        source_faces: numbers of faces in `source`: one, or one for each of `target_faces`.
        target_faces: numbers of faces in `target`.
        after: what is done to the result.

    Returns:
        The picture and how many faces were swapped; `target` itself where the source has no
        face of that number.

    Raises:
        ServerError: an upscaler's factor that is no number.

    Source: scripts/reactor_swapper.py ``swap_face`` at 2c6a6e63; recorded: x-reactor/*.
    """
    matched = len(source_faces) in {1, len(target_faces)}
    if not has_face(source) or source_faces[0] != 0 or not matched:
        return target, 0
    mode = "RGBA" if target.mode == "RGBA" else "RGB"
    made, count = target.convert(mode), 0
    if has_face(target):
        pairs = zip(target_faces, _each(source_faces, len(target_faces)), strict=True)
        count = sum(1 for wanted, face in pairs if wanted == face == 0)
    if count:
        made = _with_other_face(made)
    after = after or Enhancement()
    if count or after.forced:
        made = after.applied(made)
    return made, count


def _each(faces: Sequence[int], count: int) -> Sequence[int]:
    return [faces[0]] * count if len(faces) == 1 else faces


def _with_other_face(image: Image.Image) -> Image.Image:
    sides = (image.width, image.height, image.width, image.height)
    left, top, right, bottom = (
        round(share * side) for share, side in zip(_FACE, sides, strict=True)
    )
    box = (left, top, max(right, left + 1), max(bottom, top + 1))
    found = image.copy()
    face = ImageOps.invert(image.crop(box).convert("RGB")).convert(image.mode)
    found.paste(face, box[:2])
    return found


# Pillow is imported with the first picture, not when the server starts.

#: Values of "select source": a picture of the request, a saved face, a folder.
_IMAGE, _FACE_MODEL = 0, 1
_FIRST_FACE = (0,)


@dataclass
class SwapSettings:
    """What the script remembers of its last request; a slot after an error keeps its value.

    Attributes:
        enabled: whether it does anything.
        source: the face's picture as it was sent.
        upscaler: name of an upscaler, "None" for none.
        scale: how much larger the upscaler makes the picture.
        in_source: whether the pictures that img2img starts from are swapped.
        in_generated: whether the generated ones are.
        model: name of the swapping model.
        save_original: whether the swapped pictures come in addition.
        select_source: 0 for the picture that was sent; the web UI's own default is a label.
        upscale_force: whether the upscaler works where nothing was swapped too.
        source_faces: numbers of faces in the source.
        target_faces: numbers of faces in the target.
    """

    enabled: Any = False
    source: Any = None
    upscaler: Any = "None"
    scale: Any = 1
    in_source: Any = False
    in_generated: Any = True
    model: Any = None
    save_original: Any = False
    select_source: Any = _IMAGE
    upscale_force: Any = False
    source_faces: Sequence[int] = field(default=_FIRST_FACE)
    target_faces: Sequence[int] = field(default=_FIRST_FACE)

    def take(self, args: Sequence[Any]) -> None:
        """Take the slots of a request, one after the other.

        Args:
            args: slots of the script, in their order.

        Raises:
            ServerError: a model that is no text, face numbers that are no text; what comes after in
                the source stays as it was.
        """
        self.enabled = args[1]
        if not self.enabled:
            return
        self.source = args[0]
        self.scale, self.upscaler = args[9], args[8]
        self.in_source, self.in_generated = args[11], args[12]
        self.model = _file_name(args[4])
        self.save_original = args[16]
        self.select_source = args[22]
        self.upscale_force = args[27]
        self.source_faces = _numbers(args[2])
        self.target_faces = _numbers(args[3])


class ReActor(Script):
    """Swaps faces in the generated pictures, or in those that img2img starts from.

    Args:
        webui: the simulated server.
        models: the swapping models that there are.
    """

    title = "reactor"

    def __init__(self, webui: Webui, models: Sequence[str]) -> None:
        self._webui, self._models = webui, models
        self._tabs: dict[str, SwapSettings] = {}

    def _settings(self, run: Run) -> SwapSettings:
        return self._tabs.setdefault(run.p.tab, SwapSettings())

    def process(self, run: Run) -> None:
        """Take the settings; swap in the pictures that img2img starts from.

        Args:
            run: the generation, and the script's arguments.
        """
        settings = self._settings(run)
        settings.take(run.args)
        if settings.enabled and settings.in_source and run.p.is_img2img:
            run.p.init_images = [self._swap(settings, one)[0] for one in run.p.init_images]

    def postprocess_image(self, run: Run, picture: Picture, number: int) -> Picture:
        """Swap in one generated picture, unless the originals are kept.

        Args:
            run: the generation, and the script's arguments.
            picture: one picture.
            number: place of the picture in its iteration, from 0.
        """
        del number
        settings = self._settings(run)
        if not settings.enabled or not settings.in_generated or settings.save_original:
            return picture
        made, _ = self._swap(settings, picture.image)
        if made is picture.image:
            return picture
        return _drawn(made)

    def postprocess(self, run: Run, processed: Processed) -> None:
        """With the originals kept, add what was swapped, and a grid of all from three on.

        Args:
            run: the generation, and the script's arguments.
            processed: all pictures so far, with their infotexts.
        """
        settings = self._settings(run)
        if not settings.enabled or not settings.save_original or not settings.in_generated:
            return
        first = processed.index_of_first_image
        count = len(processed.infotexts) - first
        for original in list(processed.images[first : first + count]):
            made, faces = self._swap(settings, original.image)
            if faces:
                processed.images.append(_drawn(made))
        if run.server.options["return_grid"] and len(processed.images) > 2:  # noqa: PLR2004
            processed.images.insert(0, grid(run.server, processed.images))

    def _swap(self, settings: SwapSettings, target: Image.Image) -> tuple[Image.Image, int]:
        """The picture with the face, and how many faces were swapped.

        Raises:
            ServerError: a source that is no picture.
        """
        usable = settings.select_source == _IMAGE and settings.source is not None
        if not usable or settings.model not in self._models:
            return target, 0
        after = Enhancement(settings.upscaler, settings.scale, settings.upscale_force)
        source = picture_sent(self._webui, settings.source)
        return swapped(source, target, settings.source_faces, settings.target_faces, after)


def _drawn(image: Image.Image) -> Picture:
    return Picture(Painted(lambda: image))


@raises_upstream
def _file_name(model: Any) -> str:
    """The model's file below its folder; what is no text is Python's own TypeError."""
    return os.path.join("", model)  # noqa: PTH118 - its TypeError is the one that counts


@raises_upstream
def _numbers(text: Any) -> Sequence[int]:
    """Face numbers from text such as ``0,2``; the first face where there are none."""
    found = [int(one) for one in text.strip(",").split(",") if one.isnumeric()]
    return found or _FIRST_FACE
