"""Sdcpp: one simulated server of stable-diffusion.cpp."""

from __future__ import annotations

from functools import cached_property
from typing import Any

from mockserver.families._cpp.program import program_of
from mockserver.families.sdcpp.program import Program
from mockserver.webui.simulated import Simulated


class Sdcpp(Simulated):
    """A stable-diffusion.cpp server; it keeps no state between requests.

    Arguments and attributes are those of `Simulated`.
    """

    @cached_property
    def program(self) -> Program:
        """What it was built from and started with."""
        return program_of(self.profile, Program)

    @cached_property
    def model(self) -> str:
        """The model's file name, as infotexts give it."""
        models: list[dict[str, Any]] = self.fixtures.get("sd-models")
        return str(models[0]["filename"])

    def names(self, list_name: str, key: str = "name") -> frozenset[str]:
        """Names in one of its lists.

        Args:
            list_name: ``samplers``, ``loras`` and so on.
            key: what an item calls its name.
        """
        return frozenset(str(item[key]) for item in self.fixtures.get(list_name))
