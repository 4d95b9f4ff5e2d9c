"""What a server gets for strangers: files of its machine, and addresses that they name.

Harmless files are asked for, and none is kept. Addresses are tried only where the operator agrees.
"""

from __future__ import annotations

import re
import threading
from contextlib import contextmanager
from dataclasses import dataclass, field
from http.server import BaseHTTPRequestHandler, ThreadingHTTPServer
from secrets import token_urlsafe
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Timeouts
from conformance.detection.probe import API
from conformance.errors import ConnectionFailed
from conformance.security.asker import is_asking
from conformance.security.finding import Level, finding

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.exchange import Exchange
    from conformance.security.asker import Asker
    from conformance.security.finding import Finding


# The name of a Linux distribution, and a list of fonts: the same on millions of machines.
_LINUX, _WINDOWS = "/etc/os-release", "C:/Windows/win.ini"
_UP = "..%2f" * 8
_ANYWHERE = (
    f"/file={_LINUX}",
    f"/file={_WINDOWS}",
    f"/file={_UP}etc%2fos-release",
    f"/file=%2ftmp%2fgradio%2f{_UP}etc%2fos-release",
    f"/static/{_UP}etc%2fos-release",
    f"/assets/{_UP}etc%2fos-release",
    f"/sd_extra_networks/thumb?filename={_LINUX}",
)
_HARMLESS = re.compile(r'^(?:NAME|ID|PRETTY_NAME)="?\w|^\[(?:fonts|extensions|mci)', re.MULTILINE)
# What lies in the webui's own folder; gradio 3 serves all of it but dot files.
_OWN = ("/file=config.json", "/file=ui-config.json", "/file=webui-user.sh", "/file=webui-user.bat")


def served_files(asker: Asker) -> Iterator[Finding]:
    """Whether strangers get files from anywhere, or from the webui's own folder.

    Args:
        asker: asks the server.
    """
    name = "SEC-FILES"
    answers = {path: asker.stranger("GET", path) for path in (*_ANYWHERE, *_OWN)}
    anywhere = [path for path in _ANYWHERE if _is_harmless(answers[path])]
    own = [path for path in _OWN if _is_file(answers[path])]
    if anywhere:
        sentence = "strangers can read files from anywhere on its machine"
        level = Level.HIGH if asker.is_exposed else Level.MEDIUM
        yield finding(name, level, f"{sentence}.", [*anywhere, *own])
    elif own:
        sentence = "strangers can read files of its own folder"
        secrets = any("webui-user" in path for path in own)
        exposed = Level.HIGH if secrets else Level.MEDIUM
        yield finding(name, exposed if asker.is_exposed else Level.LOW, f"{sentence}.", own)
    elif not any(answers.values()):
        yield finding(name, Level.UNKNOWN, "no request for a file was answered in time.")
    elif all(answer is None or is_asking(answer) for answer in answers.values()):
        yield finding(name, Level.FINE, "its files are kept from strangers.")
    else:
        sentence = f"none of {len(answers)} requests for known files was served"
        yield finding(name, Level.FINE, f"{sentence}.")


def _is_harmless(exchange: Exchange | None) -> bool:
    return exchange is not None and exchange.ok and _HARMLESS.search(exchange.text) is not None


def _is_file(exchange: Exchange | None) -> bool:
    # A page that answers every path is no file.
    return exchange is not None and exchange.ok and exchange.media_type != "text/html"


_ENABLED, _LOCAL_FORBIDDEN = "api_enable_requests", "api_forbid_local_requests"
_SOON = Timeouts(connect=10.0, read=30.0, total=30.0)


@dataclass
class Visits:
    """Who came to a listener of ours.

    Args:
        url: an address below it that nobody can guess.
        paths: of the requests that came there.
    """

    url: str
    paths: list[str] = field(default_factory=list)


class _Listener(ThreadingHTTPServer):
    daemon_threads = True
    visits: Visits


