"""The OpenAPI document and the pages that show it."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING

import pytest

from mockserver import Config, Webui, create_app

if TYPE_CHECKING:
    from werkzeug.test import Client

BROWSER = {"Accept": "text/html,application/xhtml+xml,*/*;q=0.8"}


@pytest.fixture
def mock() -> Client:
    return create_app().test_client()


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_browser_gets_pages_that_need_no_internet(mock: Client, path: str) -> None:
    page = mock.get(path, headers=BROWSER).text

    assert "https://" not in page
    links = re.findall(r'(?:src|href)="([^"]+)"', page)
    assert len(links) == 3
    for link in links:
        asset = mock.get(link)
        assert asset.status_code == 200, link
        assert len(asset.get_data()) > 300


@pytest.mark.parametrize("path", ["/docs", "/redoc"])
def test_a_program_gets_the_page_as_recorded(mock: Client, path: str) -> None:
    response = mock.get(path)

    assert response.text == Webui().fixtures.page(path.strip("/"))
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"


@pytest.mark.parametrize("config", [Config(), Config(nowebui=True)], ids=["webui", "nowebui"])
def test_the_page_that_signing_in_comes_back_to_is_there(config: Config) -> None:
    mock = create_app(Webui(config=config)).test_client()
    assert "oauth2RedirectUrl: window.location.origin + '/docs/oauth2-redirect'" in (
        mock.get("/docs").text
    )

    response = mock.get("/docs/oauth2-redirect")

    assert response.status_code == 200
    assert response.headers["Content-Type"] == "text/html; charset=utf-8"
    assert mock.head("/docs/oauth2-redirect").status_code == 200


def test_nothing_else_of_the_bundle_is_served(mock: Client) -> None:
    assert mock.get("/_mock/swagger-ui/index.html").status_code == 404
    assert mock.get("/_mock/swagger-ui/../__init__.py").status_code == 404


def test_every_route_of_the_document_exists(mock: Client) -> None:
    paths = json.loads(mock.get("/openapi.json").get_data())["paths"]
    rules = {rule.rule for rule in mock.application.url_map.iter_rules()}
    assert {path for path in paths if "{" not in path} <= rules


def test_credentials_are_in_the_document_of_a_guarded_server() -> None:
    guarded = create_app(Webui(config=Config(auth=(("u", "p"),)))).test_client()
    document = json.loads(guarded.get("/openapi.json").get_data())

    assert document["paths"]["/sdapi/v1/txt2img"]["post"]["security"] == [{"HTTPBasic": []}]
    assert "security" not in document["paths"]["/sdapi/v1/loras"]["get"]
    assert document["components"]["securitySchemes"] == {
        "HTTPBasic": {"type": "http", "scheme": "basic"}
    }
