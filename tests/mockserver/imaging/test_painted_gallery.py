"""The gallery keeps pictures while there is room."""

from __future__ import annotations

import weakref
from concurrent.futures import ThreadPoolExecutor

from PIL import Image

from mockserver.imaging.painted import Gallery
from mockserver.imaging.picture_spec import PictureSpec, Pixels, Start

#: Bytes of a picture of 10x10 pixels.
SMALL = 300


def small() -> Image.Image:
    return Image.new("RGB", (10, 10))


def test_the_same_spec_gives_the_same_picture() -> None:
    gallery = Gallery()
    spec = PictureSpec.of(16, 16, prompt="fox", seed=1)

    assert gallery.get(spec) is gallery.get(PictureSpec.of(16, 16, prompt="fox", seed=1))
    assert gallery.get(spec).size == (16, 16)
    assert len(gallery) == 1


def test_those_looked_at_longest_ago_go_first() -> None:
    gallery = Gallery(max_bytes=3 * SMALL)
    for name in "abc":
        assert gallery.keep(name, small).size == (10, 10)
    kept = gallery.keep("a", small)

    gallery.keep("d", small).image.load()
    gallery.keep("e", small)

    assert gallery.keep("a", small) is kept
    assert len(gallery) <= 4
    assert gallery.held <= 3 * SMALL


def test_room_is_counted_in_bytes() -> None:
    gallery = Gallery(max_bytes=10 * SMALL)
    for number in range(50):
        gallery.keep(number, small).image.load()

    assert gallery.held <= 11 * SMALL
    assert len(gallery) >= 10


def test_a_picture_larger_than_the_room_is_kept_until_the_next() -> None:
    gallery = Gallery(max_bytes=1)
    large = gallery.keep("large", small)
    assert large.size == (10, 10)

    assert gallery.keep("large", small) is large
    gallery.keep("next", small)
    assert len(gallery) == 1


def test_one_picture_is_painted_once_however_many_ask() -> None:
    painted: list[int] = []

    def make() -> Image.Image:
        painted.append(1)
        return small()

    gallery = Gallery()
    with ThreadPoolExecutor(8) as pool:
        files = set(
            pool.map(lambda _: gallery.keep("one", make).encoded("png").base64(), range(32))
        )

    assert painted == [1]
    assert len(files) == 1


def test_a_thread_that_paints_does_not_hold_up_others() -> None:
    gallery = Gallery()

    def slow() -> Image.Image:
        with ThreadPoolExecutor(1) as pool:
            return pool.submit(lambda: gallery.keep("other", small).image).result(timeout=5)

    assert gallery.keep("slow", slow).size == (10, 10)


def test_it_holds_no_picture_that_another_was_painted_from() -> None:
    gallery = Gallery()
    begun = Pixels(Image.new("RGB", (64, 64), "red"))
    spec = PictureSpec.of(64, 64, prompt="sea", seed=1, start=Start(begun, 0.5))
    grid = ("grid", (spec, begun), ())
    gallery.get(spec).encoded("png")
    gallery.keep(grid, lambda: Image.new("RGB", (8, 8))).encoded("png")
    pixels = weakref.ref(begun)

    again = PictureSpec.of(
        64, 64, prompt="sea", seed=1, start=Start(Pixels(begun.image.copy()), 0.5)
    )
    del begun, spec, grid

    assert pixels() is None
    assert len(gallery) == 2
    gallery.get(again)
    assert len(gallery) == 2
