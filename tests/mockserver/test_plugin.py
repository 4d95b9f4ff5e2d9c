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
    assert webui.url == "http://webui.test:7860"
    assert change(webui.url) == 80.0
    assert webui.webui.options["jpeg_quality"] == 7

def test_in_process_again(webui):
    assert change(webui.url) == 80.0

def test_on_a_port(webui_server):
    assert webui_server.url != "http://webui.test:7860"
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
    arguments = _arguments()

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
    arguments = _arguments()

    done = pytester.runpytest_subprocess(*arguments)

    done.assert_outcomes(passed=3, errors=1)
    done.stdout.fnmatch_lines(['*write @pytest.mark.sdapi_mock_profile("a1111-1.10.1")*'])


#: Plugins of the judges that this environment also has; loading them takes longer than a run.
OTHERS = ("cacheprovider", "xdist", "schemathesis", "locust", "pytest_httpx", "respx", "anyio")


def _arguments() -> list[str]:
    """Leave out other plugins, and load ours by name where it is no entry point."""
    known = {point.name for point in entry_points(group="pytest11")}
    ours = [] if "sdapi_mockserver" in known else ["-p", "mockserver.plugin"]
    return [*(word for name in OTHERS for word in ("-p", f"no:{name}")), *ours]


CONFIGURED = """
import pytest
import requests

def test_of_the_ini(webui):
    assert webui.webui.config.seed == 7

@pytest.mark.sdapi_mock(profile="forge", url="http://127.0.0.1:7860", auth=[["u", "p"]])
def test_marked(webui):
    assert webui.url == "http://127.0.0.1:7860"
    assert webui.webui.profile.name == "forge"
    assert requests.get(webui.url + "/sdapi/v1/options").status_code == 401

@pytest.mark.sdapi_mock(clock="manual", faults=["oom; times=1"], world={"models": ["mine"]})
def test_with_faults_and_a_world(webui_server):
    url = webui_server.url + "/sdapi/v1/"
    assert requests.post(url + "txt2img", json={"steps": 1}).status_code == 500
    assert "mine.safetensors" in requests.get(url + "sd-models").text

def test_several(make_webui, make_webui_server):
    one, two = make_webui(), make_webui(profile="sdnext-2025-03")
    three = make_webui_server(fresh=True)
    assert len({one.url, two.url, three.url}) == 3
    for mock in (one, two, three):
        assert requests.get(mock.url + "/sdapi/v1/samplers").ok
        assert len(mock.requests) == 1

def test_of_the_module(webui_module, webui_server_module):
    requests.post(webui_module.url + "/sdapi/v1/options", json={"jpeg_quality": 7})

def test_of_the_module_again(webui_module):
    assert webui_module.webui.options["jpeg_quality"] == 7
    webui_module.reset()
    assert webui_module.webui.options["jpeg_quality"] == 80

def test_of_the_session(webui_session, webui_server_session):
    assert requests.get(webui_server_session.url + "/internal/ping").ok
"""


def test_mocks_are_set_up_by_ini_marker_and_arguments(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(CONFIGURED)
    pytester.makeini("[pytest]\nsdapi_mock =\n  seed = 7\n  step_time = 0\n")
    monkeypatch.setenv("PYTHONPATH", str(Path(mockserver.__file__).parents[1]))
    arguments = _arguments()

    pytester.runpytest_subprocess(*arguments).assert_outcomes(passed=7)


UNKNOWN = """
import pytest

@pytest.mark.sdapi_mock(step_tiem=1)
def test_marked(webui):
    pass

def test_made(make_webui):
    make_webui(profil="forge")

@pytest.mark.sdapi_mock(profile="forg")
def test_profile(webui):
    pass
"""


def test_unknown_names_are_refused_with_what_was_meant(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(UNKNOWN)
    monkeypatch.setenv("PYTHONPATH", str(Path(mockserver.__file__).parents[1]))
    arguments = _arguments()
    result = pytester.runpytest_subprocess(*arguments)

    result.assert_outcomes(errors=2, failed=1)
    result.stdout.fnmatch_lines_random(
        ["*did you mean 'step_time'*", "*did you mean 'profile'*", "*did you mean 'forge'*"]
    )


JUDGED = """
import requests

def test_my_client(webui, make_webui_server):
    requests.post(webui.url + "/sdapi/v1/txt2img", json={"steps": 1, "stepz": 2})
    requests.get(make_webui_server().url + "/sdapi/v1/sd-model")
"""


def test_a_run_ends_with_a_verdict_on_the_client_on_demand(
    pytester: pytest.Pytester, monkeypatch: pytest.MonkeyPatch
) -> None:
    pytester.makepyfile(JUDGED)
    monkeypatch.setenv("PYTHONPATH", str(Path(mockserver.__file__).parents[1]))
    arguments = _arguments()
    result = pytester.runpytest_subprocess(*arguments, "--sdapi-mock-report=client.html")

    result.stdout.fnmatch_lines(
        [
            "*verdict on the client of sdapi-mock*",
            "2 calls: *1 MUST and 1 SHOULD broken*",
            "CLIENT-001 MUST *",
            "*did you mean /sdapi/v1/sd-models?",
            "CLIENT-004 SHOULD *",
        ]
    )
    assert "Verdict on a client" in (pytester.path / "client.html").read_text()
