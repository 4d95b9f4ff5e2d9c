"""Recordings in their compact form."""

from __future__ import annotations

import base64
import io
import json
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from PIL.PngImagePlugin import PngInfo

from mockserver.errors import FixtureError
from mockserver.fixtureset.location import fixtures_root
from mockserver.fixtureset.recording import compact, read_recording, reduce_answer

if TYPE_CHECKING:
    from pathlib import Path


def picture(text: str, colour: int = 0) -> str:
    info = PngInfo()
    info.add_text("parameters", text)
    file = io.BytesIO()
    Image.new("RGB", (8, 4), (colour, 0, 0)).save(file, "PNG", pnginfo=info)
    return base64.b64encode(file.getvalue()).decode()


def case(name: str, body: Any, **step: Any) -> str:
    response = {"status": 200, "headers": {}, "has_process_time": True, "json": body}
    steps = [{"method": "GET", "path": "/x?a=1", **step, "response": response}]
    return json.dumps({"id": name, "group": "g", "steps": steps})


def test_a_compact_copy_reads_as_the_reduced_original(tmp_path: Path) -> None:
    bodies = [
        {"images": [picture("one")], "info": json.dumps({"seed": 1}), "n": 1},
        {"images": [picture("two", 9)], "info": json.dumps({"seed": 2}), "n": 1.0},
        {"other": None},
        [1, 2],
    ]
    path = tmp_path / "r.jsonl"
    path.write_text("\n".join(compact(case(str(i), b) for i, b in enumerate(bodies))))

    read = [c.steps[0].answer.body for c in read_recording(path)]

    assert json.dumps(read) == json.dumps([reduce_answer(body) for body in bodies])


def test_a_picture_is_reduced_to_what_a_replay_compares() -> None:
    reduced = reduce_answer(["data:image/png;base64," + picture("text")])[0]["$picture"]

    assert (reduced["image"], reduced["size"], reduced["mode"]) == ("PNG", [8, 4], "RGB")
    assert reduced["text"] == {"parameters": "text"}
    assert reduced["prefix"] == "data:image/png;base64"


def test_text_of_a_picture_is_plain_text_in_any_alphabet() -> None:
    found = reduce_answer(picture("\u72d0"))["$picture"]["text"]["parameters"]

    assert (type(found), found) == (str, "\u72d0")


@pytest.mark.parametrize("text", ["", "abc", "x" * 100, "{not json", '{"a":1}'])
def test_other_texts_stay_as_they_are(text: str) -> None:
    assert reduce_answer(text) == text


def test_a_request_keeps_what_was_sent(tmp_path: Path) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(case("a", {}, json=None) + "\n" + case("b", {}, data="x", headers={"A": "b"}))

    with_json, with_data = (c.steps[0] for c in read_recording(path))

    assert (with_json.has_json, with_json.json, with_json.route) == (True, None, "/x")
    assert (with_data.has_json, with_data.data, with_data.headers) == (False, "x", {"A": "b"})


@pytest.mark.parametrize("line", ["{", "{}", '{"id": 1, "group": "g", "steps": [{}]}', "[]"])
def test_a_line_that_is_no_case_is_told_with_its_number(tmp_path: Path, line: str) -> None:
    path = tmp_path / "r.jsonl"
    path.write_text(case("a", {}) + "\n" + line)

    with pytest.raises(FixtureError, match=r"r\.jsonl, line 2: not a recorded case"):
        read_recording(path)


def test_a_file_that_is_not_there_is_told(tmp_path: Path) -> None:
    with pytest.raises(FixtureError, match="give a readable recording"):
        read_recording(tmp_path / "none.jsonl")


@pytest.mark.parametrize(
    "path", sorted((fixtures_root() / "recordings").glob("*.jsonl")), ids=lambda p: p.stem
)
def test_every_packaged_recording_can_be_read(path: Path) -> None:
    cases = read_recording(path)

    assert len(cases) >= 5
    assert len({c.id for c in cases}) == len(cases)
