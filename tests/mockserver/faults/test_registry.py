"""What a client gets when each fault happens."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any, cast

import pytest
from PIL import Image

from mockserver.backends.registry import create_app, simulate
from mockserver.core.clock import ManualClock
from mockserver.core.config import Config
from mockserver.faults import CATALOGUE
from mockserver.faults.exchange import Answer, Asked, Ending
from mockserver.http.dropped import ConnectionClosed
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from mockserver.faults.kind import Site
    from mockserver.http.app import MockApp

BODY = {"prompt": "cat", "steps": 2, "width": 64, "height": 64, "seed": 1}
JSON = {"Content-Type": "application/json"}
ADDRESS = "http://webui.test:7860"


@pytest.fixture
def app() -> MockApp:
    return create_app(simulate())


def ask(
    app: MockApp, path: str = "/sdapi/v1/txt2img", body: Any = BODY, **headers: str
) -> tuple[int, dict[str, str], bytes]:
    method = "GET" if body is None else "POST"
    data = b"" if body is None else json.dumps(body).encode()
    named = {name.replace("_", "-"): value for name, value in headers.items()}
    status, found, answer = call(app, method, ADDRESS + path, {**JSON, **named}, data)
    return status, {name.lower(): value for name, value in found}, answer


def value_of(answer: tuple[int, dict[str, str], bytes]) -> Any:
    return json.loads(answer[2])


def picture(text: str) -> Image.Image:
    found = Image.open(BytesIO(base64.b64decode(text)))
    found.load()
    return found


def test_out_of_memory_answers_as_the_webui_does(app: MockApp) -> None:
    app.faults.add("oom", times=1)
    status, headers, body = ask(app)
    found = json.loads(body)

    assert status == 500
    assert list(found) == ["error", "detail", "body", "errors"]
    assert found["error"] == "OutOfMemoryError"
    assert found["errors"].startswith("CUDA out of memory. Tried to allocate 16.00 MiB. GPU 0")
    assert "x-process-time" not in headers
    assert ask(app)[0] == 200


def test_out_of_memory_follows_the_size_of_the_picture(app: MockApp) -> None:
    app.faults.add("oom")
    found = value_of(ask(app, body={**BODY, "enable_hr": True, "denoising_strength": 0.5}))

    assert "Tried to allocate 64.00 MiB" in found["errors"]


def test_forks_answer_a_bare_text() -> None:
    app = create_app(simulate("sdnext-2025-03"))
    app.faults.add("oom", shape="text")

    assert ask(app)[::2] == (500, b"Internal Server Error")


@pytest.mark.parametrize(
    ("profile", "shape"),
    [
        ("a1111-1.10.1", ["error", "detail", "body", "errors"]),
        ("sdcpp-master-827", ["error", "message"]),
    ],
)
def test_errors_have_the_shape_of_the_profile(profile: str, shape: list[str]) -> None:
    app = create_app(simulate(profile))
    app.faults.add("error", text="broken")

    assert list(value_of(ask(app))) == shape


def test_koboldcpp_closes_the_connection_where_it_fails() -> None:
    app = create_app(simulate("koboldcpp-1.111"))
    app.faults.add("oom")

    with pytest.raises(ConnectionClosed):
        ask(app)


def test_a_request_that_is_refused_anyway_is_refused_as_before(app: MockApp) -> None:
    app.faults.add("oom")

    assert ask(app, body={"steps": "many"})[0] == 422


def test_nans_name_what_helps(app: MockApp) -> None:
    app.faults.add("nans", where="vae")
    found = value_of(ask(app))

    assert found["error"] == "NansException"
    assert "--no-half-vae" in found["errors"]


def test_a_checkpoint_that_vanished_is_named(app: MockApp) -> None:
    app.faults.add("checkpoint-gone")
    found = value_of(ask(app))

    assert found["error"] == "FileNotFoundError"
    assert found["errors"].endswith('.safetensors"')


def test_credentials_can_stop_being_right(app: MockApp) -> None:
    app.faults.add("unauthorized", after=1)
    assert ask(app, "/sdapi/v1/samplers", None)[0] == 200
    status, _, body = ask(app, "/sdapi/v1/samplers", None)

    assert status == 401
    assert json.loads(body)["detail"] == "Incorrect username or password"


@pytest.mark.parametrize(
    ("name", "status", "server", "title"),
    [
        ("bad-gateway", 502, "nginx", "502 Bad Gateway"),
        ("loading", 503, "nginx", "503 Service Temporarily Unavailable"),
        ("gateway-timeout", 504, "nginx", "504 Gateway Time-out"),
        ("cloudflare-timeout", 524, "cloudflare", "webui.test:7860 | 524: A timeout occurred"),
        ("runpod-502", 502, "cloudflare", "webui.test:7860 | 502: Bad gateway"),
        ("alb-timeout", 504, "awselb/2.0", "504 Gateway Time-out"),
        ("too-many-requests", 429, "nginx", "429 Too Many Requests"),
    ],
)
def test_gateways_send_their_own_pages(
    app: MockApp, name: str, status: int, server: str, title: str
) -> None:
    app.faults.add(name, route="*")
    found, headers, body = ask(app)

    assert (found, headers["server"]) == (status, server)
    assert headers["content-type"].startswith("text/html")
    assert f"<title>{title}</title>" in body.decode()


@pytest.mark.parametrize(
    ("form", "header"),
    [
        pytest.param("seconds", "61", id="seconds"),
        pytest.param("date", "Tue, 14 Nov 2023 22:14:21 GMT", id="a date"),
        pytest.param("none", None, id="nothing"),
    ],
)
def test_a_rate_is_limited_for_each_path_and_a_picture_counts_for_several(
    form: str, header: str | None
) -> None:
    clock = ManualClock(start=1_700_000_000.0)
    app = create_app(simulate("a1111-1.10.1", clock=clock))
    app.faults.add("rate-limit", per_minute=6, picture=5, retry_after=form)

    assert [ask(app)[0] for _ in range(3)] == [200, 200, 429]
    assert [ask(app, "/sdapi/v1/samplers", None)[0] for _ in range(7)] == [200] * 6 + [429]
    status, headers, body = ask(app)
    assert (status, headers.get("retry-after")) == (429, header)
    assert json.loads(body) == {"message": "API rate limit exceeded"}
    clock.advance(61)
    assert ask(app)[0] == 200


def test_too_large_is_for_uploads(app: MockApp) -> None:
    app.faults.add("too-large")

    assert ask(app)[0] == 200
    assert ask(app, "/sdapi/v1/png-info", {"image": "x"})[0] == 413


def test_the_server_goes_on_behind_a_gateway_that_gave_up(app: MockApp) -> None:
    app.faults.add("gateway-timeout")
    queue = app.webui.queue
    queue.acquire()

    assert ask(app)[0] == 504
    while not queue.waiting:
        pass
    queue.release()


def test_black_pictures_keep_size_and_infotext(app: MockApp) -> None:
    app.faults.add("black-picture")
    found = picture(value_of(ask(app))["images"][0])

    assert found.size == (64, 64)
    assert found.convert("RGB").getcolors() == [(64 * 64, (0, 0, 0))]
    assert found.info["parameters"].startswith("cat\n")


def test_truncated_base64_is_no_picture(app: MockApp) -> None:
    app.faults.add("truncated-base64")
    text = value_of(ask(app))["images"][0]

    with pytest.raises(ValueError, match=r"data characters|padding"):
        base64.b64decode(text)


@pytest.mark.parametrize(
    ("name", "field", "value"),
    [
        ("images-null", "images", None),
        ("images-empty", "images", []),
        ("info-empty", "info", ""),
    ],
)
def test_a_field_can_be_empty(app: MockApp, name: str, field: str, value: Any) -> None:
    app.faults.add(name)
    found = value_of(ask(app))

    assert found[field] == value
    assert list(found) == ["images", "parameters", "info"]


def test_info_can_be_an_object(app: MockApp) -> None:
    app.faults.add("info-object")

    assert value_of(ask(app))["info"]["seed"] == 1


def test_a_prefix_can_stand_before_pictures(app: MockApp) -> None:
    app.faults.add("data-prefix")

    assert value_of(ask(app))["images"][0].startswith("data:image/png;base64,iVBOR")


def test_the_picture_can_be_somebody_elses(app: MockApp) -> None:
    mine = value_of(ask(app))
    app.faults.add("wrong-picture")
    theirs = value_of(ask(app))

    assert theirs["images"] != mine["images"]
    assert json.loads(theirs["info"])["prompt"] == "cat"
    assert "somebody" in picture(theirs["images"][0]).info["parameters"]


def test_json_can_be_cut_short(app: MockApp) -> None:
    app.faults.add("truncated-json")
    status, headers, body = ask(app)

    assert status == 200
    assert int(headers["content-length"]) == len(body)
    with pytest.raises(ValueError, match=r"JSON|delimiter|Unterminated"):
        json.loads(body)


def test_the_body_can_be_empty_and_the_type_wrong(app: MockApp) -> None:
    with app.faults.armed("empty-body"):
        assert ask(app, "/sdapi/v1/samplers", None)[2] == b""
    with app.faults.armed("wrong-content-type"):
        headers = ask(app, "/sdapi/v1/samplers", None)[1]
    assert headers["content-type"] == "text/html; charset=utf-8"


def test_progress_can_hang(app: MockApp) -> None:
    app.faults.add("progress-hangs")
    found = value_of(ask(app, "/sdapi/v1/progress", None))

    assert (found["progress"], found["current_image"]) == (0.01, None)
    assert found["state"]["job_count"] == 1


def test_progress_can_stay_at_one(app: MockApp) -> None:
    app.faults.add("progress-never-ends")
    found = value_of(ask(app, "/sdapi/v1/progress", None))

    assert (found["progress"], found["state"]["job"]) == (1.0, "Upscale")


def test_an_answer_can_be_compressed_before_it_is_changed(app: MockApp) -> None:
    app.faults.add("wrong-content-type")
    _, headers, body = ask(app, "/sdapi/v1/samplers", None, Accept_Encoding="gzip")

    assert "content-encoding" not in headers
    assert json.loads(body)[0]["name"] == "DPM++ 2M"


@pytest.mark.parametrize("name", ["reset", "closed"])
def test_the_connection_can_break(app: MockApp, name: str) -> None:
    app.faults.add(name)
    with pytest.raises(ConnectionClosed) as raised:
        ask(app)

    assert raised.value.ending == name
    (kept,) = app.journal.calls()
    assert (kept.status, kept.faults) == (None, (name,))


def test_faults_chain_in_the_order_in_which_they_were_added(app: MockApp) -> None:
    app.faults.add("wrong-content-type")
    app.faults.add("info-empty")
    _, headers, body = ask(app)

    assert headers["content-type"].startswith("text/html")
    assert json.loads(body)["info"] == ""
    assert app.journal.calls()[0].faults == ("wrong-content-type", "info-empty")


def test_a_header_asks_for_a_fault_of_its_own_request(app: MockApp) -> None:
    assert ask(app, X_Sdapi_Mock="fault=oom")[0] == 500
    assert ask(app)[0] == 200


def test_a_header_may_ask_for_more_than_one_time(app: MockApp) -> None:
    assert ask(app, X_Sdapi_Mock="fault=oom; times=2")[0] == 500
    assert [ask(app)[0] for _ in range(2)] == [500, 200]


def test_a_header_that_names_no_fault_is_refused(app: MockApp) -> None:
    status, _, body = ask(app, X_Sdapi_Mock="fault=oum")

    assert status == 400
    assert "did you mean 'oom'" in json.loads(body)["error"]


def test_what_was_not_touched_is_answered_byte_for_byte(app: MockApp) -> None:
    plain = value_of(ask(create_app(simulate(config=Config(seed=1)))))
    app.faults.add("oom", route="img2img")

    assert value_of(ask(app))["images"] == plain["images"]


def test_the_picture_of_an_upscaling_breaks_off_after_two_thirds(app: MockApp) -> None:
    sent = BytesIO()
    Image.new("RGB", (16, 16), "teal").save(sent, "PNG")
    asked = {"image": base64.b64encode(sent.getvalue()).decode(), "upscaling_resize": 2}
    whole = value_of(ask(app, "/sdapi/v1/extra-single-image", asked))["image"]
    app.faults.add("truncated-base64")
    cut = value_of(ask(app, "/sdapi/v1/extra-single-image", asked))["image"]

    assert whole.startswith(cut)
    assert len(cut) % 4 == 1
    assert len(cut) == pytest.approx(len(whole) * 2 / 3, abs=4)


@pytest.mark.parametrize(
    ("size", "amount"),
    [
        pytest.param({"width": 512, "height": 64}, "128.00 MiB", id="its size"),
        pytest.param({"batch_size": 2}, "32.00 MiB", id="two at once"),
        pytest.param({"width": 1024, "height": 1024}, "4.00 GiB", id="a large one"),
    ],
)
def test_out_of_memory_follows_what_is_asked_for(
    app: MockApp, size: dict[str, Any], amount: str
) -> None:
    app.faults.add("oom")

    assert f"allocate {amount}." in value_of(ask(app, body={**BODY, **size}))["errors"]


@pytest.mark.parametrize(("status", "kind"), [(499, "bad_input"), (500, "service_unavailable")])
def test_koboldcpp_says_whose_fault_it_was(status: int, kind: str) -> None:
    app = create_app(simulate("koboldcpp-1.111"))
    app.faults.add("sampler-not-found", status=status)
    found, _, body = ask(app)

    assert (found, json.loads(body)["detail"]["type"]) == (status, kind)


@pytest.mark.parametrize(("sent", "cut"), [(None, 2), (10**6, 1), (1, 3)])
def test_a_dropped_answer_breaks_off_before_its_end(sent: int | None, cut: int) -> None:
    whole = b"four"
    hook = CATALOGUE["dropped"].build({"sent": sent}, cast("Site", None))
    answer = hook(Asked("GET", "/x"), lambda _: Answer(200, (), whole))

    assert (answer.ending, len(whole) - answer.sent) == (Ending.CUT, cut)
