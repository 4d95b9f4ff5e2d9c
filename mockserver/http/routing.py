"""A route: what it answers, what it takes, and what it hands to its function."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, Generic, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable

    from flask import Request

    from mockserver.pydantic_compat.models import Valid


#: The class of the simulated server.
Server = TypeVar("Server")
#: Bodies that FastAPI declares as a bare object.
OBJECT = "object"
#: The same with ``dict[str, Any]``: keys become text.
TEXT_OBJECT = "text object"
#: Query parameters instead of a body.
QUERY = "query"
#: Body fields that a function declares one by one: EMBEDDED and the name of their model.
EMBEDDED = "embedded:"
#: A body that is a list of models, none when it is absent: LIST_OF and a model's name.
LIST_OF = "list of:"
#: A form instead of a JSON body.
FORM = "form:"


@dataclass(frozen=True)
class Call(Generic[Server]):
    """One request on its way to its function.

    Attributes:
        webui: the simulated server.
        request: Flask's request.
        valid: the validated body or query; empty for routes that take neither.
    """

    webui: Server
    request: Request
    valid: Valid

    @property
    def values(self) -> dict[str, Any]:
        """Values of the body or query."""
        return self.valid.values


@dataclass(frozen=True)
class Route:
    """One route.

    Attributes:
        method: the method it answers; ``GET, HEAD`` for both at once.
        path: path in werkzeug's notation.
        answer: gives a JSON value, or a ready response, from a Call and the path's parts.
        takes: what it takes: "" for nothing, QUERY, OBJECT, TEXT_OBJECT, FORM, EMBEDDED or
            LIST_OF and a model's name, or the name of the body's model.
        guarded: whether it asks for credentials where the server has them.
        document: its path in the OpenAPI document, where that differs.
        exists: whether it exists by now; one that does not is 404. None for one that always does.
        gone: whether the newest webui no longer has it.
        ready: whether its answer is JSON that is rendered already, and depends on nothing in the
            request.
        again: gives what answers a request that was answered before, None for any other; None
            for a route that answers each anew.
    """

    method: str
    path: str
    answer: Callable[..., Any]
    takes: str = ""
    guarded: bool = True
    document: str = ""
    exists: Callable[[], bool] | None = None
    gone: bool = False
    ready: bool = False
    again: Callable[[Request], Callable[[], bytes] | None] | None = None
