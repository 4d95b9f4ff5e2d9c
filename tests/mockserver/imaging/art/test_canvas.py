"""Shapes on a canvas of palette entries."""

from __future__ import annotations

from itertools import pairwise

import pytest
from PIL import Image, ImageChops

from mockserver.imaging.art.canvas import Canvas
from mockserver.imaging.art.fields import Dice
from mockserver.imaging.art.outlines import ellipse, half_widths

RED, BLUE, GREY = (200, 0, 0), (0, 0, 200), (100, 100, 100)


def image(canvas: Canvas) -> Image.Image:
    return Image.frombytes("RGB", canvas.size, b"".join(canvas.bands(Dice("x"))))


def near(pixel: object, colour: tuple[int, int, int]) -> bool:
    assert isinstance(pixel, tuple)
    return all(abs(a - b) <= 3 for a, b in zip(pixel, colour, strict=True))


def canvas(size: tuple[int, int] = (64, 64), *, tiling: bool = False) -> Canvas:
    made = Canvas(size, tiling=tiling)
    made.gradient((GREY, GREY))
    return made


def test_the_background_goes_from_the_first_colour_to_the_last() -> None:
    made = Canvas((8, 100))
    made.gradient((RED, BLUE))

    picture = image(made)

    assert near(picture.getpixel((0, 0)), RED)
    assert near(picture.getpixel((7, 99)), BLUE)


def test_a_disc_covers_its_circle_and_nothing_else() -> None:
    made = canvas()
    made.disc((0, 0), 256, RED)
    picture = image(made)

    assert near(picture.getpixel((32, 32)), RED)
    assert near(picture.getpixel((32, 17)), RED)
    assert near(picture.getpixel((32, 14)), GREY)
    assert near(picture.getpixel((20, 20)), GREY)


@pytest.mark.parametrize("at", [(-512, -512), (512, 0), (0, 512), (900, 900)])
def test_what_leaves_the_canvas_is_cut_off(at: tuple[int, int]) -> None:
    made = canvas()
    made.disc(at, 200, RED)
    made.oval(at, (300, 100), RED, angle=40)
    made.shape(ellipse(at, (200, 90)), RED)

    assert near(image(made).getpixel((32, 32)), GREY)


def test_a_turned_oval_is_the_polygon_of_its_corners() -> None:
    one, other = canvas((200, 200)), canvas((200, 200))
    one.oval((30, -40), (400, 150), RED, angle=29)
    other.shape(ellipse((30, -40), (400, 150), 29, 128), RED)

    difference = ImageChops.difference(image(one), image(other)).convert("L")
    differing = 200 * 200 - sum(difference.histogram()[:4])

    assert differing < 0.01 * 200 * 200


def test_see_through_colours_mix_with_all_that_lies_below() -> None:
    made = canvas()
    made.bar((-512, -512, 0, 512), BLUE)
    made.disc((0, 0), 400, RED, 128)
    picture = image(made)

    assert near(picture.getpixel((20, 32)), (100, 0, 100))
    assert near(picture.getpixel((44, 32)), (150, 50, 50))
    assert near(picture.getpixel((1, 1)), BLUE)


def test_a_glow_fades_with_the_distance() -> None:
    made = canvas((200, 200))
    made.glow((0, 0), 400, (255, 255, 255), 200)
    picture = image(made)

    row = [picture.getpixel((x, 100)) for x in range(100, 200)]
    reds = [pixel[0] for pixel in row if isinstance(pixel, tuple)]
    assert reds[0] > 200
    assert all(a + 3 >= b for a, b in pairwise(reds))
    assert near(row[-1], GREY)


def test_what_leaves_a_tiling_canvas_comes_in_on_the_other_side() -> None:
    made = canvas(tiling=True)
    made.disc((512, 0), 200, RED)
    picture = image(made)

    assert near(picture.getpixel((2, 32)), RED)
    assert near(picture.getpixel((61, 32)), RED)


def test_a_full_palette_takes_the_nearest_colour() -> None:
    made = canvas()
    for level in range(300):
        made.ink((level * 255 // 300, 0, 0))
    made.bar((-512, -512, 512, 512), (1, 0, 0))

    assert near(image(made).getpixel((5, 5)), (1, 0, 0))


def test_few_steps_leave_noise_that_many_do_not() -> None:
    pictures = []
    for steps in (1, 8, 16, 40):
        made = canvas()
        made.disc((0, 0), 300, RED)
        made.unfinish(Dice("noise"), steps)
        pictures.append(image(made).tobytes())

    assert len(set(pictures[:3])) == 3
    assert pictures[2] == pictures[3]


def test_a_circle_has_the_area_of_one() -> None:
    assert abs(sum(2 * half for half in half_widths(100)) - 31416) < 120
