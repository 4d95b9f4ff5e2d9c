"""A page of what ControlNet's modules make of one picture, and of the pictures they lead to."""

from __future__ import annotations

import hashlib
from typing import TYPE_CHECKING

import pytest
from extended import Extended, decoded, encoded
from PIL import Image, ImageDraw, ImageFilter

if TYPE_CHECKING:
    from conftest import Browser

SIDE = 96
PAGE = """<!doctype html><title>ControlNet modules</title>
<style>body{{display:flex;flex-wrap:wrap;gap:8px;font:12px sans-serif}}figure{{margin:0}}
img{{width:96px}}</style>{}"""
BROKEN = "return [...document.images].filter(i => !i.complete || !i.naturalWidth).length"
#: Modules that are plain image processing, drawn and not stood in for.
DRAWN = (
    "none",
    "canny",
    "threshold",
    "invert",
    "blur_gaussian",
    "scribble_xdog",
    "lineart_standard",
    "color",
    "shuffle",
    "recolor_luminance",
    "recolor_intensity",
    "inpaint",
)
#: Those that give tensors: such a unit fails when it runs, and no map comes.
TENSORS = ("clip", "ip-adapter", "revision", "instant_id_face_embedding")


def house() -> Image.Image:
    """A house in a meadow and a man beside it, under the sun."""
    image = Image.new("RGB", (SIDE * 2, SIDE * 2), (150, 190, 230))
    draw = ImageDraw.Draw(image)
    draw.rectangle((0, 128, 192, 192), fill=(70, 120, 60))
    draw.ellipse((130, 15, 172, 60), fill=(250, 230, 120))
    draw.polygon([(15, 128), (60, 60), (105, 128)], fill=(120, 60, 40))
    draw.rectangle((26, 128, 94, 172), fill=(200, 170, 130))
    draw.rectangle((45, 142, 64, 172), fill=(60, 40, 30))
    draw.ellipse((120, 90, 158, 128), fill=(225, 180, 150))
    draw.rectangle((124, 124, 154, 176), fill=(40, 60, 150))
    return image.filter(ImageFilter.GaussianBlur(1))


@pytest.fixture(scope="module")
def made() -> dict[str, list[str]]:
    """Map and picture of every module, the map missing where none comes."""
    webui = Extended("controlnet")
    mask = Image.new("RGB", (SIDE * 2, SIDE * 2))
    mask.paste("white", (70, 70, 150, 160))
    found = {}
    for name in webui.get("/controlnet/module_list")["module_list"]:
        unit = {
            "enabled": True,
            "module": name,
            "model": "control_v11p_sd15_canny",
            "image": encoded(house()),
            "mask": encoded(mask) if "inpaint" in name else None,
            "processor_res": SIDE,
        }
        answer = webui.txt2img({"controlnet": [unit]}, width=SIDE, height=SIDE, steps=4)
        found[name] = answer.json["images"][::-1]
    return found


def test_every_module_is_shown(browser: Browser, made: dict[str, list[str]]) -> None:
    cells = [
        f"<figure>{''.join(f'<img src=data:image/png;base64,{text}>' for text in images)}"
        f"<figcaption>{name}</figcaption></figure>"
        for name, images in made.items()
    ]
    browser.open(PAGE.format("".join(cells)))

    assert len(made) == 72
    assert browser.run("return document.images.length") == sum(map(len, made.values()))
    assert browser.run(BROKEN) == 0


def test_only_modules_that_give_tensors_lack_a_map(made: dict[str, list[str]]) -> None:
    without = {name for name, images in made.items() if len(images) == 1}

    assert without == {name for name in made if name.startswith(TENSORS)}


def test_what_is_drawn_differs_and_so_does_what_it_leads_to(made: dict[str, list[str]]) -> None:
    for place in (0, 1):
        seen = {hashlib.sha256(made[name][place].encode()).digest() for name in DRAWN}
        assert len(seen) == len(DRAWN)


def test_what_fails_leads_to_the_plain_picture(made: dict[str, list[str]]) -> None:
    failed = [images[0] for images in made.values() if len(images) == 1]

    assert len({decoded(text).tobytes() for text in failed}) == 1
