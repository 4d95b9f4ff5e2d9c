"""A typed client for servers of the stable-diffusion-webui HTTP API.

The names below are loaded when they are used: a command that only reads its options needs none
of those that send requests.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from conformance.client.address import Address, Basic, Bearer
    from conformance.client.answers import (
        GenerationAnswer,
        PngInfo,
        Progress,
        ProgressState,
        UpscaledImage,
        UpscaledImages,
    )
    from conformance.client.client import Client, ExchangeLog, encode_image_file
    from conformance.client.connection import Pace, Timeouts
    from conformance.client.curl import curl_command
    from conformance.client.image import (
        Base64Reading,
        DecodedImage,
        Deviation,
        decode_base64_lenient,
        decode_base64_strict,
        decode_image,
        encode_base64,
        encode_image,
        open_picture,
        read_base64,
    )
    from conformance.client.info import (
        Info,
        InfoForm,
        Infotext,
        parse_infotext,
        read_info,
        write_infotext,
    )
    from conformance.client.options import as_stored, changed_options, put_back, same_value
    from conformance.client.payload import Img2Img, Payload, Txt2Img
    from conformance.client.redaction import redact_headers, redact_json, redact_text
    from conformance.client.rendering import (
        picture_digest,
        render_answer,
        render_request,
        shorten_json,
        shorten_text,
    )
    from conformance.client.requester import (
        UNSET,
        wait_until_awake,
        wait_until_idle,
        watch_progress,
    )
    from conformance.client.scripts import ADetailerTab, ControlNetUnit, adetailer_args
    from conformance.error_body import ErrorBody, ErrorShape, parse_error_body
    from conformance.exchange import Exchange

__all__ = [
    "UNSET",
    "ADetailerTab",
    "Address",
    "Base64Reading",
    "Basic",
    "Bearer",
    "Client",
    "ControlNetUnit",
    "DecodedImage",
    "Deviation",
    "ErrorBody",
    "ErrorShape",
    "Exchange",
    "ExchangeLog",
    "GenerationAnswer",
    "Img2Img",
    "Info",
    "InfoForm",
    "Infotext",
    "Pace",
    "Payload",
    "PngInfo",
    "Progress",
    "ProgressState",
    "Timeouts",
    "Txt2Img",
    "UpscaledImage",
    "UpscaledImages",
    "adetailer_args",
    "as_stored",
    "changed_options",
    "curl_command",
    "decode_base64_lenient",
    "decode_base64_strict",
    "decode_image",
    "encode_base64",
    "encode_image",
    "encode_image_file",
    "open_picture",
    "parse_error_body",
    "parse_infotext",
    "picture_digest",
    "put_back",
    "read_base64",
    "read_info",
    "redact_headers",
    "redact_json",
    "redact_text",
    "render_answer",
    "render_request",
    "same_value",
    "shorten_json",
    "shorten_text",
    "wait_until_awake",
    "wait_until_idle",
    "watch_progress",
    "write_infotext",
]

_HOMES = {
    "conformance.client.address": (
        "Address",
        "Basic",
        "Bearer",
    ),
    "conformance.client.answers": (
        "GenerationAnswer",
        "PngInfo",
        "Progress",
        "ProgressState",
        "UpscaledImage",
        "UpscaledImages",
    ),
    "conformance.client.client": (
        "Client",
        "ExchangeLog",
        "encode_image_file",
    ),
    "conformance.client.connection": (
        "Pace",
        "Timeouts",
    ),
    "conformance.client.curl": ("curl_command",),
    "conformance.client.image": (
        "Base64Reading",
        "DecodedImage",
        "Deviation",
        "decode_base64_lenient",
        "decode_base64_strict",
        "decode_image",
        "encode_base64",
        "encode_image",
        "open_picture",
        "read_base64",
    ),
    "conformance.client.info": (
        "Info",
        "InfoForm",
        "Infotext",
        "parse_infotext",
        "read_info",
        "write_infotext",
    ),
    "conformance.client.options": (
        "as_stored",
        "changed_options",
        "put_back",
        "same_value",
    ),
    "conformance.client.payload": (
        "Img2Img",
        "Payload",
        "Txt2Img",
    ),
    "conformance.client.redaction": (
        "redact_headers",
        "redact_json",
        "redact_text",
    ),
    "conformance.client.rendering": (
        "picture_digest",
        "render_answer",
        "render_request",
        "shorten_json",
        "shorten_text",
    ),
    "conformance.client.requester": (
        "UNSET",
        "wait_until_awake",
        "wait_until_idle",
        "watch_progress",
    ),
    "conformance.client.scripts": (
        "ADetailerTab",
        "ControlNetUnit",
        "adetailer_args",
    ),
    "conformance.error_body": (
        "ErrorBody",
        "ErrorShape",
        "parse_error_body",
    ),
    "conformance.exchange": ("Exchange",),
}
_HOME_OF = {name: home for home, names in _HOMES.items() for name in names}


def __getattr__(name: str) -> Any:
    """A public name, loaded now."""
    if name not in _HOME_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME_OF[name]), name)
