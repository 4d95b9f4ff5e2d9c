"""Checks of samplers and schedulers."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.pictures import moved
from conformance.checks.support.settings import options, overridden
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_NOWHERE = "zz-conformance"
_OLD_NAME = "DPM++ 2M Karras"
_DEFAULT, _ANCESTRAL = "Euler", "Euler a"
# A single step is the same picture with most samplers.
_STEPS = 2
# Steps that every sampler can do with, and samplers that are tried at most.
_ENOUGH, _MOST = 4, 12
_ORDERED, _ORDER = "UniPC", "uni_pc_order"
# They part from Euler in four steps, whatever the model.
_OWN_WAY = ("Euler a", "DPM++ 2M", "DPM++ SDE", "Heun")
# Takes as many steps as it likes.
_AT_LENGTH = frozenset({"DPM adaptive"})
# Samplers that part from Euler in the second step already, the farthest first.
_UNLIKE_SAMPLERS = ("DDIM", "Heun", "DPM2", "Euler a", "LMS")


@check("TXT2IMG-027", own_steps=1)
def unknown_sampler_is_replaced(context: CheckContext) -> None:
    """A sampler that no server has."""
    asked = context.varied(sampler_name=_NOWHERE)
    used, known = asked.info.get("sampler_name"), context.names.samplers
    actual = f"info.sampler_name is {expect.shown(used)}"
    expect.that(used in known, "a sampler of the list", actual, asked.exchange)


@check("TXT2IMG-028", own_steps=1)
def unknown_sampler_is_refused(context: CheckContext) -> None:
    """A sampler that no server has."""
    _sampler_not_found(context.varied(sampler_name=_NOWHERE))


@check("TXT2IMG-029", own_steps=1)
def the_first_sampler_takes_its_place(context: CheckContext) -> None:
    """A sampler that no server has."""
    _ran(context.varied(sampler_name=_NOWHERE), _first(context))


@check("TXT2IMG-030", own_steps=2)
def old_name_means_sampler_and_schedule(context: CheckContext) -> None:
    """DPM++ 2M Karras, which is one of each."""
    sampler, _, schedule = _OLD_NAME.rpartition(" ")
    if sampler not in context.names.samplers:
        raise Skip(f"the server has no sampler {sampler}")
    asked = context.varied(sampler_name=_OLD_NAME, steps=_STEPS)
    _ran(asked, sampler)
    reported = asked.values.value("Schedule type")
    expect.equal(reported, schedule, "Schedule type in the infotext", asked.exchange)


@check("TXT2IMG-031", own_steps=2)
def old_name_is_refused(context: CheckContext) -> None:
    """DPM++ 2M Karras."""
    _sampler_not_found(context.varied(sampler_name=_OLD_NAME, steps=_STEPS))


@check("TXT2IMG-032", own_steps=2)
def old_name_is_a_sampler(context: CheckContext) -> None:
    """DPM++ 2M Karras."""
    if _OLD_NAME not in context.names.samplers:
        raise Skip(f"the server has no sampler {_OLD_NAME}")
    _ran(context.varied(sampler_name=_OLD_NAME, steps=_STEPS), _OLD_NAME)


@check("TXT2IMG-035", own_steps=1)
def sampler_index_is_a_name(context: CheckContext) -> None:
    """A sampler other than the default one, given as sampler_index."""
    name = _other(context, 1)[0]
    _ran(context.varied(sampler_index=name), name)


@check("TXT2IMG-036", needs=("one_image",))
def euler_is_the_default(context: CheckContext) -> None:
    """The shared request, which names no sampler."""
    _ran(context.one_image, _DEFAULT)


@check("TXT2IMG-037", own_steps=1)
def samplers_are_distinguished_by_case(context: CheckContext) -> None:
    """Euler in small letters."""
    name = _DEFAULT.lower()
    if name in context.names.samplers or _first(context) == _DEFAULT:
        raise Skip(f"here {name} cannot be distinguished from an unknown sampler")
    _ran(context.varied(sampler_name=name), _first(context))


@check("TXT2IMG-080", own_steps=2)
def sampler_name_is_obeyed(context: CheckContext) -> None:
    """A sampler other than the default one, in info and infotext."""
    name = _other(context, 1)[0]
    asked = context.varied(sampler_name=name, steps=_STEPS)
    _ran(asked, name)
    reported = asked.values.sampler
    expect.equal(reported, name, "Sampler in the infotext", asked.exchange)


@check("TXT2IMG-081", needs=("one_image", "one_image_again"), own_steps=6)
def samplers_make_other_pictures(context: CheckContext) -> None:
    """Two steps of up to three samplers."""
    plain = context.varied(steps=_STEPS)
    others = [context.varied(sampler_name=name, steps=_STEPS) for name in _other(context, 2)]
    moved(context, plain, others, "another sampler")


@check("TXT2IMG-100", own_steps=2)
def sampler_name_goes_before_sampler_index(context: CheckContext) -> None:
    """Both fields, with two samplers."""
    one, *rest = _other(context, 2)
    if not rest:
        raise Skip("the server lists too few samplers")
    _ran(context.varied(sampler_name=one, sampler_index=rest[0], steps=_STEPS), one)


@check("TXT2IMG-101", own_steps=_MOST * _ENOUGH)
def every_sampler_of_the_list_runs(context: CheckContext) -> None:
    """Every name of the list, or a choice where there are many, the last ones first."""
    names = [name for name in reversed(context.names.samplers) if name not in _AT_LENGTH]
    for name in names[:_MOST]:
        fields = {"steps": _ENOUGH} | (_fewer_orders(context) if name == _ORDERED else {})
        _ran(context.varied(sampler_name=name, **fields), name)


def _fewer_orders(context: CheckContext) -> dict[str, Any]:
    """Fields with which UniPC, whose order has to be below the steps, does with these few."""
    order = options(context).get(_ORDER)
    too_many = isinstance(order, int | float) and order >= _ENOUGH
    return overridden(context, **{_ORDER: _ENOUGH - 1}) if too_many else {}


@check(
    "TXT2IMG-109", needs=("one_image", "one_image_again"), own_steps=(len(_OWN_WAY) + 1) * _ENOUGH
)
def samplers_go_their_own_ways(context: CheckContext) -> None:
    """Each of the usual samplers that the server lists, compared with Euler."""
    if _DEFAULT not in context.names.samplers:
        raise Skip(f"the server lists no sampler {_DEFAULT}")
    plain = context.varied(sampler_name=_DEFAULT, steps=_ENOUGH)
    for name in _OWN_WAY:
        if name in context.names.samplers:
            made = context.varied(sampler_name=name, steps=_ENOUGH)
            moved(context, plain, [made], f"the sampler {name} in place of {_DEFAULT}")


@check("TXT2IMG-113", needs=("one_image", "one_image_again"), own_steps=6)
def eta_is_obeyed(context: CheckContext) -> None:
    """Little and much noise in each of three steps of Euler a."""
    if _ANCESTRAL not in context.names.samplers:
        raise Skip(f"the server lists no sampler {_ANCESTRAL}")
    little, much = (
        context.varied(sampler_name=_ANCESTRAL, steps=_STEPS + 1, eta=eta) for eta in (0.1, 1)
    )
    moved(context, little, [much], "eta 1 in place of 0.1")


def _other(context: CheckContext, most: int) -> list[str]:
    """Samplers that make another picture than the default one, in two steps."""
    default = context.one_image.any_info.sampler_name
    names = [n for n in _UNLIKE_SAMPLERS if n in context.names.samplers and n != default]
    if not names:
        raise Skip(f"the server lists none of the samplers {', '.join(_UNLIKE_SAMPLERS)}")
    return names[:most]


def _first(context: CheckContext) -> str:
    if not context.names.samplers:
        raise Skip("the server lists no sampler")
    return context.names.samplers[0]


def _ran(generation: Generation, sampler: str) -> None:
    __tracebackhide__ = True
    used = generation.info.get("sampler_name")
    expect.equal(used, sampler, "info.sampler_name", generation.exchange)


def _sampler_not_found(generation: Generation) -> None:
    __tracebackhide__ = True
    exchange = expect.status(generation.exchange, 404)
    reported = expect.json_object(exchange).get("detail")
    if reported != "Sampler not found":
        raise Failed('detail to be "Sampler not found"', expect.shown(reported), exchange)


_KNOWN = "karras"
# So many steps have levels in between, where schedules part.
_SCHEDULE_STEPS = 3
# Schedulers that are tried at most.
_MOST_SCHEDULES = 6
_UNLIKE_SCHEDULES = ("karras", "exponential", "sgm_uniform")


@check("TXT2IMG-033", own_steps=6)
def scheduler_by_name_and_by_label(context: CheckContext) -> None:
    """karras, and Karras."""
    labels = _labels(context)
    if _KNOWN not in labels:
        raise Skip(f"the server has no scheduler {_KNOWN}")
    for name in (_KNOWN, labels[_KNOWN]):
        _reports(context.varied(scheduler=name, steps=_SCHEDULE_STEPS), labels[_KNOWN])


@check("TXT2IMG-034", own_steps=1)
def unknown_scheduler_is_automatic(context: CheckContext) -> None:
    """A scheduler that no server has."""
    _reports(context.varied(scheduler=_NOWHERE), "Automatic")


@check("TXT2IMG-082", needs=("one_image", "one_image_again"), own_steps=9)
def schedules_make_other_pictures(context: CheckContext) -> None:
    """Three steps of up to two schedules, each compared with those of the default one."""
    names = [name for name in _UNLIKE_SCHEDULES if name in _labels(context)][:2]
    if not names:
        raise Skip(f"the server lists none of the schedulers {', '.join(_UNLIKE_SCHEDULES)}")
    plain = context.varied(steps=_SCHEDULE_STEPS)
    for name in names:
        made = context.varied(scheduler=name, steps=_SCHEDULE_STEPS)
        moved(context, plain, [made], f"the schedule {name}")


@check("TXT2IMG-102", own_steps=_MOST_SCHEDULES * 2)
def every_scheduler_of_the_list_is_reported(context: CheckContext) -> None:
    """Two steps of every name of the list, or a choice where there are many, the last first."""
    for name, label in list(reversed(_labels(context).items()))[:_MOST_SCHEDULES]:
        _reports(context.varied(scheduler=name, steps=2), label)


def _labels(context: CheckContext) -> dict[str, str]:
    """Name -> label of every scheduler."""
    items: Any = expect.json_of(expect.ok(context.read("schedulers")))
    found = items if isinstance(items, list) else []
    pairs = ((i.get("name"), i.get("label")) for i in found if isinstance(i, dict))
    return {n: label for n, label in pairs if isinstance(n, str) and isinstance(label, str)}


def _reports(generation: Generation, label: str) -> None:
    __tracebackhide__ = True
    reported = generation.values.value("Schedule type")
    expect.equal(reported, label, "Schedule type in the infotext", generation.exchange)
