"""ControlNet as an extension: its lists, its script, its routes, and its two versions."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import UpstreamError
from mockserver.extensions.controlnet.answers import answer_detect, answer_render, get_route
from mockserver.extensions.controlnet.base import BEFORE_PYDANTIC, UnitsOfControlNet
from mockserver.extensions.controlnet.catalogue import Catalogue
from mockserver.extensions.controlnet.lint import lint_units
from mockserver.extensions.controlnet.script import ControlNetScript
from mockserver.http.routing import EMBEDDED, LIST_OF, QUERY, Call, Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.backends.a1111.server import Webui
    from mockserver.extensions.base import Extension, Script, Sent
    from mockserver.lint import Finding


_PREFIX = "ControlNet"


class ControlNet(UnitsOfControlNet):
    """Mikubill/sd-webui-controlnet. Source: 56cec5b2 (1.1.455) and 3d75bd08 (1.1.447)."""

    name = "controlnet"
    folder = "sd-webui-controlnet"
    versions = ("1.1.455", BEFORE_PYDANTIC)
    summary = "generations follow a control picture"
    imports_api = True

    @classmethod
    def of(cls, version: str) -> type[Extension] | None:
        """Forge's own is another class.

        Args:
            version: behind the ``@``; the newest is ``versions[0]``.
        """
        kinds = (cls, *cls.__subclasses__())
        return next((kind for kind in kinds if version in kind.versions), None)

    def add_models(self, models: Iterable[str] | Mapping[str, Any]) -> None:
        """Control models by file name without its ending; the hash is made up.

        Args:
            models: names without ending, or names to anything.
        """
        new = [f"{name} [{hashlib.sha256(name.encode()).hexdigest()[:8]}]" for name in models]
        self.catalogue = Catalogue(
            self.fixtures.get("modules"), sorted({*self.catalogue.models, *new})
        )

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

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """Units that are refused, and those that fail without a word.

        Args:
            sent: the script's arguments in a request, and where they are in it.
        """
        return lint_units(self, sent) if sent.title == "controlnet" else ()

    def infotext_pasted(self, parsed: dict[str, Any]) -> None:
        """Fields of each unit behind its text, with their types. Recorded: ext-png/*.

        Args:
            parsed: fields of an infotext by name; changed in place.
        """
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
