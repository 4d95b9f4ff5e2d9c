"""ControlNet in a generation: its units act, its maps come after the pictures.

Source: scripts/controlnet.py at 56cec5b2; recorded: cn-args/*, cn-t2i/*, cn-i2i/*, cn-bad/*.
"""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING, Any

from PIL import Image, ImageFilter

from mockserver.backends.a1111.generation.denoise import step_seconds
from mockserver.backends.a1111.generation.noise import latent_shape
from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.input_images import read_picture
from mockserver.core.errors import ServerError, require
from mockserver.extensions.base import Run, Script
from mockserver.extensions.controlnet import pictures
from mockserver.extensions.controlnet.maps import detect
from mockserver.extensions.controlnet.units import FILL
from mockserver.extensions.controlnet.units_before_pydantic import weighted
from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import Pixels

if TYPE_CHECKING:
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.extensions.controlnet.base import UnitsOfControlNet
    from mockserver.extensions.controlnet.units import Unit


_EIGHT = 8
_INPAINT = "inpaint"
_UPSCALING = "upscale"
_NO_MAPS_WITH = "sd upscale"


@dataclass
class _Running:
    """What the units of one generation do.

    Attributes:
        maps: detected maps in the order of the answer.
        finish: (module, map in the size of the result) of units that change finished pictures.
        error: what the model fails with when it samples.
    """

    maps: list[Image.Image] = field(default_factory=list)
    finish: list[tuple[str, Image.Image]] = field(default_factory=list)
    error: ServerError | None = None


class ControlNetScript(Script):
    """The always-on script.

    Args:
        extension: its catalogue, and how its version reads units.
    """

    title = "controlnet"
    file = "controlnet"
    #: Recorded: x-both/all, where its key stands behind Regional Prompter's.
    processes_last = True

    def __init__(self, extension: UnitsOfControlNet) -> None:
        self._extension = extension
        self._running: _Running | None = None

    def begin(self, run: Run) -> None:
        """Read all units, as the extension's own wrapper of the generation does.

        Args:
            run: the generation, and the script's arguments.

        Raises:
            ServerError: a unit that pydantic refuses, an enabled one or not; batch mode without
                pictures.
        """
        self._running = None
        for unit in self._units(run):
            if unit.enabled and unit.values.get("input_mode") == "batch":
                _check_batch(unit.get("batch_images"))

    def process(self, run: Run) -> None:
        """Without a refiner the units act from here on.

        Args:
            run: the generation, and the script's arguments.
        """
        if run.p.refiner_checkpoint is None:
            self._act(run)

    def before_process_batch(self, run: Run) -> None:
        """With a refiner they act anew in each iteration.

        Args:
            run: the generation, and the script's arguments.
        """
        if run.p.refiner_checkpoint is not None:
            self._act(run)

    def sample(self, run: Run) -> None:
        """Units act while the model samples.

        Args:
            run: the generation, and the script's arguments.

        Raises:
            ServerError: TypeError for a weight that is no number (1.1.447).
        """
        del run
        if self._running is not None and self._running.error is not None:
            raise self._running.error

    def postprocess_image(self, run: Run, picture: Picture, number: int) -> Picture:
        """What inpaint_only puts back and recolor takes from its map.

        Args:
            run: the generation, and the script's arguments.
            picture: one picture.
            number: place of the picture in its iteration, from 0.
        """
        del run, number
        if self._running is None:
            return picture
        for module, detected in self._running.finish:
            if detected.size == picture.size:
                picture = _finished(picture, module, detected)
        return picture

    def postprocess(self, run: Run, processed: Processed) -> None:
        """Add the maps behind the pictures, once for the whole request.

        Args:
            run: the generation, and the script's arguments.
            processed: all pictures so far, with their infotexts.
        """
        running, self._running = self._running, None
        if running is not None:
            _wait(run)
        if running is None or run.server.options["control_net_no_detectmap"]:
            return
        if any(_NO_MAPS_WITH in key.lower() for key in run.p.extra_generation_params):
            return
        for detected in running.maps:
            shown = visible_mask(detected)
            pixels = Pixels(shown)
            processed.images.append(Picture(Painted(lambda p=pixels: p.image), key=pixels))  # type: ignore[misc]

    def _units(self, run: Run) -> list[Unit]:
        given = [value for value in run.args if isinstance(value, dict)]
        return [self._extension.read_unit(value) for value in given]

    def _act(self, run: Run) -> None:
        self._running = None
        enabled = [one for unit in self._units(run) if unit.enabled for one in _unfolded(unit)]
        for number, unit in enumerate(enabled):
            run.p.extra_generation_params[f"ControlNet {number}"] = unit.infotext
        if not enabled:
            return
        running = _Running()
        effects = [self._run_unit(run, unit, running) for unit in enabled]
        acting = tuple(effect for effect in effects if effect is not None)
        if acting:
            run.p.script_effects["ControlNet"] = acting
        self._running = running

    def _run_unit(self, run: Run, unit: Unit, running: _Running) -> tuple[Any, ...] | None:
        """Add a unit's maps; gives what it changes in the pixels."""
        p, values = run.p, unit.values
        module = self._extension.module_in(p, unit)
        model = self._extension.model_of(unit, module)
        _check_region_mask(run, values)
        if not module.returns_image or values.get("ipadapter_input") is not None:
            raise ServerError("AssertionError", "")
        picture, mode = self._extension.choose_picture(run, unit, module)
        if crops(p, unit, module.name):
            picture = pictures.cropped(p, picture, mode)
        size = whole(p.width), whole(p.height)
        numbers = self._extension.numbers_of(values, module)
        if values["pixel_perfect"]:
            numbers[0] = perfect_resolution(picture, size, mode)
        detected = detect(module, picture, numbers, p.all_seeds[0])
        detected = detected if _INPAINT in module.name else pictures.rgb(detected)
        sizes = [size] if not p.enable_hr or p.is_img2img else [hires_size(p), size]
        fitted = [pictures.fitted(detected, mode, each) for each in sizes]
        if values["save_detected_map"]:
            running.maps += fitted
        if "inpaint_only" in module.name or "recolor" in module.name:
            running.finish.append((module.name, fitted[0]))
        try:
            return effect_of(p, unit, model, fitted[-1])
        except ServerError as error:
            running.error = error
            return None


