"""Checks of what one implementer alone does: MISC-008 to 011.

Source: the recorded generations of KoboldCpp, stable-diffusion.cpp and SD.Next, and Forge's
modules/api/api.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.registry import check
from conformance.lab import recipes
from conformance.signals import Failed

if TYPE_CHECKING:
    from conformance.lab import Lab

_NOBODY = "zz-conformance-nope"
_ERROR = 400


@check("MISC-008", needs=("r1",))
def kobold_echoes_nothing(lab: Lab) -> None:
    """Parameters and info of the shared picture."""
    answer, exchange = lab.r1.answer, lab.r1.exchange
    expect.equal(answer.get("parameters"), {}, "parameters", exchange)
    info = answer.get("info")
    if info == "":
        return
    try:
        value = json.loads(info) if isinstance(info, str) else None
    except ValueError:
        value = None
    if not isinstance(value, dict):
        actual = f"info is {expect.shown(info)}"
        raise Failed("info empty, or text of a JSON object", actual, exchange)


@check("MISC-009", needs=("r1",))
def sdcpp_tells_the_seed(lab: Lab) -> None:
    """Info of the shared picture."""
    info, exchange = lab.r1.info, lab.r1.exchange
    expect.keys(info, ("infotexts", "all_seeds", "version"), "info", exchange)
    expect.equal(info["all_seeds"], [recipes.SEED], "info.all_seeds", exchange)
    expect.equal(info["version"], "stable-diffusion.cpp", "info.version", exchange)


@check("MISC-010")
def forge_crashes_in_plain_text(lab: Lab) -> None:
    """No steps at all, over which the sampling trips at once."""
    exchange = lab.post("txt2img", json=recipes.r1(lab.settings.size) | {"steps": 0})
    expect.status(exchange, 500)
    expect.equal(exchange.media_type, "text/plain", "the media type", exchange)


@check("MISC-011")
def sdnext_repeats_the_status(lab: Lab) -> None:
    """A sampler that no server has."""
    exchange = lab.post(
        "txt2img",
        json=recipes.r1(lab.settings.size) | {"sampler_name": _NOBODY},
    )
    if (exchange.status or 0) < _ERROR:
        raise Failed("an error", expect.answered(exchange), exchange)
    expect.equal(expect.json_object(exchange).get("code"), exchange.status, "code", exchange)
