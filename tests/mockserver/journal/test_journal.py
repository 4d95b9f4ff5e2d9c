"""The journal of a mock: what it was asked, how often, and how much of it is kept."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import ManualClock, activate
from mockserver.journal.call import Call, Message
from mockserver.journal.journal import Journal
from mockserver.journal.verification import JournalMismatch

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.activated import Activated

TXT2IMG = "/sdapi/v1/txt2img"
SMALL = {"width": 64, "height": 64, "steps": 1}


@pytest.fixture
def mock() -> Iterator[Activated]:
    with activate(clock=ManualClock()) as active:
        yield active


def ask(mock: Activated, path: str, json: Any = None, **more: Any) -> requests.Response:
    if json is None:
        return requests.get(mock.url + path, timeout=5, **more)
    return requests.post(mock.url + path, json=json, timeout=5, **more)


def test_calls_are_kept_in_order_with_their_answers(mock: Activated) -> None:
    ask(mock, "/sdapi/v1/progress?skip_current_image=true")
    ask(mock, TXT2IMG, {"prompt": "a fox", **SMALL})
    first, second = mock.journal.calls()

    assert (first.number, first.method, first.path) == (1, "GET", "/sdapi/v1/progress")
    assert first.parameters == {"skip_current_image": "true"}
    assert first.response.json["progress"] == 0.0
    assert (second.method, second.status, second.json["prompt"]) == ("POST", 200, "a fox")
    assert second.response.json["parameters"]["prompt"] == "a fox"
    assert second.started == ManualClock().now()


def test_calls_can_be_asked_for_by_path_and_method(mock: Activated) -> None:
    ask(mock, "/sdapi/v1/options")
    ask(mock, "/sdapi/v1/options", {"jpeg_quality": 9})
    ask(mock, "/sdapi/v1/samplers")

    assert mock.journal.count() == 3
    assert mock.journal.count("/sdapi/v1/options") == 2
    (posted,) = mock.journal.calls("/sdapi/v1/options", "post")
    assert posted.json == {"jpeg_quality": 9}


def test_verify_gives_the_calls_that_were_meant(mock: Activated) -> None:
    ask(mock, TXT2IMG, {"prompt": "a fox", **SMALL})
    ask(mock, TXT2IMG, {"prompt": "a hen", **SMALL})

    assert len(mock.journal.verify(TXT2IMG)) == 2
    assert len(mock.journal.verify(TXT2IMG, method="POST", times=1, json={"prompt": "a hen"})) == 1
    assert mock.journal.verify("/sdapi/v1/img2img", times=0) == []


@pytest.mark.parametrize(
    ("wanted", "words"),
    [
        pytest.param({"times": 1}, "was asked 0 times, not once", id="times"),
        pytest.param(
            {"json": {"prompt": "x"}, "method": "post"},
            "POST /sdapi/v1/txt2img was asked 0",
            id="fields",
        ),
        pytest.param({"method": "get"}, "GET /sdapi/v1/txt2img was asked 0 times", id="method"),
    ],
)
def test_verify_says_what_was_asked_instead(mock: Activated, wanted: Any, words: str) -> None:
    ask(mock, "/sdapi/v1/samplers")

    with pytest.raises(JournalMismatch) as refused:
        mock.journal.verify(TXT2IMG, **wanted)
    assert words in str(refused.value)
    assert str(refused.value).endswith("the calls were:\n  #1 GET /sdapi/v1/samplers -> 200")


def test_verify_says_that_there_were_no_calls() -> None:
    with pytest.raises(JournalMismatch, match="not at least once; there were no calls"):
        Journal().verify(TXT2IMG)


def test_pictures_are_kept_as_digests(mock: Activated) -> None:
    answer = ask(mock, TXT2IMG, {"width": 512, "height": 512, "steps": 1}).json()
    (call,) = mock.journal.calls()

    length = len(answer["images"][0])
    assert call.response.json["images"][0].startswith("sha256:")
    assert call.response.json["images"][0].endswith(f" ({length} characters of base64)")
    assert call.response.length > length / 2
    assert call.size < 20_000


def test_packed_answers_can_be_read(mock: Activated) -> None:
    ask(mock, "/sdapi/v1/samplers", headers={"Accept-Encoding": "gzip"})
    (call,) = mock.journal.calls()

    assert call.response.header("Content-Encoding") == "gzip"
    assert call.response.json[0]["name"] == "DPM++ 2M"


def test_credentials_and_cookies_are_not_kept() -> None:
    with activate(auth=(("user", "long-password"),)) as mock:
        ask(mock, "/sdapi/v1/samplers", auth=("user", "long-password"), cookies={"a": "b-c-d"})
        (call,) = mock.journal.calls()

    assert call.status == 200
    assert call.request.header("authorization") == "Basic REDACTED"
    assert call.request.header("cookie") == "REDACTED"


def test_a_call_without_an_answer_is_kept_too() -> None:
    with activate(profile="a1111-1.10.1") as mock:
        mock.app.add_url_rule("/dead", view_func=_hang_up, methods=["GET"])
        with pytest.raises(requests.ConnectionError):
            ask(mock, "/dead")
        (call,) = mock.journal.calls()

    assert (call.path, call.status) == ("/dead", None)


def _hang_up() -> Any:
    from mockserver.http.dropped import hang_up  # noqa: PLC0415 - of this route alone

    return hang_up()


def call(number: int, length: int) -> Call:
    empty = Message((), b"")
    return Call(number, "GET", "/", "", Message((), b"x" * length), 200, empty, 0.0, 0.0)


def test_a_journal_takes_no_more_than_its_limit() -> None:
    journal = Journal(5000)
    for number in range(1, 8):
        journal.add(call(number, 500))

    assert [kept.number for kept in journal.calls()] == [3, 4, 5, 6, 7]
    assert journal.dropped == 2
    journal.add(call(8, 9000))
    assert (journal.calls(), journal.dropped) == ([], 8)


def test_a_journal_can_be_cleared(mock: Activated) -> None:
    ask(mock, "/sdapi/v1/samplers")
    mock.journal.clear()

    assert mock.journal.calls() == []


def test_calls_that_fill_the_limit_to_the_last_byte_are_kept() -> None:
    known = Journal()
    for number in range(3):
        known.add(call(number, 100))
    size = sum(each.size for each in known.calls())

    for limit, kept in ((size, 3), (size - 1, 2), (0, 0)):
        journal = Journal(limit)
        for each in known.calls():
            journal.add(each)
        assert (len(journal.calls()), journal.dropped) == (kept, 3 - kept)


def test_whoever_listens_learns_that_all_calls_were_forgotten() -> None:
    journal, heard = Journal(), []
    journal.on_clear(lambda: heard.append(len(journal.calls())))
    journal.add(call(1, 10))
    journal.clear()

    assert (heard, journal.dropped) == ([0], 0)
