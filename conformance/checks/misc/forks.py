"""Checks of what one implementer alone does: MISC-008 to 011.

Source: the recorded generations of KoboldCpp, stable-diffusion.cpp and SD.Next, and Forge's
modules/api/api.py.
"""

from __future__ import annotations

import json
from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.runner import generation
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext


_NOBODY = "zz-conformance-nope"
_ERROR = 400


@check("MISC-008", needs=("one_image",))
def kobold_echoes_nothing(context: CheckContext) -> None:
    """Parameters and info of the shared picture."""
    answer, exchange = context.one_image.answer, context.one_image.exchange
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


@check("MISC-009", needs=("one_image",))
def sdcpp_tells_the_seed(context: CheckContext) -> None:
    """Info of the shared picture."""
    info, exchange = context.one_image.info, context.one_image.exchange
    expect.keys(info, ("infotexts", "all_seeds", "version"), "info", exchange)
    expect.equal(info["all_seeds"], [generation.SEED], "info.all_seeds", exchange)
    expect.equal(info["version"], "stable-diffusion.cpp", "info.version", exchange)


@check("MISC-010")
def forge_tells_crashes_by_message(context: CheckContext) -> None:
    """No steps at all, over which the sampling trips at once."""
    exchange = context.post(
        "txt2img", json=generation.one_image(context.settings.size) | {"steps": 0}
    )
    expect.status(exchange, 500)
    body = expect.json_object(exchange)
    expect.equal(sorted(body), ["body", "detail", "error", "message"], "the keys", exchange)
    expect.equal(body["error"], "ZeroDivisionError", "error", exchange)
    expect.that(bool(body["message"]), "words in message", "there are none", exchange)


@check("MISC-011")
def sdnext_repeats_the_status(context: CheckContext) -> None:
    """A sampler that no server has."""
    exchange = context.post(
        "txt2img",
        json=generation.one_image(context.settings.size) | {"sampler_name": _NOBODY},
    )
    if (exchange.status or 0) < _ERROR:
        raise Failed("an error", expect.answered(exchange), exchange)
    expect.equal(expect.json_object(exchange).get("code"), exchange.status, "code", exchange)
