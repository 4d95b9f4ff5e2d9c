"""Extensions are installed at the start, added and removed while the server runs."""

from __future__ import annotations

import pytest
import requests
from extended import decoded

from mockserver import ManualClock, activate
from mockserver.core.errors import BadInput

API = "/sdapi/v1/"
PICTURE = {"steps": 1, "width": 64, "height": 64}


def pixels(text: str) -> bytes:
    return decoded(text).tobytes()


def test_extensions_add_their_scripts_before_the_last_of_the_webui() -> None:
    with activate(extensions=("controlnet", "adetailer")) as webui:
        names = requests.get(webui.url + API + "scripts", timeout=9).json()["txt2img"]

    assert names[-6:] == ["adetailer", "controlnet", "controlnet m2m", "refiner", "sampler", "seed"]


def test_controlnet_hides_the_options_that_are_registered_late() -> None:
    with activate(extensions=("adetailer",)) as webui:
        alone = requests.get(webui.url + API + "options", timeout=9).json()
        webui.extensions.add("controlnet")
        both = requests.get(webui.url + API + "options", timeout=9).json()
        webui.extensions.remove("controlnet")
        again = requests.get(webui.url + API + "options", timeout=9).json()

    assert (len(alone), len(both), len(again)) == (340, 311, 340)
    assert "ad_max_models" in alone
    assert "ad_max_models" not in both


def test_a_hidden_option_is_still_set() -> None:
    with activate(extensions=("controlnet", "adetailer")) as webui:
        set_ = requests.post(webui.url + API + "options", json={"ad_max_models": 2}, timeout=9)
        stored = webui.webui.options["ad_max_models"]  # type: ignore[attr-defined]

    assert (set_.status_code, stored) == (200, 2)


def test_an_unknown_extension_is_refused_with_what_was_meant() -> None:
    with (
        pytest.raises(BadInput, match="did you mean 'controlnet'"),
        activate(extensions=("control_net",)),
    ):
        pass


def test_an_unknown_version_is_refused_with_those_there_are() -> None:
    with (
        pytest.raises(BadInput, match=r"1\.1\.455, 1\.1\.447"),
        activate(extensions=("controlnet@2",)),
    ):
        pass


def test_only_an_installed_extension_is_removed() -> None:
    with activate(extensions=("adetailer",)) as webui, pytest.raises(BadInput, match="adetailer"):
        webui.extensions.remove("controlnet")


def test_an_extension_of_your_own_takes_arguments_and_answers_routes() -> None:
    scripts = {"my script": {"args": [True, 2]}}
    with activate() as webui:
        before = requests.post(
            webui.url + API + "txt2img", json={**PICTURE, "alwayson_scripts": scripts}, timeout=9
        )
        routes = {"POST /mine/echo": lambda body: {"got": body}}
        webui.extensions.add("My Script", args=[False, 1], routes=routes)
        after = requests.post(
            webui.url + API + "txt2img", json={**PICTURE, "alwayson_scripts": scripts}, timeout=9
        )
        echo = requests.post(webui.url + "/mine/echo", json=[1], timeout=9)

    assert (before.status_code, after.status_code) == (422, 200)
    assert echo.json() == {"got": [1]}


def test_routes_of_extensions_exist_some_seconds_after_the_start() -> None:
    clock = ManualClock()
    with activate(extensions=("controlnet",), extensions_late=3.0, clock=clock) as webui:
        webui.extensions.add("mine", routes={"GET /mine": lambda _: 1})
        early = requests.get(webui.url + "/mine", timeout=9)
        clock.advance(3)
        late = requests.get(webui.url + "/mine", timeout=9)

    assert (early.status_code, early.json()) == (404, {"detail": "Not Found"})
    assert late.json() == 1


def test_extensions_come_and_go_over_http() -> None:
    with activate() as webui:
        steer = webui.url + "/_mock/extensions"
        own = {"title": "Mine", "args": [1], "routes": {"GET /mine": {"a": 1}}}
        added = requests.post(steer, json={"add": ["controlnet@1.1.447", own]}, timeout=9)
        mine = requests.get(webui.url + "/mine", timeout=9)
        removed = requests.post(steer, json={"remove": "controlnet"}, timeout=9)
        wrong = requests.post(steer, json={"install": "controlnet"}, timeout=9)

    names = [extension["name"] for extension in added.json()["extensions"]]
    assert names == ["mine", "controlnet"]
    assert mine.json() == {"a": 1}
    assert removed.json() == {"extensions": [{"name": "mine", "version": ""}]}
    assert wrong.status_code == 400


def test_a_reset_puts_the_extensions_of_the_start_back() -> None:
    with activate(extensions=("adetailer",)) as webui:
        webui.extensions.add("controlnet")
        webui.extensions.remove("adetailer")
        webui.reset()
        names = requests.get(webui.url + API + "scripts", timeout=9).json()["txt2img"]
        options = requests.get(webui.url + API + "options", timeout=9).json()
        route = requests.get(webui.url + "/controlnet/version", timeout=9)

    assert names[-4:] == ["adetailer", "refiner", "sampler", "seed"]
    assert (len(options), route.status_code) == (340, 404)


def test_other_models_are_put_into_folders() -> None:
    with activate() as webui:
        webui.extensions.add("controlnet", models=["control_v11f1p_sd15_depth"])
        webui.extensions.add("adetailer", models={"face_yolov8n.pt": [], "cat.pt": [(0, 0, 1, 1)]})
        models = requests.get(webui.url + "/controlnet/model_list", timeout=9).json()["model_list"]
        types = requests.get(webui.url + "/controlnet/control_types", timeout=9).json()
        found = requests.get(webui.url + "/adetailer/v1/ad_model", timeout=9).json()["ad_model"]
        with pytest.raises(BadInput, match="rembg takes no models"):
            webui.extensions.add("rembg", models=["u2net"])

    assert models[0].startswith("control_v11f1p_sd15_depth [")
    assert types["control_types"]["Depth"]["default_model"] == models[0]
    assert (found[0], found[-1]) == ("face_yolov8n.pt", "cat.pt")


def test_a_detector_that_finds_nothing_leaves_the_picture() -> None:
    body = {**PICTURE, "seed": 1}
    tabs = {"adetailer": {"args": [True, False, {"ad_model": "face_yolov8n.pt"}]}}
    seen = []
    with activate() as webui:
        for models in ({}, {"face_yolov8n.pt": []}):
            steer = {"add": [{"name": "adetailer", "models": models}]}
            requests.post(webui.url + "/_mock/extensions", json=steer, timeout=9)
            for scripts in ({}, tabs):
                sent = {**body, "alwayson_scripts": scripts}
                answer = requests.post(webui.url + API + "txt2img", json=sent, timeout=9).json()
                seen.append(pixels(answer["images"][0]))

    assert seen[0] != seen[1]
    assert seen[2] == seen[3] == seen[0]
