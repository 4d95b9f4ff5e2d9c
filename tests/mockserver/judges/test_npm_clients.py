"""Two clients from npm, unchanged, against ControlNet as programs met it, old and new."""

from __future__ import annotations

import contextlib
import json
import shutil
import subprocess
import threading
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

import mockserver
from mockserver.backends.registry import simulate

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

HERE = Path(__file__).parents[2] / "npm"
INSTALL = ["npm", "install", "--no-audit", "--no-fund", "--no-package-lock", "--ignore-scripts"]


@pytest.fixture
def ask(tmp_path: Path) -> Callable[[str], dict[str, Any]]:
    """Runs the script against a server; skips where the packages cannot be had."""
    node = shutil.which("node")
    if node is None or shutil.which("npm") is None:
        pytest.skip("no node")
    for name in ("package.json", "controlnet.cjs"):
        shutil.copy(HERE / name, tmp_path)
    installed = subprocess.run(  # noqa: S603 - our own command
        INSTALL, cwd=tmp_path, capture_output=True, check=False, timeout=120
    )
    if installed.returncode:
        pytest.skip("npm cannot install the clients")

    def ask_(url: str) -> dict[str, Any]:
        command = [node, "controlnet.cjs", url]
        done = subprocess.run(  # noqa: S603 - our own command
            command, cwd=tmp_path, capture_output=True, text=True, check=True, timeout=60
        )
        told: dict[str, Any] = json.loads(done.stdout)
        return told

    return ask_


@contextlib.contextmanager
def served(extension: str) -> Iterator[str]:
    """The address of a server with the extension."""
    config = mockserver.Config(extensions=(extension,))
    server = mockserver.ThreadedServer(mockserver.create_app(simulate("a1111-1.10.1", config)))
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.end()
        thread.join(5)


def test_clients_of_2023_work_with_the_old_controlnet_or_not_at_all(
    ask: Callable[[str], dict[str, Any]],
) -> None:
    with served("controlnet") as url:
        new = ask(url)
    with served("controlnet@1.1.447") as url:
        old = ask(url)

    first = new["stable-diffusion-api"]
    assert "control_v11p_sd15_canny [f1aa6b3f]" in first["models"]
    assert (first["modules"], first["pixel"]) == (72, [255, 255, 255])
    assert first["made"] == "Conflict of field 'guidance' and 'guidance_end'"
    assert old["stable-diffusion-api"]["made"] == 2
    assert new["node-sd-webui"] == {"images": 1, "error": "Not Found"}
