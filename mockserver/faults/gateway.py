"""Faults of what lies before the server, and of the connection.

Before it lie nginx, Cloudflare, RunPod, an AWS load balancer. Their timeouts are theirs alone: the
server has got the request and goes on with it, which is why a client that simply tries again
makes the queue longer.
"""

from __future__ import annotations

import threading
from collections import defaultdict, deque
from dataclasses import dataclass, field
from email.utils import formatdate
from threading import Lock
from typing import TYPE_CHECKING, Any
from weakref import WeakKeyDictionary

from mockserver.core.json_values import json_bytes
from mockserver.faults.exchange import Answer, Asked, Ending, Hook, Next, json_answer
from mockserver.faults.kind import EVERYWHERE, GENERATIONS, Kind, Site

if TYPE_CHECKING:
    from collections.abc import Mapping


_PHRASES = {
    413: "Request Entity Too Large",
    429: "Too Many Requests",
    502: "Bad Gateway",
    503: "Service Temporarily Unavailable",
    504: "Gateway Time-out",
    520: "Web server returns an unknown error",
    522: "Connection timed out",
    524: "A timeout occurred",
}
#: Statuses at which the server behind has got the request.
_REACHED = {504, 524}
_HTML = "text/html"
_HTML_UTF8 = "text/html; charset=UTF-8"
_CLOUDFLARE = """<!DOCTYPE html>
<html class="no-js" lang="en-US">
<head>
<title>{host} | {status}: {phrase}</title>
<meta charset="UTF-8" />
<meta name="robots" content="noindex, nofollow" />
</head>
<body>
<div id="cf-wrapper"><div id="cf-error-details">
<h1><span>{phrase}</span> <span>Error code {status}</span></h1>
</div></div>
</body>
</html>
"""


def _page(gateway: str, status: int, host: str) -> tuple[tuple[tuple[str, str], ...], bytes]:
    """Headers and body of a gateway's page.

    Args:
        gateway: ``nginx``, ``alb``, ``cloudflare`` or ``runpod``, which is behind Cloudflare.
        status: HTTP status.
        host: name of the site, which Cloudflare shows.
    """
    phrase = _PHRASES.get(status, "Error")
    if gateway in {"cloudflare", "runpod"}:
        shown = "Bad gateway" if status == 502 else phrase  # noqa: PLR2004 - an HTTP status
        page = _CLOUDFLARE.format(host=host, status=status, phrase=shown)
        headers = (("Server", "cloudflare"), ("Content-Type", _HTML_UTF8), _NO_STORE)
        return headers, page.encode()
    foot = "<hr><center>nginx</center>\r\n" if gateway == "nginx" else ""
    title = f"{status} {phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n"
        f"<center><h1>{title}</h1></center>\r\n{foot}</body>\r\n</html>\r\n"
    )
    server = "nginx" if gateway == "nginx" else "awselb/2.0"
    return (("Server", server), ("Content-Type", _HTML)), page.encode()


_NO_STORE = ("Cache-Control", "private, max-age=0, no-store, no-cache, must-revalidate")


def _gateway(options: Mapping[str, Any], _: Site) -> Hook:
    status, gateway = int(options["status"]), str(options["gateway"]).lower()
    retry = options.get("retry_after")

    def hook(asked: Asked, following: Next) -> Answer:
        if status in _REACHED:
            threading.Thread(target=following, args=(asked,), daemon=True).start()
        headers, page = _page(gateway, status, asked.headers.get("host", "localhost"))
        more = (("Retry-After", str(retry)),) if retry else ()
        return Answer(status, (*headers, *more), page)

    return hook


def _kind(  # noqa: PLR0913 - one row of a table
    name: str,
    summary: str,
    status: int,
    *,
    gateway: str = "nginx",
    routes: tuple[str, ...] = EVERYWHERE,
    retry_after: int | None = None,
) -> Kind:
    choices = {"status": status, "gateway": gateway, "retry_after": retry_after}
    return Kind(name, summary, _gateway, routes, choices, _SOURCE)


_SOURCE = "the default pages of nginx and AWS; of Cloudflare the title and the headers"
_UPLOADS = ("img2img", "extra-single-image", "extra-batch-images", "png-info", "interrogate")

GATEWAY = (
    _kind("bad-gateway", "502: nginx found nobody behind it.", 502),
    _kind("unavailable", "503 of nginx: the server is down or full.", 503),
    _kind("loading", "503 with Retry-After: the model is still loading.", 503, retry_after=5),
    _kind(
        "gateway-timeout",
        "504 of nginx (after 60 s in the field); the server goes on with the job.",
        504,
        routes=GENERATIONS,
    ),
    _kind(
        "cloudflare-timeout",
        "524 of Cloudflare (after 100 s in the field); the server goes on with the job.",
        524,
        gateway="cloudflare",
        routes=GENERATIONS,
    ),
    _kind("cloudflare-502", "502 of Cloudflare.", 502, gateway="cloudflare"),
    _kind(
        "runpod-timeout",
        "524 of RunPod's proxy (after 100 s in the field); the server goes on with the job.",
        524,
        gateway="runpod",
        routes=GENERATIONS,
    ),
    _kind(
        "runpod-502", "502 of RunPod's proxy: the pod is asleep or starts.", 502, gateway="runpod"
    ),
    _kind(
        "alb-timeout",
        "504 of an AWS load balancer (after 60 s in the field); the server goes on.",
        504,
        gateway="alb",
        routes=GENERATIONS,
    ),
    _kind("alb-502", "502 of an AWS load balancer.", 502, gateway="alb"),
    _kind("alb-503", "503 of an AWS load balancer without a healthy target.", 503, gateway="alb"),
    _kind(
        "too-large",
        "413 of nginx: the picture is above client_max_body_size.",
        413,
        routes=_UPLOADS,
    ),
    _kind("too-many-requests", "429 with Retry-After.", 429, retry_after=1),
)


