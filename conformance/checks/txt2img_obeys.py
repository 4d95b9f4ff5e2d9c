"""Checks whether what is asked for makes the picture: TXT2IMG-076 to -079.

Recorded on every server: the prompt, the negative prompt, guidance and steps all show in the
very first picture, of random weights too.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks.facts import needs_full_guidance, upstream_like
from conformance.checks.likeness import moved
from conformance.checks.registry import check

if TYPE_CHECKING:
    from conformance.lab import Lab


@check("TXT2IMG-076", needs=("r1", "r1_again"), own_steps=2)
def the_prompt_makes_the_picture(lab: Lab) -> None:
    """The shared request with another prompt, and with letters beyond ASCII added to its own."""
    moved(lab, lab.r1, [lab.varied(prompt="a house by the sea at night")], "another prompt")
    if not upstream_like(lab):
        return
    more = f"{lab.r1.payload['prompt']}狐"
    moved(lab, lab.r1, [lab.varied(prompt=more)], "a word more in letters beyond ASCII")


@check("TXT2IMG-077", needs=("r1", "r1_again"), own_steps=1)
def the_negative_prompt_makes_the_picture(lab: Lab) -> None:
    """The shared request with another negative prompt."""
    needs_full_guidance(lab)
    other = lab.varied(negative_prompt="a house by the sea at night")
    moved(lab, lab.r1, [other], "another negative prompt")


@check("TXT2IMG-078", needs=("r1", "r1_again"), own_steps=2)
def guidance_makes_the_picture(lab: Lab) -> None:
    """The shared request with CFG scale 1 in place of 7, and with a fraction."""
    needs_full_guidance(lab)
    least = lab.varied(cfg_scale=1)
    moved(lab, lab.r1, [least], "another CFG scale")
    moved(lab, least, [lab.varied(cfg_scale=1.9)], "CFG scale 1.9 in place of 1")


@check("TXT2IMG-079", needs=("r1", "r1_again"), own_steps=5)
def steps_make_the_picture(lab: Lab) -> None:
    """Two steps and three in place of one."""
    more = [lab.varied(steps=steps) for steps in (2, 3)]
    moved(lab, lab.r1, more, "more steps")
