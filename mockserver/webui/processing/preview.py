"""Previews: small pictures of what sampling has so far, made when somebody asks.

Source: modules/shared_state.py ``do_set_current_image``, modules/sd_samplers_common.py;
recorded: the progress traces (16x16 for a 64x64 picture, 32x16 for two of them).
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.picture.painted import Painted

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from PIL import Image

    from mockserver.picture.spec import PictureSpec
    from mockserver.webui.processing.server import Server

#: Pixels that each preview method makes of a latent's side; any other name means Full.
_SCALES = {"Approx NN": 2, "Approx cheap": 1, "TAESD": 8}
_FULL = 8


class Preview:
    """Makes previews of one sampling run.

    Args:
        server: its options choose the method and whether a batch is shown as a grid.
        spec: what a preview is painted from: number of the picture, pixels of a latent's side,
            steps made.
        pictures: how many pictures the batch has.
    """

    def __init__(
        self, server: Server, spec: Callable[[int, int, int], PictureSpec], pictures: int
    ) -> None:
        self._server, self._spec, self._pictures = server, spec, pictures

    def make(self) -> Any:
        """A preview of this moment."""
        options = self._server.options
        scale = _SCALES.get(options["show_progress_type"], _FULL)
        count = self._pictures if options["show_progress_grid"] else 1
        step = self._server.state.sampling_step
        specs = [self._spec(number, scale, step) for number in range(count)]
        return Painted(lambda: _paint(options, specs))


def _paint(options: Mapping[str, Any], specs: list[PictureSpec]) -> Image.Image:
    from mockserver.picture.grid import image_grid  # noqa: PLC0415 - start-up time
    from mockserver.picture.paint import paint  # noqa: PLC0415 - start-up time

    return image_grid([paint(spec) for spec in specs], options)


def previews_after_batch(options: Mapping[str, Any]) -> bool:
    """Whether a preview is made of each finished pass and only then."""
    return bool(options["live_previews_enable"]) and (options["show_progress_every_n_steps"] == -1)
