"""What ControlNet makes of a unit: its module, its model, its numbers and its picture."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.extensions.base import Extension
from mockserver.extensions.controlnet import pictures, units, units_before_pydantic
from mockserver.extensions.controlnet.catalogue import Catalogue
from mockserver.extensions.controlnet.pictures import is_mask

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.extensions.base import Run
    from mockserver.extensions.controlnet.catalogue import Module
    from mockserver.extensions.controlnet.units import Unit


BEFORE_PYDANTIC = "1.1.447"
_SD1 = ("sd14", "sd15", "sd16")


class UnitsOfControlNet(Extension):
    """A ControlNet, whichever version: what its script and its lint ask it about units."""

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its modules and models."""
        return Catalogue(self.fixtures.get("modules"), self.fixtures.get("models"))

    @property
    def checks_units(self) -> bool:
        """Whether units are pydantic models, which they are from 1.1.448 on."""
        return self.version != BEFORE_PYDANTIC

    def read_unit(self, given: Mapping[str, Any]) -> Unit:
        """The unit that a dict of a request stands for.

        Args:
            given: fields by name, as the request has them.

        Raises:
            ServerError: one that the version refuses.
        """
        if not self.checks_units:
            return units_before_pydantic.unit_of(given)
        return units.unit_of(given, self.catalogue)

    def module_in(self, p: Processing, unit: Unit) -> Module:
        """The module that a unit runs; inpaint_only is inpaint where img2img has a mask.

        Args:
            p: the generation.
            unit: one of the request's.

        Raises:
            ServerError: a module that there is not, or that the model in use cannot run.
        """
        name = unit.get("module")
        if name == "inpaint_only" and p.is_img2img and is_mask(p.image_mask):
            name = "inpaint"
        module = self.catalogue.find(name) if isinstance(name, str) else None
        if module is None:
            raise ServerError("AssertionError", "")
        if "revision" in module.name:
            raise ServerError("Exception", "Preprocessor 'revision' only supports SDXL.")
        return module

    def numbers_of(self, values: Mapping[str, Any], module: Module) -> list[float]:
        """Resolution and both thresholds that a module runs with.

        Args:
            values: of a unit or a detect request, by name.
            module: what makes the map.

        Raises:
            ServerError: before 1.1.448 one that is no number.
        """
        if not self.checks_units:
            return units_before_pydantic.numbers(values, module)
        names = ("processor_res", "threshold_a", "threshold_b")
        return [module.slider(n).bounded(values[name]) for n, name in enumerate(names)]

    def model_of(self, unit: Unit, module: Module) -> str | None:
        """The control model of a unit; None for a module that works without one.

        Args:
            unit: one of the request's.
            module: what makes the map.

        Raises:
            ServerError: none was chosen, or there is none of that name, or it is for SDXL.
        """
        wanted = unit.get("model")
        name = wanted if isinstance(wanted, str) else ""
        lower = name.lower()
        if lower != "none" and not any(mark in lower for mark in _SD1) and "xl" in lower:
            raise ServerError(
                "Exception", f"ControlNet model {name} is not compatible with sd model"
            )
        if module.model_free:
            return None
        found = self.catalogue.closest_model(name)
        if found is None:
            raise ServerError("RuntimeError", f"model not found: {name}")
        return found

    def choose_picture(self, run: Run, unit: Unit, module: Module) -> tuple[Image.Image, str]:
        """The picture that a unit looks at and its resize mode.

        Args:
            run: the generation, and the script's arguments.
            unit: one of the request's.
            module: what makes the map.

        Raises:
            UpstreamError: it has none, or one that cannot be used.
        """
        inpaint = "inpaint" in module.name
        mode = units_before_pydantic.resize_mode(unit.get("resize_mode"))
        if self.checks_units:
            own = pictures.unit_picture(run.server, unit.values)
        else:
            units_before_pydantic.check_modes(unit.values, hires=bool(run.p.enable_hr))
            own = units_before_pydantic.unit_picture(run.server, unit.values)
        if own is not None:
            return pictures.as_input(run.server, own, keep_mask=inpaint), mode
        found = pictures.init_picture(run.p, inpaint=inpaint)
        if found is None:
            raise ServerError("ValueError", "controlnet is enabled but no input image is given")
        return found
