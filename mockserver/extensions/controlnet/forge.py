"""The ControlNet that Forge and reForge have built in: other modules, other units, other maps.

Its lists were recorded (forge/controlnet-types, forge/controlnet-models), where no control model
was installed; the rest is from its source: extensions-builtin/sd_forge_controlnet at the commits
of the two profiles. Asked for by name (``--extensions controlnet``) it has the control models of
the recorded world of v1.10.1.
"""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.pictures import Picture
from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import HTTPError, ServerError, raises_upstream, require
from mockserver.extensions.base import Script
from mockserver.extensions.controlnet import pictures
from mockserver.extensions.controlnet.answers import encoded, get_route
from mockserver.extensions.controlnet.catalogue import Catalogue
from mockserver.extensions.controlnet.extension import ControlNet
from mockserver.extensions.controlnet.lint import lint_forge_units
from mockserver.extensions.controlnet.maps import detect
from mockserver.extensions.controlnet.script import (
    crops,
    effect_of,
    hires_size,
    perfect_resolution,
    whole,
)
from mockserver.extensions.controlnet.units import CROP, FILL, Unit
from mockserver.extensions.controlnet.units_before_pydantic import resize_mode
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.http.routing import EMBEDDED, Call, Route
from mockserver.imaging.painted import Painted
from mockserver.imaging.picture_spec import Pixels

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from PIL import Image

    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.base import Run, Sent
    from mockserver.extensions.controlnet.catalogue import Module
    from mockserver.fixtures.fixture_set import FixtureSet as Lists
    from mockserver.lint import Finding


REFORGE = "reforge"
_UNPROCESSABLE = 422
_DEFAULT = -1
_NONE = "None"
_PASSES = {"Both": (True, True), "Low res only": (True, False), "High res only": (False, True)}
#: Fields, defaults, and how the infotext writes a default that is an enumeration's member.
_FIELDS: dict[str, tuple[Any, str]] = {
    "module": (_NONE, ""),
    "model": (_NONE, ""),
    "weight": (1.0, ""),
    "resize_mode": (CROP, "ResizeMode.INNER_FIT"),
    "processor_res": (_DEFAULT, ""),
    "threshold_a": (_DEFAULT, ""),
    "threshold_b": (_DEFAULT, ""),
    "guidance_start": (0.0, ""),
    "guidance_end": (1.0, ""),
    "pixel_perfect": (False, ""),
    "control_mode": ("Balanced", "ControlMode.BALANCED"),
    "hr_option": ("Both", "HiResFixOption.BOTH"),
}
_UNTOLD: dict[str, Any] = {
    "enabled": True,
    "image": None,
    "mask_image": None,
    "save_detected_map": True,
}
_OF_THE_UI = (
    "input_mode",
    "use_preview_as_input",
    "batch_image_dir",
    "batch_mask_dir",
    "batch_input_gallery",
    "batch_mask_gallery",
    "generated_image",
)
_BREAKING = (",", ":")
_NUMBERS = ("processor_res", "threshold_a", "threshold_b")


