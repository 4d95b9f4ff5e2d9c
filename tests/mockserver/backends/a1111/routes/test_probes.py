"""Routes beside the API that clients probe."""

from __future__ import annotations

import io
import json
from typing import TYPE_CHECKING, Any

import pytest

from mockserver import Config, Webui, create_app

if TYPE_CHECKING:
    from werkzeug.test import Client


@pytest.fixture
def mock() -> Client:
    return create_app().test_client()


def get(mock: Client, path: str) -> Any:
    response = mock.get(path)
    assert response.status_code == 200
    return json.loads(response.get_data())


@pytest.mark.parametrize(
    ("path", "answer"),
    [
        pytest.param("/internal/ping", {}, id="ping"),
        pytest.param("/internal/pending-tasks", {"size": 0, "tasks": []}, id="pending"),
        pytest.param("/user", None, id="user"),
        pytest.param("/login_check", None, id="login_check"),
        pytest.param("/token", {"token": None, "user": None}, id="token"),
        pytest.param("/startup-events", False, id="startup-events"),
        pytest.param("/sd_extra_networks/metadata?page=x&item=y", {}, id="no metadata"),
    ],
)
def test_probes_are_answered(mock: Client, path: str, answer: Any) -> None:
    assert get(mock, path) == answer


def test_asking_about_no_task_trips_the_page_before_the_first_job(mock: Client) -> None:
    first = mock.post("/internal/progress", json={})
    mock.post("/sdapi/v1/create/embedding", json={})
    later = mock.post("/internal/progress", json={})

    assert (first.status_code, json.loads(first.get_data())["error"]) == (500, "TypeError")
    assert json.loads(later.get_data())["active"] is True
    assert json.loads(mock.post("/internal/progress", json={"id_task": "x"}).get_data()) == {
        "active": False,
        "queued": False,
        "completed": False,
        "progress": None,
        "eta": None,
        "live_preview": None,
        "id_live_preview": -1,
        "textinfo": "Waiting...",
    }


def test_config_has_the_upscalers_that_clients_look_for(mock: Client) -> None:
    found = [
        component["props"]["choices"]
        for component in get(mock, "/config")["components"]
        if component["props"]["elem_id"] == "txt2img_hr_upscaler"
    ]

    assert [choice[0] for choice in found[0]][:1] == ["Latent"]
    assert ["Lanczos", "Lanczos"] in found[0]


def test_the_app_id_is_one_of_this_start(mock: Client) -> None:
    first, again = get(mock, "/app_id"), get(mock, "/app_id")

    assert first == again
    assert first != get(create_app().test_client(), "/app_id")


def test_hints_name_all_options_in_order(mock: Client) -> None:
    hints = get(mock, "/internal/quicksettings-hint")

    assert [hint["name"] for hint in hints] == list(Webui().options.names)
    assert hints[1] == {"name": "samples_format", "label": "File format for images"}


def test_the_queue_is_estimated_empty(mock: Client) -> None:
    assert get(mock, "/queue/status")["queue_size"] == 0


@pytest.mark.parametrize(
    ("path", "kind"),
    [
        pytest.param("/internal/sysinfo", "inline", id="shown"),
        pytest.param("/internal/sysinfo?attachment=true", "attachment", id="asked for"),
        pytest.param("/internal/sysinfo-download", "attachment", id="download"),
    ],
)
def test_sysinfo_is_a_text_that_holds_json(mock: Client, path: str, kind: str) -> None:
    response = mock.get(path)

    report = json.loads(response.get_data())
    assert response.headers["Content-Type"].startswith("text/plain")
    assert response.headers["Content-Disposition"].startswith(f'{kind}; filename="sysinfo-')
    assert report["Version"] == "v1.10.1"
    assert report["Config"]["CLIP_stop_at_last_layers"] == 1


def test_logging_in_without_accounts_leads_to_the_page(mock: Client) -> None:
    response = mock.post("/login", data={"username": "a", "password": "b"})

    assert (response.status_code, response.headers["Location"]) == (302, "/")


@pytest.mark.parametrize(
    ("form", "missing"),
    [
        pytest.param({}, ["username", "password"], id="both"),
        pytest.param({"username": "a"}, ["password"], id="one"),
        pytest.param({"username": "", "password": "b"}, ["username"], id="empty"),
    ],
)
def test_logging_in_asks_for_its_fields(
    mock: Client, form: dict[str, str], missing: list[str]
) -> None:
    response = mock.post("/login", data=form)

    assert response.status_code == 422
    assert [error["loc"] for error in json.loads(response.get_data())["detail"]] == [
        ["body", name] for name in missing
    ]


