"""A server that has no model loaded makes no picture, and that is one thing, not three hundred.

KoboldCpp without an image model lists none, names it ``inactive`` and answers without a picture;
a webui without a checkpoint file lists none, names none and fails.
"""

from __future__ import annotations

from dataclasses import replace
from http import HTTPStatus
from typing import TYPE_CHECKING

from conformance.detection.probe import API
from conformance.errors import ConformanceError
from conformance.verdict import Failed, Result, Signal, Verdict

if TYPE_CHECKING:
    from conformance.detection.probe import Probe
    from conformance.exchange import Exchange
    from conformance.requirements.requirement import Requirement
    from conformance.runner.check_context import CheckContext


#: What hides whatever needs a model, as reports name it.
NO_MODEL = "no model is loaded"
_GENERATIONS = {f"{API}/txt2img", f"{API}/img2img"}
# What servers say instead of the name of a model.
_NOBODY = {None, "", "inactive", "None"}


def without_model(requirement: Requirement, context: CheckContext) -> Result | None:
    """The result of a requirement that needs a picture, where the server has no model.

    Args:
        requirement: that is to be looked at.
        context: of the server.
    """
    if not requirement.samples:
        return None
    sign = _sign(context)
    return _hidden(Result(requirement=requirement, verdict=Verdict.SKIPPED), sign) if sign else None


def unless_no_model(result: Result, context: CheckContext) -> Result:
    """A result that is not met, unless a list is empty because the server has no model.

    Args:
        result: of a check.
        context: of the server.
    """
    if not result.verdict.unmet or not result.exchanges:
        return result
    sign = _sign(context) if _may_lack_a_model(result.exchanges[0]) else ""
    return _hidden(result, sign) if sign else result


def _may_lack_a_model(exchange: Exchange) -> bool:
    """Whether it is an empty list, or a generation that failed or gave nothing."""
    if exchange.method == "GET":
        return exchange.ok and exchange.text.strip() == "[]"
    painted = exchange.path.rstrip("/") in _GENERATIONS
    return painted and (exchange.ok or (exchange.status or 0) >= HTTPStatus.INTERNAL_SERVER_ERROR)


def _hidden(result: Result, sign: str) -> Result:
    return replace(
        result,
        verdict=Verdict.SKIPPED,
        expected="",
        actual="",
        reason=f"could not be seen: {NO_MODEL} ({sign}); load one and run again",
        hidden_by=NO_MODEL,
    )


def _sign(context: CheckContext) -> str:
    """How the server shows that it has no model; empty where it has one, or makes pictures."""
    try:
        return _sign_in(context.target.probe, context)
    except ConformanceError:
        # The checks report a server that does not answer.
        return ""


def _sign_in(probe: Probe, context: CheckContext) -> str:
    if probe.json(f"{API}/sd-models") != []:
        return ""
    options = probe.json(f"{API}/options")
    name = options.get("sd_model_checkpoint") if isinstance(options, dict) else None
    if not (name is None or isinstance(name, str)) or name not in _NOBODY:
        return ""
    called = f"sd-models is empty, and sd_model_checkpoint is {name!r}"
    if probe.json(f"{API}/samplers") == []:
        return f"{called}, and samplers is empty"
    return called if _fails_to_paint(context) else ""


def _fails_to_paint(context: CheckContext) -> bool:
    try:
        return not context.one_image.images
    except Failed:
        return True
    except Signal:
        return False
