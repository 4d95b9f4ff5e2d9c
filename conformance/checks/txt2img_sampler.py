"""Checks of samplers: TXT2IMG-027 to -032, -035 to -037, -080, -081, -100, -101, -109.

Source: modules/sd_samplers.py, get_sampler_and_scheduler, at v1.10.1, and the recorded groups
``t2i-sampler`` and ``t2i-field``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.likeness import moved
from conformance.checks.registry import check
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

_NOWHERE = "zz-conformance"
_OLD_NAME = "DPM++ 2M Karras"
_DEFAULT = "Euler"
# A single step is the same picture with most samplers.
_STEPS = 2
# Steps that every sampler can do with, and samplers that are tried at most.
_ENOUGH, _MOST = 4, 12
# They part from Euler in four steps, whatever the model.
_OWN_WAY = ("Euler a", "DPM++ 2M", "DPM++ SDE", "Heun")
# Takes as many steps as it likes.
_AT_LENGTH = frozenset({"DPM adaptive"})
# Samplers that part from Euler in the second step already, the farthest first.
_UNLIKE = ("DDIM", "Heun", "DPM2", "Euler a", "LMS")


@check("TXT2IMG-027", own_steps=1)
def unknown_sampler_is_replaced(lab: Lab) -> None:
    """A sampler that no server has."""
    asked = lab.varied(sampler_name=_NOWHERE)
    used, known = asked.info.get("sampler_name"), lab.names.samplers
    actual = f"info.sampler_name is {expect.shown(used)}"
    expect.that(used in known, "a sampler of the list", actual, asked.exchange)


@check("TXT2IMG-028", own_steps=1)
def unknown_sampler_is_refused(lab: Lab) -> None:
    """A sampler that no server has."""
    _sampler_not_found(lab.varied(sampler_name=_NOWHERE))


@check("TXT2IMG-029", own_steps=1)
def the_first_sampler_takes_its_place(lab: Lab) -> None:
    """A sampler that no server has."""
    _ran(lab.varied(sampler_name=_NOWHERE), _first(lab))


@check("TXT2IMG-030", own_steps=2)
def old_name_means_sampler_and_schedule(lab: Lab) -> None:
    """DPM++ 2M Karras, which is one of each."""
    sampler, _, schedule = _OLD_NAME.rpartition(" ")
    if sampler not in lab.names.samplers:
        raise Skip(f"the server has no sampler {sampler}")
    asked = lab.varied(sampler_name=_OLD_NAME, steps=_STEPS)
    _ran(asked, sampler)
    told = asked.values.value("Schedule type")
    expect.equal(told, schedule, "Schedule type in the infotext", asked.exchange)


@check("TXT2IMG-031", own_steps=2)
def old_name_is_refused(lab: Lab) -> None:
    """DPM++ 2M Karras."""
    _sampler_not_found(lab.varied(sampler_name=_OLD_NAME, steps=_STEPS))


@check("TXT2IMG-032", own_steps=2)
def old_name_is_a_sampler(lab: Lab) -> None:
    """DPM++ 2M Karras."""
    if _OLD_NAME not in lab.names.samplers:
        raise Skip(f"the server has no sampler {_OLD_NAME}")
    _ran(lab.varied(sampler_name=_OLD_NAME, steps=_STEPS), _OLD_NAME)


@check("TXT2IMG-035", own_steps=1)
def sampler_index_is_a_name(lab: Lab) -> None:
    """A sampler other than the default one, given as sampler_index."""
    name = _other(lab, 1)[0]
    _ran(lab.varied(sampler_index=name), name)


@check("TXT2IMG-036", needs=("r1",))
def euler_is_the_default(lab: Lab) -> None:
    """The shared request, which names no sampler."""
    _ran(lab.r1, _DEFAULT)


@check("TXT2IMG-037", own_steps=1)
def samplers_are_told_apart_by_case(lab: Lab) -> None:
    """Euler in small letters."""
    name = _DEFAULT.lower()
    if name in lab.names.samplers or _first(lab) == _DEFAULT:
        raise Skip(f"here {name} cannot be told from an unknown sampler")
    _ran(lab.varied(sampler_name=name), _first(lab))


@check("TXT2IMG-080", own_steps=2)
def sampler_name_is_obeyed(lab: Lab) -> None:
    """A sampler other than the default one, in info and infotext."""
    name = _other(lab, 1)[0]
    asked = lab.varied(sampler_name=name, steps=_STEPS)
    _ran(asked, name)
    told = asked.values.sampler
    expect.equal(told, name, "Sampler in the infotext", asked.exchange)


@check("TXT2IMG-081", needs=("r1", "r1_again"), own_steps=6)
def samplers_make_other_pictures(lab: Lab) -> None:
    """Two steps of up to three samplers."""
    plain = lab.varied(steps=_STEPS)
    others = [lab.varied(sampler_name=name, steps=_STEPS) for name in _other(lab, 2)]
    moved(lab, plain, others, "another sampler")


@check("TXT2IMG-100", own_steps=2)
def sampler_name_goes_before_sampler_index(lab: Lab) -> None:
    """Both fields, with two samplers."""
    one, *rest = _other(lab, 2)
    if not rest:
        raise Skip("the server lists too few samplers")
    _ran(lab.varied(sampler_name=one, sampler_index=rest[0], steps=_STEPS), one)


@check("TXT2IMG-101", own_steps=_MOST * _ENOUGH)
def every_sampler_of_the_list_runs(lab: Lab) -> None:
    """Every name of the list, or a choice where there are many, the last ones first."""
    names = [name for name in reversed(lab.names.samplers) if name not in _AT_LENGTH]
    for name in names[:_MOST]:
        _ran(lab.varied(sampler_name=name, steps=_ENOUGH), name)


@check("TXT2IMG-109", needs=("r1", "r1_again"), own_steps=(len(_OWN_WAY) + 1) * _ENOUGH)
def samplers_go_their_own_ways(lab: Lab) -> None:
    """Each of the usual samplers that the server lists, beside Euler."""
    if _DEFAULT not in lab.names.samplers:
        raise Skip(f"the server lists no sampler {_DEFAULT}")
    plain = lab.varied(sampler_name=_DEFAULT, steps=_ENOUGH)
    for name in _OWN_WAY:
        if name in lab.names.samplers:
            made = lab.varied(sampler_name=name, steps=_ENOUGH)
            moved(lab, plain, [made], f"the sampler {name} in place of {_DEFAULT}")


def _other(lab: Lab, most: int) -> list[str]:
    """Samplers that make another picture than the default one, in two steps."""
    default = lab.r1.any_info.sampler_name
    names = [n for n in _UNLIKE if n in lab.names.samplers and n != default]
    if not names:
        raise Skip(f"the server lists none of the samplers {', '.join(_UNLIKE)}")
    return names[:most]


def _first(lab: Lab) -> str:
    if not lab.names.samplers:
        raise Skip("the server lists no sampler")
    return lab.names.samplers[0]


def _ran(generation: Generation, sampler: str) -> None:
    __tracebackhide__ = True
    used = generation.info.get("sampler_name")
    expect.equal(used, sampler, "info.sampler_name", generation.exchange)


def _sampler_not_found(generation: Generation) -> None:
    __tracebackhide__ = True
    exchange = expect.status(generation.exchange, 404)
    told = expect.json_object(exchange).get("detail")
    if told != "Sampler not found":
        raise Failed('detail to be "Sampler not found"', expect.shown(told), exchange)
