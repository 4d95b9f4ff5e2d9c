"""Gateways in front of a sound server, each with the manners and the pages of its product.

A gateway is a function from a server to the server as it is seen through the gateway. ``GATEWAYS``
names them; each lets a run in and hides something from it later.
"""

from __future__ import annotations

import base64
import gzip
import re
from collections import defaultdict, deque
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field, replace
from email.utils import formatdate
from itertools import count
from typing import TYPE_CHECKING, Any

import requests
from doubles import Ask, Reply, Server, reply, text
from urllib3.exceptions import ProtocolError

from conformance.client.address import Basic, Bearer

if TYPE_CHECKING:
    from mockserver.core.clock import Clock

MIB = 1024 * 1024
_USER, _PASSWORD = "operator", "word for the gate"
_MINUTE = 60.0

Wrap = Callable[[Server, "Clock"], Server]


@dataclass(frozen=True)
class Gateway:
    """What is in front of a server.

    Args:
        wraps: what it does, the innermost first.
        settings: how a run in front of it is set up: fields of ContextSettings.
    """

    wraps: tuple[Wrap, ...]
    settings: Mapping[str, Any] = field(default_factory=dict)

    def before(self, server: Server, clock: Clock) -> Server:
        """The server as it is seen through the gateway."""
        for wrap in self.wraps:
            server = wrap(server, clock)
        return server


# What gateways do


def passes(**headers: str) -> Wrap:
    """Passes answers on under its own name, compressed and in chunks."""

    def wrap(server: Server, _: Clock) -> Server:
        def answer(ask: Ask) -> Reply:
            given = server(ask)
            kept = {k.lower(): v for k, v in given.headers.items() if k.lower() != "content-length"}
            kept |= {name.replace("_", "-"): value for name, value in headers.items()}
            kept["transfer-encoding"] = "chunked"
            wanted = "gzip" in ask.headers.get("Accept-Encoding", "")
            if not wanted or "content-encoding" in kept or ask.method == "HEAD" or not given.body:
                return Reply(given.status, kept, given.body)
            kept |= {"content-encoding": "gzip", "vary": "Accept-Encoding"}
            return Reply(given.status, kept, gzip.compress(given.body))

        return answer

    return wrap


def instead_where(refused: Callable[[Ask], bool], answer: Reply) -> Wrap:
    """Answers some requests itself."""
    return lambda server, _: lambda ask: answer if refused(ask) else server(ask)


def largest_body(size: int, answer: Reply) -> Wrap:
    """Takes no body above so many bytes."""
    return instead_where(lambda ask: len(ask.body or b"") > size, answer)


def waits(seconds: float, answer: Reply | None) -> Wrap:
    """Waits so long for the server, then answers itself, or closes the connection."""

    def wrap(server: Server, clock: Clock) -> Server:
        def hear(ask: Ask) -> Reply:
            started = clock.now()
            given = server(ask)
            if clock.now() - started <= seconds:
                return given
            if answer is not None:
                return answer
            raise requests.ConnectionError(ProtocolError("aborted", ConnectionResetError(104)))

        return hear

    return wrap


def every_so_often(nth: int, answer: Reply, method: str | None = None) -> Wrap:
    """Answers every nth request itself, once a run is let in."""

    def wrap(server: Server, _: Clock) -> Server:
        asked = count(1)

        def hear(ask: Ask) -> Reply:
            fits = method in {None, ask.method}
            return answer if fits and next(asked) % nth == 0 else server(ask)

        return hear

    return wrap


def at_most(most: int, answer: Callable[[float, float], Reply]) -> Wrap:
    """Lets so many requests a minute through for each path; ``answer`` gets when to come back."""

    def wrap(server: Server, clock: Clock) -> Server:
        seen: defaultdict[str, deque[float]] = defaultdict(deque)

        def hear(ask: Ask) -> Reply:
            now, times = clock.now(), seen[ask.route]
            while times and times[0] <= now - _MINUTE:
                times.popleft()
            if len(times) >= most:
                return answer(now, times[0] + _MINUTE - now)
            times.append(now)
            return server(ask)

        return hear

    return wrap


