"""preprocess of versions before 1.7."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import Webui
from mockserver.backends.a1111.training import preprocess
from mockserver.core.errors import ServerError

GIVEN: dict[str, Any] = {
    "id_task": "1",
    "process_src": "in",
    "process_dst": "out",
    "process_width": 512,
    "process_height": 512,
    "preprocess_txt_action": "ignore",
    "process_keep_original_size": False,
    "process_flip": False,
    "process_split": False,
    "process_caption": False,
}


@pytest.fixture(scope="module")
def webui() -> Webui:
    return Webui("a1111-1.6.0")


def test_a_folder_that_is_not_there_is_reported_with_status_200(webui: Webui) -> None:
    words = "preprocess error: [Errno 2] No such file or directory: '/webui/in'"
    assert preprocess(webui, GIVEN) == {"info": words}


def test_source_and_destination_must_differ(webui: Webui) -> None:
    words = "preprocess error: same directory specified as source and destination"
    assert preprocess(webui, GIVEN | {"process_dst": "in"}) == {"info": words}


@pytest.mark.parametrize(
    ("body", "words"),
    [
        pytest.param({}, r"preprocess\(\) missing 10 required positional arguments", id="missing"),
        pytest.param(GIVEN | {"nope": 1}, "unexpected keyword argument 'nope'", id="unknown"),
        pytest.param(GIVEN | {"process_src": None}, "not NoneType", id="no folder"),
    ],
)
def test_other_arguments_are_a_crash(webui: Webui, body: dict[str, Any], words: str) -> None:
    with pytest.raises(ServerError, match=words):
        preprocess(webui, body)
