"""A page of what each preprocessor makes of one picture, and of what a unit makes of it.

The page is kept where ``GALLERY`` names a folder::

    GALLERY=/tmp/gallery python -m pytest tests/mockserver/extensions/test_gallery_page.py

What needs weights upstream is a stand-in of the right size and mode, and marked so.
"""

from __future__ import annotations

import base64
import io
import os
from pathlib import Path
from typing import TYPE_CHECKING

import pytest
from extended import Extended, encoded
from PIL import Image, ImageChops, ImageDraw

if TYPE_CHECKING:
    from collections.abc import Iterator

_SIDE = 128
_MODEL = "control_v11p_sd15_canny"
_DETECT = "/controlnet/detect"
#: Modules that are plain arithmetic upstream.
DRAWN = (
    "canny",
    "threshold",
    "invert",
    "blur_gaussian",
    "tile_resample",
    "scribble_xdog",
    "recolor_luminance",
    "recolor_intensity",
    "shuffle",
)


def scene() -> Image.Image:
    """A picture with edges, curves and shades."""
    image = Image.linear_gradient("L").resize((_SIDE, _SIDE)).convert("RGB")
    draw = ImageDraw.Draw(image)
    draw.ellipse((16, 20, 76, 80), fill=(220, 60, 40), outline="black", width=2)
    draw.rectangle((60, 60, 116, 112), fill=(40, 110, 200), outline="black", width=2)
    draw.line((0, 120, 127, 90), fill="white", width=3)
    return image


def opened(text: str) -> Image.Image:
    image = Image.open(io.BytesIO(base64.b64decode(text)))
    image.load()
    return image


def text(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


class Gallery:
    """Maps and pictures of every module that gives a map without a mask."""

    def __init__(self) -> None:
        self.world = Extended("controlnet", step_time=0.0)
        self.sent = encoded(scene())
        self.maps = dict(self._maps())
        size = {"width": _SIDE, "height": _SIDE}
        self.plain = self._picture(size, None)
        self.pictures = {module: self._picture(size, module) for module in self.maps}

    def _maps(self) -> Iterator[tuple[str, Image.Image]]:
        for module in self.world.get("/controlnet/module_list")["module_list"]:
            fields = {
                "controlnet_module": module,
                "controlnet_input_images": [self.sent],
                "controlnet_processor_res": _SIDE,
            }
            answer = self.world.answer(_DETECT, fields)
            images = answer.get_json().get("images") if answer.status_code == 200 else None
            if images:
                yield module, opened(images[0])

    def _picture(self, size: dict[str, int], module: str | None) -> Image.Image:
        unit = {"enabled": True, "module": module, "model": _MODEL, "image": self.sent}
        scripts = {} if module is None else {"controlnet": {"args": [unit]}}
        body = {**size, "steps": 4, "seed": 7, "prompt": "a fox", "alwayson_scripts": scripts}
        answer = self.world.answer("/sdapi/v1/txt2img", body).get_json()
        return opened(answer["images"][0])

    def page(self) -> str:
        rows = [
            f"<tr><td>{module}{'' if module in DRAWN else ' *'}</td>"
            f"<td>{_shown(found)}</td><td>{_shown(self.pictures[module])}</td></tr>"
            for module, found in self.maps.items()
        ]
        head = "<tr><th>module</th><th>map</th><th>picture with it</th></tr>"
        return (
            "<!doctype html><meta charset=utf-8><title>Maps and pictures by module</title>"
            f"<p>{_shown(scene())} looked at, {_shown(self.plain)} without a unit. "
            "* needs weights upstream, or none of it: a stand-in.</p>"
            f"<table>{head}{''.join(rows)}</table>"
        )


def _shown(image: Image.Image) -> str:
    return f'<img width=128 src="data:image/png;base64,{text(image)}">'


@pytest.fixture(scope="module")
def gallery() -> Gallery:
    return Gallery()


def _differ(one: Image.Image, other: Image.Image) -> bool:
    size = other.size
    fitted = one.convert("RGB").resize(size)
    return ImageChops.difference(fitted, other.convert("RGB")).getbbox() is not None


def test_the_page_shows_every_module(gallery: Gallery, tmp_path: Path) -> None:
    folder = Path(os.environ.get("GALLERY", tmp_path))
    folder.mkdir(parents=True, exist_ok=True)
    page = folder / "maps-by-module.html"
    page.write_text(gallery.page(), encoding="utf-8")
    assert page.read_text(encoding="utf-8").count("<tr>") == len(gallery.maps) + 1
    assert len(gallery.maps) >= 40


@pytest.mark.parametrize("module", DRAWN)
def test_what_is_arithmetic_is_drawn_of_the_picture(gallery: Gallery, module: str) -> None:
    # A tile is sampled down by 1.0 where nothing else is said.
    assert _differ(gallery.maps[module], scene()) is (module != "tile_resample")
    other = gallery.world.post(
        _DETECT,
        controlnet_module=module,
        controlnet_input_images=[encoded(scene().rotate(90))],
        controlnet_processor_res=_SIDE,
    )
    assert _differ(gallery.maps[module], opened(other["images"][0]))


def test_units_of_different_maps_make_different_pictures(gallery: Gallery) -> None:
    made = [gallery.pictures[module] for module in ("canny", "invert", "threshold")]
    for picture in made:
        assert _differ(picture, gallery.plain)
    assert _differ(made[0], made[1])
    assert _differ(made[1], made[2])