class _Handler(BaseHTTPRequestHandler):
    server: _Listener

    def do_GET(self) -> None:
        """Note the visit; what comes back is no picture, so that nothing is made of it."""
        self.server.visits.paths.append(self.path)
        self.send_response(404)
        self.send_header("Content-Length", "0")
        self.end_headers()

    do_HEAD = do_GET  # noqa: N815 - http.server's own name

    def log_message(self, *_: object) -> None:
        """A visit is reported, not logged."""


@contextmanager
def listening() -> Iterator[Visits]:
    """Listen on a free port of the loopback, and note who comes.

    Returns:
        A context with the visits.
    """
    listener = _Listener(("127.0.0.1", 0), _Handler)
    listener.visits = Visits(f"http://127.0.0.1:{listener.server_port}/{token_urlsafe(12)}.png")
    thread = threading.Thread(target=listener.serve_forever, kwargs={"poll_interval": 0.05})
    thread.start()
    try:
        yield listener.visits
    finally:
        listener.shutdown()
        thread.join()
        listener.server_close()


def fetching(asker: Asker, *, allowed: bool) -> Iterator[Finding]:
    """Whether the server fetches pictures from addresses, local ones too.

    Args:
        asker: asks the server.
        allowed: whether the operator lets the server be asked for an address of this machine.
    """
    if allowed and asker.context.client.address.is_loopback:
        yield _tried(asker)
    else:
        yield _by_options(asker, allowed=allowed)


def _by_options(asker: Asker, *, allowed: bool) -> Finding:
    """What the options say, where nothing is tried."""
    name = "SEC-FETCH"
    options = asker.json(f"{API}/options")
    options = options if isinstance(options, dict) else {}
    hint = "this machine's loopback is not the server's" if allowed else "--try-fetch tries it"
    if _ENABLED not in options:
        return finding(name, Level.UNKNOWN, f"it has no option that says so; {hint}.")
    if not options[_ENABLED]:
        return finding(name, Level.FINE, f"{_ENABLED} is off.")
    if options.get(_LOCAL_FORBIDDEN) is False:
        level = Level.MEDIUM if asker.asks else Level.HIGH
        sentence = f"{_LOCAL_FORBIDDEN} is off: it may fetch any address, local ones too"
        return finding(name, level, f"{sentence} ({hint}).", [_ENABLED, _LOCAL_FORBIDDEN])
    sentence = f"by its options it fetches pictures from public addresses alone; {hint}"
    return finding(name, Level.FINE, f"{sentence}.")


def _tried(asker: Asker) -> Finding:
    """Ask for a picture of ours, by each route that takes one, and see whether it comes."""
    name = "SEC-FETCH"
    visited, answered = [], []
    for route, request in _requests():
        with listening() as visits:
            came = _ask(asker, request(visits.url))
            answered += [route] if came else []
            visited += [route] if visits.paths else []
    if visited:
        level = Level.MEDIUM if asker.asks else Level.HIGH
        sentence = "it fetched an address of its own machine"
        return finding(name, level, f"{sentence}.", visited)
    if not answered:
        return finding(name, Level.UNKNOWN, "no request with an address was answered.")
    sentence = f"it did not fetch an address of its own machine, asked by {len(answered)} routes"
    return finding(name, Level.FINE, f"{sentence}.")


def _requests() -> Iterator[tuple[str, Any]]:
    """Route -> request for an address; none makes a picture, as none comes from there."""
    yield "POST png-info", lambda url: ("POST", f"{API}/png-info", {"json": {"image": url}})
    yield (
        "POST img2img (init_images)",
        lambda url: ("POST", f"{API}/img2img", {"json": _rework(url)}),
    )
    yield "GET /file=", lambda url: ("GET", f"/file={url}", {})


def _rework(url: str) -> dict[str, Any]:
    return {"init_images": [url], "steps": 1, "width": 64, "height": 64, "prompt": ""}


def _ask(asker: Asker, request: tuple[str, str, dict[str, Any]]) -> bool:
    method, path, more = request
    try:
        asker.context.client.exchange(method, path, timeout=_SOON, **more)
    except ConnectionFailed:
        return False
    return True
