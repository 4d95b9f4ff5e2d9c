"""The infotext that checks put into pictures, and what png-info reads back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.checks.support.settings import options

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


PROMPT = "a lighthouse, (dusk:1.2), [fog|mist]: tall\nsecond line, with: a colon"
NEGATIVE = "blurry, (low quality:1.4)\nnoise"
# As in the last line, in order.
VALUES = {
    "Steps": "25",
    "Sampler": "DPM++ 2M",
    "Schedule type": "Karras",
    "CFG scale": "6.5",
    "Seed": "1234567890",
    "Size": "640x448",
    "Model hash": "abc123def0",
    "Model": "foo-bar_v1",
    "Denoising strength": "0.45",
    "Clip skip": "2",
    "RNG": "CPU",
    "Version": "v1.10.1",
}


def infotext(prompt: str, negative: str, values: dict[str, str]) -> str:
    """An infotext as the webui writes it.

    Args:
        prompt: of the request.
        negative: of the request.
        values: parameters by name, in their order.
    """
    line = ", ".join(f"{name}: {value}" for name, value in values.items())
    return "\n".join([prompt, *([f"Negative prompt: {negative}"] if negative else []), line])


_LINE = ", ".join(f"{name}: {value}" for name, value in VALUES.items())
INFOTEXT = f"{PROMPT}\nNegative prompt: {NEGATIVE}\n{_LINE}"


def read_picture(context: CheckContext, data: bytes) -> Exchange:
    """The answer of png-info to a file, sent as plain base64.

    Args:
        context: of the check.
        data: of the file.
    """
    return context.post("png-info", json={"image": pictures.text_of(data)})


def text_read_back(exchange: Exchange) -> dict[str, Any]:
    """The body of an answer that has to be a success.

    Args:
        exchange: the request with its answer.
    """
    __tracebackhide__ = True
    return expect.json_object(expect.ok(exchange))


def parsed(context: CheckContext, text: str) -> tuple[Exchange, dict[str, Any]]:
    """The answer to a PNG with this infotext, and its ``parameters``.

    Args:
        context: of the check.
        text: the infotext.
    """
    __tracebackhide__ = True
    exchange = read_picture(context, pictures.png_with({"parameters": text}))
    values = text_read_back(exchange).get("parameters")
    expected = f"parameters is {expect.kind(values)}"
    expect.that(isinstance(values, dict), "parameters as an object", expected, exchange)
    return exchange, values if isinstance(values, dict) else {}


def never_pasted(context: CheckContext) -> set[str]:
    """Names that a saved setting keeps out of ``parameters``.

    Args:
        context: of the check.
    """
    names = options(context).get("infotext_skip_pasting")
    return set(names) if isinstance(names, list) else set()


def number_of(text: str) -> float | None:
    """A value of an infotext as a number; None where it is none.

    Args:
        text: the value.
    """
    try:
        return float(text)
    except ValueError:
        return None
