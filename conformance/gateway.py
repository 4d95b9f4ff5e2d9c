"""Which answers came from something in front of the server, and what it did with the request.

A server of this API answers an error as JSON with keys of its own, as plain text, with an empty
body or with a page of its framework. Proxies, tunnels, load balancers and sign-in portals answer
in shapes that no such server has; what they answer says nothing about the server.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from enum import StrEnum
from http import HTTPStatus
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.exchange import parse_json

if TYPE_CHECKING:
    from conformance.exchange import Exchange


class Obstacle(StrEnum):
    """Why a request did not get through."""

    CREDENTIALS = "asks for credentials"
    FORBIDDEN = "lets nobody do this"
    SIGN_IN = "shows a sign-in page"
    CHALLENGE = "wants proof of a person"
    TOO_LARGE = "takes no body of this size"
    RATE = "limits the rate of requests"
    UNAVAILABLE = "reaches no server"
    TIMED_OUT = "waits no longer"
    CUT = "closed the connection"
    REFUSED = "refuses the request itself"


_REMEDIES = {
    Obstacle.CREDENTIALS: "show them with --auth, --token or --header",
    Obstacle.FORBIDDEN: "allow this method and route there, or judge the webui behind it",
    Obstacle.SIGN_IN: "show its cookie or token with --header, or judge the webui behind it",
    Obstacle.CHALLENGE: "let this client pass there, or judge the webui behind it",
    Obstacle.TOO_LARGE: "raise its limit of the body, for pictures are sent in it",
    Obstacle.RATE: "wait longer with --retry-limit, or ask more slowly with --rate",
    Obstacle.UNAVAILABLE: "the webui itself did not answer; look whether it runs",
    Obstacle.TIMED_OUT: "raise its read timeout, the webui itself did not answer",
    Obstacle.CUT: "raise its idle timeout, or look whether the webui ended",
    Obstacle.REFUSED: "allow this method and route there, or judge the webui behind it",
}

_UNAVAILABLE = (HTTPStatus.BAD_GATEWAY, HTTPStatus.SERVICE_UNAVAILABLE, HTTPStatus.GATEWAY_TIMEOUT)
# 520-530 are Cloudflare's; 525 and 526 are about the certificate of the server behind it.
_FROM_OUTSIDE = frozenset({*_UNAVAILABLE, *range(520, 531)})
_TIMED_OUT = frozenset({HTTPStatus.GATEWAY_TIMEOUT, 522, 524})
#: Statuses by which whatever is in front of a server lets nobody through; 511 is a portal's.
_LET_NOBODY_THROUGH: dict[int, Obstacle] = {
    HTTPStatus.UNAUTHORIZED: Obstacle.CREDENTIALS,
    HTTPStatus.FORBIDDEN: Obstacle.FORBIDDEN,
    HTTPStatus.PROXY_AUTHENTICATION_REQUIRED: Obstacle.CREDENTIALS,
    HTTPStatus.REQUEST_ENTITY_TOO_LARGE: Obstacle.TOO_LARGE,
    HTTPStatus.TOO_MANY_REQUESTS: Obstacle.RATE,
    HTTPStatus.NETWORK_AUTHENTICATION_REQUIRED: Obstacle.SIGN_IN,
}
_ERROR = HTTPStatus.BAD_REQUEST
_REDIRECTS = {301, 302, 303, 307, 308}
# A connection that ends without an answer sooner than this, in seconds, was not cut for waiting.
_PATIENT = 9.0

# Names that products put into the pages they answer with themselves.
_PRODUCT = re.compile(
    r"nginx|openresty|cloudflare|awselb|cloudfront|envoy|istio|traefik|haproxy|varnish|ngrok"
    r"|apache/\d|apache server at|caddy|kong/|microsoft-azure|heroku|runpod",
    re.IGNORECASE,
)
# The pages of nginx, load balancers and HAProxy begin with the status in such a heading, Apache's
# with this document type. No framework of the servers does either.
_HEADING = r"(?:<center>|<html><body>)<h1>\s*{status}\b|DTD HTML 2\.0"
# Headers that only something in between adds.
_BETWEEN = ("via", "cf-ray", "x-envoy-upstream-service-time", "x-amz-cf-id", "ngrok-error-code")
# What Envoy, Traefik, Cloudflare, Kong and ingress controllers say without a page.
# Longer texts than this are no few words; an answer with pictures has millions of letters.
_FEW_WORDS = 1000
_PLAIN = re.compile(
    r"upstream (?:connect error|request timeout)|no healthy upstream|RBAC: access denied"
    r"|error code: 1\d{3}|default backend - 404|^404 page not found$"
    r"|no Route matched with those values|ring-balancer|ERR_NGROK_\d+",
    re.IGNORECASE,
)
_CHALLENGE = re.compile(
    r"<title>\s*(?:just a moment|attention required|human verification|checking your browser)"
    r"|challenge-form|cdn-cgi/challenge-platform|ngrok-skip-browser-warning|tunnel password",
    re.IGNORECASE,
)
_SIGN_IN = re.compile(
    r"type=[\"']?password|<title>[^<]*(?:sign[ -]?in|log[ -]?in|authenti|access)[^<]*</title>"
    r"|oauth2-proxy|authelia|authentik|cloudflareaccess|keycloak",
    re.IGNORECASE,
)
_SIGN_IN_ADDRESS = re.compile(
    r"log-?in|sign-?in|oauth|\bauth\b|authorize|sso|saml|cdn-cgi/access|/realms/|outpost",
    re.IGNORECASE,
)
_RATE_HEADERS = ("retry-after", "ratelimit-limit", "ratelimit", "x-ratelimit-limit")
_RATE = re.compile(r"rate.?limit|too many requests|throttl|quota|slow down", re.IGNORECASE)


def is_gateway_answer(status: int, text: str) -> bool:
    """Whether something in front of the server answered in its place.

    A proxy answers 502 to 504 for a server that it cannot reach, or a page that names the proxy.
    The Server header says nothing, for proxies put their name into every answer. JSON with the
    keys of such a server is always its own: KoboldCpp, for one, says 503 while its queue is full.

    Args:
        status: HTTP status code, 400 or above.
        text: of the answer.
    """
    if _is_own_json(text):
        return False
    return status in _FROM_OUTSIDE or _looks_foreign(status, text)


def is_turned_away(status: int, text: str) -> bool:
    """Whether something in front of the server turned a request away, by status and body.

    Args:
        status: HTTP status code, 400 or above.
        text: of the answer.
    """
    kept_out = status in _LET_NOBODY_THROUGH and not _is_own_json(text)
    return kept_out or is_gateway_answer(status, text)


def is_gateway_timeout(status: int) -> bool:
    """Whether a gateway's status says that it waited too long for the server.

    Args:
        status: HTTP status code.
    """
    return status in _TIMED_OUT


@dataclass(frozen=True)
class TurnedAway:
    """What something in front of the server did with a request.

    Args:
        obstacle: why the request did not get through.
        answer: its answer in short, such as ``413``.
        seconds: how long the answer took.
    """

    obstacle: Obstacle
    answer: str
    seconds: float = 0.0

    @property
    def cause(self) -> str:
        """What to call it in a report, the same for every request of its kind."""
        if self.obstacle is Obstacle.CUT:
            return "the connection was closed without an answer"
        if self.obstacle is Obstacle.RATE:
            return f"the rate limit answered {self.answer}"
        return f"the gateway answered {self.answer}"

    @property
    def remedy(self) -> str:
        """What the operator can do about it."""
        return _REMEDIES[self.obstacle]

    def __str__(self) -> str:
        if self.obstacle is Obstacle.CUT:
            return (
                f"the connection was closed after {self.seconds:.1f} s without an answer, as "
                f"gateways do that wait no longer; {self.remedy}"
            )
        if self.obstacle is Obstacle.RATE:
            return f"the server, or a gateway in front of it, answered {self.answer}; {self.remedy}"
        spent = f" after {self.seconds:.1f} s" if self.obstacle is Obstacle.TIMED_OUT else ""
        return f"a gateway in front of the webui answered {self.answer}{spent}; {self.remedy}"


def turned_away(exchange: Exchange) -> TurnedAway | None:
    """What something in front of the server did with a request; None where the server answered.

    Args:
        exchange: with or without an answer.
    """
    status = exchange.status
    if status is None:
        cut = "closed the connection without" in (exchange.error or "")
        late = exchange.elapsed >= _PATIENT
        return TurnedAway(Obstacle.CUT, "nothing", exchange.elapsed) if cut and late else None
    obstacle = _obstacle(exchange, status)
    if obstacle is None:
        return None
    return TurnedAway(obstacle, _answer(exchange, obstacle), exchange.elapsed)


def names_itself(exchange: Exchange) -> bool:
    """Whether something between us and the server shows itself in an answer, whoever gave it.

    Args:
        exchange: with an answer.
    """
    if any(exchange.header(name) is not None for name in _BETWEEN):
        return True
    place = urlsplit(exchange.header("location") or "")
    if place.netloc and place.hostname != urlsplit(exchange.url).hostname:
        return True
    page = exchange.text if exchange.media_type == "text/html" else ""
    return _PRODUCT.search(f"{exchange.header('server') or ''} {page}") is not None


def limits_rate(exchange: Exchange) -> bool:
    """Whether an answer is a 429 that is about a rate, and not about a queue that is full.

    Args:
        exchange: with or without an answer.
    """
    if exchange.status != HTTPStatus.TOO_MANY_REQUESTS:
        return False
    named = any(exchange.header(name) is not None for name in _RATE_HEADERS)
    return named or not _is_own_json(exchange.text) or _RATE.search(exchange.text) is not None


def _obstacle(exchange: Exchange, status: int) -> Obstacle | None:
    text = exchange.text if _is_readable(exchange) else ""
    if limits_rate(exchange):
        return Obstacle.RATE
    if status in _REDIRECTS:
        return Obstacle.SIGN_IN if _leads_to_sign_in(exchange) else None
    if status < _ERROR:
        return _page_instead(exchange, text)
    if is_turned_away(status, text) or _asks_to_come_back(exchange):
        return _kind_of_refusal(exchange, status, text)
    return None


def _kind_of_refusal(exchange: Exchange, status: int, text: str) -> Obstacle:
    if exchange.header("cf-mitigated") == "challenge" or _CHALLENGE.search(text):
        return Obstacle.CHALLENGE
    if status in _TIMED_OUT:
        return Obstacle.TIMED_OUT
    if status in _FROM_OUTSIDE:
        return Obstacle.UNAVAILABLE
    return _LET_NOBODY_THROUGH.get(status, Obstacle.REFUSED)


def _asks_to_come_back(exchange: Exchange) -> bool:
    """Whether it is a 503 that names a time, whoever says it."""
    later = exchange.header("retry-after") is not None
    return later and exchange.status == HTTPStatus.SERVICE_UNAVAILABLE


def _page_instead(exchange: Exchange, text: str) -> Obstacle | None:
    """A page where a route of the API was asked for."""
    if exchange.media_type != "text/html" or not _is_of_api(exchange.path):
        return None
    if exchange.header("ngrok-error-code") is not None or _CHALLENGE.search(text):
        return Obstacle.CHALLENGE
    return Obstacle.SIGN_IN if _SIGN_IN.search(text) else None


def _is_of_api(path: str) -> bool:
    return path.startswith(("/sdapi/", "/internal/", "/openapi.json", "/controlnet/"))


def _leads_to_sign_in(exchange: Exchange) -> bool:
    """Whether a redirect leaves the route for a sign-in page; a slash or scheme more does not."""
    place = urlsplit(exchange.header("location") or "")
    asked = urlsplit(exchange.url)
    if place.path.rstrip("/").endswith(exchange.path.partition("?")[0].rstrip("/")):
        return False
    elsewhere = bool(place.netloc) and place.hostname != asked.hostname
    return elsewhere or _SIGN_IN_ADDRESS.search(f"{place.path}?{place.query}") is not None


def _answer(exchange: Exchange, obstacle: Obstacle) -> str:
    if obstacle is Obstacle.SIGN_IN and exchange.status in _REDIRECTS:
        return f"{exchange.status} to a sign-in page"
    if exchange.status == HTTPStatus.OK:
        page = "a sign-in page" if obstacle is Obstacle.SIGN_IN else "a page for persons"
        return f"200 with {page}"
    challenge = " with a challenge" if obstacle is Obstacle.CHALLENGE else ""
    return f"{exchange.status}{challenge}"


def _is_readable(exchange: Exchange) -> bool:
    """Whether a body is worth looking at: pictures and long lists are no pages."""
    return (exchange.status or 0) >= _ERROR or exchange.media_type == "text/html"


def _looks_foreign(status: int, text: str) -> bool:
    """Whether a page or a few words are those of a product in front of the server."""
    if "<" in text and _PRODUCT.search(text) is not None:
        return True
    heading = _HEADING.replace("{status}", str(status))
    if "<" in text and re.search(heading, text, re.IGNORECASE) is not None:
        return True
    return len(text) < _FEW_WORDS and _PLAIN.search(text.strip()) is not None


def _is_own_json(text: str) -> bool:
    """Whether a body is JSON with the keys of a server of this API."""
    try:
        value = parse_json(text)
    except ValueError:
        return False
    if not isinstance(value, dict) or _is_problem(value):
        return False
    if isinstance(value.get("error"), dict):
        # Google's and Azure's gateways put code, message and status into it.
        return False
    return bool({"detail", "error", "errors"} & value.keys())


def _is_problem(value: dict[str, Any]) -> bool:
    """Whether an object is a problem document of RFC 9457, as Cloudflare and others send."""
    return {"title", "status"} <= value.keys() or value.get("cloudflare_error") is True
