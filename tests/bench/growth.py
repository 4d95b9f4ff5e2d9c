"""How the mock's costs grow: with clients, with pixels, with the journal.

Run it by hand: ``python tests/bench/growth.py --json growth.json``. Costs are to grow with the work
and not faster: the rate stays however many clients ask, a picture costs by its pixels, and a
request costs the same however many are in the journal.
"""

from __future__ import annotations

import json
import statistics
import subprocess
import sys
import time
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click
from load_client import load, request_of

from mockserver.backends.registry import create_app
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

_ADDRESS = "http://127.0.0.1:7860"
_KIND = {"Content-Type": "application/json"}
_CLIENTS = (1, 10, 100)
_SIDES = (64, 128, 256, 512, 1024, 2048)
_ENTRIES = (10, 100, 1000, 10_000, 100_000)
_MILLI = 1000.0


@contextmanager
def mock() -> Iterator[str]:
    """The address of a mock of its own."""
    command = [sys.executable, "-m", "mockserver", "--port", "0"]
    quiet = subprocess.DEVNULL
    with subprocess.Popen(  # noqa: S603 - our own command
        command, stdout=subprocess.PIPE, stderr=quiet, text=True
    ) as process:
        assert process.stdout is not None
        yield process.stdout.readline().strip().rpartition(" ")[2]
        process.terminate()


def clients(rounds: int, seconds: float) -> list[dict[str, Any]]:
    """Answers a second by how many clients ask at once."""
    picture = json.dumps({"prompt": "a red fox", "seed": 1, "steps": 20}).encode()
    found: dict[tuple[int, str], list[float]] = {}
    with mock() as url:
        requests = {
            "list": [request_of(f"{url}/sdapi/v1/samplers")],
            "known pixels": [request_of(f"{url}/sdapi/v1/txt2img", picture)],
        }
        for _ in range(rounds):
            for count in _CLIENTS:
                for kind, asked in requests.items():
                    done = load(url, asked, seconds, count)
                    found.setdefault((count, kind), []).append(done.rate)
    return [
        {"clients": count, **{kind: statistics.median(found[count, kind]) for kind in requests}}
        for count in _CLIENTS
    ]


def pixels(rounds: int) -> list[dict[str, Any]]:
    """Milliseconds of CPU of a new picture, and of one that is known, by its side."""
    app = create_app()
    rows = []
    for side in _SIDES:
        fields = {"prompt": "fox", "width": side, "height": side, "steps": 20}
        bodies = [json.dumps(fields | {"seed": seed}).encode() for seed in range(rounds + 1)]

        def ask(body: bytes) -> None:
            call(app, "POST", f"{_ADDRESS}/sdapi/v1/txt2img", _KIND, body)

        new = statistics.median(_cpu(ask, body) for body in bodies)
        known = statistics.median(_cpu(ask, bodies[-1]) for _ in range(rounds))
        mega = side * side / 1e6
        rows.append({"side": side, "new ms": new, "new ms/Mpixel": new / mega, "known ms": known})
    return rows


def journal(samples: int) -> list[dict[str, Any]]:
    """Microseconds of CPU of a list, milliseconds of a search, by what the journal was given."""
    app = create_app()
    # By itself it keeps 16 MB, some thousand entries.
    app.journal.limit = 1 << 30
    rows, asked = [], 0
    for entries in _ENTRIES:
        while asked < entries:
            _list(app)
            asked += 1
        began = time.process_time()
        for _ in range(samples):
            _list(app)
        each = (time.process_time() - began) / samples
        asked += samples
        pictures = f"{_ADDRESS}/_mock/journal?path=/sdapi/v1/txt2img"
        read = _cpu(lambda url: call(app, "GET", url, {}, b""), pictures)
        kept = len(app.journal.calls())
        row = {"asked": asked, "kept": kept, "request us": 1e6 * each, "search ms": read}
        rows.append(row)
    return rows


def _list(app: Any) -> None:
    call(app, "GET", f"{_ADDRESS}/sdapi/v1/samplers", {}, b"")


def _cpu(function: Callable[[Any], object], argument: object) -> float:
    began = time.process_time()
    function(argument)
    return _MILLI * (time.process_time() - began)


def show(title: str, rows: list[dict[str, Any]]) -> None:
    """Print a table."""
    click.echo(f"\n| {' | '.join(rows[0])} |  {title}")
    click.echo("|" + "---|" * len(rows[0]))
    for row in rows:
        cells = [f"{v:.0f}" if v >= 100 or v == int(v) else f"{v:.2f}" for v in row.values()]
        click.echo(f"| {' | '.join(cells)} |")


@click.command()
@click.option("--rounds", default=5, show_default=True)
@click.option("--seconds", default=1.0, show_default=True, help="How long a round lasts.")
@click.option("--json", "file", type=click.Path(path_type=Path), help="Where the figures go.")
def main(rounds: int, seconds: float, file: Path | None) -> None:
    """Print three tables."""
    found = {
        "clients": clients(rounds, seconds),
        "pixels": pixels(rounds),
        "journal": journal(500),
    }
    show("answers a second by clients", found["clients"])
    show("CPU of a picture by its side", found["pixels"])
    show("CPU of a request by the entries of the journal", found["journal"])
    if file:
        file.write_text(json.dumps(found, indent=2) + "\n", encoding="utf-8")


if __name__ == "__main__":
    main()
