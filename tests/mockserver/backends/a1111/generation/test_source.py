"""The pictures that img2img starts from."""

from __future__ import annotations

import base64
from typing import Any

import pytest
from generations import Made, img2img, in_base64
from PIL import Image, ImageChops, ImageDraw

from mockserver.core.errors import HTTPError, ServerError


def drawn(size: tuple[int, int] = (64, 64), mode: str = "RGB") -> Image.Image:
    image = Image.new("RGB", size, "teal")
    ImageDraw.Draw(image).ellipse((8, 8, size[0] - 8, size[1] - 8), fill="gold")
    return image.convert(mode)


def masked(*box: int, size: tuple[int, int] = (64, 64)) -> str:
    mask = Image.new("L", size)
    if box:
        mask.paste(255, box)
    return in_base64(mask)


def cut_short(text: str) -> str:
    """A picture whose file lacks its end."""
    return base64.b64encode(base64.b64decode(text)[:-40]).decode()


START = in_base64(drawn())
OTHER = in_base64(Image.new("RGB", (64, 64), "navy"))
MASK = masked(24, 24, 40, 40)


def started(**fields: Any) -> Made:
    return img2img(**{"init_images": [START], "denoising_strength": 0.5, **fields})


def differs(made: Made, box: tuple[int, int, int, int]) -> bool:
    """Whether the first picture differs from the init picture within a box."""
    found = made.files[0].convert("RGB").crop(box)
    return ImageChops.difference(found, drawn().crop(box)).getbbox() is not None


def test_nothing_is_changed_without_denoising() -> None:
    made = started(denoising_strength=0)

    assert made.pixels == [drawn().tobytes()]
    assert "Denoising strength: 0.0" in made.line


def test_more_denoising_changes_more() -> None:
    def change(strength: float) -> int:
        made = started(denoising_strength=strength, steps=20).files[0].convert("RGB")
        return sum(ImageChops.difference(made, drawn()).convert("L").histogram()[16:])

    assert change(0.2) < change(0.5) < change(0.9)


@pytest.mark.parametrize("mode", [0, 1, 2, 3])
def test_a_picture_of_another_shape_is_made_to_fit(mode: int) -> None:
    made = started(init_images=[in_base64(drawn((96, 64)))], resize_mode=mode)

    assert made.sizes == [(64, 64)]


def test_resize_modes_give_different_pictures() -> None:
    wide = [in_base64(drawn((128, 64)))]
    made = {
        started(init_images=wide, resize_mode=mode, denoising_strength=0).pixels[0]
        for mode in range(3)
    }

    assert len(made) == 3


@pytest.mark.parametrize("mode", ["L", "P", "1", "RGBA", "LA"])
def test_a_picture_of_any_mode_is_taken(mode: str) -> None:
    assert started(init_images=[in_base64(drawn(mode=mode))]).files[0].mode == "RGB"


def test_what_is_transparent_lies_on_the_background_colour() -> None:
    clear = in_base64(Image.new("RGBA", (64, 64)))
    made = started(
        init_images=[clear],
        denoising_strength=0,
        override_settings={"img2img_background_color": "#ff0000"},
    )

    assert made.files[0].convert("RGB").getpixel((5, 5)) == (255, 0, 0)


def test_one_picture_is_the_start_of_the_whole_batch() -> None:
    assert len(started(batch_size=2, n_iter=2).sizes) == 4


