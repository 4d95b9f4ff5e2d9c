"""Request bodies as FastAPI 0.94 reads them, before any model sees them."""

from __future__ import annotations

import json
import re
from email.message import Message
from typing import Any

from mockserver.core.errors import HTTPError, RequestValidationError

#: A body that is not there.
ABSENT = object()
_TRAILING_COMMA = re.compile(r"Illegal trailing comma before end of (object|array)")
_WORDS_AFTER_COMMA = {
    "object": "Expecting property name enclosed in double quotes",
    "array": "Expecting value",
}
_SPACE = " \t\n\r"


class UnreadableBodyError(HTTPError):
    """400: the body is not even text, or its numbers are too long to be read.

    FastAPI raises it as Starlette's own exception, so that its answer is ``{"detail": ...}``
    whatever shape the server's other errors have.
    """

    def __init__(self) -> None:
        super().__init__(400, "There was an error parsing the body")


def decode_body(raw: bytes, content_type: str | None) -> Any:
    """A request's body as a Python value.

    Args:
        raw: the bytes of the body.
        content_type: the header's value; without one the body is read as JSON.

    Returns:
        ABSENT for no bytes; the JSON value for JSON types (``application/json``,
        ``application/...+json``); the bytes themselves for any other type.

    Raises:
        RequestValidationError: malformed JSON.
        UnreadableBodyError: the bytes are no text, or a number has more than 4300 digits.
    """
    if not raw:
        return ABSENT
    if content_type and not is_json_type(content_type):
        return raw
    try:
        return json.loads(raw)
    except json.JSONDecodeError as error:
        raise RequestValidationError([_malformed(error)]) from error
    except (ValueError, RecursionError) as error:
        raise UnreadableBodyError from error


def is_json_type(content_type: str) -> bool:
    """Whether FastAPI reads a body of this Content-Type as JSON.

    Args:
        content_type: value of the header, None for none.
    """
    message = Message()
    message["content-type"] = content_type
    subtype = message.get_content_subtype()
    return message.get_content_maintype() == "application" and (
        subtype == "json" or subtype.endswith("+json")
    )


def _malformed(error: json.JSONDecodeError) -> dict[str, Any]:
    """The complaint about malformed JSON, in the words of Python 3.11 on any Python."""
    later = _TRAILING_COMMA.fullmatch(error.msg)
    if later:
        place = error.pos + 1
        while place < len(error.doc) and error.doc[place] in _SPACE:
            place += 1
        error = json.JSONDecodeError(_WORDS_AFTER_COMMA[later[1]], error.doc, place)
    return {
        "loc": ["body", error.pos],
        "msg": str(error),
        "type": "value_error.jsondecode",
        "ctx": {
            "msg": error.msg,
            "doc": error.doc,
            "pos": error.pos,
            "lineno": error.lineno,
            "colno": error.colno,
        },
    }
