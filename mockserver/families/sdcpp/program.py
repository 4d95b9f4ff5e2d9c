"""Program: what a stable-diffusion.cpp server was built from and started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        commit: its commit, as its infotexts name it.
        build: its version, likewise.
        steps: for requests that name none.
        cfg_scale: likewise.
        denoising_strength: likewise, of img2img.
    """

    commit: str = ""
    build: str = ""
    steps: int = 20
    cfg_scale: float = 7.0
    denoising_strength: float = 0.75
