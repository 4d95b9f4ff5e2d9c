"""Koboldcpp: one simulated KoboldCpp."""

from __future__ import annotations

from functools import cached_property
from pathlib import PurePosixPath
from typing import Any

from mockserver.families._cpp.program import program_of
from mockserver.families.koboldcpp.program import Program
from mockserver.webui.simulated import Simulated


class Koboldcpp(Simulated):
    """KoboldCpp with an image model; it keeps no state between requests.

    Arguments and attributes are those of `Simulated`.
    """

    @cached_property
    def program(self) -> Program:
        """What it was started with."""
        return program_of(self.profile, Program)

    @cached_property
    def model(self) -> str:
        """The model's file name, as infotexts give it."""
        models: list[dict[str, Any]] = self.fixtures.get("sd-models")
        return PurePosixPath(models[0]["filename"]).name

    @cached_property
    def schedulers(self) -> frozenset[str]:
        """Names of schedulers that can be asked for."""
        found = {str(item["name"]) for item in self.fixtures.get("schedulers")}
        return frozenset(found - {"default"})

    @cached_property
    def loras(self) -> frozenset[str]:
        """Paths of the LoRAs that can be asked for."""
        return frozenset(str(item["path"]) for item in self.fixtures.get("loras"))
