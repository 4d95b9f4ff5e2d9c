"""Building blocks of servers whose options are broken."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from broken.layer import Edit, answer_with, rewrite_answer, rewrite_request
from doubles import Ask, Reply, Server, reply

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

ROUTE = "/options"
MODEL = "sd_model_checkpoint"
NULL = reply(None)


def shows(edit: Edit) -> Breaking:
    """GET shows something else than is stored."""
    return lambda sound: rewrite_answer(sound, ROUTE, edit, method="GET")


def stores(edit: Edit) -> Breaking:
    """POST stores something else than was sent."""
    return lambda sound: rewrite_request(sound, ROUTE, edit)


def options_of(sound: Server, ask: Ask) -> dict[str, Any]:
    """The options as the sound server has them."""
    found: dict[str, Any] = sound(Ask("GET", ask.path, ask.headers)).json
    return found


def writes(ask: Ask) -> bool:
    """Whether a request writes options."""
    return ask.method == "POST" and ask.route.endswith(ROUTE) and isinstance(ask.json, dict)


def refuses(when: Callable[[Any], bool], answer: Reply) -> Breaking:
    """Some writes are refused, or swallowed."""
    return lambda sound: answer_with(
        sound, ROUTE, answer, when=lambda ask: writes(ask) and when(ask.json)
    )


def names_no_model(body: Any) -> bool:
    """Whether the checkpoint of a write is none."""
    return str(body.get(MODEL)).startswith("zz-") or body.get(MODEL) == ""
