"""Checks of the values of an infotext: INFO-002 to -004, -007 to -009, -014 to -016.

Source: modules/processing.py, create_infotext, at v1.10.1; recorded in every t2i case.
"""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import options
from conformance.checks.registry import check
from conformance.client.infotext import parse_infotext
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from conformance.client.infotext import Infotext
    from conformance.lab import Generation, Lab

_ORDER = (
    "Steps",
    "Sampler",
    "Schedule type",
    "CFG scale",
    "Seed",
    "Size",
    "Model hash",
    "Model",
)
_SWITCHED = {
    "Model hash": "add_model_hash_to_info",
    "Model": "add_model_name_to_info",
    "Version": "add_version_to_infotext",
}
_KEY = re.compile(r"(?:^|, )([A-Z][\w \-/]*): ")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@check("INFO-002", needs=("r1",), own_steps=2)
def values_say_what_was_asked_for(lab: Lab) -> None:
    """The five values of a square picture, and of one that is wider than high."""
    for generation in (lab.r1, lab.varied(width=2 * lab.settings.size, cfg_scale=6.5)):
        _says_what_was_sent(generation, generation.values)


@check("INFO-003", needs=("r1",))
def order_of_the_values(lab: Lab) -> None:
    """The order of the first eight values, and the last one."""
    found = list(lab.r1.values.parameters)
    wanted = [key for key in _ORDER if _written(lab, key)]
    actual = f"they are {', '.join(found)}"
    first = found[: len(wanted)] == wanted
    expect.that(first, f"first the values {', '.join(wanted)}", actual, lab.r1.exchange)
    named = options(lab).get("add_user_name_to_info") is True
    if _written(lab, "Version") and not named:
        expect.that(found[-1] == "Version", "Version at the end", actual, lab.r1.exchange)


@check("INFO-004", needs=("r1",))
def guidance_has_a_decimal_point(lab: Lab) -> None:
    """CFG scale of the shared picture."""
    told = lab.r1.values.value("CFG scale") or ""
    fits = re.fullmatch(r"\d+\.\d+", told) is not None
    expected = "CFG scale with a decimal point"
    expect.that(fits, expected, f"it is {told!r}", lab.r1.exchange)


@check("INFO-007", needs=("r1",))
def model_is_that_of_info(lab: Lab) -> None:
    """Model and Model hash, beside sd_model_name and sd_model_hash."""
    for key, name in (("Model", "sd_model_name"), ("Model hash", "sd_model_hash")):
        wanted = lab.r1.info.get(name)
        if _written(lab, key) and wanted:
            told = lab.r1.values.value(key)
            # Until 1.7 commas and colons were left out of the name.
            plain = str(wanted).replace(",", "").replace(":", "")
            actual = f"it is {expect.shown(told)}"
            expect.that(told in (wanted, plain), f"{key} {wanted}", actual, lab.r1.exchange)


@check("INFO-008", needs=("r1",))
def version_is_that_of_info(lab: Lab) -> None:
    """Version of the shared picture."""
    if not _written(lab, "Version"):
        raise Skip("the option add_version_to_infotext is off")
    wanted = lab.r1.info.get("version")
    told = lab.r1.values.version
    known = isinstance(wanted, str) and bool(wanted)
    actual = f"it is {expect.shown(wanted)}"
    expect.that(known, "a version in info", actual, lab.r1.exchange)
    expect.equal(told, wanted, "Version in the infotext", lab.r1.exchange)


@check("INFO-009", needs=("r1",))
def no_denoising_strength_of_txt2img(lab: Lab) -> None:
    """The values of the shared picture."""
    told = lab.r1.values.value("Denoising strength")
    actual = f"it is {told!r}"
    expect.that(told is None, "no Denoising strength", actual, lab.r1.exchange)


@check("INFO-014", needs=("r2", "r3"))
def each_infotext_tells_its_seed(lab: Lab) -> None:
    """The seeds in the infotexts of two pictures."""
    for generation in (lab.r2, lab.r3):
        told = [parse_infotext(text).seed for text in generation.infotexts]
        first = generation.payload["seed"]
        wanted = [first, first + 1]
        expect.equal(told, wanted, "the seeds of the infotexts", generation.exchange)


@check("INFO-015", needs=("r1",))
def euler_has_no_schedule_of_its_own(lab: Lab) -> None:
    """Schedule type of the shared picture, which names no scheduler."""
    if lab.r1.info.get("sampler_name") != "Euler":
        raise Skip("the shared picture was not made with Euler")
    told = lab.r1.values.value("Schedule type")
    expect.equal(told, "Automatic", "Schedule type in the infotext", lab.r1.exchange)


@check("INFO-016", needs=("r1",))
def each_value_stands_once(lab: Lab) -> None:
    """The keys of the shared picture's infotext."""
    line = _QUOTED.sub('""', lab.r1.infotext.rpartition("\n")[2])
    twice = [key for key, count in Counter(_KEY.findall(line)).items() if count > 1]
    actual = f"{', '.join(twice)} stands twice: {line!r}"
    expect.that(not twice, "each value once", actual, lab.r1.exchange)


def _says_what_was_sent(generation: Generation, values: Infotext) -> None:
    __tracebackhide__ = True
    sent = generation.payload
    told = {
        "Steps": values.steps,
        "Sampler": values.sampler,
        "CFG scale": values.cfg_scale,
        "Seed": values.seed,
        "Size": values.size,
    }
    wanted = {
        "Steps": sent["steps"],
        "Sampler": generation.info.get("sampler_name"),
        "CFG scale": sent["cfg_scale"],
        "Seed": sent["seed"],
        "Size": (sent["width"], sent["height"]),
    }
    for key, value in wanted.items():
        if told[key] != value or told[key] is None:
            line = generation.infotext.rpartition("\n")[2]
            raise Failed(f"{key} {value} in the infotext", f"it says {line!r}", generation.exchange)


def _written(lab: Lab, key: str) -> bool:
    """Whether saved settings let a value be written."""
    option = _SWITCHED.get(key)
    return option is None or options(lab).get(option) is not False
