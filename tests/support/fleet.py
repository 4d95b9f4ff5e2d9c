"""Addresses that are not one server: several behind a balancer, or one with another writer."""

from __future__ import annotations

import json
from itertools import count
from typing import TYPE_CHECKING, Any

from doubles import Ask, Reply, Server

if TYPE_CHECKING:
    from collections.abc import Callable

OPTIONS = "/sdapi/v1/options"


def balanced(servers: list[Server], choose: Callable[[int], int] | None = None) -> Server:
    """Several servers behind one address; by turns unless ``choose`` maps a request to one."""
    asked = count()

    def answer(ask: Ask) -> Reply:
        number = next(asked)
        return servers[(choose or (lambda n: n % len(servers)))(number)](ask)

    return answer


def also_written(server: Server, when: Callable[[Ask], bool], **values: Any) -> Server:
    """A server to which another program writes once, before the first that ``when`` takes."""
    done: list[Ask] = []

    def answer(ask: Ask) -> Reply:
        if not done and when(ask):
            done.append(ask)
            write(server, **values)
        return server(ask)

    return answer


def write(server: Server, **values: Any) -> None:
    """Write options to a server, past whatever watches it."""
    headers = {"content-type": "application/json"}
    server(Ask("POST", OPTIONS, headers, json.dumps(values).encode()))


def options(server: Server) -> dict[str, Any]:
    """The options of a server."""
    found: dict[str, Any] = server(Ask("GET", OPTIONS)).json
    return found


def writes(ask: Ask) -> bool:
    """Whether a request writes options."""
    return ask.method == "POST" and ask.route.endswith(OPTIONS)
