"""Requests on the wire, and connections that fail."""

from __future__ import annotations

import gzip
import socket
from base64 import b64encode
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest
import requests
import responses

from conformance.client import Address, Bearer, Client, Timeouts, curl_command, render_request
from conformance.client import transport as transport_module
from conformance.client.transport import Outgoing, Route, Transport
from conformance.errors import (
    AddressError,
    ConnectionBroken,
    ConnectionFailed,
    PayloadError,
    TimedOut,
    Unreachable,
)

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

DATA = Path(__file__).parent / "data"
OPTIONS = "/sdapi/v1/options"


def says_hello(_: Any) -> dict[str, Any]:
    return {"body": {"hello": 1}}


# --- what is sent ----------------------------------------------------------------------------


def test_json_is_sent_with_its_content_type(serve: Callable[..., Any]) -> None:
    server = serve(says_hello)
    Client(server.url).exchange("post", OPTIONS, json={"a": "狐"})
    seen = server.seen[0]
    assert (seen.method, seen.path, seen.body) == ("POST", OPTIONS, b'{"a": "\\u72d0"}')
    assert seen.headers["content-type"] == "application/json"


@pytest.mark.parametrize(
    ("request_body", "body", "content_type"),
    [
        pytest.param({"json": None}, b"null", "application/json", id="null"),
        pytest.param({"data": '{"a": 1}'}, b'{"a": 1}', None, id="text without a content type"),
        pytest.param({"data": b"\xff"}, b"\xff", None, id="bytes"),
        pytest.param(
            {"data": {"a": "b c"}}, b"a=b+c", "application/x-www-form-urlencoded", id="a form"
        ),
        pytest.param(
            {"data": "x", "headers": {"Content-Type": "text/plain"}}, b"x", "text/plain", id="named"
        ),
        pytest.param({}, b"", None, id="nothing"),
    ],
)
def test_bodies_are_sent_as_they_are(
    serve: Callable[..., Any],
    request_body: dict[str, Any],
    body: bytes,
    content_type: str | None,
) -> None:
    server = serve(says_hello)
    exchange = Client(server.url).exchange("POST", OPTIONS, **request_body)
    assert server.seen[0].body == body
    assert server.seen[0].headers.get("content-type") == content_type
    assert (exchange.request_body or b"") == body


@pytest.mark.parametrize("value", [float("nan"), object(), {1, 2}])
def test_a_body_that_is_no_json_is_refused_before_it_is_sent(
    serve: Callable[..., Any], value: Any
) -> None:
    server = serve(says_hello)
    with pytest.raises(PayloadError, match="cannot be written as JSON"):
        Client(server.url).exchange("POST", OPTIONS, json={"a": value})
    assert server.seen == []


@pytest.mark.parametrize(
    ("auth", "header"),
    [
        ("user:pass", "Basic " + b64encode(b"user:pass").decode()),
        (("user", "pass"), "Basic " + b64encode(b"user:pass").decode()),
        (Bearer("t0k3n"), "Bearer t0k3n"),
        (None, None),
    ],
)
def test_credentials_are_shown_in_every_form(
    serve: Callable[..., Any], auth: Any, header: str | None
) -> None:
    server = serve(says_hello)
    Client(server.url, auth=auth).options()
    assert server.seen[0].headers.get("authorization") == header


def test_credentials_in_the_address_are_shown_and_not_sent_in_the_url(
    serve: Callable[..., Any],
) -> None:
    server = serve(says_hello)
    client = Client(server.url.replace("//", "//user:pass@"))
    client.options()
    assert server.seen[0].headers["authorization"].startswith("Basic ")
    assert server.seen[0].path == OPTIONS
    assert client.log.last is not None
    assert "pass" not in client.log.last.url


def test_credentials_of_netrc_are_not_shown(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch, tmp_path: Path
) -> None:
    netrc = tmp_path / "netrc"
    netrc.write_text("machine 127.0.0.1 login me password mine\n")
    monkeypatch.setenv("NETRC", str(netrc))
    server = serve(says_hello)
    Client(server.url).options()
    assert "authorization" not in server.seen[0].headers