def test_fewer_pictures_than_the_batch_make_it_smaller() -> None:
    made = started(init_images=[START, OTHER], batch_size=3, denoising_strength=0)

    assert made.pixels[0] != made.pixels[1]
    assert len(made.sizes) == 2
    assert made.info["batch_size"] == 2
    assert made.info["all_seeds"] == [1234, 1235, 1236]


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        pytest.param(
            {"init_images": [START] * 3, "batch_size": 2},
            "RuntimeError: bad number of images passed: 3; expecting 2 or less",
            id="more pictures than the batch",
        ),
        pytest.param(
            {"init_images": []},
            "RuntimeError: Expected 3D (unbatched) or 4D (batched) input to conv2d, "
            "but got input of size: [0]",
            id="no picture in the list",
        ),
        pytest.param(
            {"width": None},
            "TypeError: 'NoneType' object cannot be interpreted as an integer",
            id="no width",
        ),
        pytest.param({"width": 0}, "ValueError: height and width must be > 0", id="no size"),
        pytest.param(
            {"width": 4},
            "RuntimeError: Calculated padded input size per channel: (17 x 2). Kernel size: "
            "(3 x 3). Kernel size can't be greater than actual input size",
            id="too small for the VAE",
        ),
        pytest.param(
            {"steps": 0}, "ZeroDivisionError: integer division or modulo by zero", id="no steps"
        ),
        pytest.param(
            {"denoising_strength": -1},
            "IndexError: index 0 is out of bounds for dimension 0 with size 0",
            id="negative strength",
        ),
        pytest.param(
            {
                "init_images": [in_base64(drawn(mode="RGBA"))],
                "override_settings": {"img2img_background_color": "nope"},
            },
            "ValueError: unknown color specifier: 'nope'",
            id="a background that is no colour",
        ),
        pytest.param(
            {"init_images": [5]},
            "AttributeError: 'int' object has no attribute 'startswith'",
            id="a number for a picture",
        ),
        pytest.param(
            {"init_images": [cut_short(START)]},
            "OSError: image file is truncated",
            id="a file that ends too soon",
        ),
    ],
)
def test_what_cannot_be_started_from_is_a_500(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        started(**fields)

    assert str(caught.value) == error


def test_no_list_of_pictures_is_a_404() -> None:
    with pytest.raises(HTTPError, match="404 Init image not found"):
        started(init_images=None)


def test_a_text_that_is_no_picture_is_refused() -> None:
    with pytest.raises(HTTPError, match="500 Invalid encoded image"):
        started(init_images=["aGVsbG8="])


def test_pictures_are_left_out_of_the_echo_unless_they_are_asked_for() -> None:
    left_out, told = started(mask=MASK), started(mask=MASK, include_init_images=True)

    assert (left_out.parameters["init_images"], left_out.parameters["mask"]) == (None, None)
    assert (told.parameters["init_images"], told.parameters["mask"]) == ([START], MASK)


def test_the_hash_of_the_init_picture_is_reported_where_it_is_saved() -> None:
    made = started(override_settings={"save_init_img": True})

    assert "Init image hash: " in made.line


@pytest.mark.parametrize(
    ("fields", "told"),
    [
        pytest.param(
            {},
            "Mask blur: 4, Inpaint area: Only masked, Masked area padding: 0, Masked content: fill",
            id="only masked",
        ),
        pytest.param(
            {"inpaint_full_res": False}, "Mask blur: 4, Masked content: fill", id="whole picture"
        ),
        pytest.param(
            {"inpainting_fill": 1},
            "Mask blur: 4, Inpaint area: Only masked, Masked area padding: 0",
            id="original",
        ),
        pytest.param(
            {"inpainting_fill": 2, "mask_blur": 0},
            "Inpaint area: Only masked, Masked area padding: 0, Masked content: latent noise",
            id="latent noise",
        ),
        pytest.param(
            {"inpainting_fill": 3, "inpaint_full_res_padding": 8},
            "Mask blur: 4, Inpaint area: Only masked, Masked area padding: 8, "
            "Masked content: latent nothing",
            id="latent nothing",
        ),
        pytest.param(
            {"inpainting_mask_invert": 1, "inpainting_fill": 1},
            "Mask mode: Inpaint not masked, Mask blur: 4, Inpaint area: Only masked, "
            "Masked area padding: 0",
            id="inverted",
        ),
        pytest.param(
            {"mask_blur_x": 2, "mask_blur_y": 0, "inpaint_full_res": False},
            "Masked content: fill",
            id="blur of one direction",
        ),
    ],
)
def test_what_is_done_with_a_mask_is_reported(fields: dict[str, Any], told: str) -> None:
    made = started(mask=MASK, **fields)

    assert made.line.endswith(f"Denoising strength: 0.5, {told}, Version: v1.10.1")


@pytest.mark.parametrize("full_res", [True, False])
def test_a_mask_keeps_what_it_does_not_cover(full_res: bool) -> None:
    made = started(mask=MASK, inpaint_full_res=full_res, mask_blur=0, denoising_strength=0.9)

    assert differs(made, (24, 24, 40, 40))
    assert not differs(made, (0, 0, 64, 16))


def test_an_inverted_mask_keeps_what_it_covers() -> None:
    made = started(mask=MASK, inpainting_mask_invert=1, mask_blur=0, denoising_strength=0.9)

    assert differs(made, (0, 0, 64, 16))
    assert not differs(made, (26, 26, 38, 38))


def test_a_black_mask_with_only_masked_is_no_mask() -> None:
    made = started(mask=masked(), mask_blur=0)

    assert made.pixels == started().pixels
    assert made.line == started().line


def test_only_masked_gives_a_picture_of_the_init_pictures_size() -> None:
    large = in_base64(drawn((128, 96)))
    made = started(init_images=[large], mask=masked(16, 16, 64, 64, size=(128, 96)))

    assert made.sizes == [(128, 96)]
    assert "Size: 64x64" in made.line


def test_the_mask_and_what_lies_under_it_are_answered_where_options_want_them() -> None:
    made = started(
        mask=MASK, override_settings={"return_mask": True, "return_mask_composite": True}
    )

    assert [image.mode for image in made.files] == ["RGB", "RGB", "RGBA"]
    assert made.texts[1:] == [None, None]
    assert len(made.infotexts) == 1


@pytest.mark.parametrize(
    ("fields", "error"),
    [
        pytest.param(
            {"mask": ""}, "AttributeError: 'str' object has no attribute 'mode'", id="empty"
        ),
        pytest.param(
            {"mask_blur_x": None},
            "TypeError: '>' not supported between instances of 'NoneType' and 'int'",
            id="no blur",
        ),
        pytest.param(
            {"latent_mask": "x"},
            "AttributeError: 'str' object has no attribute 'convert'",
            id="a latent mask",
        ),
        pytest.param(
            {"mask": cut_short(MASK)},
            "OSError: image file is truncated",
            id="a file that ends too soon",
        ),
    ],
)
def test_a_mask_that_cannot_be_used_is_a_500(fields: dict[str, Any], error: str) -> None:
    with pytest.raises(ServerError) as caught:
        started(**{"mask": MASK, **fields})

    assert str(caught.value) == error


def test_a_mask_that_is_no_picture_is_refused_before_the_request_waits() -> None:
    with pytest.raises(HTTPError, match="500 Invalid encoded image"):
        started(mask="aGVsbG8=", script_name="nope")


def test_nothing_is_laid_over_the_result_where_an_option_says_so() -> None:
    options = {"overlay_inpaint": False}

    assert started(mask=MASK, override_settings=options).pixels != started(mask=MASK).pixels


def test_soft_inpainting_is_reported_where_there_is_a_mask() -> None:
    soft = {"alwayson_scripts": {"Soft inpainting": {"args": [True]}}}

    assert "Soft inpainting enabled: True" in started(mask=MASK, **soft).line
    assert "Soft inpainting" not in started(**soft).line
