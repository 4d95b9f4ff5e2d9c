"""Small copies of pictures, as reports show them."""

from __future__ import annotations

import base64
import json
from io import BytesIO
from typing import TYPE_CHECKING, Any

import pytest
from PIL import Image
from reports import document, exchange, failure, picture

from conformance.report import redacted
from conformance.report.redacted import shown_document, thumbnails

if TYPE_CHECKING:
    from conformance.exchange import Exchange


def _answering(body: Any, request: Any = None) -> Exchange:
    return exchange(
        body=body if isinstance(body, bytes) else json.dumps(body).encode(),
        request_body=json.dumps(request).encode(),
    )


def _copy(data: str) -> Image.Image:
    return Image.open(BytesIO(base64.b64decode(data.partition(",")[2])))


def test_pictures_of_the_answer_come_first_each_with_its_place() -> None:
    shown = _answering({"images": [picture(), picture(colour="blue")]}, {"a": {"b": picture()}})
    found = thumbnails(shown, 9)
    assert [one.place for one in found] == ["answer images[0]", "answer images[1]", "request a.b"]
    assert [one.place for one in thumbnails(shown, 2)] == ["answer images[0]", "answer images[1]"]
    assert thumbnails(shown, 0) == ()


def test_a_copy_fits_into_128_pixels_and_a_bare_text_has_no_name() -> None:
    (one,) = thumbnails(_answering(picture(300, 200)), 9)
    assert (one.place, _copy(one.data).size) == ("answer", (128, 85))
    assert one.digest.startswith("<PNG 300x200, ")


def test_what_a_png_stores_badly_is_a_jpeg() -> None:
    noise = BytesIO()
    Image.effect_noise((128, 128), 90).save(noise, "PNG")
    (one,) = thumbnails(_answering(base64.b64encode(noise.getvalue()).decode()), 9)
    assert one.data.startswith("data:image/jpeg;base64,")
    assert thumbnails(_answering(picture(8, 8)), 9)[0].data.startswith("data:image/png;base64,")


@pytest.mark.parametrize(
    "body",
    [
        pytest.param(b"no JSON", id="no JSON"),
        pytest.param(b"[" * 100_000, id="too deep"),
        pytest.param(b"\xff", id="no text"),
        pytest.param({"images": ["x" * 200]}, id="no picture"),
        pytest.param(
            {"images": [base64.b64encode(b"\x89PNG\r\n\x1a\n" * 20).decode()]}, id="broken"
        ),
        pytest.param({"images": [picture(8, 8)[:80]]}, id="too short"),
        pytest.param({"images": [7, None]}, id="numbers"),
    ],
)
def test_what_is_no_picture_is_left_out(body: Any) -> None:
    assert thumbnails(_answering(body), 9) == ()


def test_a_picture_that_would_fill_the_memory_is_not_opened(
    monkeypatch: pytest.MonkeyPatch,
) -> None:
    monkeypatch.setattr(redacted, "_MOST_PIXELS", 64 * 64)
    assert len(thumbnails(_answering(picture(64, 64)), 9)) == 1
    assert thumbnails(_answering(picture(65, 64)), 9) == ()


def test_all_pictures_of_a_report_share_one_room(monkeypatch: pytest.MonkeyPatch) -> None:
    shown = exchange(body=json.dumps({"images": [picture(64, 64)]}).encode(), request_body=None)
    results = [failure(name, exchanges=(shown,)) for name in ("LIST-001", "LIST-002", "OPT-001")]

    def kept(room: int) -> list[int]:
        monkeypatch.setattr(redacted, "_GALLERY", room)
        made = shown_document(document(*results)).results
        return [len(each.pictures) for one in made for each in one.exchanges]

    (alone,) = shown_document(document(results[0])).results
    (one,) = alone.exchanges
    need = len(one.curl) + len(one.pictures[0].data)
    assert kept(10 * need) == [1, 1, 1]
    assert kept(2 * need) == [1, 1, 0]
    assert kept(need) == [1, 0, 0]
