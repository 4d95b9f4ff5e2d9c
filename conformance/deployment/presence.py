"""Whether what an operator expects in a list is there."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.deployment.offered import Offer, missing, read_offers
from conformance.signals import Failed, NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.exchange import Exchange
    from conformance.lab import Lab

# The routes of each list; those after the first add to it, or stand in for it, where they exist.
_ROUTES = {
    "models": ("sd-models",),
    "vaes": ("sd-vae", "sd-modules"),
    "samplers": ("samplers",),
    "schedulers": ("schedulers",),
    "upscalers": ("upscalers", "latent-upscale-modes"),
    "scripts": ("scripts",),
    "extensions": ("extensions",),
    "loras": ("loras",),
    "embeddings": ("embeddings",),
    "styles": ("prompt-styles",),
}
# Names shown of what is there instead.
_SHOWN = 8


def presence(key: str, wanted: tuple[str, ...]) -> Callable[[Lab], None]:
    """The check that all names are in a list.

    Args:
        key: of ``LISTS``.
        wanted: names as users write them.
    """

    def look(lab: Lab) -> None:
        offers, exchange = _offers(lab, key)
        absent = missing(wanted, offers)
        if absent:
            raise Failed(f"{key}: {', '.join(wanted)}", _actual(absent, offers), exchange)

    return look


def answer_of(lab: Lab, route: str) -> tuple[Any, Exchange]:
    """JSON of a route that has to be there, for the operator counts on it."""
    try:
        exchange = lab.read(route)
    except NotSupported as error:
        raise Failed(f"the route {route}", str(error), error.exchange) from error
    return expect.json_of(expect.ok(exchange)), exchange


def _offers(lab: Lab, key: str) -> tuple[list[Offer], Exchange]:
    """What all routes of a list offer, and the answer that shows most."""
    found: list[tuple[list[Offer], Exchange]] = []
    first: Failed | None = None
    for route in _ROUTES[key]:
        try:
            value, exchange = answer_of(lab, route)
        except Failed as error:
            first = first or error
            continue
        found.append((read_offers(key, value), exchange))
    if not found:
        raise first or Failed(f"a list of {key}", "none")
    exchange = max(found, key=lambda pair: len(pair[0]))[1]
    return [offer for offers, _ in found for offer in offers], exchange


def _actual(absent: list[str], offers: list[Offer]) -> str:
    names = [offer.names[0] for offer in offers if offer.names]
    more = f" and {len(names) - _SHOWN} more" if len(names) > _SHOWN else ""
    has = f"there are {', '.join(names[:_SHOWN])}{more}" if names else "the list is empty"
    return f"{'; '.join(absent)}; {has}"
