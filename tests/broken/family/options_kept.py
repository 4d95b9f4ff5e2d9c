"""Options that are forgotten, replaced, or shown and not obeyed."""

from __future__ import annotations

from typing import Any

from broken.generation import asked
from broken.layer import rewrite_answer, without
from broken.registry import broken
from broken.settings import MODEL, NULL, ROUTE, names_no_model, options_of, writes
from doubles import Ask, Reply, Server


@broken(
    "options/forgotten",
    "what was set is shown once",
    convicted_by=["OPT-007", "OPT-019"],
)
def forgotten(sound: Server) -> Server:
    once: list[dict[str, Any]] = []

    def answer(ask: Ask) -> Reply:
        if writes(ask):
            once.append(ask.json)
            return NULL
        given = sound(ask)
        if ask.method == "GET" and ask.route.endswith(ROUTE) and once:
            return given.with_json(given.json | once.pop())
        return given

    return answer


@broken("options/text-kept", "text of digits stays text", convicted_by=["OPT-017"])
def text_kept(sound: Server) -> Server:
    texts: dict[str, str] = {}

    def answer(ask: Ask) -> Reply:
        if writes(ask):
            for name, value in ask.json.items():
                texts.pop(name, None)
                texts.update({name: value} if isinstance(value, str) else {})
        given = sound(ask)
        if ask.method == "GET" and ask.route.endswith(ROUTE):
            return given.with_json(given.json | texts)
        return given

    return answer


@broken(
    "options/shown-alone",
    "what was set is shown and not obeyed",
    convicted_by=["OPT-022", "OPT-028", "OPT-032"],
)
def shown_alone(sound: Server) -> Server:
    shown: dict[str, Any] = {}

    def answer(ask: Ask) -> Reply:
        if writes(ask):
            shown.update(ask.json)
            return NULL
        given = sound(ask)
        if ask.method == "GET" and ask.route.endswith(ROUTE):
            return given.with_json(given.json | shown)
        return given

    return answer


@broken(
    "options/obeyed-once",
    "the old value comes back with the first picture",
    convicted_by=["OPT-022", "OPT-032"],
)
def obeyed_once(sound: Server) -> Server:
    before: dict[str, Any] = {}

    def answer(ask: Ask) -> Reply:
        if writes(ask):
            before.update(options_of(sound, ask))
        if ask.route.endswith("/txt2img") and before:
            sound(asked(Ask("POST", "/sdapi/v1/options", ask.headers), dict(before)))
        return sound(ask)

    return answer


@broken(
    "options/replaced",
    "each request replaces the one before",
    convicted_by=["OPT-024"],
)
def replaced(sound: Server) -> Server:
    before: dict[str, Any] = {}
    touched: set[str] = set()

    def answer(ask: Ask) -> Reply:
        if writes(ask):
            before.update({} if before else options_of(sound, ask))
            old = {name: before[name] for name in touched if name in before}
            touched.update(ask.json)
            return sound(asked(ask, {**old, **ask.json}))
        return sound(ask)

    return answer


@broken(
    "options/effect-stays",
    "clip skip stays in effect after it was put back",
    convicted_by=["OPT-033"],
)
def effect_stays(sound: Server) -> Server:
    name = "CLIP_stop_at_last_layers"
    most: list[int] = []

    def answer(ask: Ask) -> Reply:
        if writes(ask) and name in ask.json:
            most.append(ask.json[name])
        if ask.route.endswith("/txt2img") and most:
            return sound(asked(ask, ask.json | {"override_settings": {name: max(most)}}))
        return sound(ask)

    return answer


@broken(
    "options/half-applied",
    "an unknown model refuses itself alone",
    convicted_by=["OPT-012"],
)
def half_applied(sound: Server) -> Server:
    def answer(ask: Ask) -> Reply:
        if writes(ask) and names_no_model(ask.json):
            sound(asked(ask, without(MODEL)(ask.json)))
        return sound(ask)

    return answer


@broken(
    "options/anybody-may",
    "restricted options can be set",
    convicted_by=["OPT-013"],
)
def anybody_may(sound: Server) -> Server:
    agent: list[str] = []

    def answer(ask: Ask) -> Reply:
        if writes(ask) and "api_useragent" in ask.json:
            agent.append(ask.json["api_useragent"])
        given = sound(ask)
        if ask.method == "GET" and ask.route.endswith(ROUTE) and agent:
            return given.with_json(given.json | {"api_useragent": agent[-1]})
        return given

    return answer


@broken("options/fractions-lost", "numbers read without fractions", convicted_by=["OPT-023"])
def fractions_lost(sound: Server) -> Server:
    def whole(options: dict[str, Any]) -> dict[str, Any]:
        return {k: int(v) if isinstance(v, float) else v for k, v in options.items()}

    return rewrite_answer(sound, ROUTE, whole, method="GET")
