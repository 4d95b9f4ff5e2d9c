"""How fast servers answer, side by side: the table of the README.

Run it by hand: ``python tests/bench/serving_speed.py --json speed.json``. Rounds are interleaved,
so that whatever else the machine does meets all alike; what is compared are medians and their
ratios to Flask's development server, which answers the same ready bytes. On a machine that others
use, too, compare the time of the CPU that an answer takes.
"""

from __future__ import annotations

import contextlib
import json
import logging
import os
import platform
import signal
import socket
import statistics
import subprocess
import sys
import tempfile
import time
import urllib.request
from datetime import UTC, datetime
from importlib.metadata import PackageNotFoundError, version
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from load_client import load, request_of
from other_mocks import start_others

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    #: Answers a second, and microseconds of CPU for each, by server and kind.
    Rounds = dict[tuple[str, str], list[tuple[float, float | None]]]

_LIST, _PICTURE = "/sdapi/v1/samplers", "/sdapi/v1/txt2img"
_KINDS = ("list", "known pixels", "new pixels")
_BASE = "Flask's development server"
_BODY = {"prompt": "a red fox", "seed": 1, "steps": 20}
_JSON = {"Content-Type": "application/json"}
_PATIENCE = 60.0
#: Requests of known pixels: each is asked for again and again.
_KNOWN = 4
#: A script that serves ready bytes: port, file of the list, file of the picture.
_READY = """
import logging, sys
from pathlib import Path
from flask import Flask, Response
port, small, large = int(sys.argv[1]), *map(lambda name: Path(name).read_bytes(), sys.argv[2:])
app = Flask("ready")
logging.getLogger("werkzeug").disabled = True
kind = "application/json"
app.get("/sdapi/v1/samplers", endpoint="list")(lambda: Response(small, mimetype=kind))
app.post("/sdapi/v1/txt2img", endpoint="picture")(lambda: Response(large, mimetype=kind))
app.run(port=port, threaded=True)
"""
#: What granian alone can do: the same ready bytes on its event loop.
_ALONE = """
from pathlib import Path
small, large = (Path(__file__).with_name(name).read_bytes() for name in ("small", "large"))
kind = [("content-type", "application/json")]
async def app(scope, protocol):
    if scope.method == "POST":
        await protocol()
    protocol.response_bytes(200, kind, large if scope.method == "POST" else small)
"""
_HTTPSERVER = """
import sys, time
from pathlib import Path
from pytest_httpserver import HTTPServer
port, small, large = int(sys.argv[1]), *map(lambda name: Path(name).read_bytes(), sys.argv[2:])
server = HTTPServer("127.0.0.1", port, threaded=True)
kind = "application/json"
server.expect_request("/sdapi/v1/samplers").respond_with_data(small, content_type=kind)
server.expect_request("/sdapi/v1/txt2img").respond_with_data(large, content_type=kind)
server.start()
time.sleep(3600)
"""


def _free_port() -> int:
    with socket.socket() as taken:
        taken.bind(("127.0.0.1", 0))
        return int(taken.getsockname()[1])


def _ask(url: str, body: dict[str, Any] | None = None) -> bytes:
    data = None if body is None else json.dumps(body).encode()
    request = urllib.request.Request(url, data, _JSON)  # noqa: S310 - our own address
    with urllib.request.urlopen(request, timeout=30) as answer:  # noqa: S310 - the same
        found: bytes = answer.read()
        return found


def _wait_for(url: str) -> None:
    """Wait until a list is answered at an address.

    Raises:
        TimeoutError: it is not.
    """
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError):
            _ask(url + _LIST)
            return
        time.sleep(0.1)
    raise TimeoutError(url)


def _wait_for_port(port: int) -> None:
    end = time.monotonic() + _PATIENCE
    while time.monotonic() < end:
        with contextlib.suppress(OSError), socket.create_connection(("127.0.0.1", port), 1):
            return
        time.sleep(0.1)
    raise TimeoutError(port)


