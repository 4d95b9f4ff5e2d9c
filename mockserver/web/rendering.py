"""JSON answers as bytes, with the limits of the two encoders the webui uses.

With its web UI the webui answers through orjson (gradio makes it the default), with
``--nowebui`` through the standard library; errors go through the standard library always.
"""

from __future__ import annotations

import json
import math
from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash

if TYPE_CHECKING:
    from collections.abc import Callable

_SMALLEST = -(2**63)
_LARGEST = 2**64 - 1


class Prepared(bytes):
    """JSON that is rendered already."""

    __slots__ = ()


def render_standard(value: Any) -> bytes:
    """JSON as starlette's JSONResponse writes it.

    Raises:
        Crash: ValueError for infinities and NaN, UnicodeEncodeError for lone surrogates.
    """
    if isinstance(value, Prepared):
        return value
    try:
        return _dump(value).encode()
    except UnicodeEncodeError as error:
        raise Crash("UnicodeEncodeError", str(error)) from error
    except ValueError as error:
        raise Crash("ValueError", "Out of range float values are not JSON compliant") from error


def render_fast(value: Any) -> bytes:
    """JSON as orjson writes it: infinities and NaN become null.

    Raises:
        Crash: TypeError for integers beyond 64 bits, keys that are no text, lone surrogates.
    """
    if isinstance(value, Prepared):
        return value
    try:
        return _dump(_as_orjson(value)).encode()
    except UnicodeEncodeError as error:
        words = "str is not valid UTF-8: surrogates not allowed"
        raise Crash("TypeError", words) from error


def renderer(*, nowebui: bool) -> Callable[[Any], bytes]:
    """What renders the answers of a server that was started with or without its web UI."""
    return render_standard if nowebui else render_fast


def _dump(value: Any) -> str:
    return json.dumps(value, ensure_ascii=False, allow_nan=False, separators=(",", ":"))


def _as_orjson(value: Any) -> Any:
    """The value with what orjson changes changed, and what it refuses refused."""
    if isinstance(value, dict):
        if any(not isinstance(key, str) for key in value):
            raise Crash("TypeError", "Dict key must be str")
        return {key: _as_orjson(item) for key, item in value.items()}
    if isinstance(value, list | tuple):
        return [_as_orjson(item) for item in value]
    if isinstance(value, float):
        return value if math.isfinite(value) else None
    if isinstance(value, int) and not _SMALLEST <= value <= _LARGEST:
        raise Crash("TypeError", "Integer exceeds 64-bit range")
    return value
