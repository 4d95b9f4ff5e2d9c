"""Which routes there are, and what lies around their answers."""

from __future__ import annotations

import pytest
from sdnext import PROFILE, Sdn

from mockserver import Config, create_app
from mockserver.backends.registry import simulate
from mockserver.core.errors import ProfileError


@pytest.mark.parametrize(
    "route", ["schedulers", "latent-upscale-modes", "realesrgan-models", "nope"]
)
def test_routes_that_sd_next_never_had(route: str) -> None:
    assert Sdn().get(route) == (404, {"detail": "Not Found"})


def test_script_info_can_be_asked_for_one_script() -> None:
    rows = Sdn().get("script-info?script_name=xyz grid")[1]

    assert {row["name"] for row in rows} == {"xyz grid"}


def test_every_route_is_in_its_own_document() -> None:
    client = create_app(simulate(PROFILE)).test_client()
    document = client.get("/openapi.json").get_json()
    rules = client.application.url_map.iter_rules()
    own = {rule.rule for rule in rules if rule.rule.startswith("/sdapi/")}

    assert own - set(document["paths"]) == set()


def test_nobody_looks_at_origins() -> None:
    client = create_app(simulate(PROFILE)).test_client()
    headers = {"Origin": "http://a.test", "Access-Control-Request-Method": "POST"}

    answer = client.options("/sdapi/v1/txt2img", headers=headers)

    assert (answer.status_code, answer.headers["Allow"]) == (405, "POST")
    plain = client.get("/sdapi/v1/samplers", headers={"Origin": "http://a.test"})
    assert "Access-Control-Allow-Credentials" not in plain.headers


def test_the_page_of_its_document_names_it() -> None:
    page = create_app(simulate(PROFILE)).test_client().get("/docs").get_data(as_text=True)

    assert "SD.Next: Swagger UI" in page


@pytest.mark.parametrize(
    "config",
    [
        pytest.param(Config(fresh=True), id="fresh"),
        pytest.param(Config(nowebui=True), id="nowebui"),
        pytest.param(Config(auth=(("user", "pass"),)), id="auth"),
    ],
)
def test_a_start_that_it_does_not_know_is_refused(config: Config) -> None:
    with pytest.raises(ProfileError, match=r"leave (it|'fresh') out"):
        simulate(PROFILE, config)