def asks_for_credentials(answer: Reply, header: str = "") -> Wrap:
    """Lets nobody in without the credentials of the gate, which the server never sees."""
    right = header or "Basic " + base64.b64encode(f"{_USER}:{_PASSWORD}".encode()).decode()

    def wrap(server: Server, _: Clock) -> Server:
        def hear(ask: Ask) -> Reply:
            shown = {k.lower(): v for k, v in ask.headers.items()}
            if shown.pop("authorization", None) != right:
                return answer
            return server(replace(ask, headers=shown))

        return hear

    return wrap


# Whom they refuse


def _is_strange(ask: Ask) -> bool:
    """A firewall's idea of an attack: markup, traversal, or a body that is no JSON."""
    body = (ask.body or b"")[:4000]
    return re.search(rb"<script|\.\./|<lora|\{bad|union select", body, re.IGNORECASE) is not None


def _is_method(*methods: str) -> Callable[[Ask], bool]:
    return lambda ask: ask.method in methods


def _is_unknown(ask: Ask) -> bool:
    """A route that the gateway was not set up for."""
    return not ask.route.startswith(("/sdapi/v1/", "/internal/", "/openapi.json")) or (
        "nowhere" in ask.route or ask.route.endswith("/txt2img/")
    )


def _writes_options(ask: Ask) -> bool:
    return ask.method == "POST" and ask.route.endswith("/options")


# Their pages


def nginx(status: int, phrase: str) -> Reply:
    """A page of nginx."""
    title = f"{status} {phrase}"
    page = (
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1>"
        "</center>\r\n<hr><center>nginx</center>\r\n</body>\r\n</html>\r\n"
    )
    return text(page, status)


def alb(status: int, phrase: str) -> Reply:
    """A page of an AWS load balancer, which names nobody."""
    title = f"{status} {phrase}"
    return text(
        f"<html>\r\n<head><title>{title}</title></head>\r\n<body>\r\n<center><h1>{title}</h1>"
        "</center>\r\n</body>\r\n</html>\r\n",
        status,
    )


def apache(status: int, phrase: str, more: str = "") -> Reply:
    """A page of Apache without its signature."""
    return text(
        '<!DOCTYPE HTML PUBLIC "-//IETF//DTD HTML 2.0//EN">\n<html><head>\n'
        f"<title>{status} {phrase}</title>\n</head><body>\n<h1>{phrase}</h1>\n<p>{more}</p>\n"
        "</body></html>\n",
        status,
        "text/html; charset=iso-8859-1",
    )


def haproxy(status: int, phrase: str) -> Reply:
    """A page of HAProxy."""
    return text(f"<html><body><h1>{status} {phrase}</h1>\nNo server.\n</body></html>\n", status)


def words(status: int, said: str, **headers: str) -> Reply:
    """A few words."""
    plain = text(said, status, "text/plain; charset=utf-8")
    return plain.with_headers(**headers) if headers else plain


def redirect(place: str, status: int = 302) -> Reply:
    """To another page."""
    return Reply(status, {"location": place, "content-type": "text/html"}, b"<a href>Found</a>")


def sign_in(title: str, status: int = 200) -> Reply:
    """A page that asks for a password."""
    return text(
        f"<!DOCTYPE html><html><head><title>{title}</title></head><body><form method=post>"
        '<input name="username"><input type="password" name="password"></form></body></html>',
        status,
    )


def cloudflare(status: int, phrase: str) -> Reply:
    """A page of Cloudflare about the server behind it."""
    page = (
        f"<!DOCTYPE html><html><head><title>sd.example | {status}: {phrase}</title></head><body>"
        f'<div id="cf-wrapper"><div id="cf-error-details">Error code {status}</div></div></body>'
    )
    return text(page, status).with_headers(server="cloudflare", cf_ray="8f0a-FRA")


