"""What a server with ADetailer will do with tabs that their author did not mean.

All of it comes without an error: recorded, ad-args/*, ad-bad/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.lint.finding import CHANGED, IGNORED, Finding, meant

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.extensions.adetailer.extension import ADetailer
    from mockserver.extensions.base import Sent

_OFF = "None"
_SKIP = 1
_RENAMED = {
    "ad_mask_k_largest": "it was renamed ad_mask_k in v24.11.1",
    "ad_use_confidence": "leave it out",
}


def lint_tabs(extension: ADetailer, sent: Sent) -> Iterator[Finding]:
    """All that the author of tabs should know.

    Args:
        extension: their ADetailer.
        sent: the arguments.
    """
    args, place = sent.args, sent.place
    slots = extension.defaults(sent.tab)
    if not args or args[0] is False:
        return
    filled = [*args[: len(slots)], *slots[len(args) :]]
    yield from _kept(extension, args, filled, place)
    for number, given in enumerate(args[: len(slots)]):
        if isinstance(given, dict):
            yield from _tab(extension, given, f"{place}[{number}]")
        elif isinstance(given, str):
            words = f"{place}[{number}] is a text: it is ignored"
            yield Finding("adetailer-form", IGNORED, f"{place}[{number}]", words, "send objects")
    if sent.tab == "img2img" and sent.body.get("mask") and filled[_SKIP] is True:
        words = "with a mask ADetailer cannot skip img2img: nothing is detailed"
        yield Finding("adetailer-skip", IGNORED, f"{place}[{_SKIP}]", words)


def _kept(extension: ADetailer, args: Any, filled: list[Any], place: str) -> Iterator[Finding]:
    """Detectors that run because slots keep the defaults of the web UI."""
    own = extension.reader.tabs(args)
    dropped = sum(isinstance(value, dict) for value in args) > len(own)
    running = [tab.get("ad_model") for tab in extension.reader.tabs(filled)[len(own) :] if tab.runs]
    if running:
        words = f"slots that are not sent keep the web UI's defaults: {running[0]} runs as well"
        if not any(tab.runs for tab in own):
            words = words.replace(" as well", ", nothing else")
        advice = "send the whole form: [true, false, {...}]"
        yield Finding("adetailer-default", CHANGED, place, words, advice)
    elif not dropped and not any(tab.runs for tab in own):
        words = "no tab names a detector: nothing runs"
        yield Finding("adetailer-nothing", IGNORED, place, words, "send 'ad_model'")


def _tab(extension: ADetailer, given: dict[str, Any], place: str) -> Iterator[Finding]:
    reader = extension.reader
    unknown = [key for key in given if key not in reader.names]
    for key in unknown:
        words = f"ADetailer has no {key!r}: the whole tab is dropped"
        advice = _RENAMED.get(key) or meant(key, reader.names)
        yield Finding("adetailer-dropped", IGNORED, f"{place}.{key}", words, advice)
    for complaint in reader.complaints(given):
        field = ".".join(map(str, complaint["loc"]))
        words = f"{field}: {complaint['msg']}: the whole tab is dropped"
        yield Finding("adetailer-dropped", IGNORED, f"{place}.{field}", words)
    model = given.get("ad_model", _OFF)
    if isinstance(model, str) and model not in {_OFF, *extension.detectors}:
        words = f"no detector is called {model!r}: the picture stays, the infotext claims it"
        advice = meant(model, extension.detectors, 0.6)
        yield Finding("adetailer-model", IGNORED, f"{place}.ad_model", words, advice)
