"""Servers that let in whom they should not, or keep out whom they should let in."""

from __future__ import annotations

import base64
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from broken.layer import answer_with, rewrite_reply
from broken.registry import broken
from doubles import Ask, Reply, Server, reply

from conformance.client.address import Basic

if TYPE_CHECKING:
    from collections.abc import Callable

    from broken.registry import Breaking

_USER, _OTHER = Basic("user", "pass"), Basic("other", "word")
_STARTED = {"auth": (("user", "pass"), ("other", "word"))}
_CONTEXT = {"auth": _USER, "second_auth": _OTHER}
_DENIED = reply({"detail": "Not authenticated"}, 401)


def _as_the_user(ask: Ask) -> Ask:
    return replace(ask, headers={**ask.headers, "Authorization": str(_USER.header)})


def _given(ask: Ask) -> tuple[str, str]:
    """User and password of a request, empty where there are none."""
    _, _, coded = ask.headers.get("Authorization", "").partition(" ")
    user, _, password = base64.b64decode(coded).decode().partition(":")
    return user, password


def _open_to(whom: Callable[[Ask], bool]) -> Breaking:
    """Some requests are let in as if they came from the user."""
    return lambda sound: lambda ask: sound(_as_the_user(ask) if whom(ask) else ask)


def _at(*routes: str) -> Callable[[Ask], bool]:
    return lambda ask: ask.route.endswith(routes)


def _denials(change: Callable[[Ask, Reply], Reply]) -> Breaking:
    return lambda sound: rewrite_reply(sound, change, status=401)


def _has_none(ask: Ask) -> bool:
    return "Authorization" not in ask.headers


_BROKEN: list[tuple[str, str, list[str], Breaking]] = [
    ("nobody-asked", "no route asks", ["AUTH-001", "AUTH-002"], _open_to(lambda _: True)),
    ("list-open", "one list is open", ["AUTH-001", "AUTH-002"], _open_to(_at("/sd-models"))),
    ("txt2img-open", "txt2img is open", ["AUTH-001"], _open_to(_at("/txt2img"))),
    ("options-open", "the options are open", ["AUTH-001"], _open_to(_at("/options"))),
    ("progress-open", "progress is open", ["AUTH-001"], _open_to(_at("/progress"))),
    ("open-without", "who says nothing is let in", ["AUTH-001"], _open_to(_has_none)),
    ("any-user", "any credentials will do", ["AUTH-002"], _open_to(lambda a: not _has_none(a))),
    (
        "any-password",
        "any password will do",
        ["AUTH-002"],
        _open_to(lambda ask: _given(ask)[0] == "user"),
    ),
    (
        "any-name",
        "the password alone will do",
        ["AUTH-002"],
        _open_to(lambda ask: _given(ask)[1] == "pass"),
    ),
    (
        "password-beginning",
        "the beginning of the password is looked at",
        ["AUTH-002"],
        _open_to(lambda ask: _given(ask)[1].startswith("pass")),
    ),
    (
        "denied-403",
        "denials are 403",
        ["AUTH-001", "AUTH-002"],
        _denials(lambda _, __: reply({"detail": "Forbidden"}, 403)),
    ),
    (
        "sent-to-a-login",
        "denials lead to a login page",
        ["AUTH-001"],
        _denials(lambda _, __: Reply(303, {"location": "/login"}, b"")),
    ),
    (
        "list-shut",
        "one list stays shut",
        ["AUTH-003"],
        lambda s: answer_with(s, "/upscalers", reply({"detail": "no"}, 403)),
    ),
    (
        "all-shut",
        "the user is not known",
        ["AUTH-003"],
        lambda s: answer_with(s, None, _DENIED, method="GET"),
    ),
    (
        "browser-asks",
        "a browser would ask for a password",
        ["AUTH-004"],
        _denials(lambda _, given: given.with_headers(www_authenticate="Basic")),
    ),
    (
        "denied-in-other-words",
        "all denials say the same",
        ["AUTH-004"],
        _denials(lambda _, given: given.with_json({"detail": "Denied"})),
    ),
    (
        "asked-before-the-body",
        "the body of a stranger is not read",
        ["AUTH-005"],
        lambda s: answer_with(s, "/txt2img", _DENIED, when=_has_none),
    ),
    (
        "second-user-shut-out",
        "only the first user is let in",
        ["AUTH-006"],
        lambda s: answer_with(s, None, _DENIED, when=lambda ask: _given(ask)[0] == "other"),
    ),
]
_SETTINGS: dict[str, Any] = {"started": _STARTED, "context_settings": _CONTEXT}
for _name, _words, _by, _breaking in _BROKEN:
    broken(f"auth/{_name}", _words, convicted_by=_by, **_SETTINGS)(_breaking)


@broken("auth/open-after-the-first", "one right call opens", convicted_by=["AUTH-001"], **_SETTINGS)
def open_after_the_first(sound: Server) -> Server:
    known: list[bool] = []

    def answer(ask: Ask) -> Reply:
        if _given(ask) == ("user", "pass"):
            known.append(True)
        return sound(_as_the_user(ask) if known else ask)

    return answer
