"""Every curl line of a report runs as it is, and gets the same answer."""

from __future__ import annotations

import json
import os
import shutil
import subprocess
import threading
from typing import TYPE_CHECKING, Any

import pytest

from conformance.cli import execute
from mockserver.backends.registry import create_app, simulate
from mockserver.core.config import Config
from mockserver.http.threaded_server import ThreadedServer

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

pytestmark = pytest.mark.skipif(shutil.which("curl") is None, reason="there is no curl")

# Requests without a body, with a short one, with pictures, as JSON and as other bytes.
_LOOKED_AT = "TXT2IMG-003,IMG2IMG-001,IMG-003,EXTRAS-007,HTTP-006,HTTP-010,INFO-013,PNGINFO-001"
_STATUS = "curl() { command curl -m 20 -o /dev/null -w '%{http_code}' \"$@\"; }\n"


@pytest.fixture
def url() -> Iterator[str]:
    """A mock on a real port that asks for credentials, and whose answers lack their pictures."""
    app = create_app(simulate(config=Config(auth=(("user", "pass"),))))
    app.faults.add("images-empty")
    server = ThreadedServer(app)
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    yield server.url
    server.end()
    thread.join(10)


def _run(command: str) -> str:
    ran = subprocess.run(  # noqa: S603 - lines of our own report
        ["/bin/sh", "-c", _STATUS + command],
        capture_output=True,
        text=True,
        check=False,
        env={"PATH": os.environ["PATH"], "SDAPI_AUTH": "user:pass"},
    )
    return ran.stdout


def test_every_line_gets_the_status_that_the_report_has(
    url: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    kept = tmp_path / "run.json"
    run = [url, "--auth", "user:pass", "--patience", "0", "--only", _LOOKED_AT]
    assert execute([*run, "--report", str(kept)]) == 1
    report: dict[str, Any] = json.loads(kept.read_text(encoding="utf-8"))
    exchanges = [each for result in report["results"] for each in result["exchanges"]]
    lines = {each["curl"]: str(each["answer"]["status"]) for each in exchanges}
    assert len(lines) >= 4
    assert any("END_OF_BODY" in line for line in lines)
    assert {line: _run(line) for line in lines} == lines
    shown = [line for line in capsys.readouterr().out.splitlines() if "  Curl:" in line]
    assert {_run(line.partition("Curl:")[2].strip()) for line in shown} <= set(lines.values())
    assert "user:pass" not in "".join(lines)
