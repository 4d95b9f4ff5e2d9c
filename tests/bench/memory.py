"""How much memory a mock holds after many different pictures and many journalled requests.

Run it by hand: ``python tests/bench/memory.py --pictures 10000 --requests 100000``.
"""

from __future__ import annotations

import json
import resource
from pathlib import Path

import click

from mockserver.backends.registry import create_app
from mockserver.http.in_process import call

_ADDRESS = "http://127.0.0.1:7860"
_KILO = 1024
_STATUS = Path("/proc/self/status")


def peak() -> float:
    """The most memory that this program ever held, in megabytes.

    Linux's getrusage counts what the process held before it became this program.
    """
    if _STATUS.exists():
        line = next(line for line in _STATUS.read_text().splitlines() if "VmHWM" in line)
        return int(line.split()[1]) / _KILO
    return resource.getrusage(resource.RUSAGE_SELF).ru_maxrss / _KILO / _KILO


def measure(pictures: int, requests: int, side: int) -> dict[str, float]:
    """Megabytes at the start, after the pictures, and after the requests.

    Args:
        pictures: how many different ones are asked for.
        requests: how many lists are asked for.
        side: of the pictures, in pixels.
    """
    app = create_app()
    call(app, "GET", f"{_ADDRESS}/sdapi/v1/samplers", {}, b"")
    found = {"idle": peak()}
    kind = {"Content-Type": "application/json"}
    for seed in range(pictures):
        fields = {"prompt": f"fox {seed % 7}", "seed": seed, "width": side, "height": side}
        body = json.dumps(fields).encode()
        call(app, "POST", f"{_ADDRESS}/sdapi/v1/txt2img", kind, body)
    found["pictures"] = peak()
    for number in range(requests):
        headers = {"User-Agent": f"client {number}", "Accept": "*/*"}
        call(app, "GET", f"{_ADDRESS}/sdapi/v1/samplers", headers, b"")
    found["requests"] = peak()
    return found


@click.command()
@click.option("--pictures", default=10_000, show_default=True)
@click.option("--requests", default=100_000, show_default=True)
@click.option("--side", default=512, show_default=True)
def main(pictures: int, requests: int, side: int) -> None:
    """Print the megabytes as JSON."""
    click.echo(json.dumps(measure(pictures, requests, side)))


if __name__ == "__main__":
    main()
