"""Koboldcpp: one simulated KoboldCpp."""

from __future__ import annotations

from functools import cached_property

from mockserver.families._cpp.listed import Listed
from mockserver.families._cpp.program import program_of
from mockserver.families.koboldcpp.program import Program


class Koboldcpp(Listed):
    """KoboldCpp; arguments and attributes are those of `Listed`."""

    @cached_property
    def program(self) -> Program:
        """What it was started with."""
        return program_of(self.profile, Program)

    @property
    def upscales(self) -> bool:
        """Whether it was started with an upscaler."""
        return bool(self.listed("upscalers"))
