"""Checks of what the options hold: OPT-026, OPT-027, OPT-030.

Source: modules/api/models.py, OptionsModel, and modules/api/api.py, get_config, at v1.10.1; the
recorded list/options and http/openapi of every server agree.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect, shape
from conformance.checks.options import current_model
from conformance.checks.registry import check
from conformance.signals import Failed, Skip
from conformance.target.probe import OPENAPI

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.lab import Lab

_KINDS = {
    "boolean": shape.BOOLEAN,
    "number": shape.NUMBER,
    "integer": shape.NUMBER,
    "string": shape.TEXT,
    "array": shape.ARRAY,
}
# Their types hold whatever is stored: the response model converts these.
_WELL_KNOWN = {
    "samples_save": shape.BOOLEAN,
    "grid_save": shape.BOOLEAN,
    "return_grid": shape.BOOLEAN,
    "send_seed": shape.BOOLEAN,
    "jpeg_quality": shape.NUMBER,
    "CLIP_stop_at_last_layers": shape.NUMBER,
    "samples_format": shape.TEXT,
}


@check("OPT-026")
def options_are_those_of_the_document(lab: Lab) -> None:
    """Names and types, compared with the server's own /openapi.json."""
    declared = _declared(lab)
    exchange = expect.ok(lab.read("options"))
    found = expect.json_object(exchange)
    lost = [name for name in declared if name not in found]
    listed = ", ".join(lost[:5])
    expect.that(not lost, "every option of its own document", f"missing: {listed}", exchange)
    for name, entry in declared.items():
        kind = _KINDS.get(str(entry.get("type")))
        if kind is not None and not (kind | shape.NULL).accepts(found[name]):
            actual = f"{name} is {expect.shown(found[name])}"
            raise Failed(f"{name} to be {kind.words}, as its document says", actual, exchange)


@check("OPT-027")
def well_known_options_have_their_types(lab: Lab) -> None:
    """Those that every version has."""
    exchange = expect.ok(lab.read("options"))
    found = expect.json_object(exchange)
    for name, kind in _WELL_KNOWN.items():
        if name in found and not kind.accepts(found[name]):
            actual = f"{name} is {expect.shown(found[name])}"
            raise Failed(f"{name} to be {kind.words}", actual, exchange)


@check("OPT-030")
def hash_is_that_of_the_model(lab: Lab) -> None:
    """sd_checkpoint_hash, beside the sha256 of the current model's entry."""
    exchange = expect.ok(lab.read("options"))
    options = expect.json_object(exchange)
    current = current_model(lab, options.get("sd_model_checkpoint"))
    if not options.get("sd_checkpoint_hash") or not current.get("sha256"):
        raise Skip("the server does not tell the hash of its current model in both places")
    expect.equal(options["sd_checkpoint_hash"], current["sha256"], "sd_checkpoint_hash", exchange)


def _declared(lab: Lab) -> Mapping[str, Any]:
    document = lab.target.probe.json(OPENAPI)
    try:
        found = document["components"]["schemas"]["Options"]["properties"]
    except (KeyError, TypeError):
        found = None
    if not isinstance(found, dict) or not found:
        raise Skip("the server has no document that lists its options")
    return {name: entry for name, entry in found.items() if isinstance(entry, dict)}
