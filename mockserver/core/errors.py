"""Every error of the mock half, one small tree.

MockError
├── FixtureError      a fixture set or recording cannot be used
├── ProfileError      a profile cannot be used
├── RouteError        a route of the mock is misspelt
├── ServeError        the mock cannot be served (port taken, server missing)
├── RecordError       a live server cannot be recorded or compared
│   └── Unreachable   it does not answer, or no longer, or not as this API does
├── BadInput          an address or a credential cannot be used
└── UpstreamError           what the simulated server answers instead of a result
    ├── HTTPError        the server's own HTTPException: a status and a detail
    ├── RequestValidationError  422: the request does not fit the route's model
    └── ServerError              any other exception of the server: a class name and a text
"""

from __future__ import annotations

from typing import Any


class MockError(Exception):
    """Base of all errors this package raises; its text is fit for a user."""


class FixtureError(MockError):
    """A fixture set or recording is missing, half-written or hand-edited wrongly.

    Args:
        file: path of the file at fault.
        place: where in the file (a line, a key), empty for the whole file.
        problem: what is wrong there.
        mend: what to do about it.
    """

    def __init__(self, file: object, place: str, problem: str, mend: str) -> None:
        where = f"{file}, {place}" if place else str(file)
        super().__init__(f"{where}: {problem}; {mend}")


class ProfileError(MockError):
    """A profile is unknown or its file is malformed."""


class RouteError(MockError):
    """A route of the mock is misspelt: no document of a real server has its path."""


class ServeError(MockError):
    """The mock cannot be served."""


class RecordError(MockError):
    """A live server cannot be recorded or compared."""


class Unreachable(RecordError):  # noqa: N818 - what a server is, not a fault of the mock
    """A live server does not answer, or no longer, or not as this API does."""


class BadInput(MockError):  # noqa: N818 - of whoever typed it, not a fault of the mock
    """An address or a credential cannot be used; says what can."""


class UpstreamError(MockError):
    """What the simulated server answers instead of a result."""


class HTTPError(UpstreamError):
    """The server's own HTTPException.

    Args:
        status: HTTP status code.
        detail: the server's words.
        headers: extra headers of the answer.
    """

    def __init__(self, status: int, detail: str, headers: dict[str, str] | None = None) -> None:
        super().__init__(f"{status} {detail}")
        self.status = status
        self.detail = detail
        self.headers = headers or {}


class RequestValidationError(UpstreamError):
    """422 of request validation.

    Args:
        errors: pydantic's list: dicts with loc, msg, type and maybe ctx.
    """

    def __init__(self, errors: list[dict[str, Any]]) -> None:
        super().__init__(f"{len(errors)} validation errors")
        self.errors = errors


class ServerError(UpstreamError):
    """An exception other than HTTPException inside the simulated server.

    Args:
        name: class name of the exception, as in the answer's ``error``.
        text: its text, as in the answer's ``errors``.
        body: what it was about, as in the answer's ``body``; "" for most.
    """

    def __init__(self, name: str, text: str, body: object = "") -> None:
        super().__init__(f"{name}: {text}")
        self.name = name
        self.text = text
        self.body = body
