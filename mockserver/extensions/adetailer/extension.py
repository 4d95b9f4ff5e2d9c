"""ADetailer as an extension: its lists, its script, its routes."""

from __future__ import annotations

from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.extensions.adetailer.lint import lint_tabs
from mockserver.extensions.adetailer.script import ADetailerScript
from mockserver.extensions.adetailer.tabs import TabReader
from mockserver.extensions.base import Extension, Script
from mockserver.extensions.controlnet.extension import ControlNet
from mockserver.http.routing import Route

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping, Sequence

    from mockserver.extensions.adetailer.tabs import Tab
    from mockserver.extensions.base import Sent
    from mockserver.lint import Finding


_MIDDLE = (0.25, 0.25, 0.75, 0.75)


class ADetailer(Extension):
    """Bing-su/adetailer. Source: 36189cbe (25.3.0)."""

    name = "adetailer"
    folder = "adetailer"
    versions = ("25.3.0",)
    summary = "faces, hands and persons are found and painted once more"

    @cached_property
    def detectors(self) -> Mapping[str, Mapping[str, Any]]:
        """Its detectors by name: ``kind`` and what each finds (``box`` in parts of the picture)."""
        found: Mapping[str, Mapping[str, Any]] = self.fixtures.get("detectors")
        return found

    def add_models(self, models: Iterable[str] | Mapping[str, Any]) -> None:
        """Detectors by file name, in place of those of the same name.

        Args:
            models: names, which find a face in the middle; or names to what each finds: boxes
                of left, top, right and bottom in parts of the picture, none for nothing.
        """
        boxes = models if isinstance(models, dict) else {key: [_MIDDLE] for key in models}
        new = {
            name: {"kind": "boxes", "found": [{"box": box, "confidence": 0.9} for box in found]}
            for name, found in boxes.items()
        }
        self.detectors = {**self.detectors, **new}

    @cached_property
    def reader(self) -> TabReader:
        """Reads its tabs."""
        return TabReader(self.fixtures.get("schema"))

    def make_scripts(self) -> Sequence[Script]:
        """Its always-on script."""
        return (ADetailerScript(self),)

    def routes(self) -> Sequence[Route]:
        """Version, schema and detectors, open for everybody."""
        answers = {
            "version": lambda _: {"version": self.version},
            "schema": lambda _: self.fixtures.get("schema"),
            "ad_model": lambda _: {"ad_model": list(self.detectors)},
        }
        return [
            Route("GET", f"/adetailer/v1/{name}", answer, guarded=False)
            for name, answer in answers.items()
        ]

    def defaults(self, tab: str) -> list[Any]:
        """What its arguments are where a request sends none."""
        infos = self.listed("script-info", [])
        mine = next(i for i in infos if i["is_img2img"] == (tab == "img2img"))
        return [item["value"] for item in mine["args"]]

    def lint(self, sent: Sent) -> Iterable[Finding]:
        """Tabs that are dropped, and detectors that run unasked."""
        return lint_tabs(self, sent) if sent.title == "adetailer" else ()

    def other_scripts(self) -> list[Script]:
        """The scripts of all installed extensions."""
        return [s for extension in self.neighbours() for s in extension.scripts]

    def controlnet_unit(self, tab: Tab) -> dict[str, Any]:
        """The ControlNet unit that a tab puts on its passes.

        Raises:
            ServerError: ControlNet is not installed, or has no such model.
        """
        found = next((e.catalogue for e in self.neighbours() if isinstance(e, ControlNet)), None)
        model = tab.get("ad_controlnet_model")
        if found is None or model not in found.models:
            raise ServerError("ValueError", f"[-] ADetailer: ControlNet model {model!r} not found.")
        module = tab.get("ad_controlnet_module")
        return {
            "enabled": True,
            "model": model,
            "module": "none" if module == "None" else module,
            "weight": tab.get("ad_controlnet_weight"),
            "guidance_start": tab.get("ad_controlnet_guidance_start"),
            "guidance_end": tab.get("ad_controlnet_guidance_end"),
            "pixel_perfect": True,
        }


EXTENSION = ADetailer