def test_one_request_can_go_without_credentials_or_with_others(serve: Callable[..., Any]) -> None:
    server = serve(says_hello)
    client = Client(server.url, auth="user:pass", headers={"X-Team": "a"})
    client.exchange("GET", OPTIONS, headers={"Authorization": None})
    client.exchange("GET", OPTIONS, headers={"Authorization": "Basic x"})
    assert "authorization" not in server.seen[0].headers
    assert server.seen[1].headers["authorization"] == "Basic x"
    assert [seen.headers["x-team"] for seen in server.seen] == ["a", "a"]


def test_a_path_prefix_goes_before_every_path(serve: Callable[..., Any]) -> None:
    server = serve(says_hello)
    client = Client(f"{server.url}/sd/")
    client.options()
    client.exchange("GET", "/internal/ping?x=1")
    assert [seen.path for seen in server.seen] == [f"/sd{OPTIONS}", "/sd/internal/ping?x=1"]


def test_a_redirect_is_seen_and_not_followed(serve: Callable[..., Any]) -> None:
    server = serve(lambda _: {"status": 307, "headers": {"Location": "/elsewhere"}})
    exchange = Client(server.url).exchange("GET", OPTIONS)
    assert (exchange.status, exchange.header("location")) == (307, "/elsewhere")
    assert len(server.seen) == 1


@pytest.mark.parametrize(
    "headers",
    [
        pytest.param({"X-Note": "a\nb"}, id="a line end"),
        pytest.param({"X-Note": "狐"}, id="a character beyond Latin-1"),
    ],
)
def test_a_header_that_http_does_not_allow_is_refused_without_repeating_it(
    serve: Callable[..., Any], headers: dict[str, str]
) -> None:
    client = Client(serve(says_hello).url, headers=headers)
    with pytest.raises(AddressError, match="a character that HTTP does not allow") as caught:
        client.options()
    assert headers["X-Note"] not in str(caught.value)


# --- what comes back -------------------------------------------------------------------------


def test_an_exchange_holds_both_sides(serve: Callable[..., Any]) -> None:
    server = serve(lambda _: {"body": {"a": 1}, "status": 201, "headers": {"X-Process-Time": "1"}})
    exchange = Client(server.url).exchange("POST", OPTIONS, json={})
    assert (exchange.status, exchange.json, exchange.header("x-process-time")) == (
        201,
        {"a": 1},
        "1",
    )
    assert (exchange.method, exchange.path, exchange.url) == ("POST", OPTIONS, server.url + OPTIONS)
    assert exchange.request_headers["User-Agent"] == "sdapi-check"
    assert (exchange.request_json, exchange.error) == ({}, None)
    assert exchange.elapsed > 0


def test_compressed_answers_are_decoded(serve: Callable[..., Any]) -> None:
    body = gzip.compress(b'{"a": 1}')
    server = serve(lambda _: {"body": body, "headers": {"Content-Encoding": "gzip"}})
    assert Client(server.url).options() == {"a": 1}


def test_a_head_request_has_no_body(serve: Callable[..., Any]) -> None:
    exchange = Client(serve(says_hello).url).exchange("HEAD", "/")
    assert (exchange.status, exchange.body) == (200, b"")


def test_every_exchange_is_logged_failed_ones_too(serve: Callable[..., Any]) -> None:
    server = serve(lambda seen: {"raw": b""} if seen.path == "/broken" else {"body": {}})
    client = Client(server.url)
    client.exchange("GET", "/fine")
    with pytest.raises(ConnectionBroken):
        client.exchange("GET", "/broken")
    assert [(item.path, item.ok) for item in client.log] == [("/fine", True), ("/broken", False)]


# --- connections -----------------------------------------------------------------------------


def test_a_connection_is_kept_and_given_up_after_a_server_error(
    serve: Callable[..., Any],
) -> None:
    statuses = iter([200, 404, 500, 200])
    server = serve(lambda _: {"status": next(statuses), "body": {}})
    client = Client(server.url)
    for _ in range(4):
        client.exchange("GET", OPTIONS)
    first, second, third, fourth = [seen.connection for seen in server.seen]
    assert first == second == third != fourth


@pytest.mark.parametrize(("pause", "same"), [(1.9, True), (2.1, False)])
def test_a_connection_that_rested_is_not_trusted(
    serve: Callable[..., Any], pause: float, same: bool
) -> None:
    server, now = serve(says_hello), [0.0]
    route = Route(address=Address.parse(server.url), headers={})
    transport = Transport(route, lambda _: None, clock=lambda: now[0])

    for _ in range(2):
        transport.send(Outgoing(method="GET", path=OPTIONS, timeouts=Timeouts()))
        now[0] += pause

    first, second = [seen.connection for seen in server.seen]
    assert (first == second) == same


