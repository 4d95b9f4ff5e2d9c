"""Answers that hold more than a list, read for every version."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from conformance.client.image import DecodedImage, decode_image
from conformance.client.info import Info, InfoForm, read_info
from conformance.client.records import read_object, read_record
from conformance.errors import ImageError, InfoError, MalformedAnswer

if TYPE_CHECKING:
    from conformance.exchange import Exchange


@dataclass(frozen=True)
class GenerationAnswer:
    """The answer of txt2img or img2img.

    Args:
        images: base64 as it came, in order; a grid comes first, masks and maps after.
        parameters: the request as the server took it; KoboldCpp and Xinference send ``{}``.
        info: what the server says of the pictures.
        exchange: request and answer.
    """

    images: tuple[str, ...]
    parameters: dict[str, Any]
    info: Info
    exchange: Exchange

    @classmethod
    def read(cls, value: Any, exchange: Exchange) -> GenerationAnswer:
        """Read the answer.

        Args:
            value: the JSON of the answer.
            exchange: that it came in.

        Raises:
            MalformedAnswer: no object, no array of texts under ``images``, an ``info`` of no
                known form.
        """
        body = read_object(value, exchange)
        bare = read_record(_Generation, body, exchange)
        try:
            info = read_info(body.get("info"))
        except InfoError as error:
            raise MalformedAnswer(str(error), exchange) from error
        return cls(tuple(bare.images), bare.parameters or {}, info, exchange)

    @property
    def count(self) -> int:
        """How many of the images info names; all where it names none."""
        counted = 0 if self.info.form is InfoForm.TEXT else len(self.info.infotexts)
        return min(counted, len(self.images)) or len(self.images)

    def pictures(self, *, strict: bool = False) -> list[DecodedImage]:
        """The pictures, decoded, without what comes behind those that info names.

        Args:
            strict: take plain base64 alone.

        Raises:
            MalformedAnswer: one of them is no picture; says which.
        """
        return self._decoded(range(self.count), strict=strict)

    def maps(self, *, strict: bool = False) -> list[DecodedImage]:
        """What comes behind the pictures, decoded: maps of ControlNet, masks by option.

        Args:
            strict: take plain base64 alone.

        Raises:
            MalformedAnswer: one of them is no picture; says which.
        """
        return self._decoded(range(self.count, len(self.images)), strict=strict)

    def _decoded(self, numbers: range, *, strict: bool) -> list[DecodedImage]:
        return [
            picture_of(self.images[i], f"images[{i}]", self.exchange, strict=strict)
            for i in numbers
        ]


@dataclass(frozen=True)
class _Generation:
    images: list[str]
    parameters: dict[str, Any] | None = None


@dataclass(frozen=True)
class ProgressState:
    """What the server is doing; older versions and forks lack some of it.

    ``job`` is empty and ``job_count`` 0 while it is idle, except after a failure of extras,
    which leaves ``job_count`` 1 (v1.10.1).
    """

    job: str = ""
    job_count: int = 0
    job_no: int = 0
    sampling_step: int = 0
    sampling_steps: int = 0
    skipped: bool = False
    interrupted: bool = False
    stopping_generation: bool | None = None
    job_timestamp: str | None = None


@dataclass(frozen=True)
class Progress:
    """The answer of progress.

    Args:
        progress: from 0 to 1.
        eta_relative: seconds left, an estimate, at times negative.
        state: what the server is doing.
        current_image: base64 of the preview, None without one.
        textinfo: a word for the user, None without one.
    """

    progress: float
    eta_relative: float
    state: ProgressState
    current_image: str | None = None
    textinfo: str | None = None

    @classmethod
    def read(cls, value: Any, exchange: Exchange) -> Progress:
        """Read the answer.

        Args:
            value: the JSON of the answer.
            exchange: that it came in.

        Raises:
            MalformedAnswer: a key is missing or of another type.
        """
        bare = read_record(_Progress, value, exchange)
        state = read_record(ProgressState, bare.state, exchange, "state")
        return cls(bare.progress, bare.eta_relative, state, bare.current_image, bare.textinfo)

    @property
    def idle(self) -> bool:
        """Whether no job is running."""
        return self.state.job_count == 0


@dataclass(frozen=True)
class _Progress:
    progress: float
    eta_relative: float
    state: dict[str, Any]
    current_image: str | None = None
    textinfo: str | None = None


@dataclass(frozen=True)
class PngInfo:
    """The answer of png-info.

    Args:
        info: the infotext, empty if the picture has none.
        items: other words in the picture, from v1.0.
        parameters: the infotext read, from v1.7.
    """

    info: str
    items: dict[str, Any] = field(default_factory=dict)
    parameters: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class UpscaledImage:
    """The answer of extra-single-image: base64, and a line of HTML about it."""

    image: str
    html_info: str = ""


@dataclass(frozen=True)
class UpscaledImages:
    """The answer of extra-batch-images: base64, and a line of HTML about the last one."""

    images: list[str]
    html_info: str = ""


def picture_of(
    text: str,
    where: str,
    exchange: Exchange,
    *,
    strict: bool = False,
) -> DecodedImage:
    """Decode a picture of an answer.

    Args:
        text: base64 of the picture.
        where: the place in the answer, for the error.
        exchange: that it came in.
        strict: whether only canonical base64 is taken.

    Raises:
        MalformedAnswer: it is none; says where it was.
    """
    try:
        return decode_image(text, strict=strict)
    except ImageError as error:
        raise MalformedAnswer(f"{where}: {error}", exchange) from error
