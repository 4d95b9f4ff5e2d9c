"""The mock inside of a user's own mock of ``responses``."""

from __future__ import annotations

import pytest
import requests
import responses

from mockserver.core.errors import BadInput
from mockserver.intercept.responses_mock import add_to

TXT2IMG = {"prompt": "fox", "width": 64, "height": 64, "steps": 1}


def test_a_users_mock_answers_as_a_webui_beside_its_own_answers() -> None:
    with responses.RequestsMock() as mock:
        mock.get("http://bot.test/settings", json={"steps": 1})
        webui = add_to(mock, "http://gpu.test:7860")

        steps = requests.get("http://bot.test/settings", timeout=5).json()["steps"]
        body = {**TXT2IMG, "steps": steps}
        answer = requests.post(f"{webui.url}/sdapi/v1/txt2img", json=body, timeout=5)
        mock.assert_all_requests_are_fired = False

        assert answer.headers["content-type"] == "application/json"
        assert len(answer.json()["images"]) == 1
        assert [call.request.url for call in mock.calls] == [
            "http://bot.test/settings",
            "http://gpu.test:7860/sdapi/v1/txt2img",
        ]
        webui.verify("/sdapi/v1/txt2img", times=1, json={"steps": 1})


@responses.activate
def test_the_module_of_responses_is_such_a_mock_too() -> None:
    webui = add_to(responses.mock, faults=["reset; route=samplers"])

    assert requests.get(f"{webui.url}/sdapi/v1/sd-models", timeout=5).ok
    with pytest.raises(requests.ConnectionError):
        requests.get(f"{webui.url}/sdapi/v1/samplers", timeout=5)


@responses.activate
def test_what_was_registered_earlier_goes_before() -> None:
    responses.get("http://webui.test:7860/sdapi/v1/samplers", json=[])
    webui = add_to(responses.mock)

    assert requests.get(f"{webui.url}/sdapi/v1/samplers", timeout=5).json() == []


def test_an_unknown_setting_is_refused() -> None:
    with responses.RequestsMock() as mock, pytest.raises(BadInput, match="did you mean 'fresh'"):
        add_to(mock, frsh=True)