@pytest.mark.parametrize(
    ("path", "status", "words"),
    [
        pytest.param("nope.txt", 404, "File not found: nope.txt.", id="inside"),
        pytest.param("/webui/x/y.png", 404, "File not found: /webui/x/y.png.", id="by full path"),
        pytest.param("/etc/passwd", 403, "File not allowed: /etc/passwd.", id="outside"),
        pytest.param("../x", 403, "File not allowed: ../x.", id="above"),
        pytest.param(".git/config", 403, "File not allowed: .git/config.", id="dot file"),
    ],
)
def test_files_are_refused_with_gradios_words(
    mock: Client, path: str, status: int, words: str
) -> None:
    response = mock.get(f"/file={path}")

    assert response.status_code == status
    assert json.loads(response.get_data()) == {
        "error": "HTTPException",
        "detail": words,
        "body": "",
        "errors": f"({status}, '{words}')",
    }


def test_the_settings_can_be_read_once_they_are_saved() -> None:
    fresh = create_app(Webui(config=Config(fresh=True))).test_client()
    assert fresh.get("/file=config.json").status_code == 404
    fresh.post("/sdapi/v1/options", json={"jpeg_quality": 7})
    assert get(fresh, "/file=config.json")["jpeg_quality"] == 7
    assert get(create_app().test_client(), "/file=/webui/config.json")["samples_format"] == "png"


def test_previews_are_not_found_and_other_files_not_given_away(mock: Client) -> None:
    absent = mock.get("/sd_extra_networks/thumb?filename=/x.png")
    model = mock.get(
        "/sd_extra_networks/thumb?filename=/webui/models/Stable-diffusion/tiny-a.safetensors"
    )

    assert (absent.status_code, json.loads(absent.get_data())["detail"]) == (404, "File not found")
    assert json.loads(model.get_data())["error"] == "ValueError"


def test_metadata_of_a_lora_is_a_text_that_holds_json(mock: Client) -> None:
    found = get(mock, "/sd_extra_networks/metadata?page=lora&item=tiny-lora")

    assert json.loads(found["metadata"])["ss_output_name"] == "tiny-lora"


def test_gradios_endpoints_do_not_exist(mock: Client) -> None:
    response = mock.post("/run/predict", json={"data": []})

    assert response.status_code == 500
    assert json.loads(response.get_data()) == {"error": "This app has no endpoint /api/predict/."}
    assert mock.post("/api/predict/", json={}).status_code == 422


@pytest.mark.parametrize("path", ["/static/img/logo.svg", "/assets/index.js"])
def test_the_pages_own_files_are_not_there(mock: Client, path: str) -> None:
    response = mock.get(path)

    assert response.status_code == 404
    assert json.loads(response.get_data())["errors"] == "(404, 'File not found')"


def test_other_servers_are_not_shown(mock: Client) -> None:
    response = mock.get("/proxy=https://example.com/")

    assert response.status_code == 400
    assert json.loads(response.get_data())["detail"] == "This URL cannot be proxied."


def test_uploads_get_a_path_and_are_not_kept(mock: Client) -> None:
    sent = {"files": [(io.BytesIO(b"x"), "../a.png"), (io.BytesIO(b"x"), "b.png")]}
    first, second = json.loads(mock.post("/upload", data=sent).get_data())

    assert first.startswith("/tmp/gradio/")  # noqa: S108 - the simulated server's
    assert (first.rpartition("/")[2], second.rpartition("/")[2]) == ("a.png", "b.png")
    assert mock.post("/upload").status_code == 422


def test_there_is_nothing_to_reset(mock: Client) -> None:
    assert mock.post("/reset", json={"session_hash": "a", "fn_index": 0}).json == {"success": False}
    assert mock.get("/favicon.ico").headers["Content-Type"].startswith("image/svg+xml")


def test_the_page_answers_get_and_head(mock: Client) -> None:
    page, head = mock.get("/"), mock.head("/")

    assert "Stable Diffusion" in page.text
    assert (head.status_code, head.get_data()) == (200, b"")
