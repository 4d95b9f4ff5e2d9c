"""Checks of refreshing lists, and of weights that leave memory and come back.

MISC-003 to 005, 012, 016 to 018.
Source: modules/api/api.py at v1.10.1 and the recorded cases list/refresh-* and
list/unload-reload.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect, likeness
from conformance.checks.registry import check
from conformance.lab import recipes
from conformance.target import API

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

_REFRESHED = ("refresh-vae", "refresh-loras")
_ENDING = ("server-kill", "server-stop", "server-restart")


@check("MISC-003")
def refresh_keeps_the_list(lab: Lab) -> None:
    """sd-models before and after refresh-checkpoints."""
    before = _models(lab.get("sd-models"))
    expect.ok(lab.post("refresh-checkpoints"))
    exchange = lab.get("sd-models")
    expect.equal(_models(exchange), before, "the models after the refresh", exchange)


@check("MISC-004")
def other_lists_can_be_refreshed(lab: Lab) -> None:
    """VAEs and LoRAs."""
    for route in _REFRESHED:
        expect.ok(lab.post(route))


@check("MISC-005")
def server_cannot_be_ended(lab: Lab) -> None:
    """The three routes that end a server, asked with GET, which none of them obeys."""
    for route in _ENDING:
        exchange = lab.send("GET", f"{API}/{route}")
        expected = f"{route} to be absent (404); --api-server-stop is on"
        expect.that(exchange.status == 404, expected, expect.answered(exchange), exchange)  # noqa: PLR2004 - HTTP's own


@check("MISC-012", own_steps=1)
def weights_come_back(lab: Lab) -> None:
    """Unload, reload, and a picture."""
    for route in ("unload-checkpoint", "reload-checkpoint"):
        exchange = expect.ok(lab.post(route))
        expect.equal(expect.json_of(exchange), {}, "the body", exchange)
    _ = lab.generate(recipes.r1(lab.settings.size)).picture


@check("MISC-016")
def refresh_answers_null(lab: Lab) -> None:
    """The bodies of refresh-checkpoints, refresh-vae and refresh-loras."""
    for route in ("refresh-checkpoints", *_REFRESHED):
        exchange = expect.ok(lab.post(route))
        expect.equal(expect.json_of(exchange), None, "the body", exchange)


@check("MISC-017")
def embeddings_can_be_refreshed(lab: Lab) -> None:
    """Embeddings before and after refresh-embeddings."""
    before = _names(lab.get("embeddings"))
    expect.ok(lab.post("refresh-embeddings"))
    exchange = lab.get("embeddings")
    expect.equal(_names(exchange), before, "the embeddings after the refresh", exchange)


@check("MISC-018", needs=("r1", "r1_again"), own_steps=1)
def same_weights_come_back(lab: Lab) -> None:
    """The shared picture, made again after the model was unloaded and loaded."""
    before = lab.r1
    for route in ("unload-checkpoint", "reload-checkpoint"):
        expect.ok(lab.post(route))
    after = lab.generate(recipes.r1(lab.settings.size))
    likeness.same(lab, before, after, "the same request after unloading and reloading the model")


def _models(exchange: Exchange) -> list[Any]:
    """Titles; hashes may be worked out in between, and are cut off."""
    models = expect.json_array(expect.ok(exchange))
    return sorted(str(model.get("model_name")) for model in models if isinstance(model, dict))


def _names(exchange: Exchange) -> list[str]:
    body = expect.json_object(expect.ok(exchange))
    groups = [body.get("loaded"), body.get("skipped")]
    return sorted(name for group in groups if isinstance(group, dict) for name in group)