_CHALLENGE = text(
    '<!DOCTYPE html><html lang="en-US"><head><title>Just a moment...</title></head><body>'
    '<div id="challenge-form"></div></body></html>',
    403,
).with_headers(server="cloudflare", cf_mitigated="challenge")
_PROBLEM = reply(
    {
        "type": "https://developers.cloudflare.com/support/5xx/error-524/",
        "title": "Error 524: A timeout occurred",
        "status": 524,
        "detail": "The origin web server did not return a complete response in time.",
        "cloudflare_error": True,
    },
    524,
)
_AUTHELIA = text('<a href="https://auth.example/?rd=x">401 Unauthorized</a>', 401)
_NGROK = text(
    "<!DOCTYPE html><html><head><title>ngrok</title></head><body><noscript>You are about to visit"
    " it. ngrok-skip-browser-warning</noscript></body></html>"
).with_headers(ngrok_error_code="ERR_NGROK_6024")


def _later(status: int, page: Reply, *, dated: bool = False) -> Callable[[float, float], Reply]:
    """An answer that names when to come back, in seconds or as a date."""

    def answer(now: float, seconds: float) -> Reply:
        moment = {"date": formatdate(now, usegmt=True)}
        when = formatdate(now + seconds + 1, usegmt=True) if dated else str(int(seconds) + 1)
        headers = {**page.headers, **moment, "retry-after": when}
        return Reply(status, headers, page.body)

    return answer


_NO_ROUTE = reply({"message": "no Route matched with those values"}, 404)
_BASIC = {"auth": Basic(_USER, _PASSWORD)}
_TOKEN = Bearer("a token for the gate")

