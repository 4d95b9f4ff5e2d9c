"""extra-single-image and extra-batch-images: upscaling and face restoration."""

from __future__ import annotations

import html
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from PIL import Image

from mockserver.backends.a1111.infotext.grammar import parameter_line
from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import OPERATIONS, ServerError, raises_upstream, server_error
from mockserver.imaging.metadata import read_info
from mockserver.imaging.painted import Painted
from mockserver.imaging.resize import NONE, upscale

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from mockserver.backends.a1111.server import Webui


_TO_SIZE = 1


@dataclass
class Subject:
    """A picture on its way through the scripts.

    Attributes:
        image: as it is by now.
        info: what the scripts say they did, in order.
    """

    image: Image.Image
    info: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scripts:
    """The scripts that the API's extras run, with their arguments.

    Attributes:
        values: fields of the request.
        upscalers: names of the upscalers.
        multiple: number of pixels of which sides of upscaled pictures are multiples.
    """

    values: dict[str, Any]
    upscalers: Collection[str]
    multiple: int = 8

    def prepare(self, subject: Subject) -> None:
        """Work out the size wanted, as the webui does before any script runs.

        Args:
            subject: the picture, and what was done to it so far.

        Raises:
            ServerError: OverflowError for an infinite factor.
        """
        if self.values["resize_mode"] != _TO_SIZE:
            _times(subject.image.size, self.values["upscaling_resize"])

    def upscale(self, subject: Subject) -> None:
        """Upscale, by one upscaler or a blend of two.

        Args:
            subject: the picture, and what was done to it so far.

        Raises:
            ServerError: AssertionError for an unknown upscaler; ValueError where a side becomes 0.
        """
        values = self.values
        first = self._upscaler(values["upscaler_1"])
        if first is None:
            return
        second = self._upscaler(values["upscaler_2"])
        image = self._scaled(subject, first)
        subject.info["Postprocess upscaler"] = first
        share = values["extras_upscaler_2_visibility"]
        if second is not None and share > 0:
            other = self._scaled(subject, second)
            other = other if other.mode == image.mode else other.convert(image.mode)
            image = Image.blend(image, other, share)
            subject.info["Postprocess upscaler 2"] = second
        subject.image = image

    def _upscaler(self, name: str | None) -> str | None:
        """The upscaler of exactly that name; None for none."""
        if name is None or name == NONE:
            return None
        if name not in self.upscalers:
            raise ServerError("AssertionError", f"could not find upscaler named {name}")
        return name

    def _scaled(self, subject: Subject, name: str) -> Image.Image:
        values, image = self.values, subject.image
        size = values["upscaling_resize_w"], values["upscaling_resize_h"]
        if values["resize_mode"] != _TO_SIZE:
            subject.info["Postprocess upscale by"] = values["upscaling_resize"]
            return _upscaled(image, values["upscaling_resize"], name, self.multiple)
        subject.info["Postprocess upscale to"] = f"{size[0]}x{size[1]}"
        factor = max(size[0] / image.width, size[1] / image.height)
        image = _upscaled(image, factor, name, self.multiple)
        if values["upscaling_crop"]:
            image = _cropped(image, size)
            subject.info["Postprocess crop to"] = f"{size[0]}x{size[1]}"
        return image

    def gfpgan(self, subject: Subject) -> None:
        """Restore faces with GFPGAN; 0 leaves everything alone.

        Args:
            subject: the picture, and what was done to it so far.
        """
        visibility = self.values["gfpgan_visibility"]
        if visibility != 0:
            subject.image = as_rgb(subject.image)
            subject.info["GFPGAN visibility"] = round(visibility, 3)

    def codeformer(self, subject: Subject) -> None:
        """Restore faces with CodeFormer; 0 leaves everything alone.

        Args:
            subject: the picture, and what was done to it so far.
        """
        visibility = self.values["codeformer_visibility"]
        if visibility != 0:
            subject.image = as_rgb(subject.image)
            subject.info["CodeFormer visibility"] = round(visibility, 3)
            subject.info["CodeFormer weight"] = self.values["codeformer_weight"]

    def in_order(self, options: Mapping[str, Any]) -> list[tuple[str, Callable[[Subject], None]]]:
        """Scripts by title: the preferred ones first, in that order; none that are disabled.

        Args:
            options: postprocessing_operation_order and
                postprocessing_disable_in_extras.

        Raises:
            ServerError: TypeError for an option that is no list.
        """
        scripts = {"Upscale": self.upscale, "GFPGAN": self.gfpgan, "CodeFormer": self.codeformer}
        preferred, disabled = _chosen(options)
        titles = dict.fromkeys([*(title for title in preferred if title in scripts), *scripts])
        return [(title, scripts[title]) for title in titles if title not in disabled]


@raises_upstream
def _times(size: tuple[int, int], factor: float) -> tuple[int, int]:
    return int(size[0] * factor), int(size[1] * factor)


