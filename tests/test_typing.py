"""What users write type-checks strictly: the mock, its fixtures and the client."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from mypy import api

import conformance
import mockserver

if TYPE_CHECKING:
    import pytest

_ROOT = Path(mockserver.__file__).parents[1]
_CACHE = Path(__file__).parents[1] / ".mypy_cache"
USERS_TEST = """
import requests

import mockserver
from conformance.client import Client, Txt2Img
from mockserver import Activated, ManualClock


def test_a_bot(webui: Activated, webui_server: Activated) -> None:
    requests.post(webui.url + "/sdapi/v1/txt2img", json={"prompt": "puppy dog", "steps": 20})
    calls = webui.journal.verify("/sdapi/v1/txt2img", times=1, json={"steps": 20})
    assert calls[0].status == 200
    with Client(webui_server.url) as client:
        answer = client.txt2img(Txt2Img(prompt="puppy dog", steps=1, width=64, height=64))
    assert answer.images


def test_activate() -> None:
    clock = ManualClock()
    with mockserver.activate("http://127.0.0.1:7860", clock=clock, seed=1) as webui:
        number: int = len(webui.requests)
        url: str = webui.url
        name: str = webui.webui.profile.name
    clock.advance(1.0)
    print(number, url, name)
"""
WRONG = "import mockserver\n\nwith mockserver.activate(url=1) as webui:\n    webui.nothing\n"


def _checked(source: str, folder: Path, monkeypatch: pytest.MonkeyPatch) -> tuple[str, int]:
    file = folder / "test_users.py"
    file.write_text(source)
    # Installed packages are found by themselves, and may not be named.
    if _ROOT.name == "site-packages":
        monkeypatch.delenv("MYPYPATH", raising=False)
    else:
        monkeypatch.setenv("MYPYPATH", str(_ROOT))
    config = folder / "mypy.ini"
    config.write_text("[mypy]\n")
    words = ["--strict", "--config-file", str(config), "--cache-dir", str(_CACHE)]
    report, _, status = api.run([*words, str(file)])
    return report, status


def test_a_users_test_passes_mypy_strict(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    assert _checked(USERS_TEST, tmp_path, monkeypatch) == (
        "Success: no issues found in 1 source file\n",
        0,
    )


def test_a_users_mistake_is_found(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    report, status = _checked(WRONG, tmp_path, monkeypatch)

    assert status == 1
    assert 'has no attribute "nothing"' in report


def test_both_packages_say_that_they_are_typed() -> None:
    for package in (mockserver, conformance):
        assert (Path(package.__file__ or "").parent / "py.typed").is_file()