GATEWAYS: dict[str, Gateway] = {
    "nginx": Gateway(
        (
            passes(server="nginx/1.25.3"),
            largest_body(MIB // 64, nginx(413, "Request Entity Too Large")),
            waits(20.0, nginx(504, "Gateway Time-out")),
            every_so_often(60, nginx(502, "Bad Gateway")),
            asks_for_credentials(nginx(401, "Authorization Required")),
        ),
        _BASIC,
    ),
    "nginx without writes": Gateway(
        (
            passes(server="nginx"),
            instead_where(_writes_options, nginx(403, "Forbidden")),
            instead_where(_is_unknown, nginx(404, "Not Found")),
            instead_where(_is_method("HEAD", "OPTIONS"), nginx(405, "Not Allowed")),
            every_so_often(9, nginx(503, "Service Temporarily Unavailable")),
        )
    ),
    "Apache": Gateway(
        (
            passes(server="Apache/2.4.57 (Debian)", via="1.1 proxy"),
            largest_body(MIB // 64, apache(413, "Request Entity Too Large")),
            instead_where(_is_unknown, apache(404, "Not Found", "It was not found here.")),
            every_so_often(50, apache(502, "Proxy Error", "Error reading from remote server")),
            asks_for_credentials(apache(401, "Unauthorized", "could not verify")),
        ),
        _BASIC,
    ),
    "Caddy": Gateway(
        (
            passes(server="Caddy"),
            every_so_often(40, Reply(502, {"server": "Caddy"}, b"")),
            asks_for_credentials(Reply(401, {"www-authenticate": 'Basic realm="restricted"'}, b"")),
        ),
        _BASIC,
    ),
    "Traefik": Gateway(
        (
            passes(),
            instead_where(_is_unknown, words(404, "404 page not found\n")),
            at_most(60, _later(429, words(429, "Too Many Requests"))),
            every_so_often(70, words(504, "Gateway Timeout")),
            asks_for_credentials(words(401, "401 Unauthorized\n")),
        ),
        _BASIC,
    ),
    "HAProxy": Gateway(
        (
            passes(),
            waits(15.0, None),
            every_so_often(45, haproxy(503, "Service Unavailable")),
            every_so_often(80, haproxy(408, "Request Time-out")),
        )
    ),
    "Cloudflare": Gateway(
        (
            passes(server="cloudflare", cf_ray="8f0a-FRA", access_control_allow_origin="*"),
            waits(20.0, _PROBLEM),
            instead_where(_is_strange, _CHALLENGE),
            every_so_often(40, words(429, "error code: 1015", retry_after="10")),
            every_so_often(55, cloudflare(520, "Web server is returning an unknown error")),
            every_so_often(75, cloudflare(525, "SSL handshake failed")),
        )
    ),
    "Cloudflare Access": Gateway(
        (
            passes(server="cloudflare"),
            every_so_often(
                50, redirect("https://team.cloudflareaccess.com/cdn-cgi/access/login/sd.example")
            ),
        )
    ),
    "ai-dock": Gateway(
        (
            passes(server="Caddy"),
            every_so_often(90, redirect("/login?next=/sdapi")),
            asks_for_credentials(reply({"message": "Unauthorized"}, 401), _TOKEN.header),
        ),
        {"auth": _TOKEN},
    ),
    "oauth2-proxy": Gateway(
        (passes(), every_so_often(50, sign_in("Sign In", 403)), every_so_often(60, sign_in("In")))
    ),
    "Authelia": Gateway(
        (
            passes(server="nginx"),
            every_so_often(40, _AUTHELIA),
            every_so_often(50, redirect("https://auth.example/?rd=https%3A%2F%2Fsd.example", 303)),
        )
    ),
    "ALB with a firewall": Gateway(
        (
            passes(server="awselb/2.0"),
            largest_body(MIB // 64, alb(413, "Payload Too Large")),
            waits(20.0, alb(504, "Gateway Time-out")),
            instead_where(_is_strange, alb(403, "Forbidden")),
            every_so_often(66, alb(502, "Bad Gateway")),
        )
    ),
    "API Gateway": Gateway(
        (
            passes(),
            waits(20.0, reply({"message": "Endpoint request timed out"}, 504)),
            instead_where(_is_strange, reply({"message": "Forbidden"}, 403)),
            instead_where(_is_unknown, reply({"message": "Missing Authentication Token"}, 403)),
            largest_body(MIB // 64, reply({"message": "Request Too Long"}, 413)),
            at_most(100, lambda _, __: reply({"message": "Too Many Requests"}, 429)),
        )
    ),
    "Kong": Gateway(
        (
            passes(server="kong/3.4.2", via="kong/3.4.2"),
            instead_where(
                _is_unknown, reply({"message": "no Route matched with those values"}, 404)
            ),
            at_most(60, _later(429, reply({"message": "API rate limit exceeded"}, 429))),
            every_so_often(
                70, reply({"message": "failure to get a peer from the ring-balancer"}, 503)
            ),
        )
    ),
    "Istio": Gateway(
        (
            passes(server="istio-envoy", x_envoy_upstream_service_time="12"),
            instead_where(_is_strange, words(403, "RBAC: access denied")),
            waits(15.0, words(504, "upstream request timeout")),
            every_so_often(50, words(503, "no healthy upstream")),
            every_so_often(60, words(503, "upstream connect error or disconnect/reset")),
        )
    ),
    "ngrok": Gateway(
        (
            passes(ngrok_agent_ips="203.0.113.7"),
            every_so_often(60, _NGROK),
            every_so_often(80, words(502, "ERR_NGROK_8012")),
        )
    ),
    "gradio share": Gateway(
        (
            passes(access_control_allow_origin="*"),
            waits(20.0, None),
            every_so_often(90, text("<h1>No interface is running right now</h1>", 504)),
        )
    ),
    "RunPod": Gateway(
        (
            passes(server="cloudflare", access_control_allow_origin="*"),
            waits(20.0, cloudflare(524, "A timeout occurred")),
            every_so_often(70, cloudflare(502, "Bad gateway")),
        )
    ),
    "vast.ai": Gateway(
        (
            passes(server="Caddy"),
            every_so_often(80, redirect("/portal/auth?to=x", 307)),
            asks_for_credentials(words(401, "Unauthorized"), _TOKEN.header),
        ),
        {"auth": _TOKEN},
    ),
    "a date to come back at": Gateway(
        (passes(), at_most(80, _later(503, haproxy(503, "Service Unavailable"), dated=True)))
    ),
}
