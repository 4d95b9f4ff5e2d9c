"""Sdcpp: one simulated server of stable-diffusion.cpp."""

from __future__ import annotations

from functools import cached_property

from mockserver.families._cpp.listed import Listed
from mockserver.families._cpp.program import program_of
from mockserver.families.sdcpp.program import Program


class Sdcpp(Listed):
    """A stable-diffusion.cpp server; arguments and attributes are those of `Listed`."""

    @cached_property
    def program(self) -> Program:
        """What it was built from and started with."""
        return program_of(self.profile, Program)
