"""Whether an answer is the one to the request: a server under load must not mix them up."""

from __future__ import annotations

import re
from base64 import b64decode
from binascii import Error as Base64Error
from dataclasses import dataclass
from io import BytesIO
from typing import TYPE_CHECKING, Any

from PIL import Image, UnidentifiedImageError

from conformance.client.image import read_picture_text
from conformance.client.info import parse_infotext, read_info
from conformance.client.redaction import redact_text
from conformance.error_body import parse_error_body
from conformance.errors import InfoError

if TYPE_CHECKING:
    from random import Random

    from conformance.client.info import Info, Infotext
    from conformance.exchange import Exchange
    from conformance.load.workload import Job

# Every server takes seeds of 31 bits.
_SEEDS = 2**31 - 1
_SCENES = ("a lighthouse at dusk", "a red fox in snow", "a harbour", "an old library", "a meadow")
_MARK = re.compile(r"number \d{9,10}")


@dataclass(frozen=True)
class Order:
    """A request for a picture, or a batch of them, which no other request is like.

    Args:
        job: its kind.
        seed: its seed, that of its first picture; also the number in its prompt.
        prompt: its prompt.
        run: the load test that it is of; another may ask for the same picture again.
    """

    job: Job
    seed: int
    prompt: str
    run: str = ""

    @classmethod
    def make(cls, job: Job, random: Random, run: str = "") -> Order:
        """A new one.

        Args:
            job: its kind.
            random: where its seed comes from.
            run: the load test that it is of.
        """
        seed = random.randrange(100_000_000, _SEEDS)
        return cls(job, seed, f"{random.choice(_SCENES)}, number {seed}", run)

    @property
    def task(self) -> str:
        """The id by which the server can be asked about it."""
        return f"task(load-{self.run}-{self.seed})"

    def owns(self, seed: int) -> bool:
        """Whether a seed is that of one of its pictures, which count upwards.

        Args:
            seed: of any picture.
        """
        return self.seed <= seed < self.seed + self.job.batch

    def payload(self, *, with_task: bool) -> dict[str, Any]:
        """The body of txt2img.

        Args:
            with_task: whether the server knows ``force_task_id``.
        """
        body: dict[str, Any] = {
            "prompt": self.prompt,
            "seed": self.seed,
            "width": self.job.width,
            "height": self.job.height,
            "steps": self.job.steps,
            "batch_size": self.job.batch,
            "n_iter": 1,
        }
        return body | {"force_task_id": self.task} if with_task else body


def problem_of(order: Order, exchange: Exchange, *, interrupted: bool = False) -> str:
    """What is wrong with the answer, in short; empty if nothing is.

    What a server does not say, as one without infotexts, is not judged.

    Args:
        order: the request.
        exchange: its answer.
        interrupted: whether its user gave it up; then there may be no picture.
    """
    if not exchange.ok:
        body = parse_error_body(exchange.status or 0, exchange.response_headers, exchange.body)
        text = redact_text(body.text, exchange.secrets)
        return f"HTTP {exchange.status}: {text}"[:_SHORT].rstrip(": ")
    try:
        answer = exchange.json
    except ValueError:
        return "the answer is no JSON"
    images = answer.get("images") if isinstance(answer, dict) else None
    if not isinstance(images, list):
        return "the answer has no images"
    wanted = order.job.batch
    # Of what was given up, those that were made may be there.
    if len(images) != wanted and not (interrupted and len(images) < wanted):
        return _count_problem(len(images), wanted)
    return _info_problem(order, answer.get("info")) or next(
        filter(None, (_picture_problem(order, image) for image in images)), ""
    )


_SHORT = 120
# Some servers make multiples of 64 pixels alone, and round other sizes up or down.
_COARSE = 64


def _count_problem(count: int, wanted: int) -> str:
    if not count:
        return "the image is missing" if wanted == 1 else "the images are missing"
    return f"{count} image{'s' if count > 1 else ''} instead of {'one' if wanted == 1 else wanted}"


def _info_problem(order: Order, value: Any) -> str:
    try:
        info: Info = read_info(value)
    except InfoError:
        return "info cannot be read"
    if info.seed is not None and not order.owns(info.seed):
        return "info has another's seed"
    return next(filter(None, (_infotext_problem(order, text) for text in info.infotexts)), "")


def _infotext_problem(order: Order, text: str) -> str:
    parsed: Infotext = parse_infotext(text)
    marks = set(_MARK.findall(parsed.prompt))
    if parsed.prompt and marks != {f"number {order.seed}"}:
        return "the infotext is that of another request"
    if parsed.seed is not None and not order.owns(parsed.seed):
        return "the infotext has another's seed"
    return ""


def _picture_problem(order: Order, image: Any) -> str:
    if not isinstance(image, str):
        return "an image is no text"
    try:
        # Some servers put "data:image/png;base64," in front.
        data = b64decode(image.rpartition(",")[2])
        # The head is enough: pixels of thousands of pictures would be work for nothing.
        with Image.open(BytesIO(data)) as picture:
            size, texts = picture.size, read_head(picture)
    except (Base64Error, ValueError, OSError, UnidentifiedImageError, SyntaxError):
        return "an image cannot be read"
    if not data.rstrip(b"\0").endswith(_ENDS.get(picture.format or "", b"")):
        return "an image breaks off"
    if not all(map(_fits, size, (order.job.width, order.job.height))):
        return f"the image has {size[0]}x{size[1]} pixels"
    return next(filter(None, (_infotext_problem(order, text) for text in texts)), "")


def _fits(side: int, asked: int) -> bool:
    """Whether a side is the one asked for, or that which KoboldCpp or sd.cpp make of it."""
    return side == asked or (asked % _COARSE > 0 and abs(side - asked) < _COARSE)


_ENDS = {"PNG": b"IEND\xaeB`\x82", "JPEG": b"\xff\xd9"}


def read_head(picture: Image.Image) -> list[str]:
    """The infotexts of a picture whose pixels were not read.

    Args:
        picture: opened by Pillow.
    """
    chunk = picture.info.get("parameters")
    comment = None if picture.format == "PNG" else read_picture_text(picture).user_comment
    return [text for text in (chunk, comment) if isinstance(text, str) and text]
