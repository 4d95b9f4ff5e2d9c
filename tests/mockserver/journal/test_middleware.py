"""The journal over HTTP, and that answers are the same with it."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

import pytest
import requests

from mockserver import activate

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.activated import Activated

JOURNAL = "/_mock/journal"


@pytest.fixture
def mock() -> Iterator[Activated]:
    with activate() as active:
        yield active


def get(mock: Activated, path: str, **more: Any) -> requests.Response:
    return requests.get(mock.url + path, timeout=5, **more)


def test_the_journal_can_be_asked_for_and_forgotten(mock: Activated) -> None:
    get(mock, "/sdapi/v1/samplers")
    get(mock, "/sdapi/v1/upscalers")
    everything = get(mock, JOURNAL).json()
    some = get(mock, f"{JOURNAL}?path=/sdapi/v1/samplers").json()

    assert [call["path"] for call in everything["calls"]] == [
        "/sdapi/v1/samplers",
        "/sdapi/v1/upscalers",
    ]
    assert everything["dropped"] == 0
    assert some["calls"] == everything["calls"][:1]
    assert some["calls"][0]["response"]["json"][0]["name"] == "DPM++ 2M"
    assert requests.delete(mock.url + JOURNAL, timeout=5).json() == {}
    assert get(mock, JOURNAL).json() == {"calls": [], "dropped": 0}


def test_the_journal_is_guarded_as_the_api_is() -> None:
    with activate(auth=(("user", "long-password"),)) as mock:
        without = get(mock, JOURNAL)
        with_them = get(mock, JOURNAL, auth=("user", "long-password"))

    assert (without.status_code, without.json()) == (401, {"detail": "Not authenticated"})
    assert with_them.status_code == 200


def test_other_methods_are_refused(mock: Activated) -> None:
    assert requests.post(mock.url + JOURNAL, timeout=5).status_code == 405


@pytest.mark.parametrize(
    ("path", "body"),
    [
        pytest.param("/sdapi/v1/samplers", None, id="a list"),
        pytest.param("/sdapi/v1/nothing", None, id="404"),
        pytest.param("/sdapi/v1/txt2img", b'{"width": "x"}', id="422"),
        pytest.param("/sdapi/v1/png-info", b'{"image": ""}', id="a crash"),
    ],
)
def test_answers_are_the_same_with_and_without_it(
    mock: Activated, path: str, body: bytes | None
) -> None:
    method = "GET" if body is None else "POST"
    more = {"data": body, "headers": {"Content-Type": "application/json"}} if body else {}
    journaled = requests.request(method, mock.url + path, timeout=5, **more)  # type: ignore[arg-type]
    mock.app.journal_layer = mock.app.journal_layer._app  # type: ignore[assignment]  # noqa: SLF001 - the app without it
    plain = requests.request(method, mock.url + path, timeout=5, **more)  # type: ignore[arg-type]

    assert plain.status_code == journaled.status_code
    assert plain.content == journaled.content
    assert list(plain.headers) == list(journaled.headers)


def test_lint_is_in_the_answer_only_where_it_was_asked_for(mock: Activated) -> None:
    address = f"{mock.url}/sdapi/v1/options"
    silent = requests.post(address, json={"jpeg_qality": 1}, timeout=5)
    mock.app.journal_layer.lint_header = True
    told = requests.post(address, json={"jpeg_qality": 1}, timeout=5)
    fine = requests.post(address, json={"jpeg_quality": 1}, timeout=5)

    assert "X-Sdapi-Mock-Lint" not in silent.headers
    assert told.headers["X-Sdapi-Mock-Lint"] == (
        "'jpeg_qality' is no option: the server answers 500, KeyError; did you mean 'jpeg_quality'?"
    )
    assert "X-Sdapi-Mock-Lint" not in fine.headers
    assert mock.journal.calls()[0].lint == mock.journal.calls()[1].lint


def test_credentials_are_nowhere_in_it() -> None:
    with activate(auth=(("user", "long-password"),)) as mock:
        own = ("user", "long-password")
        flags = get(mock, "/sdapi/v1/cmd-flags", auth=own, headers={"X-Key": "another-secret"})
        journal = get(mock, JOURNAL, auth=own).text
        har = get(mock, f"{JOURNAL}.har", auth=own).text

    assert flags.json()["api_auth"] == "user:long-password"
    assert "/sdapi/v1/cmd-flags" in journal
    assert "long-password" not in journal + har
    assert "another-secret" not in journal + har
