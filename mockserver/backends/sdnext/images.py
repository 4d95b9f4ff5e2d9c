"""SD.Next's pictures of requests, and its scripts."""

from __future__ import annotations

import base64
import io
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Mapping

    from PIL import Image

    from mockserver.backends.sdnext.server import SdNext
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.imaging.painted import Painted


_FORMATS = ("png", "jpg", "jpeg", "webp")


def encoded(server: SdNext, picture: Painted, text: Mapping[Any, Any] | None) -> EncodedPicture:
    """The file, with its text in it.

    The quality is given to Pillow as it was posted, and a number with a fraction is none to it:
    once GET options has made floats of all numbers, putting them back breaks lossy pictures.

    Args:
        server: the simulated server.
        picture: one of the answer.
        text: its infotext.

    Raises:
        ServerError: a format that nobody knows, a quality that is no integer. Recorded:
            options/persist-generation.
    """
    wanted = server.options["samples_format"]
    if wanted not in _FORMATS:
        raise ServerError("KeyError", repr(f".{wanted}"))
    options = server.options
    lossless = bool(options["webp_lossless"])
    return picture.encoded(wanted, text, options["jpeg_quality"], lossless=lossless)


_SERVER_ERROR = 500


@raises_upstream
def _payload(text: Any) -> Any:
    if text.startswith("data:image/"):
        return text.split(";")[1].split(",")[1]
    return text


@raises_upstream
def _newer_payload(text: Any) -> Any:
    """Half a data URI is no error of its own. Recorded: png-info/data-uri-no-comma, -charset."""
    if not text.startswith("data:image/"):
        return text
    _, semicolon, rest = text.partition(";")
    head, comma, payload = rest.partition(",")
    return (payload if comma else head) if semicolon else text


def read_picture(text: Any, *, lenient: bool = False) -> Image.Image:
    """The picture that a request's string stands for, as its file has it.

    Args:
        text: base64 or a data URI.
        lenient: whether half a data URI is taken for base64, as in newer versions.

    Raises:
        HTTPError: 500 for what is no picture, an address among it.
        ServerError: for what is no string, and for half a data URI.
    """
    from PIL import Image  # noqa: PLC0415 - start-up time

    payload = _newer_payload(text) if lenient else _payload(text)
    try:
        picture = Image.open(io.BytesIO(base64.b64decode(payload)))
    except Exception as error:
        raise HTTPError(_SERVER_ERROR, "Invalid encoded image") from error
    picture.info.pop("xmp", None)  # newer Pillows list what that of the recorded server did not
    return picture


def load(picture: Image.Image) -> Image.Image:
    """The same with its pixels read.

    Args:
        picture: as Pillow opened it.

    Raises:
        HTTPError: 500, the file ends too early.
    """
    try:
        picture.load()
    except (OSError, SyntaxError, ValueError) as error:
        raise HTTPError(_SERVER_ERROR, "Invalid encoded image") from error
    return picture


_REFUSED = 422
#: Texts from this length on stand as their length alone in an answer's ``parameters``.
_LONG = 1000


def check_alwayson(server: SdNext, tab: str, named: dict[str, Any]) -> None:
    """Refuse scripts that are unknown, or that run only when they are chosen.

    Args:
        server: its lists show the scripts.
        tab: ``txt2img`` or ``img2img``.
        named: the request's ``alwayson_scripts``.

    Raises:
        HTTPError: 422. Recorded: t2i-field/alwayson_scripts-6, -10.
        ServerError: what a script is given is null or a number.
    """
    if not named:
        return
    known = {name.lower() for name in server.listed("scripts")[tab]}
    always = {row["name"].lower() for row in server.listed("script-info") if row["is_alwayson"]}
    for name, given in named.items():
        if str(name).lower() not in known:
            raise HTTPError(_REFUSED, f"Always on script not found: {name}")
        if str(name).lower() not in always:
            text = f"Selectable script cannot be in always on params: {name}"
            raise HTTPError(_REFUSED, text)
        _arguments(given)


def check_selected(server: SdNext, tab: str, name: str | None) -> None:
    """Fail where the chosen script does; a name that is none is ignored.

    Args:
        server: the simulated server.
        tab: ``txt2img`` or ``img2img``.
        name: of the script, as the request has it.

    Raises:
        ServerError: IndexError. Recorded: t2i-script/prompt-matrix of sdnext-2026-07.
    """
    chosen = (name or "").lower()
    if chosen in server.program.broken_scripts and chosen in server.listed("scripts")[tab]:
        raise ServerError("IndexError", "list index out of range")


def shorten(echo: dict[str, Any]) -> None:
    """Replace long texts among the arguments of scripts, in an answer's ``parameters``.

    Args:
        echo: the parameters, changed in place.
    """
    echo["script_args"] = _shortened(echo["script_args"])
    for given in echo["alwayson_scripts"].values():
        if isinstance(given, dict) and isinstance(given.get("args"), list):
            given["args"] = _shortened(given["args"])


@raises_upstream
def _arguments(given: Any) -> bool:
    return "args" in given


def _shortened(values: list[Any]) -> list[Any]:
    return [
        f"<str {len(value)}>" if isinstance(value, str) and len(value) >= _LONG else value
        for value in values
    ]