@raises_upstream
def _chosen(options: Mapping[str, Any]) -> tuple[list[str], list[str]]:
    preferred = options["postprocessing_operation_order"]
    return list(preferred), list(options["postprocessing_disable_in_extras"])


def as_rgb(image: Image.Image) -> Image.Image:
    """The image as RGB.

    Args:
        image: in any mode.

    Raises:
        ServerError: OSError for a file that ends too soon.
    """
    return _whole(lambda: image.convert("RGB"))


def _upscaled(image: Image.Image, factor: float, name: str, multiple: int) -> Image.Image:
    return _whole(lambda: upscale(image, factor, name, multiple))


def _whole(work: Callable[[], Image.Image]) -> Image.Image:
    """What Pillow makes of an image that it may only now find to be broken."""
    try:
        return work()
    except (*OPERATIONS, MemoryError, OSError) as error:
        raise server_error(error) from error


def _cropped(image: Image.Image, size: tuple[int, int]) -> Image.Image:
    """The middle of the image in exactly that size, on black."""
    canvas = Image.new("RGB", size)
    canvas.paste(image, (size[0] // 2 - image.width // 2, size[1] // 2 - image.height // 2))
    return canvas


if TYPE_CHECKING:
    Order = list[tuple[str, Callable[[Subject], None]]]

_KEPT_MODES = ("RGBA", "RGB")


def plaintext_to_html(text: str) -> str:
    """A paragraph with the text's lines. Source: modules/ui_common.py.

    Args:
        text: any text.
    """
    lines = "<br>\n".join(html.escape(line) for line in text.split("\n"))
    return f"<p>{lines}</p>"


def _processed(
    webui: Webui, scripts: Scripts, order: Order, image: Image.Image
) -> tuple[Image.Image, str]:
    """The picture after all scripts, its file's text in its info, and what was done to it.

    Each script is the job's name while it runs, and stays so when it fails.
    """
    image = image if image.mode in _KEPT_MODES else as_rgb(image)
    parameters, info = read_info(image)
    if parameters:
        info["parameters"] = parameters
    subject = Subject(image)
    scripts.prepare(subject)
    for title, run in order:
        if webui.state.skipped:
            break
        webui.state.job = title
        run(subject)
    done = parameter_line(subject.info)
    if webui.options["enable_pnginfo"]:
        texts: dict[Any, Any] = {**info, "postprocessing": done}
        subject.image.info = texts
    return subject.image, done


def _run(
    webui: Webui, values: dict[str, Any], images: list[Image.Image], name: str | None
) -> tuple[list[Painted], str]:
    """All pictures and what was done to the last one.

    A failure leaves the state as it is: progress goes on telling of a job.
    """
    state = webui.state
    upscalers = [item["name"] for item in webui.fixtures.get("upscalers")]
    scripts = Scripts(values, upscalers, webui.profile.extras.multiple)
    order = scripts.in_order(webui.options)
    found: list[Painted] = []
    done = ""
    state.begin("extras")
    state.count(len(images))
    for image in images:
        state.next_job()
        state.textinfo = name
        state.skipped = False
        if state.ends_job:
            break
        result, done = _processed(webui, scripts, order, image)
        if not state.skipped:
            found.append(_painted(result))
            state.current_image = found[-1]
    state.end()
    return found, done


def _painted(image: Image.Image) -> Painted:
    return Painted(lambda: image)


def _answer(webui: Webui, pictures: list[Painted]) -> list[str]:
    kind, quality = webui.options["samples_format"], webui.options["jpeg_quality"]
    texts = [dict(loaded(one.image).info) for one in pictures]
    if not webui.profile.extras.text:
        for text in texts:
            text.pop("postprocessing", None)
    return [
        one.encoded(kind, text, quality).base64() for one, text in zip(pictures, texts, strict=True)
    ]


def extra_single_image(webui: Webui, values: dict[str, Any]) -> dict[str, str]:
    """Answer of extra-single-image.

    Args:
        webui: the simulated server.
        values: fields of ExtrasSingleImageRequest.

    Raises:
        HTTPError: 500 for a picture that cannot be read, before its turn; for a samples_format
            that nobody knows.
        ServerError: AssertionError for an unknown upscaler, and what odd sizes and options raise.
    """
    image = read_picture(values["image"], webui.options, webui.profile.inputs)
    with webui.queue:
        pictures, done = _run(webui, values, [image], None)
    if not pictures:
        raise ServerError("IndexError", "list index out of range")
    encoded = _answer(webui, pictures)
    return {"html_info": plaintext_to_html(done), "image": encoded[0]}


def extra_batch_images(webui: Webui, values: dict[str, Any]) -> dict[str, Any]:
    """Answer of extra-batch-images; likewise, for ``imageList``.

    Args:
        webui: the simulated server.
        values: validated fields of the request.
    """
    inputs = webui.profile.inputs
    images = [read_picture(item["data"], webui.options, inputs) for item in values["imageList"]]
    with webui.queue:
        pictures, done = _run(webui, values, images, "")
    encoded = _answer(webui, pictures)
    return {"html_info": plaintext_to_html(done), "images": encoded}
