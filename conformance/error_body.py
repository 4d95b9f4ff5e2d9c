"""What the body of an error says, whoever wrote it: the server or a gateway in front of it."""

from __future__ import annotations

import json
import re
from dataclasses import dataclass
from enum import StrEnum
from html import unescape
from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.exchange import parse_json
from conformance.gateway import is_gateway_answer

if TYPE_CHECKING:
    from collections.abc import Mapping


LONGEST = 500
# A route or method that the server does not serve.
_ABSENT = {HTTPStatus.NOT_FOUND, HTTPStatus.METHOD_NOT_ALLOWED, HTTPStatus.NOT_IMPLEMENTED}


class ErrorShape(StrEnum):
    """The shapes of error answers, each with the servers that use it."""

    DETAIL = "detail text"  # FastAPI's router, every exception of the webui before 2023, Forge
    DETAIL_LIST = "detail list"  # request validation of every FastAPI server
    DETAIL_OBJECT = "detail object"  # KoboldCpp: msg and type
    FOUR_KEY = "four-key"  # the webui from 1.0: error, detail, body, errors (Forge: message)
    ERROR = "error text"  # stable-diffusion.cpp: error and maybe message; SD.Next's own checks
    JSON_STRING = "bare JSON string"  # SD.Next for TypeErrors
    OTHER_JSON = "other JSON"
    TEXT = "plain text"  # uvicorn's Internal Server Error, KoboldCpp's unknown GET
    HTML = "HTML page"  # Python's http.server under KoboldCpp
    EMPTY = "empty body"
    GATEWAY = "gateway"  # a proxy, tunnel or load balancer in front of the server
    REDIRECT = "redirect"


@dataclass(frozen=True)
class ErrorBody:
    """What the server said.

    Args:
        text: its words on one line, empty if it said nothing.
        shape: how it said them.
        status: HTTP status code.
        items: the entries of a detail list, as they came.
    """

    text: str
    shape: ErrorShape
    status: int
    items: tuple[Any, ...] = ()

    @property
    def fields(self) -> tuple[str, ...]:
        """Dotted names of the fields a detail list complains about, in its order."""
        return tuple(_field(item) for item in self.items)

    @property
    def route_absent(self) -> bool:
        """Whether the answer means that the route, or the method on it, is not served.

        A 404 in the webui's own four-key shape is about something else: ``Init image not found``.
        """
        if self.status not in _ABSENT:
            return False
        if self.shape is ErrorShape.DETAIL:
            return self.text in {"Not Found", "Method Not Allowed"}
        return self.shape in {ErrorShape.EMPTY, ErrorShape.HTML, ErrorShape.TEXT}


def parse_error_body(status: int, headers: Mapping[str, str], body: bytes) -> ErrorBody:
    """Read the words of an error answer.

    Args:
        status: HTTP status code.
        headers: of the answer, names in lower case.
        body: of the answer, content decoded.
    """
    text = body.decode("utf-8", errors="replace").strip()
    if status // 100 == 3 and "location" in headers:  # noqa: PLR2004 - HTTP's own
        said = f"it redirects to {headers['location']}; use that address"
        return ErrorBody(said, ErrorShape.REDIRECT, status)
    if is_gateway_answer(status, text):
        return ErrorBody(_gist(text), ErrorShape.GATEWAY, status)
    if not text:
        return ErrorBody("", ErrorShape.EMPTY, status)
    try:
        value = parse_json(text)
    except ValueError:
        shape = ErrorShape.HTML if _looks_like_html(text) else ErrorShape.TEXT
        return ErrorBody(_gist(text), shape, status)
    return _from_json(value, status)


def _from_json(value: Any, status: int) -> ErrorBody:
    if isinstance(value, str):
        return ErrorBody(_one_line(value), ErrorShape.JSON_STRING, status)
    if isinstance(value, dict):
        if "error" in value:
            return _from_error(value, status)
        if "detail" in value:
            return _from_detail(value["detail"], status)
    return ErrorBody(_one_line(json.dumps(value)), ErrorShape.OTHER_JSON, status)


def _from_error(value: dict[str, Any], status: int) -> ErrorBody:
    """Read ``{error, detail, body, errors}``, with Forge's message, or ``{error, message}``."""
    if "errors" not in value and "detail" not in value:
        parts = [value["error"], value.get("message", "")]
        return ErrorBody(_joined(parts), ErrorShape.ERROR, status)
    said = value.get("detail") or value.get("errors") or value.get("message") or ""
    # The class says nothing where the server raised an HTTP exception of its own.
    name = "" if value["error"] == "HTTPException" and said else value["error"]
    return ErrorBody(_joined([name, said]), ErrorShape.FOUR_KEY, status)


def _from_detail(detail: Any, status: int) -> ErrorBody:
    if isinstance(detail, list):
        said = "; ".join(_item(item) for item in detail)
        return ErrorBody(_one_line(said), ErrorShape.DETAIL_LIST, status, tuple(detail))
    if isinstance(detail, dict):
        said = str(detail.get("msg") or json.dumps(detail))
        return ErrorBody(_one_line(said), ErrorShape.DETAIL_OBJECT, status)
    return ErrorBody(_joined([detail]), ErrorShape.DETAIL, status)


def _item(item: Any) -> str:
    if not isinstance(item, dict):
        return str(item)
    field = _field(item)
    message = str(item.get("msg", ""))
    return f"{field}: {message}" if field else message


def _field(item: Any) -> str:
    loc = item.get("loc", []) if isinstance(item, dict) else []
    parts = [str(part) for part in loc] if isinstance(loc, list) else [str(loc)]
    return ".".join(parts[1:] if parts[:1] in (["body"], ["query"]) else parts)


def _joined(parts: list[Any]) -> str:
    return _one_line(": ".join(str(part) for part in parts if part))


def _looks_like_html(text: str) -> bool:
    return re.match(r"\s*<(?:!doctype|html|head|body|center|h1)\b", text, re.IGNORECASE) is not None


def _gist(text: str) -> str:
    """The words of a page: its title where it has one, else its text without tags."""
    title = re.search(r"<title[^>]*>(.*?)</title>", text, re.IGNORECASE | re.DOTALL)
    plain = title[1] if title else re.sub(r"<[^>]*>", " ", text)
    return _one_line(unescape(plain))


def _one_line(text: str) -> str:
    line = " ".join(text.split())
    return line if len(line) <= LONGEST else line[:LONGEST] + "..."
