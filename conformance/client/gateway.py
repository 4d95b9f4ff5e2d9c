"""Telling a gateway's answer from the server's own."""

from __future__ import annotations

import re

from conformance.client.jsontext import parse_json

# Statuses that speak of the server from outside; 520-530 are Cloudflare's.
_FROM_OUTSIDE = frozenset({502, 503, 504, *range(520, 531)})
_TIMED_OUT = frozenset({504, 522, 524})

# Names that products put into the pages they answer with themselves.
_PRODUCT = re.compile(
    r"nginx|openresty|cloudflare|awselb|cloudfront|envoy|istio|traefik|haproxy|varnish|ngrok"
    r"|apache/\d|apache server at|microsoft-azure|heroku|runpod",
    re.IGNORECASE,
)


def is_gateway_answer(status: int, text: str) -> bool:
    """Whether something in front of the server answered in its place.

    A server of this API answers errors as JSON, as plain text, with an empty body or with a
    page of its own framework; a proxy answers 502 to 504 for a server that it cannot reach, or
    a page that names the proxy. The Server header tells nothing, for proxies put their name
    into every answer. JSON with the keys of such a server is always its own: KoboldCpp, for
    one, says 503 while its queue is full.

    Args:
        status: HTTP status code, 400 or above.
        text: of the answer.
    """
    if _is_own_json(text):
        return False
    return status in _FROM_OUTSIDE or ("<" in text and _PRODUCT.search(text) is not None)


def is_gateway_timeout(status: int) -> bool:
    """Whether a gateway's status says that it waited too long for the server."""
    return status in _TIMED_OUT


def _is_own_json(text: str) -> bool:
    try:
        value = parse_json(text)
    except ValueError:
        return False
    return isinstance(value, dict) and bool({"detail", "error", "errors"} & value.keys())
