"""Checks of ``parameters``: TXT2IMG-012, -013, -026, -070, -073, -096, -097.

Source: modules/api/api.py, text2imgapi, and modules/api/models.py at v1.10.1; recorded in every
t2i case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.facts import upstream_like
from conformance.checks.likeness import same
from conformance.checks.registry import check
from conformance.lab import LEFT_OUT
from conformance.signals import Skip
from conformance.target.probe import OPENAPI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.lab import Generation, Lab

_MODELS = ("StableDiffusionProcessingTxt2Img", "ReqTxt2Img")
_LETTERS = "Füchse, 狐"
_NOWHERE = "zz_conformance_nope"
# Named by the SD1 sizes that the webui was made for.
_SIDE = 512
_STEPS = 50
_CFG = 7.0


@check("TXT2IMG-012", needs=("r1",))
def parameters_repeat_the_request(lab: Lab) -> None:
    """The five fields that clients keep."""
    _repeats(lab.r1, ("prompt", "width", "height", "steps", "seed"))


@check("TXT2IMG-013", needs=("r1",))
def defaults_are_filled_in(lab: Lab) -> None:
    """The fields that the shared request leaves out, by the server's own document."""
    defaults = _defaults(lab)
    exchange, parameters = lab.r1.exchange, lab.r1.parameters
    expect.keys(parameters, defaults, "parameters", exchange)
    for name, value in defaults.items():
        if name not in lab.r1.payload:
            expect.equal(parameters[name], value, f"parameters.{name}", exchange)


@check("TXT2IMG-026", own_steps=1)
def unknown_field(lab: Lab) -> None:
    """The shared request with a field that no server has."""
    asked = lab.varied(**{_NOWHERE: 1})
    actual = f"parameters has {_NOWHERE}"
    expect.that(_NOWHERE not in asked.parameters, f"no {_NOWHERE}", actual, asked.exchange)
    _ = asked.picture


@check("TXT2IMG-070", own_steps=1)
def text_of_digits(lab: Lab) -> None:
    """The shared request with its whole numbers as text."""
    size = lab.settings.size
    asked = lab.varied(steps="1", width=str(size), height=str(size), seed="7")
    expect.equal(list(asked.picture.size), [size, size], "the size", asked.exchange)
    steps = asked.any_info.data.get("steps", 1)
    expect.equal(steps, 1, "info.steps", asked.exchange)


@check("TXT2IMG-073", own_steps=4)
def parameters_repeat_every_field(lab: Lab) -> None:
    """A request in which many fields are no defaults."""
    changes: dict[str, Any] = {
        "negative_prompt": "blurry, dark",
        "seed": 12,
        "subseed": 34,
        "cfg_scale": 4.5,
        "n_iter": 2,
        "styles": [],
    }
    sampler = lab.names.other_sampler(lab.names.quick_sampler)
    named = changes | ({"sampler_name": sampler} if sampler else {})
    if upstream_like(lab):
        named |= {"prompt": _LETTERS, "height": 2 * lab.settings.size, "tiling": True}
        last = lab.names.schedulers[-1:]
        named |= {"scheduler": last[0]} if last else {}
    asked = lab.varied(**named)
    _repeats(asked, asked.payload)


@check("TXT2IMG-096", own_steps=66)
def defaults_are_used(lab: Lab) -> None:
    """Requests without steps and cfg_scale, without a width, without a height."""
    plain = lab.varied(steps=LEFT_OUT, cfg_scale=LEFT_OUT)
    expect.equal(plain.info.get("steps"), _STEPS, "info.steps", plain.exchange)
    expect.equal(plain.info.get("cfg_scale"), _CFG, "info.cfg_scale", plain.exchange)
    for number, side in enumerate(("width", "height")):
        asked = lab.varied(**{side: LEFT_OUT})
        found = asked.picture.size[number]
        expect.equal(found, _SIDE, f"the picture's {side}", asked.exchange)


@check("TXT2IMG-097", needs=("r1", "r1_again"), own_steps=1)
def parameters_are_a_request(lab: Lab) -> None:
    """The parameters of the shared picture, sent back as they came."""
    asked = lab.generate(lab.r1.parameters)
    same(lab, lab.r1, asked, "the parameters of an answer as the next request")


def _repeats(generation: Generation, names: Mapping[str, Any] | tuple[str, ...]) -> None:
    __tracebackhide__ = True
    expect.keys(generation.parameters, names, "parameters", generation.exchange)
    for name in names:
        sent, told = generation.payload[name], generation.parameters[name]
        expect.equal(told, sent, f"parameters.{name}", generation.exchange)


def _defaults(lab: Lab) -> dict[str, Any]:
    """Field -> default of txt2img, as the document tells them."""
    document = lab.target.probe.json(OPENAPI)
    try:
        schemas = document["components"]["schemas"]
        model = next(schemas[name] for name in _MODELS if name in schemas)
        return {name: field.get("default") for name, field in model["properties"].items()}
    except (TypeError, KeyError, StopIteration, AttributeError) as error:
        raise Skip("the server's document does not tell the fields of txt2img") from error
