"""How much time of a CPU a new picture takes, by mode, format and scene.

Run it by hand: ``nice -n -10 python tests/bench/picture_modes.py``. Each picture is asked for over
the API, in the process. "picture" is what that picture itself takes: painting, packing, base64;
"request" is everything, with reading and preparing the pictures that were sent.
"""

from __future__ import annotations

import base64
import io
import json
import statistics
import time
from typing import TYPE_CHECKING, Any

import click
from PIL import Image, ImageDraw

from mockserver.backends.registry import create_app
from mockserver.http.in_process import call
from mockserver.imaging.painted import Painted, render

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.imaging.picture_spec import PictureSpec

SCENES = (
    "a red fox", "a galaxy with a planet", "pink rose bouquet", "bauhaus poster", "city at night",
    "portrait of a woman", "mountain landscape", "the sea", "forest", "bubbles", "marble",
)  # fmt: skip
FORMATS = ("png", "jpg", "webp")
_ADDRESS, _JSON = "http://127.0.0.1:7860", {"Content-Type": "application/json"}
_OK = 200


class Mock:
    """A mock that remembers what the pictures of a request are painted from."""

    def __init__(self) -> None:
        self._app = create_app()
        self.specs: list[PictureSpec] = []
        gallery = self._app.webui.gallery
        get = gallery.get

        def noted(spec: PictureSpec) -> Painted:
            self.specs.append(spec)
            return get(spec)

        gallery.get = noted  # type: ignore[method-assign]

    def post(self, path: str, body: dict[str, Any]) -> dict[str, Any]:
        """The answer; raises ValueError for another status than 200."""
        data = json.dumps(body).encode()
        status, _, answer = call(self._app, "POST", f"{_ADDRESS}/sdapi/v1/{path}", _JSON, data)
        if status != _OK:
            raise ValueError(answer)
        found: dict[str, Any] = json.loads(answer) or {}
        return found


def _base64(image: Image.Image) -> str:
    out = io.BytesIO()
    image.save(out, "PNG")
    return base64.b64encode(out.getvalue()).decode()


def _modes(mock: Mock, side: int) -> dict[str, tuple[str, dict[str, Any]]]:
    drawn = mock.post("txt2img", {"prompt": "a red fox", "width": side, "height": side})["images"]
    mask, quarter = Image.new("L", (side, side)), side // 4
    ImageDraw.Draw(mask).ellipse((quarter, quarter, side - quarter, side - quarter), fill=255)
    small = Image.effect_noise((side // 8, side // 8), 60).convert("RGB")
    photo = _base64(small.resize((side, side), Image.Resampling.BICUBIC))
    begun = {"init_images": drawn, "denoising_strength": 0.6}
    inpaint = {**begun, "mask": _base64(mask), "inpainting_fill": 1}
    whole = {**inpaint, "inpaint_full_res": False}
    half = {"width": side // 2, "height": side // 2, "enable_hr": True, "hr_scale": 2}
    return {
        "txt2img": ("txt2img", {}),
        "txt2img, batch of 8": ("txt2img", {"batch_size": 8}),
        "txt2img, tiling": ("txt2img", {"tiling": True}),
        "txt2img, hires": ("txt2img", {**half, "hr_upscaler": "Latent", "denoising_strength": 0.7}),
        "img2img": ("img2img", begun),
        "img2img of a photo": ("img2img", {**begun, "init_images": [photo]}),
        "inpaint, only masked": ("img2img", inpaint),
        "inpaint, whole": ("img2img", whole),
        "inpaint, fill": ("img2img", {**whole, "inpainting_fill": 0}),
        "inpaint, latent noise": ("img2img", {**whole, "inpainting_fill": 2}),
        "inpaint, latent nothing": ("img2img", {**whole, "inpainting_fill": 3}),
    }


def _milliseconds(begun: float) -> float:
    return (time.process_time() - begun) * 1000


def _picture(spec: PictureSpec, kind: str) -> float:
    begun = time.process_time()
    Painted(lambda: render(spec)).encoded(kind, {"parameters": "Steps: 20"}).base64()
    return _milliseconds(begun)


def measured(
    mock: Mock, mode: tuple[str, dict[str, Any]], kind: str, side: int, seeds: range
) -> Iterator[tuple[str, float, float]]:
    """Scene, milliseconds of a picture, and of its request for each picture."""
    path, fields = mode
    count = fields.get("batch_size", 1)
    for scene in SCENES:
        pictures, requests = [], []
        for seed in seeds:
            mock.specs.clear()
            body = {"prompt": scene, "seed": seed, "width": side, "height": side}
            begun = time.process_time()
            mock.post(path, body | {"steps": 20} | fields)
            requests.append(_milliseconds(begun) / count)
            pictures.append(_picture(mock.specs[-1], kind))
        yield scene, statistics.median(pictures), statistics.median(requests)


@click.command()
@click.option("--side", default=512, show_default=True)
@click.option("--times", default=5, show_default=True, help="Pictures of each scene.")
@click.option("--only", default="", help="Modes and formats whose names have this in them.")
def main(side: int, times: int, only: str) -> None:
    """Print the table: the middle scene and the slowest."""
    mock, seed = Mock(), 1000
    titles = ("picture", "slowest", "request", "slowest")
    click.echo(f"{'milliseconds of CPU':32}" + "".join(f"{title:>9}" for title in titles))
    for kind in FORMATS:
        mock.post("options", {"samples_format": "png"})
        modes = _modes(mock, side)
        mock.post("options", {"samples_format": kind})
        for name, mode in modes.items():
            if only not in f"{name} {kind}":
                continue
            seed += 1000
            rows = list(measured(mock, mode, kind, side, range(seed, seed + 10 * times, 10)))
            scene, slowest, _ = max(rows, key=lambda row: row[1])
            click.echo(
                f"{kind:5}{name:27}{statistics.median(row[1] for row in rows):9.1f}{slowest:9.1f}"
                f"{statistics.median(row[2] for row in rows):9.1f}{max(r[2] for r in rows):9.1f}"
                f"  {scene}"
            )


if __name__ == "__main__":
    main()
