"""Checks that expected models, samplers, styles and option values are there."""

from __future__ import annotations

import re
from dataclasses import dataclass
from difflib import get_close_matches
from pathlib import PurePosixPath, PureWindowsPath
from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.client.fields import did_you_mean
from conformance.client.redaction import REDACTED, is_secret_name
from conformance.verdict import Failed, NotSupported

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# The least digits by which a file is known; the webui's old hashes have eight.
_LEAST_HASH = 8
_HASH = re.compile(rf"\[?([0-9a-f]{{{_LEAST_HASH},64}})\]?", re.IGNORECASE)


@dataclass(frozen=True)
class Offer:
    """One thing that a server offers.

    Args:
        names: by which users know it, the one to show first.
        hashes: of its file, as far as the server shows them.
        but: why it cannot be used although it is there; empty if it can.
        any_case: whether the server itself does not look at case.
    """

    names: tuple[str, ...]
    hashes: tuple[str, ...] = ()
    but: str = ""
    any_case: bool = False

    def called(self, wanted: str) -> bool:
        """Whether a user who writes this means it.

        Args:
            wanted: a name as a user writes it.
        """
        if self.any_case:
            return wanted.casefold() in {name.casefold() for name in self.names}
        return wanted in self.names or self._hashed(wanted)

    def _hashed(self, wanted: str) -> bool:
        match = _HASH.fullmatch(wanted)
        return match is not None and any(
            known.lower().startswith(match[1].lower()) for known in self.hashes
        )


def missing(wanted: Iterable[str], offers: list[Offer]) -> list[str]:
    """What is wanted and cannot be used, each with the reason or the nearest name.

    Args:
        wanted: names as a user writes them.
        offers: what the server has.
    """
    return [_describe_offer(name, offers) for name in wanted if not _usable(name, offers)]


def _usable(name: str, offers: list[Offer]) -> bool:
    return any(offer.called(name) and not offer.but for offer in offers)


def _describe_offer(name: str, offers: list[Offer]) -> str:
    for offer in offers:
        if offer.called(name):
            return f"{name!r} {offer.but}"
    names = [known for offer in offers for known in offer.names]
    near = get_close_matches(name, names, n=1)
    return f"{name!r} is missing" + (f" (there is {near[0]!r})" if near else "")


def read_offers(key: str, value: Any) -> list[Offer]:
    """What an answer offers; entries of a wrong shape offer nothing.

    Args:
        key: of ``LISTS``, which says what kind of list it is.
        value: JSON of the answer.
    """
    if key == "embeddings":
        return _embeddings(value)
    if key == "scripts":
        return _scripts(value)
    if key in _NAMED_UNDER:
        return _bare(value, _NAMED_UNDER[key])
    items = value if isinstance(value, list) else []
    return [_OFFERS[key](item) for item in items if isinstance(item, dict)]


def _model(item: dict[str, Any]) -> Offer:
    title = _text(item, "title")
    bare = re.sub(r" \[[0-9a-f]+\]$", "", title)
    hashes = tuple(h for h in (_text(item, "hash"), _text(item, "sha256")) if h)
    files = _files(_text(item, "filename"))
    return Offer(_names(title, _text(item, "model_name"), bare, *_files(bare), *files), hashes)


def _vae(item: dict[str, Any]) -> Offer:
    name = _text(item, "model_name")
    return Offer(_names(name, *_files(name), *_files(_text(item, "filename"))))


def _sampler(item: dict[str, Any]) -> Offer:
    aliases = item.get("aliases")
    listed = [a for a in aliases if isinstance(a, str)] if isinstance(aliases, list) else []
    return Offer(_names(_text(item, "name"), _text(item, "label"), *listed), any_case=True)


def _named(item: dict[str, Any]) -> Offer:
    return Offer(_names(_text(item, "name")))


def _extension(item: dict[str, Any]) -> Offer:
    remote = _text(item, "remote").rstrip("/").rpartition("/")[2].removesuffix(".git")
    but = "" if item.get("enabled", True) else "is installed, and disabled"
    return Offer(_names(_text(item, "name"), remote), but=but, any_case=True)


def _lora(item: dict[str, Any]) -> Offer:
    return Offer(_names(_text(item, "name"), _text(item, "alias"), *_files(_text(item, "path"))))


def _embeddings(value: Any) -> list[Offer]:
    groups = value if isinstance(value, dict) else {}
    but = {"loaded": "", "skipped": "is there, and skipped as it does not fit the current model"}
    found: list[Offer] = []
    for group, reason in but.items():
        names = groups.get(group)
        found += [Offer((name,), but=reason) for name in (names if isinstance(names, dict) else ())]
    return found


