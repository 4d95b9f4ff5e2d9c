"""The pytest plugin, in test runs of its own."""

from __future__ import annotations

from importlib.metadata import entry_points
from pathlib import Path
from typing import TYPE_CHECKING

import mockserver

if TYPE_CHECKING:
    import pytest

pytest_plugins = ["pytester"]

TESTS = """
import requests

def change(url):
    before = requests.get(url + "/sdapi/v1/options").json()["jpeg_quality"]
    requests.post(url + "/sdapi/v1/options", json={"jpeg_quality": 7})
    return before

def test_in_process(webui):
    assert webui.url == "http://127.0.0.1:7860"
    assert change(webui.url) == 80.0
    assert webui.webui.options["jpeg_quality"] == 7

def test_in_process_again(webui):
    assert change(webui.url) == 80.0

def test_on_a_port(webui_server):
    assert webui_server.url != "http://127.0.0.1:7860"
    assert change(webui_server.url) == 80.0
    assert webui_server.webui.options["jpeg_quality"] == 7

def test_on_a_port_again(webui_server):
    assert change(webui_server.url) == 80.0
"""


def test_each_test_gets_a_fresh_mock(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(TESTS)
    monkeypatch.setenv("PYTHONPATH", str(Path(mockserver.__file__).parents[1]))
    arguments = ["-p", "no:cacheprovider", "-p", "no:xdist", *_plugin()]

    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=4)


CHOSEN = """
import pytest
import requests

def samplers(url):
    return [item["name"] for item in requests.get(url + "/sdapi/v1/samplers").json()]

@pytest.mark.sdapi_mock_profile("a1111-1.6.0")
def test_marked(webui):
    assert webui.webui.profile.name == "a1111-1.6.0"
    assert "DPM++ 2M Karras" in samplers(webui.url)

@pytest.mark.sdapi_mock_profile("a1111-1.10.1")
def test_marked_on_a_port(webui_server):
    assert "DPM++ 2M Karras" not in samplers(webui_server.url)

def test_of_the_ini_file(webui):
    assert webui.webui.profile.name == "forge"

@pytest.mark.sdapi_mock_profile
def test_marked_with_nothing(webui):
    pass
"""


def test_a_marker_chooses_the_server_before_the_ini_file_does(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(CHOSEN)
    pytester.makeini("[pytest]\nsdapi_mock_profile = forge\naddopts = --strict-markers\n")
    monkeypatch.setenv("PYTHONPATH", str(Path(mockserver.__file__).parents[1]))
    arguments = ["-p", "no:cacheprovider", "-p", "no:xdist", *_plugin()]

    done = pytester.runpytest_subprocess(*arguments)

    done.assert_outcomes(passed=3, errors=1)
    done.stdout.fnmatch_lines(['*write @pytest.mark.sdapi_mock_profile("a1111-1.10.1")*'])


def _plugin() -> list[str]:
    """Load the plugin by name where it is not installed as an entry point."""
    known = {point.name for point in entry_points(group="pytest11")}
    return [] if "sdapi_mockserver" in known else ["-p", "mockserver.plugin"]
