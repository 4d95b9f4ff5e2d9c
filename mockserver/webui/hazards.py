"""What the webui trips over: odd values that pass validation and raise inside it.

The webui is a Python program, so most of its accidents are Python's own: the same operation on
the same value raises the same exception with the same text here. A function marked with
`hazard` does nothing but such operations on values of the request; what it raises becomes a
`Crash`, the simulated server's 500. Everything outside such functions is the mock's own code,
and its faults stay faults of the mock.
"""

from __future__ import annotations

import functools
from typing import TYPE_CHECKING, ParamSpec, TypeVar

from mockserver.errors import Crash

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


def crash(error: Exception) -> Crash:
    """The simulated server's answer to an exception: its class name and text."""
    return Crash(type(error).__name__, str(error))


def hazard(function: Callable[_P, _R]) -> Callable[_P, _R]:
    """Mark a function whose exceptions are the simulated server's own.

    The function must be small and touch only values of the request and of options.
    """

    @functools.wraps(function)
    def guarded(*args: _P.args, **kwargs: _P.kwargs) -> _R:
        try:
            return function(*args, **kwargs)
        except OPERATIONS as error:
            raise crash(error) from error

    return guarded


def require(holds: object, words: str) -> None:
    """The webui's own ``assert``.

    Raises:
        Crash: AssertionError with `words`, when `holds` is false.
    """
    if not holds:
        raise Crash("AssertionError", words)


def missing_arguments(function: str, names: list[str]) -> Crash:
    """Python's TypeError for a call that leaves out `names`.

    Args:
        function: qualified name as Python tells it (``Script.run``).
        names: names of the missing positional arguments, in order, at least one.
    """
    quoted = [f"'{name}'" for name in names]
    plural = "" if len(names) == 1 else "s"
    if len(quoted) > 2:  # noqa: PLR2004 - Python's sentence takes its comma from three on
        told = f"{', '.join(quoted[:-1])}, and {quoted[-1]}"
    else:
        told = " and ".join(quoted)
    count = len(names)
    return Crash(
        "TypeError", f"{function}() missing {count} required positional argument{plural}: {told}"
    )