def _scripts(value: Any) -> list[Offer]:
    tabs = value.values() if isinstance(value, dict) else ()
    names = [name for tab in tabs if isinstance(tab, list) for name in tab]
    return [Offer((n,), any_case=True) for n in dict.fromkeys(names) if isinstance(n, str)]


# Lists of bare names, and the key of the answer under which each is.
_NAMED_UNDER = {"controlnet_models": "model_list", "adetailer_models": "ad_model"}


def _bare(value: Any, key: str) -> list[Offer]:
    """Names with or without the hash of the file in brackets."""
    names = value.get(key) if isinstance(value, dict) else None
    found = [name for name in (names if isinstance(names, list) else ()) if isinstance(name, str)]
    return [Offer(_names(name, *_without_hash(name))) for name in found]


def _without_hash(name: str) -> tuple[str, ...]:
    bare = re.sub(r" \[[0-9a-f]+\]$", "", name)
    return bare, bare.removesuffix(".pt")


_OFFERS = {
    "models": _model,
    "vaes": _vae,
    "samplers": _sampler,
    "schedulers": _sampler,
    "upscalers": _named,
    "extensions": _extension,
    "loras": _lora,
    "styles": _named,
}


def _text(item: dict[str, Any], key: str) -> str:
    value = item.get(key)
    return value if isinstance(value, str) else ""


def _names(*names: str) -> tuple[str, ...]:
    return tuple(dict.fromkeys(name for name in names if name))


def _files(path: str) -> tuple[str, str]:
    """Name of a file of either kind of system, with and without its suffix."""
    windows = "\\" in path
    name = PureWindowsPath(path).name if windows else PurePosixPath(path).name
    stem = name.rpartition(".")[0] if "." in name else name
    return name, stem


# The routes of each list; those after the first add to it, or replace it, where they exist.
_ROUTES = {
    "models": ("sd-models",),
    "vaes": ("sd-vae", "sd-modules"),
    "samplers": ("samplers",),
    "schedulers": ("schedulers",),
    "upscalers": ("upscalers", "latent-upscale-modes"),
    "scripts": ("scripts",),
    "extensions": ("extensions",),
    "controlnet_models": ("/controlnet/model_list",),
    "adetailer_models": ("/adetailer/v1/ad_model",),
    "loras": ("loras",),
    "embeddings": ("embeddings",),
    "styles": ("prompt-styles",),
}
# Names shown of what is there instead.
_SHOWN = 8


def presence(key: str, wanted: tuple[str, ...]) -> Callable[[CheckContext], None]:
    """The check that all names are in a list.

    Args:
        key: of ``LISTS``.
        wanted: names as users write them.
    """

    def look(context: CheckContext) -> None:
        """The names of all routes that have the list."""
        offers, exchange = _offers(context, key)
        absent = missing(wanted, offers)
        if absent:
            raise Failed(f"{key}: {', '.join(wanted)}", _actual(absent, offers), exchange)

    return look


def answer_of(context: CheckContext, route: str) -> tuple[Any, Exchange]:
    """JSON of a route that has to be there, for the operator counts on it.

    Args:
        context: of the check.
        route: below ``/sdapi/v1``.
    """
    try:
        exchange = context.read(route)
    except NotSupported as error:
        raise Failed(f"the route {route}", str(error), error.exchange) from error
    return expect.json_of(expect.ok(exchange)), exchange


def _offers(context: CheckContext, key: str) -> tuple[list[Offer], Exchange]:
    """What all routes of a list offer, and the answer that shows most."""
    found: list[tuple[list[Offer], Exchange]] = []
    first: Failed | None = None
    for route in _ROUTES[key]:
        try:
            value, exchange = answer_of(context, route)
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


_MODEL = "sd_model_checkpoint"


def settings(wanted: Mapping[str, Any]) -> Callable[[CheckContext], None]:
    """The check that options have their values: numbers by value, models by any name.

    Args:
        wanted: option name -> expected value.
    """

    def look(context: CheckContext) -> None:
        """The options as the server shows them."""
        value, exchange = answer_of(context, "options")
        options = value if isinstance(value, dict) else expect.json_object(exchange)
        wrong = [
            _describe_option(name, expected, options)
            for name, expected in wanted.items()
            if name not in options or not _equal(context, name, options[name], expected)
        ]
        if wrong:
            asked = ", ".join(f"{name} = {_shown(name, value)}" for name, value in wanted.items())
            raise Failed(asked, "; ".join(wrong), exchange)

    return look


def _equal(context: CheckContext, name: str, actual: Any, expected: Any) -> bool:
    if expect.same(actual, expected):
        return True
    if name != _MODEL or not isinstance(actual, str) or not isinstance(expected, str):
        return False
    models = read_offers("models", list(context.names.models))
    return any(model.called(actual) and model.called(expected) for model in models)


def _describe_option(name: str, expected: Any, options: Mapping[str, Any]) -> str:
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