def _unfolded(unit: Unit) -> list[Unit]:
    """The units that one with several pictures stands for, each with its part of the weight.

    Raises:
        ServerError: AssertionError: it is to merge pictures and has no list of them.
    """
    if unit.values.get("input_mode") != "merge":
        return [unit]
    images = unit.get("image")
    require(isinstance(images, list), "")
    weight = unit.get("weight") / max(1, len(images))
    return [unit.changed(image=[image], weight=weight) for image in images]


def _wait(run: Run) -> None:
    """Let the time pass in which the extension frees its memory."""
    seconds = step_seconds(run.server, latent_shape(run.p.width, run.p.height), 1)
    if seconds:
        run.server.clock.sleep(seconds)


def _check_batch(batch_images: Any) -> None:
    if batch_images is None:
        raise ServerError("TypeError", "object of type 'NoneType' has no len()")


def _check_region_mask(run: Run, values: Any) -> None:
    """A mask of one channel fails when it is used."""
    mask = values.get("effective_region_mask")
    if isinstance(mask, str) and len(read_picture(mask, run.server.options).getbands()) == 1:
        raise ServerError("ValueError", "")


def whole(side: int) -> int:
    """A side in whole latents.

    Args:
        side: in pixels.
    """
    return side // _EIGHT * _EIGHT


def hires_size(p: Processing) -> tuple[int, int]:
    """The size of the hires pass.

    Args:
        p: the generation.
    """
    if p.hr_resize_x == 0 and p.hr_resize_y == 0:
        return whole(int(p.width * p.hr_scale)), whole(int(p.height * p.hr_scale))
    return whole(p.hr_resize_x), whole(p.hr_resize_y)


def perfect_resolution(picture: Image.Image, size: tuple[int, int], mode: str) -> int:
    """The shorter edge at which a map has the picture's size without being scaled again.

    Args:
        picture: one picture.
        size: width and height of the generation, in pixels.
        mode: the unit's resize mode.
    """
    ratios = (size[1] / picture.height, size[0] / picture.width)
    factor = min(ratios) if mode == FILL else max(ratios)
    return round(factor * min(picture.size))


def crops(p: Processing, unit: Unit, module: str) -> bool:
    """Whether the unit sees only what "Only masked" repaints.

    Args:
        p: the generation.
        unit: one of the request's.
        module: what makes the map.
    """
    if "reference" in module or not p.is_img2img or not p.inpaint_full_res:
        return False
    if not pictures.is_mask(p.image_mask):
        return False
    upscaling = any(_UPSCALING in key.lower() for key in p.extra_generation_params)
    return upscaling or bool(unit.get("inpaint_crop_input_image"))


def effect_of(
    p: Processing, unit: Unit, model: str | None, fitted: Image.Image
) -> tuple[Any, ...] | None:
    """What a unit changes; None where it changes nothing: no weight, or no step in its window.

    The window is compared with the step that the progress shows, which is one behind.

    Args:
        p: the generation.
        unit: one of the request's.
        model: the control model's name; None for a module that works without one.
        fitted: the map, as large as the generation.

    Recorded: cn-args/weight-0, guidance (the plain picture), guidance-old.
    """
    values = unit.values
    steps = max(1, int(p.steps))
    start, end = values["guidance_start"] or 0.0, values["guidance_end"]
    end = 1.0 if end is None else end
    shown = [max(0, step - 1) / steps for step in range(steps)]
    active = tuple(n for n, part in enumerate(shown) if start <= part <= end)
    if not active:
        return None
    weight = weighted(values["weight"])
    if not weight:
        return None
    how = values["control_mode"], values.get("hr_option") if p.enable_hr else None
    window = active if len(active) < steps else ()
    layers = repr(values.get("advanced_weighting"))
    return model, weight, window, how, layers, Pixels(fitted).digest.hex()


def visible_mask(detected: Image.Image) -> Image.Image:
    """A mask is shown as half transparent.

    Args:
        detected: the mask as the module found it.
    """
    if detected.mode != "RGBA":
        return detected
    shown = detected.copy()
    shown.putalpha(detected.getchannel("A").point([255 - level // 2 for level in range(256)]))
    return shown


def _finished(picture: Picture, module: str, detected: Image.Image) -> Picture:
    key = (picture.key, module, Pixels(detected)) if picture.key is not None else None
    made = Painted(lambda: _finish(picture.image, module, detected))
    return replace(picture, painted=made, key=key)


def _finish(image: Image.Image, module: str, detected: Image.Image) -> Image.Image:
    """A finished picture with what the module puts into it."""
    if "inpaint_only" in module:
        mask = detected.getchannel("A").filter(ImageFilter.MaxFilter(7))
        mask = mask.filter(ImageFilter.BoxBlur(3))
        return Image.composite(image.convert("RGB"), detected.convert("RGB"), mask)
    mode, channel = ("HSV", 2) if "intensity" in module else ("YCbCr", 0)
    bands = list(image.convert(mode).split())
    bands[channel] = detected.getchannel(0)
    return Image.merge(mode, bands).convert("RGB")