class Servers:
    """The servers that are compared, each a process of its own.

    Attributes:
        urls: where each answers, by name.
        skipped: why others are not there, by name.
    """

    def __init__(self) -> None:
        self.urls: dict[str, str] = {}
        self.skipped: dict[str, str] = {}
        self._running: list[subprocess.Popen[bytes]] = []
        self._groups: dict[str, int] = {}

    def cpu(self, name: str) -> float | None:
        """Seconds of CPU that a server's processes have taken; None where nobody knows.

        Args:
            name: of the server.
        """
        group, total = self._groups.get(name), 0
        if group is None or not Path("/proc/self/stat").exists():
            return None
        for file in Path("/proc").glob("[0-9]*/stat"):
            with contextlib.suppress(OSError):
                fields = file.read_text().rpartition(")")[2].split()
                if int(fields[2]) == group:
                    total += int(fields[11]) + int(fields[12])
        return total / os.sysconf("SC_CLK_TCK")

    def start(
        self, name: str, *command: str, prepare: Callable[[str], object] | None = None
    ) -> str:
        """Start a server; ``PORT`` in its command is a free port.

        Args:
            name: for the table.
            command: that starts it.
            prepare: is given its address once it accepts connections, before it is asked.
        """
        port = _free_port()
        parts = [part.replace("PORT", str(port)) for part in command]
        quiet = subprocess.DEVNULL
        # Some programs are a shell around another, which has to end too.
        self._running.append(
            subprocess.Popen(parts, stdout=quiet, stderr=quiet, start_new_session=True)  # noqa: S603 - ours
        )
        self._groups[name] = self._running[-1].pid
        url = f"http://127.0.0.1:{port}"
        if prepare is not None:
            _wait_for_port(port)
            prepare(url)
        _wait_for(url)
        self.urls[name] = url
        return url

    def skip(self, name: str, why: str) -> None:
        """Leave a server out."""
        self.skipped[name] = why

    def stop(self) -> None:
        """End them all."""
        for process in self._running:
            with contextlib.suppress(ProcessLookupError):
                os.killpg(process.pid, signal.SIGTERM)
        for process in self._running:
            process.wait(10)


def _mock(*options: str) -> tuple[str, ...]:
    return (sys.executable, "-m", "mockserver", "--port", "PORT", *options)


@contextlib.contextmanager
def _started(others: dict[str, str], places: tuple[str, ...]) -> Iterator[Servers]:
    servers = Servers()
    with tempfile.TemporaryDirectory() as folder:
        small, large = Path(folder, "small"), Path(folder, "large")
        try:
            url = servers.start("sdapi-mock", *_mock())
            small.write_bytes(_ask(url + _LIST))
            large.write_bytes(_ask(url + _PICTURE, _BODY))
            ready = ("PORT", str(small), str(large))
            servers.start(_BASE, sys.executable, "-c", _READY, *ready)
            if _has("granian"):
                servers.start("sdapi-mock, granian", *_mock("--server", "granian"))
                Path(folder, "alone.py").write_text(_ALONE)
                alone = ("--interface", "rsgi", "--no-log", "--working-dir", folder, "alone:app")
                command = (sys.executable, "-m", "granian", "--port", "PORT", *alone)
                servers.start("granian alone, ready bytes", *command)
            else:
                servers.skipped["sdapi-mock, granian"] = "pip install 'sdapi-conformance[fast]'"
            if _has("pytest-httpserver"):
                servers.start("pytest-httpserver", sys.executable, "-c", _HTTPSERVER, *ready)
            else:
                servers.skipped["pytest-httpserver"] = "pip install pytest-httpserver"
            start_others(servers.start, servers.skip, (small, large), places)
            servers.urls |= others
            yield servers
        finally:
            servers.stop()


def _has(package: str) -> bool:
    try:
        version(package)
    except PackageNotFoundError:
        return False
    return True


def _requests(kind: str, url: str, turn: int) -> list[bytes]:
    if kind == "list":
        return [request_of(url + _LIST)]
    seeds = range(_KNOWN) if kind == "known pixels" else range(turn * 10**6, turn * 10**6 + 5000)
    return [request_of(url + _PICTURE, json.dumps(_BODY | {"seed": s}).encode()) for s in seeds]


