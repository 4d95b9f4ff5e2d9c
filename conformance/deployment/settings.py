"""Whether options have the values that an operator expects."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.client.field_check import did_you_mean
from conformance.client.redaction import REDACTED, is_secret_name
from conformance.deployment.offered import read_offers
from conformance.deployment.presence import answer_of
from conformance.signals import Failed

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.lab import Lab

_MODEL = "sd_model_checkpoint"


def settings(wanted: Mapping[str, Any]) -> Callable[[Lab], None]:
    """The check that options have their values: numbers by value, models by any name."""

    def look(lab: Lab) -> None:
        value, exchange = answer_of(lab, "options")
        options = value if isinstance(value, dict) else expect.json_object(exchange)
        wrong = [
            _words(name, expected, options)
            for name, expected in wanted.items()
            if name not in options or not _equal(lab, name, options[name], expected)
        ]
        if wrong:
            asked = ", ".join(f"{name} = {_shown(name, value)}" for name, value in wanted.items())
            raise Failed(asked, "; ".join(wrong), exchange)

    return look


def _equal(lab: Lab, name: str, actual: Any, expected: Any) -> bool:
    if expect.same(actual, expected):
        return True
    if name != _MODEL or not isinstance(actual, str) or not isinstance(expected, str):
        return False
    models = read_offers("models", list(lab.names.models))
    return any(model.called(actual) and model.called(expected) for model in models)


def _words(name: str, expected: Any, options: Mapping[str, Any]) -> str:
    if name not in options:
        hint = did_you_mean(name, options)
        return f"there is no option {name}" + (f", {hint}" if hint else "")
    if is_secret_name(name):
        return f"{name} has another value"
    kinds = expect.kind(expected), expect.kind(options[name])
    kind = f" ({kinds[1]}, not {kinds[0]})" if kinds[0] != kinds[1] else ""
    return f"{name} is {_shown(name, options[name])}{kind}"


def _shown(name: str, value: Any) -> str:
    return REDACTED if is_secret_name(name) else expect.shown(value)
