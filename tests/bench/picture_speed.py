"""How much time of a CPU pictures take: drawn and packed, encoded, answered with their own text.

Run it by hand: ``python tests/bench/picture_speed.py``. The last column but one is what each
further request for the same pixels costs; the last one is Pillow encoding them anew.
"""

from __future__ import annotations

import base64
import io
import time
from typing import TYPE_CHECKING

import click
from PIL import PngImagePlugin

from mockserver.imaging.painted import Gallery
from mockserver.imaging.picture_spec import PictureSpec

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

PROMPTS = ("a red fox", "a galaxy with a planet", "pink rose bouquet", "bauhaus poster")
SIZES = (64, 512, 1024, 2048)
INFOTEXT = (
    "{prompt}\nSteps: 20, Sampler: Euler, Schedule type: Automatic, CFG scale: 7.0, "
    "Seed: {seed}, Size: 512x512, Model hash: a9f628e616, Model: tiny-a, Version: v1.10.1"
)


def milliseconds(work: Callable[[], object], times: int = 1) -> float:
    """The shortest of so many runs."""
    shortest = float("inf")
    for _ in range(times):
        begun = time.process_time()
        work()
        shortest = min(shortest, time.process_time() - begun)
    return shortest * 1000


def by_pillow(image: Image.Image, text: str) -> bytes:
    """The base64 of a PNG as the webui makes it."""
    info = PngImagePlugin.PngInfo()
    info.add_text("parameters", text)
    out = io.BytesIO()
    image.save(out, "PNG", pnginfo=info)
    return base64.b64encode(out.getvalue())


def row(side: int, prompt: str) -> str:
    """One line of the table."""
    spec = PictureSpec.of(side, side, prompt=prompt, seed=1, steps=20, cfg_scale=7.0)
    gallery = Gallery()
    picture = gallery.get(spec)
    painting = milliseconds(picture.prepare)
    encoding = milliseconds(lambda: picture.encoded("png").base64())
    text = INFOTEXT.format(prompt=prompt, seed=1)

    def again() -> str:
        return gallery.get(spec).encoded("png", {"parameters": text}).base64()

    again()
    splicing = milliseconds(again, 50)
    pillow = milliseconds(lambda: by_pillow(picture.image, text))
    size = len(picture.encoded("png").to_bytes()) / 1000
    return (
        f"{side:>5} {prompt:<24}{painting:>9.1f}{encoding:>9.1f}{size:>9.0f}"
        f"{splicing:>10.4f}{pillow:>9.1f}{pillow / splicing:>8.0f}x"
    )


def main() -> None:
    """Print the table."""
    milliseconds(lambda: row(8, "warm up"))
    click.echo(
        f"{'side':>5} {'prompt':<24}{'paint ms':>9}{'PNG ms':>9}{'kB':>9}"
        f"{'text ms':>10}{'Pillow':>9}{'ratio':>9}"
    )
    for side in SIZES:
        for prompt in PROMPTS:
            click.echo(row(side, prompt))


if __name__ == "__main__":
    main()
