"""Errors of the mock and of simulated servers, and how Python's errors become theirs."""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

if TYPE_CHECKING:
    from collections.abc import Callable


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


_P = ParamSpec("_P")
_R = TypeVar("_R")

#: The exceptions that plain operations on plain values raise.
OPERATIONS = (
    ArithmeticError,
    AssertionError,
    AttributeError,
    LookupError,
    TypeError,
    ValueError,
)


def server_error(error: Exception) -> ServerError:
    """The simulated server's answer to an exception: its class name and text.

    Args:
        error: what the operation raised.
    """
    return ServerError(type(error).__name__, str(error))


def raises_upstream(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark a function whose exceptions are the simulated server's own.

    The function must be small and touch only values of the request and of options.

    Args:
        function: does nothing but what the webui does with the same values.
    """

    @functools.wraps(function)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except OPERATIONS as error:
            raise server_error(error) from error

    return guarded


def require(holds: object, text: str) -> None:
    """The webui's own ``assert``.

    Args:
        holds: what is asserted.
        text: text of the AssertionError.

    Raises:
        ServerError: AssertionError with `text`, when `holds` is false.
    """
    if not holds:
        raise ServerError("AssertionError", text)


def missing_arguments(function: str, names: list[str]) -> ServerError:
    """Python's TypeError for a call that leaves out `names`.

    Args:
        function: qualified name as Python shows it (``Script.run``).
        names: names of the missing positional arguments, in order, at least one.
    """
    quoted = [f"'{name}'" for name in names]
    plural = "" if len(names) == 1 else "s"
    if len(quoted) > 2:  # noqa: PLR2004 - Python's sentence takes its comma from three on
        listed = f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    else:
        listed = " and ".join(quoted)
    count = len(names)
    return ServerError(
        "TypeError", f"{function}() missing {count} required positional argument{plural}: {listed}"
    )


@dataclass(frozen=True)
class Signature:
    """The parameters of one of the webui's functions.

    Attributes:
        function: its name.
        required: parameters without default, in order.
        optional: the others with their defaults.
    """

    function: str
    required: tuple[str, ...]
    optional: dict[str, Any] = field(default_factory=dict)

    def bind(self, body: dict[Any, Any]) -> dict[str, Any]:
        """All parameters with the values of `body`, or their defaults.

        Args:
            body: values by name.

        Raises:
            ServerError: TypeError, when the call would not be possible.
        """
        for name in body:
            if not isinstance(name, str):
                raise ServerError("TypeError", "keywords must be strings")
            if name not in self.required and name not in self.optional:
                text = f"{self.function}() got an unexpected keyword argument '{name}'"
                raise ServerError("TypeError", text)
        missing = [name for name in self.required if name not in body]
        if missing:
            raise missing_arguments(self.function, missing)
        return {**self.optional, **body}
