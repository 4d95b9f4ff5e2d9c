"""Program: what a KoboldCpp was started with."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        sampler: what the sampler ``default`` stands for.
        largest_square: side of the largest square that is drawn, in pixels.
        waiting: how many requests may wait for their turn.
        plain_prompts: whether prompts are cut to 800 ASCII characters.
        joins_prompts: whether a comma follows each prompt even where the adapter adds nothing.
        reports_eta: whether infotexts name eta, "inf" where the request leaves it open.
        listed_samplers: whether the list of samplers tells all names and aliases.
        swaps_reference: whether a single extra image is what img2img starts from.
        further_keys: keys of a generation's answer behind the common ones, each an empty text.
        dates_jobs: whether ``info`` ends with the time at which the job began.
    """

    sampler: str = "euler_a"
    largest_square: int = 832
    waiting: int = 6
    plain_prompts: bool = True
    joins_prompts: bool = False
    reports_eta: bool = False
    listed_samplers: bool = False
    swaps_reference: bool = False
    further_keys: tuple[str, ...] = ()
    dates_jobs: bool = False
