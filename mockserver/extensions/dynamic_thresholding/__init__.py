"""Dynamic Thresholding: its script, and what a pasted infotext does to it.

Source: scripts/dynamic_thresholding.py at 73e4e045; recorded: x-dynthres/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.extensions.base import Extension, Run, Script

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


_TITLE = "dynamic thresholding (cfg scale fix)"
#: Samplers without the place where the extension acts.
_UNSUPPORTED = ("DDIM", "PLMS")
_ENABLED = "Dynamic thresholding enabled"
_CONSTANT = "Constant"
_WITH_VALUE = ("Power Up", "Power Down", "Linear Repeating", "Cosine Repeating", "Sawtooth")
#: Argument number to the infotext key that fills it as it is.
_PASTED = {
    1: "Mimic scale",
    2: "Threshold percentile",
    4: "Mimic scale minimum",
    6: "CFG scale minimum",
    7: "Scheduler value",
    8: "Separate Feature Channels",
    11: "Interpolate Phi",
}
#: Argument number to infotext key and default, of those that gradio updates stand for.
_UPDATED = {
    3: ("Mimic mode", _CONSTANT),
    5: ("CFG mode", _CONSTANT),
    9: ("Scaling Startpoint", "MEAN"),
    10: ("Variability Measure", "AD"),
}
_FLOATS = (1, 2, 4, 6, 7, 11)


class DynamicThresholding(Script):
    """Writes its parameters and changes the picture, where the sampler lets it."""

    title = _TITLE
    file = "dynamic_thresholding"

    def process_batch(self, run: Run) -> None:
        """Act in one iteration; errors in here leave what was written so far.

        Args:
            run: the generation, and the script's arguments.
        """
        enabled, scale, percentile, mode, least, cfg_mode, cfg_least, value = run.args[:8]
        if not enabled:
            return
        p = run.p
        if p.sampler_name in _UNSUPPORTED:
            raise ServerError(
                "RuntimeError", f"Cannot use sampler {p.sampler_name} with Dynamic Thresholding"
            )
        channels, start, measure, phi = run.args[8:12]
        p.note(_ENABLED, True)
        p.note("Mimic scale", scale)
        p.note("Separate Feature Channels", channels)
        p.note("Scaling Startpoint", start)
        p.note("Variability Measure", measure)
        p.note("Interpolate Phi", phi)
        p.note("Threshold percentile", percentile)
        p.extra_generation_params["Sampler"] = p.sampler_name
        if mode != _CONSTANT:
            p.note("Mimic mode", mode)
            p.note("Mimic scale minimum", least)
        if cfg_mode != _CONSTANT:
            p.note("CFG mode", cfg_mode)
            p.note("CFG scale minimum", cfg_least)
        if any(one in _WITH_VALUE for one in (mode, cfg_mode)):
            p.note("Scheduler value", value)

    def sample(self, run: Run) -> None:
        """The schedule over the steps divides by their number less one.

        Args:
            run: the generation, and the script's arguments.
        """
        if _ENABLED in run.p.effects and run.p.steps == 1:
            raise ServerError("ZeroDivisionError", "division by zero")


class DynamicThresholdingExtension(Extension):
    """The extension sd-dynamic-thresholding."""

    name = "dynamic-thresholding"
    folder = "sd-dynamic-thresholding"
    versions = ("73e4e045",)
    summary = "high CFG scales without burnt colours; any infotext switches it on"

    def make_scripts(self) -> Sequence[Script]:
        """Its one script."""
        return (DynamicThresholding(),)

    def paste(self, tab: str, parsed: Mapping[str, Any]) -> dict[str, dict[int, Any]]:
        """Any infotext switches it on.

        Its fields are gradio updates, which v1.10.1 no longer unwraps: the whole update stands
        in the argument, and is true.

        Args:
            tab: ``txt2img`` or ``img2img``.
            parsed: fields of an infotext by name; changed in place.
        """
        del tab
        found: dict[int, Any] = {0: _update(value=_ENABLED in parsed)}
        for number, key in _PASTED.items():
            if parsed.get(key) is not None:
                value = parsed[key]
                found[number] = float(value) if number in _FLOATS else value
        for number, (key, default) in _UPDATED.items():
            found[number] = _update(choices=None, value=parsed.get(key, default))
        return {_TITLE: found}


def _update(**values: Any) -> dict[str, Any]:
    """A gradio update as a dict."""
    unset = ("label", "info", "show_label", "container", "scale", "min_width", "interactive")
    value = values.pop("value")
    return {**values, **dict.fromkeys((*unset, "visible")), "value": value, "__type__": "update"}


EXTENSION = DynamicThresholdingExtension