def test_threads_can_share_a_client(serve: Callable[..., Any]) -> None:
    server = serve(lambda seen: {"body": {"path": seen.path}})
    client = Client(server.url)
    with ThreadPoolExecutor(8) as pool:
        answers = list(pool.map(lambda n: client.exchange("GET", f"/{n}").json["path"], range(40)))
    assert answers == [f"/{n}" for n in range(40)]
    assert client.log.position == 40
    client.close()


def test_a_closed_client_opens_new_connections(serve: Callable[..., Any]) -> None:
    with Client(serve(says_hello).url) as client:
        client.options()
    assert client.options() == {"hello": 1}


def test_ipv6_is_reached(serve: Callable[..., Any]) -> None:
    server = serve(says_hello, ipv6=True)
    assert server.url.startswith("http://[::1]:")
    assert Client(server.url).options() == {"hello": 1}


def test_the_environment_s_proxy_is_not_used_to_reach_this_machine(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    for name in ("http_proxy", "HTTP_PROXY"):
        monkeypatch.setenv(name, "http://127.0.0.1:9")
    assert Client(serve(says_hello).url).options() == {"hello": 1}


def test_a_proxy_is_asked_for_the_whole_address(serve: Callable[..., Any]) -> None:
    proxy = serve(says_hello)
    address = proxy.url.replace("//", "//me:swordfish@")
    client = Client("http://sd.example/base", proxies={"http": address})
    assert client.options() == {"hello": 1}
    assert proxy.seen[0].path == f"http://sd.example/base{OPTIONS}"
    assert proxy.seen[0].headers["proxy-authorization"].startswith("Basic ")
    assert client.log.last is not None
    assert "swordfish" not in render_request(client.log.last)


def test_the_environment_s_proxy_is_used_for_other_machines(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    proxy = serve(says_hello)
    monkeypatch.setenv("http_proxy", proxy.url)
    monkeypatch.delenv("no_proxy", raising=False)
    monkeypatch.delenv("NO_PROXY", raising=False)
    assert Client("http://sd.example").options() == {"hello": 1}


# --- TLS -------------------------------------------------------------------------------------


def test_a_private_authority_is_trusted_when_it_is_named(serve: Callable[..., Any]) -> None:
    server = serve(says_hello, tls=True)
    assert Client(server.url, verify=DATA / "authority.pem").options() == {"hello": 1}


def test_a_private_authority_can_be_named_in_the_environment(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(DATA / "authority.pem"))
    assert Client(serve(says_hello, tls=True).url).options() == {"hello": 1}


def test_an_unknown_authority_is_reported_with_what_to_do(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    monkeypatch.delenv("CURL_CA_BUNDLE", raising=False)
    with pytest.raises(Unreachable, match=r"not trusted; name its authority's file"):
        Client(serve(says_hello, tls=True).url).options()


def test_verification_can_be_switched_off_even_against_the_environment(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setenv("REQUESTS_CA_BUNDLE", str(DATA / "authority.pem"))
    server = serve(says_hello, tls=True)
    assert Client(server.url, verify=False).options() == {"hello": 1}


def test_a_plain_port_asked_for_tls_is_reported(serve: Callable[..., Any]) -> None:
    url = serve(says_hello).url.replace("http", "https")
    with pytest.raises(Unreachable, match="use http:// instead of https://"):
        Client(url, verify=False).options()


def test_a_missing_authority_is_reported_before_anything_is_sent() -> None:
    with pytest.raises(AddressError, match=r"'nowhere\.pem' does not exist"):
        Client("https://127.0.0.1", verify="nowhere.pem")


def test_a_missing_authority_of_the_environment_is_reported(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setenv("CURL_CA_BUNDLE", "nowhere.pem")
    monkeypatch.delenv("REQUESTS_CA_BUNDLE", raising=False)
    with pytest.raises(AddressError, match=r"'nowhere\.pem', named by CURL_CA_BUNDLE"):
        Client("https://127.0.0.1:9").options()


def test_an_authority_s_file_without_a_certificate_is_reported(
    serve: Callable[..., Any], tmp_path: Path
) -> None:
    file = tmp_path / "authority.pem"
    file.write_text("no certificate\n")
    with pytest.raises(Unreachable, match="the authority's file holds no certificate"):
        Client(serve(says_hello, tls=True).url, verify=file).options()


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ("Hostname mismatch, certificate is not valid for 'a'", "for another name"),
        ("certificate verify failed: IP address mismatch", "for another name"),
        ("certificate verify failed: certificate has expired", "not valid today"),
        ("certificate verify failed: self-signed certificate", "not trusted"),
        ("sslv3 alert handshake failure", "cannot agree on TLS"),
    ],
)
def test_what_is_wrong_with_a_certificate_is_reported(said: str, words: str) -> None:
    with responses.RequestsMock() as mock:
        mock.get(f"https://sd.example{OPTIONS}", body=requests.exceptions.SSLError(said))
        with pytest.raises(Unreachable, match=words):
            Client("https://sd.example").options()


# --- failures --------------------------------------------------------------------------------


@pytest.fixture
def refused_port() -> int:
    """A port on which nothing listens."""
    with socket.socket() as free:
        free.bind(("127.0.0.1", 0))
        port: int = free.getsockname()[1]
        return port


def test_a_refused_connection_is_reported_with_what_to_do(refused_port: int) -> None:
    url = f"http://127.0.0.1:{refused_port}"
    with pytest.raises(Unreachable) as caught:
        Client(url).options()
    assert str(caught.value) == (
        f"{url} cannot be reached: nothing accepts connections there; "
        "is the webui running, and was it started with --api?"
    )
    assert (caught.value.exchange.status, caught.value.exchange.path) == (None, OPTIONS)


def test_an_unknown_name_is_reported(monkeypatch: pytest.MonkeyPatch) -> None:
    def nobody(*_: object, **__: object) -> None:
        raise socket.gaierror(socket.EAI_NONAME, "Name or service not known")

    monkeypatch.setattr(socket, "getaddrinfo", nobody)
    with pytest.raises(Unreachable, match="its name has no address"):
        Client("http://sd.example", proxies={}).options()


def test_a_name_that_no_network_can_have_is_reported() -> None:
    with pytest.raises(Unreachable, match="its name has no address"):
        Client(f"http://{'a' * 70}.example", proxies={}).options()


def test_an_answer_without_an_end_is_cut(
    serve: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    monkeypatch.setattr(transport_module, "LARGEST_BODY", 1000)
    server = serve(lambda _: {"body": b"x" * 200_000})
    with pytest.raises(ConnectionBroken, match="sent more than 512 MiB"):
        Client(server.url).exchange("GET", "/")


def test_a_dead_proxy_is_reported(refused_port: int) -> None:
    proxies = {"http": f"http://127.0.0.1:{refused_port}"}
    with pytest.raises(Unreachable, match="through the proxy"):
        Client("http://sd.example", proxies=proxies).options()


def test_silence_is_reported_with_its_length(serve: Callable[..., Any]) -> None:
    server = serve(lambda _: {"hold": True})
    with pytest.raises(TimedOut, match=r"sent nothing for 0\.05 s"):
        Client(server.url, timeout=Timeouts(read=0.05)).options()


def test_silence_in_the_middle_of_an_answer_is_reported() -> None:
    listener = socket.create_server(("127.0.0.1", 0))
    url = f"http://127.0.0.1:{listener.getsockname()[1]}"
    with ThreadPoolExecutor(1) as pool:
        done = pool.submit(_answer_half, listener)
        with pytest.raises(TimedOut, match=r"sent nothing for 0\.05 s") as caught:
            Client(url, timeout=Timeouts(read=0.05)).options()
        done.result().close()
    listener.close()
    assert caught.value.exchange.status == 200


def _answer_half(listener: socket.socket) -> socket.socket:
    connection, _ = listener.accept()
    connection.recv(65536)
    connection.sendall(b"HTTP/1.1 200 OK\r\nContent-Length: 100\r\n\r\nhalf")
    return connection


@pytest.mark.parametrize(
    ("raw", "words", "arrived"),
    [
        pytest.param(b"", "without an answer", b"", id="nothing"),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Length: 100000\r\n\r\n" + b"x" * 70_000,
            "in the middle of its answer",
            b"x" * 65_536,
            id="a body that is cut off",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nTransfer-Encoding: chunked\r\n\r\nzz\r\n",
            "in the middle of its answer",
            b"",
            id="broken chunks",
        ),
        pytest.param(
            b"HTTP/1.1 200 OK\r\nContent-Encoding: gzip\r\nContent-Length: 4\r\n\r\nnope",
            "not in the encoding its headers name",
            b"",
            id="no gzip",
        ),
        pytest.param(b"SSH-2.0-OpenSSH_9\r\n", "without an answer", b"", id="no HTTP at all"),
    ],
)
def test_a_broken_answer_is_reported_and_kept(
    serve: Callable[..., Any], raw: bytes, words: str, arrived: bytes
) -> None:
    server = serve(lambda _: {"raw": raw})
    client = Client(server.url)
    with pytest.raises(ConnectionBroken, match=words) as caught:
        client.options()
    assert caught.value.exchange.body == arrived
    assert client.log.last is caught.value.exchange


@pytest.mark.parametrize(
    ("error", "expected"),
    [
        (requests.exceptions.ConnectTimeout("slow"), TimedOut),
        (requests.exceptions.ReadTimeout("slow"), TimedOut),
        (requests.exceptions.ProxyError("no"), Unreachable),
        (requests.exceptions.SSLError("handshake"), Unreachable),
        (requests.exceptions.ConnectionError("odd"), Unreachable),
        (requests.exceptions.InvalidURL("odd"), Unreachable),
        (requests.exceptions.RetryError("odd"), Unreachable),
    ],
)
def test_every_failure_of_requests_has_an_error_of_ours(
    error: requests.RequestException, expected: type[ConnectionFailed]
) -> None:
    with responses.RequestsMock() as mock:
        mock.get(f"http://sd.example{OPTIONS}", body=error)
        with pytest.raises(expected, match=r"^http://sd\.example "):
            Client("http://sd.example").options()


def test_an_answer_that_drips_for_too_long_is_cut(serve: Callable[..., Any]) -> None:
    ticks: Iterator[float] = iter([0.0, 5.0, 61.0, 61.0])
    server = serve(lambda _: {"body": b"x" * 200_000})
    route = Route(address=Address.parse(server.url), headers={})
    transport = Transport(route, lambda _: None, clock=lambda: next(ticks))
    timeouts = Timeouts(total=60)
    with pytest.raises(TimedOut, match="had not answered in full after 60 s"):
        transport.send(Outgoing(method="GET", path="/", timeouts=timeouts))


@pytest.mark.parametrize("name", ["connect", "read", "total"])
@pytest.mark.parametrize("seconds", [0, -1])
def test_a_timeout_of_nothing_is_refused(name: str, seconds: float) -> None:
    with pytest.raises(AddressError, match=f"the {name} timeout is"):
        Timeouts(**{name: seconds})


# --- secrets ---------------------------------------------------------------------------------


def test_no_rendering_of_an_exchange_shows_a_secret(serve: Callable[..., Any]) -> None:
    server = serve(lambda _: {"body": {"api_auth": "user:hunter2"}})
    client = Client(server.url, auth="user:hunter2", headers={"X-Api-Key": "swordfish"})
    exchange = client.exchange("POST", OPTIONS, json={"note": "hunter2 swordfish"})
    token = b64encode(b"user:hunter2").decode()
    for shown in (repr(exchange), repr(client), render_request(exchange), curl_command(exchange)):
        assert not any(secret in shown for secret in ("hunter2", "swordfish", token))


# --- what is noted before -----------------------------------------------------------------------


def test_whoever_asked_hears_of_a_request_before_it_goes_out(serve: Callable[..., Any]) -> None:
    server = serve(says_hello)
    client = Client(server.url)
    noted = []
    client.before_each(lambda outgoing: noted.append((outgoing.path, len(server.seen))))
    client.options()
    client.options()
    assert noted == [(OPTIONS, 0), (OPTIONS, 1)]


def test_whoever_hears_of_it_may_keep_it_from_going_out(serve: Callable[..., Any]) -> None:
    def refuses(_: Outgoing) -> None:
        raise LookupError

    server = serve(says_hello)
    client = Client(server.url)
    client.before_each(refuses)
    with pytest.raises(LookupError):
        client.options()
    assert server.seen == []


def test_further_secrets_are_taken_out_of_renderings(serve: Callable[..., Any]) -> None:
    server = serve(says_hello)
    client = Client(server.url, headers={"X-Tenant": "planted"}, secrets=["planted"])
    client.options()
    assert client.log.last is not None
    assert "planted" not in curl_command(client.log.last) + render_request(client.log.last)
    assert server.seen[0].headers["x-tenant"] == "planted"
