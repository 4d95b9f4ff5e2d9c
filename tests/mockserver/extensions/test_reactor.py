"""ReActor: thirty-one slots, settings that survive an error, faces on a route."""

from __future__ import annotations

from typing import Any

import pytest
from extended import Extended, decoded, encoded, flat, picture

FACE = encoded(picture())


def args(**changes: Any) -> list[Any]:
    slots = [FACE, True, "0", "0", "inswapper_128.onnx", "None", 1, True, "None", 1, 1, False, True]
    slots += [1, 0, 0, False, 0.5, True, False, "CPU", False, 0, "None", "", None, False, False]
    slots += [0.5, 0]
    for number, value in changes.items():
        slots[int(number.removeprefix("slot"))] = value
    return slots


@pytest.fixture
def webui() -> Extended:
    return Extended("reactor")


def is_plain(webui: Extended, slots: list[Any], **fields: Any) -> bool:
    plain = Extended("reactor").txt2img(**fields)
    made = webui.txt2img({"reactor": slots}, **fields)
    assert made.told == {}
    return [one.tobytes() for one in made.images] == [one.tobytes() for one in plain.images]


def test_a_face_is_swapped_without_a_word_in_the_infotext(webui: Extended) -> None:
    assert not is_plain(webui, args())


@pytest.mark.parametrize("count", [2, 13, 22])
def test_a_list_shorter_than_23_does_nothing(webui: Extended, count: int) -> None:
    assert is_plain(webui, args()[:count])


@pytest.mark.parametrize(
    "changes",
    [
        {"slot1": False},
        {"slot0": None},
        {"slot0": "@@"},
        {"slot0": encoded(flat())},
        {"slot3": "1"},
        {"slot2": "1"},
        {"slot2": "0,0"},
        {"slot4": "nope.onnx"},
        {"slot12": False},
        {"slot22": 1},
    ],
)
def test_what_has_no_face_for_it_gives_the_plain_picture(
    webui: Extended, changes: dict[str, Any]
) -> None:
    assert is_plain(webui, args(**changes))


def test_one_of_several_faces_is_enough(webui: Extended) -> None:
    assert not is_plain(webui, args(slot3="1,0"))


def test_after_an_error_the_settings_of_the_request_before_hold(webui: Extended) -> None:
    assert is_plain(webui, args(slot4=None))

    webui.txt2img({"reactor": args()})
    assert not is_plain(webui, args(slot4=None))

    webui.txt2img({"reactor": args(slot3="1")})
    assert is_plain(webui, args(slot3=0))


def test_both_tabs_remember_settings_of_their_own(webui: Extended) -> None:
    webui.img2img({"reactor": args()})

    assert is_plain(webui, args(slot4=None))


def test_an_upscaler_makes_the_picture_larger_than_was_asked(webui: Extended) -> None:
    made = webui.txt2img({"reactor": args(slot8="Lanczos", slot9=2)})

    assert (made.images[0].size, made.info["width"]) == ((128, 128), 64)


def test_an_upscaler_works_without_a_face_only_by_force(webui: Extended) -> None:
    changes: dict[str, Any] = {"slot3": "1", "slot8": "Lanczos", "slot9": 2}
    kept = webui.txt2img({"reactor": args(**changes)})
    forced = webui.txt2img({"reactor": args(**changes, slot27=True)})

    assert (kept.images[0].size, forced.images[0].size) == ((64, 64), (128, 128))


def test_the_original_is_kept_before_the_swapped_picture(webui: Extended) -> None:
    plain = webui.txt2img()
    made = webui.txt2img({"reactor": args(slot16=True)})

    assert made.json["images"][0] == plain.json["images"][0]
    assert len(made.images) == 2
    assert "parameters" not in made.images[1].info
    assert len(made.info["infotexts"]) == 1


def test_a_grid_comes_first_from_two_originals_on(webui: Extended) -> None:
    made = webui.txt2img({"reactor": args(slot16=True)}, batch_size=2)

    assert [image.size for image in made.images] == [(128, 128), *[(64, 64)] * 4]
    assert (len(made.info["infotexts"]), made.info["index_of_first_image"]) == (2, 0)


def test_img2img_can_start_from_the_swapped_picture(webui: Extended) -> None:
    plain = webui.img2img()
    made = webui.img2img({"reactor": args(slot11=True, slot12=False)})

    assert made.json["images"] != plain.json["images"]


def test_the_route_swaps_and_keeps_an_alpha_channel(webui: Extended) -> None:
    target = encoded(picture(mode="RGBA"))
    made = webui.post("/reactor/image", source_image=FACE, target_image=target)["image"]

    assert decoded(made).mode == "RGBA"
    assert decoded(made).tobytes() != picture(mode="RGBA").tobytes()


@pytest.mark.parametrize(
    "fields", [{"source_image": encoded(flat())}, {"model": "nope.onnx"}, {"face_index": [1]}]
)
def test_the_route_gives_the_target_back_where_nothing_is_swapped(
    webui: Extended, fields: dict[str, Any]
) -> None:
    sent = {"source_image": FACE, "target_image": FACE} | fields

    assert decoded(webui.post("/reactor/image", **sent)["image"]).tobytes() == picture().tobytes()


@pytest.mark.parametrize("body", [None, {}, {"source_image": FACE}, {"source_image": "@@"}])
def test_the_route_refuses_what_is_no_picture(webui: Extended, body: Any) -> None:
    answer = webui.answer("/reactor/image", body)

    assert (answer.status_code, answer.get_json()["detail"]) == (500, "Invalid encoded image")


def test_the_route_wants_face_numbers_in_a_list(webui: Extended) -> None:
    answer = webui.answer("/reactor/image", {"source_faces_index": 0})

    assert answer.status_code == 422


def test_the_lists_say_models_upscalers_and_no_face_models(webui: Extended) -> None:
    assert webui.get("/reactor/models") == {"models": ["inswapper_128.onnx"]}
    assert webui.get("/reactor/upscalers")["upscalers"][:2] == ["None", "Lanczos"]
    assert webui.get("/reactor/facemodels") == {"facemodels": []}