def _measure(servers: Servers, rounds: int, seconds: float) -> Rounds:
    found: Rounds = {}
    # The first round is not counted: some programs compile what they do often.
    for turn in range(rounds + 1):
        for name, url in servers.urls.items():
            for kind in _KINDS:
                if kind == "new pixels" and not name.startswith("sdapi-mock"):
                    continue
                with contextlib.suppress(OSError):
                    before = servers.cpu(name)
                    done = load(url, _requests(kind, url, turn), seconds)
                    after = servers.cpu(name)
                    each = None
                    if before is not None and after is not None:
                        each = (after - before) / max(done.answers, 1) * 1e6
                    if turn and not done.failures:
                        found.setdefault((name, kind), []).append((done.rate, each))
    return found


def _table(found: Rounds) -> list[dict[str, Any]]:
    """Rates and their ratios to the base; those of new pixels to its known ones."""
    medians = {key: statistics.median(r for r, _ in rounds) for key, rounds in found.items()}
    cpu = {
        key: statistics.median(c for _, c in rounds if c is not None)
        for key, rounds in found.items()
        if rounds[0][1] is not None
    }
    rows = []
    for name in dict.fromkeys(name for name, _ in found):
        row: dict[str, Any] = {"server": name}
        for kind in _KINDS:
            rate = medians.get((name, kind))
            base = medians[_BASE, "list" if kind == "list" else "known pixels"]
            row[kind] = (
                None if rate is None else {"rate": round(rate), "ratio": round(rate / base, 2)}
            )
            if rate is not None and (name, kind) in cpu:
                row[kind]["cpu_microseconds"] = round(cpu[name, kind])
        rows.append(row)
    return rows


def _report(found: Rounds, servers: Servers, rounds: int) -> dict[str, Any]:
    return {
        "taken": datetime.now(UTC).date().isoformat(),
        "machine": f"{os.cpu_count()} cores, {platform.machine()}, {platform.system()}",
        "load": os.getloadavg() if hasattr(os, "getloadavg") else None,
        "python": platform.python_version(),
        "versions": {n: version(n) for n in ("flask", "granian") if _has(n)},
        "rounds": rounds,
        "servers": _table(found),
        "skipped": servers.skipped,
    }


def _shown(report: dict[str, Any]) -> Iterator[str]:
    yield f"| answers a second (ratio to {_BASE}, CPU of each) | {' | '.join(_KINDS)} |"
    yield "|---|" + "---|" * len(_KINDS)
    for row in report["servers"]:
        cells = [row[kind] for kind in _KINDS]
        texts = ["" if c is None else _cell(c) for c in cells]
        yield f"| {row['server']} | {' | '.join(texts)} |"
    for name, why in report["skipped"].items():
        yield f"Skipped: {name}: {why}"
    yield f"{report['taken']}, {report['machine']}, Python {report['python']}, {report['versions']}"


def _cell(found: dict[str, Any]) -> str:
    cpu = f", {found['cpu_microseconds']} µs" if "cpu_microseconds" in found else ""
    return f"{found['rate']} ({found['ratio']:.2f}{cpu})"


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=1.0, show_default=True, help="How long a round lasts.")
@click.option("--other", multiple=True, metavar="NAME=URL", help="A server that runs already.")
@click.option("--programs", multiple=True, metavar="DIR", help="Where other mocks are, too.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Where the figures go.")
def main(
    rounds: int,
    seconds: float,
    other: tuple[str, ...],
    programs: tuple[str, ...],
    file: Path | None,
) -> None:
    """Print the table."""
    logging.disable()
    others = dict(name.split("=", 1) for name in other)
    with _started(others, programs) as servers:
        found = _measure(servers, rounds, seconds)
        report = _report(found, servers, rounds)
    for line in _shown(report):
        click.echo(line)
    if file:
        file.write_text(json.dumps(report, indent=2) + "\n")


if __name__ == "__main__":
    main()
