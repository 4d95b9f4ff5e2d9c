"""Checks of reading options, and of requests that are refused before anything is written.

OPT-001 to OPT-003 and OPT-016. Source: modules/api/api.py, get_config and set_config, at
v1.10.1 and the recorded groups ``list`` and ``options``.
"""

from __future__ import annotations

import re
from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.registry import check
from conformance.lab.keeper import differences, told
from conformance.signals import Failed, Loose, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.lab import Lab

_LEGACY_HASH = re.compile(r"[0-9a-f]{8}")


@check("OPT-001")
def options_are_a_flat_object(lab: Lab) -> None:
    """The object, and the two options that every client reads."""
    exchange = expect.ok(lab.read("options"))
    options = expect.json_object(exchange)
    expect.keys(options, ("sd_model_checkpoint", "samples_format"), "the options", exchange)
    nested = [name for name, value in options.items() if isinstance(value, dict)]
    expect.that(not nested, "a flat object", f"{', '.join(nested)} holds an object", exchange)
    kind = options["samples_format"]
    expect.that(isinstance(kind, str), "samples_format to be text", expect.shown(kind), exchange)


@check("OPT-002")
def current_model_is_known(lab: Lab) -> Loose | None:
    """sd_model_checkpoint, looked up among the names of every model."""
    exchange = expect.ok(lab.read("options"))
    current = expect.json_object(exchange).get("sd_model_checkpoint")
    models = lab.names.models
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
def options_are_stable(lab: Lab) -> None:
    """Two reads, one after the other."""
    first = expect.json_object(expect.ok(lab.get("options")))
    second = expect.ok(lab.get("options"))
    left = differences(first, expect.json_object(second))
    expect.that(not left, "the same options twice", told(left), second)


@check("OPT-016")
def list_is_refused(lab: Lab) -> None:
    """A list of a number, which names no option."""
    expect.problems(lab.post("options", json=[1]))


def current_model(lab: Lab, name: Any) -> Mapping[str, Any]:
    """The entry of sd-models that a value of sd_model_checkpoint names.

    Raises:
        Skip: none, or no model is named.
    """
    model = next((model for model in lab.names.models if name in aliases(model)), None)
    if not name or model is None:
        raise Skip("the options name no model of sd-models")
    return model


def aliases(model: Mapping[str, Any]) -> set[str]:
    """Every name by which upstream takes a model: CheckpointInfo.ids of modules/sd_models.py."""
    return set(_aliases(model))


def _aliases(model: Mapping[str, Any]) -> Iterator[str]:
    title = str(model.get("title", ""))
    file = PurePosixPath(str(model.get("filename", "")).replace("\\", "/"))
    short, full = model.get("hash"), model.get("sha256")
    bare = title.partition(" [")[0]
    names = [title, bare, str(model.get("model_name")), file.name, file.stem, str(file)]
    stems = [name.rpartition(".")[0] for name in (bare, file.name)]
    yield from (name for name in [*names, *stems] if name)
    yield from (text for text in (short, full) if isinstance(text, str))
    if isinstance(short, str):
        yield from (f"{name} [{short}]" for name in [*names, *stems])
