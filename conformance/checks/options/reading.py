"""Checks of GET options: its keys, its types and the current checkpoint."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING

from conformance.checks.support import answers, expect
from conformance.checks.support.answers import declared_ones_are_there
from conformance.checks.support.settings import aliases, current_model
from conformance.runner.option_record import describe_differences, differences
from conformance.runner.registry import check
from conformance.verdict import Failed, Loose, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext


_LEGACY_HASH = re.compile(r"[0-9a-f]{8}")


@check("OPT-001")
def options_are_a_flat_object(context: CheckContext) -> None:
    """The object, and the two options that every client reads."""
    exchange = expect.ok(context.read("options"))
    options = expect.json_object(exchange)
    expect.keys(options, ("sd_model_checkpoint", "samples_format"), "the options", exchange)
    nested = [name for name, value in options.items() if isinstance(value, dict)]
    expect.that(not nested, "a flat object", f"{', '.join(nested)} holds an object", exchange)
    kind = options["samples_format"]
    expect.that(isinstance(kind, str), "samples_format to be text", expect.shown(kind), exchange)


@check("OPT-002")
def current_model_is_known(context: CheckContext) -> Loose | None:
    """sd_model_checkpoint, looked up among the names of every model."""
    exchange = expect.ok(context.read("options"))
    current = expect.json_object(exchange).get("sd_model_checkpoint")
    models = context.names.models
    if current is None:
        return Loose("no model is named")
    if current in (model.get("title") for model in models):
        return None
    if any(current in aliases(model) for model in models) or _LEGACY_HASH.fullmatch(str(current)):
        return Loose(f"it names the model as {current!r}, which is not its title")
    titles = ", ".join(str(model.get("title")) for model in models) or "none"
    actual = f"{expect.shown(current)}, and sd-models has {titles}"
    raise Failed("sd_model_checkpoint to be a model of sd-models", actual, exchange)


@check("OPT-003")
def options_are_stable(context: CheckContext) -> None:
    """Two reads, one after the other."""
    first = expect.json_object(expect.ok(context.get("options")))
    second = expect.ok(context.get("options"))
    left = differences(first, expect.json_object(second))
    expect.that(not left, "the same options twice", describe_differences(left), second)


@check("OPT-016")
def list_is_refused(context: CheckContext) -> None:
    """A list of a number, which names no option."""
    expect.problems(context.post("options", json=[1]))


# Their types hold whatever is stored: the response model converts these.
_WELL_KNOWN = {
    "samples_save": answers.BOOLEAN,
    "grid_save": answers.BOOLEAN,
    "return_grid": answers.BOOLEAN,
    "send_seed": answers.BOOLEAN,
    "jpeg_quality": answers.NUMBER,
    "CLIP_stop_at_last_layers": answers.NUMBER,
    "samples_format": answers.TEXT,
}


@check("OPT-026")
def options_are_those_of_the_document(context: CheckContext) -> None:
    """Names and types, compared with the server's own /openapi.json."""
    declared_ones_are_there(context, "options", "Options", "option")


@check("OPT-027")
def well_known_options_have_their_types(context: CheckContext) -> None:
    """Those that every version has."""
    exchange = expect.ok(context.read("options"))
    found = expect.json_object(exchange)
    for name, kind in _WELL_KNOWN.items():
        if name in found and not kind.accepts(found[name]):
            actual = f"{name} is {expect.shown(found[name])}"
            raise Failed(f"{name} to be {kind.description}", actual, exchange)


@check("OPT-030")
def hash_is_that_of_the_model(context: CheckContext) -> None:
    """sd_checkpoint_hash, compared with the sha256 of the current model's entry."""
    exchange = expect.ok(context.read("options"))
    options = expect.json_object(exchange)
    current = current_model(context, options.get("sd_model_checkpoint"))
    if not options.get("sd_checkpoint_hash") or not current.get("sha256"):
        raise Skip("the server does not show the hash of its current model in both places")
    expect.equal(options["sd_checkpoint_hash"], current["sha256"], "sd_checkpoint_hash", exchange)
