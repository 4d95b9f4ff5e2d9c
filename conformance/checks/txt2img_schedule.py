"""Checks of schedules: TXT2IMG-033, -034, -082, -102.

Source: modules/sd_schedulers.py and modules/sd_samplers.py at v1.10.1; recorded
``t2i-field/scheduler-1``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.likeness import moved
from conformance.checks.registry import check
from conformance.signals import Skip

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

_NOWHERE = "zz-conformance"
_KNOWN = "karras"
# So many steps have levels in between, where schedules part.
_STEPS = 3
# Schedulers that are tried at most.
_MOST = 6
_UNLIKE = ("karras", "exponential", "sgm_uniform")


@check("TXT2IMG-033", own_steps=6)
def scheduler_by_name_and_by_label(lab: Lab) -> None:
    """karras, and Karras."""
    labels = _labels(lab)
    if _KNOWN not in labels:
        raise Skip(f"the server has no scheduler {_KNOWN}")
    for name in (_KNOWN, labels[_KNOWN]):
        _told(lab.varied(scheduler=name, steps=_STEPS), labels[_KNOWN])


@check("TXT2IMG-034", own_steps=1)
def unknown_scheduler_is_automatic(lab: Lab) -> None:
    """A scheduler that no server has."""
    _told(lab.varied(scheduler=_NOWHERE), "Automatic")


@check("TXT2IMG-082", needs=("r1", "r1_again"), own_steps=9)
def schedules_make_other_pictures(lab: Lab) -> None:
    """Three steps of up to two schedules, each beside those of the default one."""
    names = [name for name in _UNLIKE if name in _labels(lab)][:2]
    if not names:
        raise Skip(f"the server lists none of the schedulers {', '.join(_UNLIKE)}")
    plain = lab.varied(steps=_STEPS)
    for name in names:
        made = lab.varied(scheduler=name, steps=_STEPS)
        moved(lab, plain, [made], f"the schedule {name}")


@check("TXT2IMG-102", own_steps=_MOST * 2)
def every_scheduler_of_the_list_is_told(lab: Lab) -> None:
    """Two steps of every name of the list, or a choice where there are many, the last first."""
    for name, label in list(reversed(_labels(lab).items()))[:_MOST]:
        _told(lab.varied(scheduler=name, steps=2), label)


def _labels(lab: Lab) -> dict[str, str]:
    """Name -> label of every scheduler."""
    items: Any = expect.json_of(expect.ok(lab.read("schedulers")))
    found = items if isinstance(items, list) else []
    pairs = ((i.get("name"), i.get("label")) for i in found if isinstance(i, dict))
    return {n: label for n, label in pairs if isinstance(n, str) and isinstance(label, str)}


def _told(generation: Generation, label: str) -> None:
    __tracebackhide__ = True
    told = generation.values.value("Schedule type")
    expect.equal(told, label, "Schedule type in the infotext", generation.exchange)
