"""Checks of the routes that create and train: MISC-006, 007, 019 to 022.

Source: modules/api/api.py at v1.10.1 and the recorded group ``create``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.refusals import refused
from conformance.checks.registry import check
from conformance.signals import Failed

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

# The one file that a full run leaves behind; each run writes the same.
_NAME = "sdapi-conformance"
_EMBEDDING = {"name": _NAME, "num_vectors_per_token": 1, "init_text": "*"}


@check("MISC-006")
def arguments_are_needed(lab: Lab) -> None:
    """create/embedding without any."""
    before = _embeddings(lab)
    refused(lab.post("create/embedding", json={}), 500, "TypeError")
    expect.equal(_embeddings(lab), before, "the embeddings after the refusal")


@check("MISC-007")
def training_tells_its_error_in_words(lab: Lab) -> None:
    """Both train routes without any argument."""
    for route in ("train/embedding", "train/hypernetwork"):
        exchange = lab.post(route, json={})
        _says(exchange, "error:")


@check("MISC-019")
def embedding_is_created(lab: Lab) -> None:
    """A small embedding, written over that of an earlier run."""
    exchange = lab.post("create/embedding", json=_EMBEDDING | {"overwrite_old": True})
    _says(exchange, "create embedding filename:")
    _says(exchange, _NAME)
    names = _embeddings(lab)
    listed = ", ".join(names) or "nothing"
    expect.that(_NAME in names, f"{_NAME} in the list of embeddings", f"it has {listed}")


@check("MISC-020")
def embedding_is_not_overwritten(lab: Lab) -> None:
    """The same embedding twice, the second time without leave to overwrite it."""
    lab.post("create/embedding", json=_EMBEDDING | {"overwrite_old": True})
    exchange = lab.post("create/embedding", json=_EMBEDDING | {"overwrite_old": False})
    _says(exchange, "already exists")


@check("MISC-021")
def hypernetwork_needs_a_name(lab: Lab) -> None:
    """A hypernetwork without a name, which is not created."""
    body = {"name": "", "enable_sizes": [], "overwrite_old": False}
    _says(lab.post("create/hypernetwork", json=body), "Name cannot be empty!")


@check("MISC-022")
def unknown_arguments_are_refused(lab: Lab) -> None:
    """An argument that create/embedding does not have."""
    before = _embeddings(lab)
    refused(lab.post("create/embedding", json={"name": _NAME, "zz": 2}), 500, "TypeError")
    expect.equal(_embeddings(lab), before, "the embeddings after the refusal")


def _says(exchange: Exchange, words: str) -> None:
    """The answer is a success whose ``info`` holds these words."""
    __tracebackhide__ = True
    info: Any = expect.json_object(expect.ok(exchange)).get("info")
    if not isinstance(info, str) or words not in info:
        raise Failed(f"info with {words!r}", f"info is {expect.shown(info)}", exchange)


def _embeddings(lab: Lab) -> list[str]:
    body = expect.json_object(expect.ok(lab.get("embeddings")))
    groups = [body.get("loaded"), body.get("skipped")]
    return sorted(name for group in groups if isinstance(group, dict) for name in group)
