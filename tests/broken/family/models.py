"""Models that are not switched, or to another."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.generation import asked
from broken.layer import without
from broken.registry import Breaking, broken
from broken.settings import MODEL, ROUTE, names_no_model, refuses, writes
from doubles import Ask, Reply, Server, reply

if TYPE_CHECKING:
    from collections.abc import Callable


def _modelwrites(change: Callable[[Server, Ask], Any]) -> Breaking:
    """A model that is set becomes what ``change`` says."""

    def breaking(sound: Server) -> Server:
        def answer(ask: Ask) -> Reply:
            if not writes(ask) or MODEL not in ask.json or names_no_model(ask.json):
                return sound(ask)
            return sound(asked(ask, change(sound, ask)))

        return answer

    return breaking


def _third(sound: Server, ask: Ask) -> Any:
    """Another model than the one wanted and the first."""
    models = sound(Ask("GET", "/sdapi/v1/sd-models", ask.headers)).json
    titles = [model["title"] for model in models]
    others = [title for title in titles[1:] if title != ask.json[MODEL]]
    wanted = others[0] if ask.json[MODEL] != titles[0] else titles[0]
    return ask.json | {MODEL: wanted}


broken("models/never-switched", "the model stays", convicted_by=["OPT-028", "OPT-029"])(
    _modelwrites(lambda _, ask: without(MODEL)(ask.json))
)
broken("models/another-loaded", "another model is loaded", convicted_by=["OPT-028"])(
    _modelwrites(_third)
)
broken("models/titles-alone", "only titles are known", convicted_by=["OPT-029"])(
    refuses(
        lambda b: MODEL in b and "." not in str(b[MODEL]),
        reply({"error": "RuntimeError", "detail": "", "body": "", "errors": "not found"}, 500),
    )
)
broken(
    "models/current-refused",
    "the current model cannot be set",
    convicted_by=["OPT-014"],
)(refuses(lambda b: MODEL in b, reply({"error": "RuntimeError", "detail": "busy"}, 500)))


@broken(
    "models/shown-alone",
    "the model is reported and not loaded",
    convicted_by=["OPT-028"],
)
def model_shown_alone(sound: Server) -> Server:
    shown: dict[str, Any] = {}

    def answer(ask: Ask) -> Reply:
        if writes(ask) and MODEL in ask.json and not names_no_model(ask.json):
            shown.update({MODEL: ask.json[MODEL]})
            return sound(asked(ask, without(MODEL)(ask.json)))
        given = sound(ask)
        if ask.method == "GET" and ask.route.endswith(ROUTE):
            return given.with_json(given.json | shown)
        return given

    return answer
