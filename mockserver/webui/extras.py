"""extra-single-image and extra-batch-images.

Source: modules/api/api.py, extras_single_image_api and extras_batch_images_api, and
modules/postprocessing.py, at v1.10.1; recorded: extras/*.
"""

from __future__ import annotations

import html
from typing import TYPE_CHECKING, Any

from mockserver.errors import Crash
from mockserver.picture.metadata import read_info
from mockserver.picture.painted import Painted
from mockserver.webui.infotext.quote import parameter_line
from mockserver.webui.input_picture import loaded, read_picture
from mockserver.webui.postprocessing import Scripts, Subject, as_rgb

if TYPE_CHECKING:
    from collections.abc import Callable

    from PIL import Image

    from mockserver.webui.server import Webui

    Order = list[tuple[str, Callable[[Subject], None]]]

_KEPT_MODES = ("RGBA", "RGB")


def plaintext_to_html(text: str) -> str:
    """A paragraph with the text's lines. Source: modules/ui_common.py."""
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
    state.job_count = len(images)
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
        HTTPRefusal: 500 for a picture that cannot be read, before its turn; for a samples_format
            that nobody knows.
        Crash: AssertionError for an unknown upscaler, and what odd sizes and options trip over.
    """
    image = read_picture(values["image"], webui.options, webui.profile.inputs)
    with webui.queue:
        pictures, done = _run(webui, values, [image], None)
    if not pictures:
        raise Crash("IndexError", "list index out of range")
    encoded = _answer(webui, pictures)
    return {"html_info": plaintext_to_html(done), "image": encoded[0]}


def extra_batch_images(webui: Webui, values: dict[str, Any]) -> dict[str, Any]:
    """Answer of extra-batch-images; likewise, for ``imageList``."""
    inputs = webui.profile.inputs
    images = [read_picture(item["data"], webui.options, inputs) for item in values["imageList"]]
    with webui.queue:
        pictures, done = _run(webui, values, images, "")
    encoded = _answer(webui, pictures)
    return {"html_info": plaintext_to_html(done), "images": encoded}
