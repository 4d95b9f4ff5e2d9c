"""Checks of interrogate: MISC-001, 002, 013 to 015.

Source: modules/api/api.py, interrogateapi, at v1.10.1; recorded: interrogate/null-image and
http/interrogate-empty-object.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect, pictures
from conformance.checks.support.expect import NO_PICTURE, any_error, complains_of, refused
from conformance.runner.registry import check
from conformance.verdict import Failed

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.runner.check_context import CheckContext


# A name that no server has, so that nothing is downloaded.
_NOBODY = "zz-conformance-nope"


@check("MISC-001")
def unknown_model(context: CheckContext) -> None:
    """A picture, and a model that no server has."""
    refused(_ask(context, _picture(), _NOBODY), 404, "Model not found")


@check("MISC-002")
def picture_is_needed(context: CheckContext) -> None:
    """An empty object; were the picture not looked for, the default model would be asked."""
    any_error(context.post("interrogate", json={}))


@check("MISC-013")
def no_picture_is_refused(context: CheckContext) -> None:
    """Text that is no picture; the model does not exist either, so that none is loaded."""
    refused(_ask(context, "zzz", _NOBODY), 500, NO_PICTURE)


@check("MISC-014")
def null_is_refused(context: CheckContext) -> None:
    """``image`` null."""
    complains_of(_ask(context, None, _NOBODY), "image")


@check("MISC-015", leaves="the models that interrogate loads, where they were not there yet")
def caption_is_text(context: CheckContext) -> None:
    """A picture of four colours, described by CLIP."""
    exchange = expect.ok(_ask(context, _picture(), "clip"))
    caption = expect.json_object(exchange).get("caption")
    if not isinstance(caption, str) or not caption:
        raise Failed("caption as text", f"caption is {expect.shown(caption)}", exchange)


def _ask(context: CheckContext, image: Any, model: str) -> Exchange:
    return context.post("interrogate", json={"image": image, "model": model})


def _picture() -> str:
    return pictures.text_of(pictures.quarters(32, 32))
