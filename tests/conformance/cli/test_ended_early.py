"""Several servers, and a signal while options of all of them are changed."""

from __future__ import annotations

import json
import signal
import subprocess
import sys
from contextlib import ExitStack
from threading import Event
from typing import TYPE_CHECKING, Any
from urllib.request import urlopen

import pytest
from flask import Flask, request
from listening import listening

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

_LONG = 60.0


class _Watched:
    """A mock that says when its options were first written, and lets the writer wait there."""

    def __init__(self, stack: ExitStack) -> None:
        self.written = Event()
        self.go_on = Event()
        self.url = stack.enter_context(listening(hook=self._hook))
        self.before = self.options

    def _hook(self, app: Flask) -> None:
        @app.after_request
        def after(response: Any) -> Any:
            if request.method == "POST" and request.path.endswith("/options"):
                self.written.set()
                self.go_on.wait(_LONG)
            return response

    @property
    def options(self) -> dict[str, Any]:
        with urlopen(f"{self.url}/sdapi/v1/options") as answer:  # noqa: S310 - our own server
            found: dict[str, Any] = json.load(answer)
        return found


@pytest.fixture
def servers() -> Iterator[list[_Watched]]:
    with ExitStack() as stack:
        yield [_Watched(stack) for _ in range(2)]


@pytest.mark.parametrize(
    ("number", "code"),
    [
        pytest.param(signal.SIGTERM, 143, id="SIGTERM"),
        pytest.param(signal.SIGINT, 130, id="Ctrl-C"),
    ],
)
@pytest.mark.skipif(sys.platform == "win32", reason="Windows has no such signals")
def test_options_of_all_servers_are_put_back(
    number: signal.Signals, code: int, servers: list[_Watched], tmp_path: Path
) -> None:
    file = tmp_path / "sdapi.toml"
    tables = [f'[targets.t{i}]\nurl = "{each.url}"\n' for i, each in enumerate(servers)]
    file.write_text("patience = 0\nmode = 'restore'\n" + "".join(tables), encoding="utf-8")
    command = [
        sys.executable,
        "-m",
        "conformance",
        "--config",
        str(file),
        "--only",
        "OPT-007,OPT-019",
    ]
    with subprocess.Popen(  # noqa: S603 - our own program
        command,
        stdout=subprocess.PIPE,
        stderr=subprocess.STDOUT,
        env={"XDG_STATE_HOME": str(tmp_path), "HOME": str(tmp_path)},
    ) as process:
        for each in servers:
            assert each.written.wait(_LONG)
        process.send_signal(number)
        for each in servers:
            each.go_on.set()
        output, _ = process.communicate(timeout=_LONG)
    assert process.returncode == code
    assert output.count(b" interrupted after ") == len(servers)
    assert b"Traceback" not in output
    assert [each.options for each in servers] == [each.before for each in servers]
    assert list(tmp_path.rglob("*.undo")) == []
