"""Checks of seeds: TXT2IMG-014 to -017, -086, -087.

Source: modules/rng.py and modules/processing.py, get_fixed_seed, at v1.10.1; recorded
``t2i-batch/random-seed`` and ``flow/same-seed-twice``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.likeness import moved, same
from conformance.checks.registry import check
from conformance.signals import Failed

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

_STRENGTH = 0.5
# Beyond what a signed number of 32 bits holds; seeds go up to twice that.
_BITS_31 = 2**31


@check("TXT2IMG-014", own_steps=1)
def a_random_seed_becomes_real(lab: Lab) -> None:
    """The shared request with seed -1."""
    random = lab.varied(seed=-1)
    expect.equal(random.parameters.get("seed"), -1, "parameters.seed", random.exchange)
    _real_seed(random)


@check("TXT2IMG-015", own_steps=2)
def random_seeds_differ(lab: Lab) -> None:
    """Two requests with seed -1."""
    first = lab.varied(seed=-1)
    second = lab.generate(first.payload)
    seeds = [_real_seed(first), _real_seed(second)]
    actual = f"both times it is {seeds[0]}"
    expect.that(seeds[0] != seeds[1], "another seed each time", actual, second.exchange)


@check("TXT2IMG-016", needs=("r1", "r1_again"))
def same_seed_same_picture(lab: Lab) -> None:
    """The shared request, sent twice."""
    same(lab, lab.r1, lab.r1_again, "the same request")


@check("TXT2IMG-017", needs=("r1", "r1_again"), own_steps=2)
def other_seed_other_picture(lab: Lab) -> None:
    """The shared request with the next seed, and with one that is the same in 31 bits."""
    seed = lab.r1.payload["seed"]
    moved(lab, lab.r1, [lab.varied(seed=seed + 1)], "another seed")
    large = lab.varied(seed=seed + _BITS_31)
    moved(lab, lab.r1, [large], f"the seed {seed + _BITS_31} in place of {seed}")


@check("TXT2IMG-086", needs=("r1", "r1_again"), own_steps=2)
def the_told_seed_makes_the_picture_again(lab: Lab) -> None:
    """A picture of a random seed, and that of the seed which info told for it."""
    random = lab.varied(seed=-1)
    again = lab.varied(seed=_real_seed(random))
    same(lab, random, again, "the seed that info told")


@check("TXT2IMG-087", needs=("r1", "r1_again"), own_steps=2)
def a_variation_is_another_picture(lab: Lab) -> None:
    """The shared request at half strength of two subseeds."""
    one = lab.varied(subseed=100, subseed_strength=_STRENGTH)
    other = lab.varied(subseed=101, subseed_strength=_STRENGTH)
    expect.equal(one.info.get("subseed"), 100, "info.subseed", one.exchange)
    found = one.info.get("subseed_strength")
    expect.equal(found, _STRENGTH, "info.subseed_strength", one.exchange)
    moved(lab, lab.r1, [one], f"subseed_strength {_STRENGTH}")
    moved(lab, one, [other], "another subseed")


def _real_seed(generation: Generation) -> int:
    __tracebackhide__ = True
    seed = generation.info.get("seed")
    if not isinstance(seed, int) or isinstance(seed, bool) or seed < 0:
        actual = f"it is {expect.shown(seed)}"
        raise Failed("info.seed to be a seed from 0 on", actual, generation.exchange)
    return seed