#: The one kind that happens before a request can be read.
REFUSED = "refused"


def _instead(ending: Ending) -> Any:
    """A builder of hooks that let the request run and send nothing of its answer."""

    def build(_: Mapping[str, Any], __: Site) -> Hook:
        return lambda asked, following: following(asked).ends(ending)

    return build


def _never(_: Mapping[str, Any], __: Site) -> Hook:
    """The server has not even begun: it hangs."""
    return lambda _, __: Answer(200).ends(Ending.NEVER)


def _cut(options: Mapping[str, Any], _: Site) -> Hook:
    def hook(asked: Asked, following: Next) -> Answer:
        answer = following(asked)
        given = options["sent"]
        sent = len(answer.body) // 2 if given is None else int(given)
        return answer.ends(Ending.CUT, sent=min(sent, max(len(answer.body) - 1, 0)))

    return hook


def _drip(options: Mapping[str, Any], _: Site) -> Hook:
    pause = float(options["pause"])
    return lambda asked, following: following(asked).ends(Ending.DRIP, pause=pause)


def _passes(_: Mapping[str, Any], __: Site) -> Hook:
    return lambda asked, following: following(asked)


TRANSPORT = (
    Kind(
        REFUSED,
        "Connections are refused; connections that are open are closed.",
        _passes,
        EVERYWHERE,
        {"seconds": None},
    ),
    Kind("reset", "The connection is reset instead of an answer.", _instead(Ending.RESET)),
    Kind("closed", "The connection closes without an answer.", _instead(Ending.CLOSED)),
    Kind(
        "dropped",
        "The connection closes in the middle of the body.",
        _cut,
        EVERYWHERE,
        {"sent": None},
    ),
    Kind("never", "No answer ever comes.", _never, GENERATIONS),
    Kind(
        "drip",
        "The body comes in twenty pieces with pauses between them.",
        _drip,
        EVERYWHERE,
        {"pause": 0.1},
    ),
    Kind("slow", "Nothing but the latency that the fault names.", _passes),
)


_MINUTE = 60.0
_TOO_MANY = 429
_PAINTED = {f"/sdapi/v1/{name}" for name in (*GENERATIONS, "control")}


@dataclass
class _Counts:
    """What was asked for within the last minute, by path."""

    seen: defaultdict[str, deque[float]] = field(default_factory=lambda: defaultdict(deque))
    lock: Lock = field(default_factory=Lock)

    def left(self, path: str, now: float, most: int, cost: int) -> float:
        """Seconds until the path may be asked for again; 0 where it may now, and was counted."""
        with self.lock:
            times = self.seen[path]
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(times) >= most:
                return times[0] + _MINUTE - now
            times.extend([now] * cost)
            return 0.0


#: A fault is built anew for every request; what it counts belongs to the server.
_COUNTS: WeakKeyDictionary[Site, _Counts] = WeakKeyDictionary()


def _rate_limit(options: Mapping[str, Any], site: Site) -> Hook:
    most, picture = int(options["per_minute"]), int(options["picture"])

    def hook(asked: Asked, following: Next) -> Answer:
        now = site.clock.now()
        cost = picture if asked.path in _PAINTED else 1
        left = _COUNTS.setdefault(site, _Counts()).left(asked.path, now, most, cost)
        if not left:
            return following(asked)
        answer = json_answer(_TOO_MANY, json_bytes({"message": "API rate limit exceeded"}))
        limits = (("RateLimit-Limit", str(most)), ("RateLimit-Remaining", "0"))
        headers = (*answer.headers, *limits, *_retry(str(options["retry_after"]), now, left))
        return Answer(answer.status, headers, answer.body)

    return hook


def _retry(form: str, now: float, left: float) -> tuple[tuple[str, str], ...]:
    """When to come back, as a gateway of this kind says it."""
    if form == "seconds":
        return (("Retry-After", str(int(left) + 1)),)
    if form == "date":
        dates = (("Date", now), ("Retry-After", now + left + 1))
        return tuple((name, formatdate(moment, usegmt=True)) for name, moment in dates)
    return ()


RATES = (
    Kind(
        "rate-limit",
        "429 beyond so many requests a minute for each path; a picture counts as five.",
        _rate_limit,
        options={"per_minute": 300, "picture": 5, "retry_after": "seconds"},
        source="SD.Next's limits, Kong's words; RFC 9110 for Retry-After: seconds, date or none",
    ),
)