class ForgeControlNet(ControlNet):
    """sd_forge_controlnet. Source: Forge dfdcbab6, reForge 3b56b268."""

    folder = "sd_forge_controlnet"
    versions = ("forge", REFORGE)
    summary = "the ControlNet that Forge has built in"
    imports_api = False
    #: What a unit may say.
    fields = frozenset({*_OF_THE_UI, *_FIELDS, *_UNTOLD})

    def _fixtures(self, mode: str) -> Lists:
        return FixtureSet.packaged("extensions/controlnet-forge", mode)

    def listed(self, name: str, absent: Any) -> Any:
        """Nothing: what it adds is in the lists of the program already.

        Args:
            name: what the list is called in the fixtures.
            absent: what stands for a list that it lacks.
        """
        del name
        return absent

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its modules; control models as recorded, others where it was asked for by name."""
        if self.asked:
            models = FixtureSet.packaged("extensions/controlnet").get("models")
        else:
            models = [name for name in self._recorded("model_list", [_NONE]) if name != _NONE]
        return Catalogue(self.fixtures.get("modules"), models)

    def _recorded(self, name: str, absent: Any) -> Any:
        """One of its lists as this very server answered it."""
        lists = self.webui.fixtures
        return lists.get(name)[name] if lists.has(name) else absent

    @property
    def checks_units(self) -> bool:
        """Never: its units are plain dataclasses."""
        return False

    def make_scripts(self) -> Sequence[Script]:
        """The always-on script."""
        return (ForgeScript(self),)

    def routes(self) -> Sequence[Route]:
        """Three lists and detect."""
        return [
            get_route("model_list", lambda _: {"model_list": [_NONE, *self.catalogue.models]}),
            get_route("module_list", lambda _: {"module_list": self._modules()}),
            get_route("control_types", lambda _: {"control_types": self._types()}),
            Route(
                "POST",
                "/controlnet/detect",
                self._detect,
                f"{EMBEDDED}Body_detect_controlnet_detect_post",
                guarded=False,
            ),
        ]

    def read_unit(self, given: Mapping[str, Any]) -> Unit:
        """The unit that a dict stands for; unknown keys, old names too, are dropped.

        Args:
            given: fields by name, as the request has them.
        """
        defaults = {name: default for name, (default, _) in _FIELDS.items()} | _UNTOLD
        values = {name: given.get(name, default) for name, default in defaults.items()}
        pairs = {}
        for name, (_, shown) in _FIELDS.items():
            if values[name] != _DEFAULT:
                value = shown if shown and name not in given else values[name]
                pairs[" ".join(map(str.capitalize, name.split("_")))] = str(value)
        breaks = any(sign in value for value in pairs.values() for sign in _BREAKING)
        infotext = "" if breaks else ", ".join(f"{key}: {value}" for key, value in pairs.items())
        return Unit(values, infotext, tuple(_FIELDS))

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """Units that it leaves out without a word.

        Args:
            sent: the script's arguments in a request, and where they are in it.
        """
        return lint_forge_units(self, sent, self.fields) if sent.title == "controlnet" else ()

    def _types(self) -> Any:
        found = self.catalogue.types()
        return found if self.asked else self._recorded("control_types", found)

    def _modules(self) -> list[str]:
        return [module.label for module in self.catalogue.modules]

    def _detect(self, call: Call[Webui]) -> dict[str, Any]:
        values = call.values
        module = self.catalogue.labelled(values["controlnet_module"])
        if module is None:
            raise HTTPError(_UNPROCESSABLE, "Module not available")
        images = values["controlnet_input_images"]
        if not images:
            raise HTTPError(_UNPROCESSABLE, "No image selected")
        webui = call.webui
        numbers = [values[f"controlnet_{name}"] for name in _NUMBERS]
        found = []
        for sent in images:
            picture = loaded(read_picture(sent, webui.options, webui.profile.inputs))
            found.append(encoded(call, pictures.rgb(detect(module, picture, numbers))))
        return {"images": found, "info": "Success"}


class ForgeScript(Script):
    """The always-on script: what fails ends it, and what ran before still acts.

    Args:
        extension: its modules and models, and how it reads units.
    """

    title = "controlnet"
    file = "controlnet"
    processes_last = True

    def __init__(self, extension: ForgeControlNet) -> None:
        self._extension = extension
        self._maps: list[Image.Image] = []

    def process(self, run: Run) -> None:
        """Read all units, the disabled too, write the infotext, run one after the other.

        Args:
            run: the generation, and the script's arguments.
        """
        self._maps = []
        acting: list[Any] = []
        units = self._enabled(run)
        for number, (unit, _) in enumerate(units):
            run.p.extra_generation_params[f"ControlNet {number}"] = unit.infotext
        for unit, own in units:
            effect = self._run_unit(run, unit, own)
            if effect is not None:
                acting.append(effect)
                run.p.script_effects["ControlNet"] = tuple(acting)

    def postprocess(self, run: Run, processed: Any) -> None:
        """Add the maps behind the pictures.

        Args:
            run: the generation, and the script's arguments.
            processed: all pictures so far, with their infotexts.
        """
        del run
        for detected in self._maps:
            pixels = Pixels(detected)
            processed.images.append(Picture(Painted(lambda p=pixels: p.image), key=pixels))  # type: ignore[misc]
        self._maps = []

    def _enabled(self, run: Run) -> list[tuple[Unit, Image.Image | None]]:
        """Enabled units, each with its own picture, its mask as alpha.

        Raises:
            ServerError: an argument that is no unit.
            HTTPError: a picture that cannot be decoded, of a disabled unit as well.
        """
        nothing = (None,) if self._extension.version == REFORGE else ()
        require(all(isinstance(a, dict) or a in nothing for a in run.args), "")
        units = [self._extension.read_unit(a) for a in run.args if isinstance(a, dict)]
        read = [(unit, self._picture(run, unit)) for unit in units]
        return [(unit, own) for unit, own in read if unit.enabled]

    @staticmethod
    def _picture(run: Run, unit: Unit) -> Image.Image | None:
        image, mask = unit.get("image"), unit.get("mask_image")
        if not isinstance(image, str):
            return None
        picture = pictures.rgb(loaded(read_picture(image, run.server.options, run.server.inputs)))
        if not isinstance(mask, str):
            return pictures.with_mask(picture, None)
        drawn = loaded(read_picture(mask, run.server.options, run.server.inputs))
        return pictures.with_mask(picture, drawn.convert("RGB").resize(picture.size))

    @raises_upstream
    def _run_unit(self, run: Run, unit: Unit, own: Image.Image | None) -> Any:
        """Add a unit's maps; gives what it changes in the pixels."""
        p, extension = run.p, self._extension
        module = extension.catalogue.labelled(unit.get("module"))
        if module is None:
            raise ServerError("AttributeError", "'NoneType' object has no attribute")
        mode = resize_mode(unit.get("resize_mode"))
        if own is None:
            require(unit.get("image") is None, "")
            found = pictures.init_picture(p, inpaint=True)
            if found is None:
                raise ServerError("ValueError", "controlnet is enabled but no input image is given")
            own, mode = found
        mask = own.getchannel("A")
        picture = own.convert("RGB")
        if crops(p, unit.changed(inpaint_crop_input_image=True), module.name):
            picture = pictures.cropped(p, picture, mode)
        size = whole(p.width), whole(p.height)
        numbers = [self._number(module, n, unit.get(name)) for n, name in enumerate(_NUMBERS)]
        if unit.get("pixel_perfect"):
            numbers[0] = perfect_resolution(picture, size, mode)
        detected = detect(module, picture, numbers, p.all_seeds[0]).convert("RGB")
        hires = bool(p.enable_hr) and not p.is_img2img
        passes = _PASSES[unit.get("hr_option")] if hires else (True, False)
        sizes = [size, hires_size(p)] if hires else [size]
        shown = [detected if module.returns_image else picture]
        if mask.getbbox():
            shown.append(mask.convert("RGB"))
        if unit.get("save_detected_map"):
            self._maps += [
                pictures.fitted(drawn, FILL if not module.returns_image else mode, each)
                for drawn in shown
                for each, wanted in zip(sizes, passes, strict=False)
                if wanted
            ]
        model = None
        if not module.model_free:
            model = unit.get("model")
            require(model != _NONE, "You have not selected any control model!")
            if model not in extension.catalogue.models:
                raise ServerError("KeyError", repr(model))
        weight = float(unit.get("weight"))
        return effect_of(
            p, unit.changed(weight=weight), model, pictures.fitted(detected, mode, size)
        )

    @staticmethod
    def _number(module: Module, number: int, value: Any) -> float:
        """A number of a unit; a negative one is the module's own."""
        return module.slider(number).value if value < 0 else value
