"""What pictures are made from, as keys."""

from __future__ import annotations

from PIL import Image

from mockserver.imaging.picture_spec import PictureSpec, Pixels, Start


def test_equal_recipes_are_equal_keys() -> None:
    one = PictureSpec.of(64, 64, prompt="fox", seed=1, vae=None)
    other = PictureSpec.of(64, 64, seed=1, prompt="fox")

    assert one == other
    assert hash(one) == hash(other)
    assert one.values == {"prompt": "fox", "seed": 1}


def test_another_size_or_value_is_another_key() -> None:
    one = PictureSpec.of(64, 64, seed=1)

    assert one != PictureSpec.of(64, 72, seed=1)
    assert one != PictureSpec.of(64, 64, seed=2)


def test_pixels_are_equal_when_mode_size_and_content_are() -> None:
    one = Pixels(Image.new("RGB", (4, 6), "red"))

    assert one == Pixels(Image.new("RGB", (4, 6), "red"))
    assert hash(one) == hash(Pixels(Image.new("RGB", (4, 6), "red")))
    assert one != Pixels(Image.new("RGB", (6, 4), "red"))
    assert one != Pixels(Image.new("RGB", (4, 6), "blue"))
    assert one != Pixels(Image.new("RGBA", (4, 6), "red"))
    assert one != "red"
    assert repr(one) == "<Pixels RGB 4x6>"


def test_a_start_is_part_of_the_key() -> None:
    image = Pixels(Image.new("RGB", (4, 4)))

    assert PictureSpec.of(4, 4, start=Start(image, 0.5)) == PictureSpec.of(
        4, 4, start=Start(image, 0.5)
    )
    assert PictureSpec.of(4, 4, start=Start(image, 0.5)) != PictureSpec.of(
        4, 4, start=Start(image, 0.6)
    )
