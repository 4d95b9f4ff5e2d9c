"""One generation: its turn, its time, its pictures."""

from __future__ import annotations

import threading
from dataclasses import replace

import pytest
from PIL import Image

from mockserver import Config
from mockserver.backends.cpp_common.drawing import DrawingJob, draw, with_text
from mockserver.backends.registry import simulate
from mockserver.core.clock import ManualClock

SITTING = DrawingJob((64, 64), "a red fox", "", 7, 2, 7.0, "euler")


def pixels(sitting: DrawingJob, count: int = 1) -> list[bytes]:
    return [found.image.tobytes() for found in draw(simulate("sdcpp-master-827"), sitting, count)]


def test_the_same_sitting_gives_the_same_picture() -> None:
    assert pixels(SITTING) == pixels(SITTING)


def test_each_further_picture_is_that_of_the_next_seed() -> None:
    assert pixels(SITTING, 2)[1:] == pixels(replace(SITTING, seed=8))


@pytest.mark.parametrize(
    "change",
    [
        pytest.param({"sampler": "heun"}, id="sampler"),
        pytest.param({"prompt": "a blue bird"}, id="prompt"),
        pytest.param({"steps": 20}, id="steps"),
        pytest.param({"start": Image.new("RGB", (64, 64)), "denoising": 0.1}, id="start"),
    ],
)
def test_what_changes_a_picture(change: dict[str, object]) -> None:
    assert pixels(SITTING) != pixels(replace(SITTING, **change))  # type: ignore[arg-type]


def test_no_denoising_gives_the_start_back() -> None:
    start = Image.new("RGB", (64, 64), (9, 9, 9))
    assert pixels(replace(SITTING, start=start, denoising=0.0)) == [start.tobytes()]


def test_steps_take_their_time_one_generation_after_the_other() -> None:
    clock = ManualClock()
    server = simulate("sdcpp-master-827", Config(step_time=1.0), clock)
    sitting = replace(SITTING, size=(512, 512))
    threads = [threading.Thread(target=draw, args=(server, sitting)) for _ in range(2)]
    for thread in threads:
        thread.start()
    moved = []
    for _ in threads:
        assert clock.wait_for_sleepers()
        moved.append(clock.advance_to_next())
    for thread in threads:
        thread.join(5)
    assert moved == [2.0, 2.0]


@pytest.mark.parametrize(
    ("text", "held"),
    [
        pytest.param("fox", b"parameters\0fox", id="ASCII"),
        pytest.param("f\0x", b"parameters\0f", id="up to the first NUL"),
        pytest.param("café", "parameters\0café".encode(), id="as UTF-8, whatever PNG says"),
    ],
)
def test_a_file_holds_its_text(text: str, held: bytes) -> None:
    file = with_text(draw(simulate("sdcpp-master-827"), SITTING)[0], text).to_bytes()
    start = file.index(b"tEXt") + 4
    length = int.from_bytes(file[start - 8 : start - 4], "big")
    assert file[start : start + length] == held
