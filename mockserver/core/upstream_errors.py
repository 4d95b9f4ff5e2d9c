"""Errors that the simulated program itself raises: odd values that pass validation.

The webui is a Python program, so most of its accidents are Python's own: the same operation on
the same value raises the same exception with the same text here. A function marked with
`raises_upstream` does nothing but such operations on values of the request; what it raises
becomes a `ServerError`, the simulated server's 500. Everything outside such functions is the
mock's own code, and its faults stay faults of the mock. `Signature` does the same for calls with
keyword arguments from a request.
"""

from __future__ import annotations

import functools
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any, ParamSpec, TypeVar

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable


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


def require(holds: object, words: str) -> None:
    """The webui's own ``assert``.

    Args:
        holds: what is asserted.
        words: text of the AssertionError.

    Raises:
        ServerError: AssertionError with `words`, when `holds` is false.
    """
    if not holds:
        raise ServerError("AssertionError", words)


def missing_arguments(function: str, names: list[str]) -> ServerError:
    """Python's TypeError for a call that leaves out `names`.

    Args:
        function: qualified name as Python tells it (``Script.run``).
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
                words = f"{self.function}() got an unexpected keyword argument '{name}'"
                raise ServerError("TypeError", words)
        missing = [name for name in self.required if name not in body]
        if missing:
            raise missing_arguments(self.function, missing)
        return {**self.optional, **body}
