"""ControlNet as an extension: its lists, its script, its routes, and its two versions."""

from __future__ import annotations

import hashlib
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError, UpstreamError
from mockserver.extensions.base import Extension, Script
from mockserver.extensions.controlnet import pictures, units, units_before_pydantic
from mockserver.extensions.controlnet.answers import answer_detect, answer_render, get_route
from mockserver.extensions.controlnet.catalogue import Catalogue
from mockserver.extensions.controlnet.lint import lint_units
from mockserver.extensions.controlnet.pictures import is_mask
from mockserver.extensions.controlnet.script import ControlNetScript
from mockserver.http.routing import EMBEDDED, LIST_OF, QUERY, Call, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from PIL import Image

    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.base import Run, Sent
    from mockserver.extensions.controlnet.catalogue import Module
    from mockserver.extensions.controlnet.units import Unit
    from mockserver.lint import Finding


_BEFORE_PYDANTIC = "1.1.447"
_SD1 = ("sd14", "sd15", "sd16")
_PREFIX = "ControlNet"


class ControlNet(Extension):
    """Mikubill/sd-webui-controlnet. Source: 56cec5b2 (1.1.455) and 3d75bd08 (1.1.447)."""

    name = "controlnet"
    folder = "sd-webui-controlnet"
    versions = ("1.1.455", _BEFORE_PYDANTIC)
    summary = "generations follow a control picture"
    imports_api = True

    @classmethod
    def of(cls, version: str) -> type[Extension] | None:
        """Forge's own is another class."""
        kinds = (cls, *cls.__subclasses__())
        return next((kind for kind in kinds if version in kind.versions), None)

    @cached_property
    def catalogue(self) -> Catalogue:
        """Its modules and models."""
        return Catalogue(self.fixtures.get("modules"), self.fixtures.get("models"))

    def add_models(self, models: Iterable[str] | Mapping[str, Any]) -> None:
        """Control models by file name without its ending; the hash is made up."""
        new = [f"{name} [{hashlib.sha256(name.encode()).hexdigest()[:8]}]" for name in models]
        self.catalogue = Catalogue(
            self.fixtures.get("modules"), sorted({*self.catalogue.models, *new})
        )

    @property
    def checks_units(self) -> bool:
        """Whether units are pydantic models, which they are from 1.1.448 on."""
        return self.version != _BEFORE_PYDANTIC

    def make_scripts(self) -> Sequence[Script]:
        """The always-on script; controlnet m2m is listed alone."""
        return (ControlNetScript(self),)

    def routes(self) -> Sequence[Route]:
        """Lists, detect and poses, open for everybody."""
        return [
            get_route("version", lambda _: {"version": 3 if self.checks_units else 2}),
            get_route("model_list", lambda _: {"model_list": list(self.catalogue.models)}, QUERY),
            get_route("module_list", self._module_list, QUERY),
            get_route("control_types", lambda _: {"control_types": self.catalogue.types()}),
            get_route("settings", self._settings),
            Route(
                "POST",
                "/controlnet/detect",
                lambda call: answer_detect(call, self.catalogue, self.numbers_of),
                f"{EMBEDDED}Body_detect_controlnet_detect_post",
                guarded=False,
            ),
            Route(
                "POST",
                "/controlnet/render_openpose_json",
                answer_render,
                f"{LIST_OF}PoseData",
                guarded=False,
            ),
        ]

    def read_unit(self, given: Mapping[str, Any]) -> Unit:
        """The unit that a dict of a request stands for.

        Raises:
            ServerError: one that the version refuses.
        """
        if not self.checks_units:
            return units_before_pydantic.unit_of(given)
        return units.unit_of(given, self.catalogue)

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """Units that are refused, and those that fail without a word."""
        return lint_units(self, sent) if sent.title == "controlnet" else ()

    def module_in(self, p: Processing, unit: Unit) -> Module:
        """The module that a unit runs; inpaint_only is inpaint where img2img has a mask.

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

        Raises:
            ServerError: before 1.1.448 one that is no number.
        """
        if not self.checks_units:
            return units_before_pydantic.numbers(values, module)
        names = ("processor_res", "threshold_a", "threshold_b")
        return [module.slider(n).bounded(values[name]) for n, name in enumerate(names)]

    def model_of(self, unit: Unit, module: Module) -> str | None:
        """The control model of a unit; None for a module that works without one.

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

    def infotext_pasted(self, parsed: dict[str, Any]) -> None:
        """Fields of each unit behind its text, with their types. Recorded: ext-png/*."""
        new: dict[str, Any] = {}
        for key, text in parsed.items():
            if key.startswith(_PREFIX) and isinstance(text, str):
                try:
                    unit = self.read_unit(_given(text))
                except (UpstreamError, ValueError):
                    continue
                fields = {name: unit.get(name) for name in unit.shown if name != "image"}
                new |= {f"{key} {n}": v for n, v in fields.items() if v is not None}
        parsed |= new

    def _module_list(self, call: Call[Webui]) -> dict[str, Any]:
        return self.catalogue.listed(labels=bool(call.values["alias_names"]))

    def _settings(self, call: Call[Webui]) -> dict[str, Any]:
        return {"control_net_unit_count": call.webui.options["control_net_unit_count"]}


def _given(text: str) -> dict[str, Any]:
    """The dict that a unit's text stands for.

    Raises:
        ValueError: it is not of the form ``Key: value, Key: value``.
    """
    given: dict[str, Any] = {"enabled": True}
    for item in text.split(","):
        key, value = item.strip().split(": ")
        given["_".join(map(str.lower, key.split(" ")))] = _typed(value)
    return given


def _typed(value: str) -> Any:
    if value in {"True", "False"}:
        return value == "True"
    for kind in (int, float):
        try:
            return kind(value)
        except ValueError:
            continue
    return value
