"""Checks of whether img2img obeys the fields it shares with txt2img: IMG2IMG-049 to -057.

A picture that should change has to differ by more than two answers to the same request do.
Source: modules/processing.py, StableDiffusionProcessingImg2Img, at v1.10.1.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect
from conformance.checks.facts import needs_full_guidance
from conformance.checks.likeness import moved
from conformance.checks.registry import check
from conformance.checks.txt2img_overrides import noted, other_clip_skip, was_never_saved
from conformance.checks.txt2img_styles import merged, plain_styles
from conformance.lab.keeper import told
from conformance.signals import Failed, Loose, Skip
from conformance.target import API

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

_NOISE = ("r1", "r1_again")
# Of so many steps with this strength three are taken: enough for samplers and schedules to part.
_STEPS, _STRENGTH = 4, 0.75
_UNLIKE_SAMPLERS = ("DDIM", "Heun", "DPM2", "Euler a", "LMS")
_UNLIKE_SCHEDULES = ("karras", "exponential", "sgm_uniform")
_LOOPBACK = "loopback"
_CLIP_SKIP = "CLIP_stop_at_last_layers"


@check("IMG2IMG-049", needs=_NOISE, own_steps=8)
def the_negative_prompt_is_obeyed(lab: Lab) -> None:
    """Another negative prompt."""
    needs_full_guidance(lab)
    other = _made(lab, negative_prompt="a house by the sea at night")
    moved(lab, _made(lab), [other], "another negative prompt")


@check("IMG2IMG-050", needs=_NOISE, own_steps=8)
def guidance_is_obeyed(lab: Lab) -> None:
    """CFG scale 1 in place of 7."""
    needs_full_guidance(lab)
    moved(lab, _made(lab), [_made(lab, cfg_scale=1)], "another CFG scale")


@check("IMG2IMG-051", needs=_NOISE, own_steps=12)
def steps_are_obeyed(lab: Lab) -> None:
    """Eight steps in place of four."""
    moved(lab, _made(lab), [_made(lab, steps=2 * _STEPS)], "more steps")


@check("IMG2IMG-052", needs=_NOISE, own_steps=12)
def the_sampler_is_obeyed(lab: Lab) -> None:
    """Up to two samplers other than that of the shared picture."""
    default = lab.i1.any_info.sampler_name
    names = [n for n in _UNLIKE_SAMPLERS if n in lab.names.samplers and n != default][:2]
    if not names:
        raise Skip(f"the server lists none of the samplers {', '.join(_UNLIKE_SAMPLERS)}")
    others = [_made(lab, sampler_name=name) for name in names]
    for name, made in zip(names, others, strict=True):
        expect.equal(made.any_info.sampler_name, name, "info.sampler_name", made.exchange)
    moved(lab, _made(lab), others, "another sampler")


@check("IMG2IMG-053", needs=_NOISE, own_steps=12)
def the_scheduler_is_obeyed(lab: Lab) -> None:
    """Up to two schedules."""
    names = [name for name in _UNLIKE_SCHEDULES if name in lab.names.schedulers][:2]
    if not names:
        raise Skip(f"the server lists none of the schedulers {', '.join(_UNLIKE_SCHEDULES)}")
    others = [_made(lab, scheduler=name) for name in names]
    moved(lab, _made(lab), others, "another schedule")


@check("IMG2IMG-054", needs=_NOISE, own_steps=8)
def a_style_is_obeyed(lab: Lab) -> None:
    """A style, in info and by its picture."""
    style = plain_styles(lab)[0]
    made = _made(lab, styles=[style["name"]])
    wanted = merged(style["prompt"], made.payload["prompt"])
    expect.equal(made.info.get("prompt"), wanted, "info.prompt", made.exchange)
    moved(lab, _made(lab), [made], "a style")


@check("IMG2IMG-055", own_steps=8)
def a_script_runs(lab: Lab) -> None:
    """Loopback, which makes a picture for each of its rounds."""
    arguments = _arguments(lab, _LOOPBACK)
    rounds = arguments[0] if arguments else None
    if not isinstance(rounds, int | float) or not rounds:
        raise Skip(f"script-info does not tell the rounds of {_LOOPBACK}")
    made = lab.reworked(script_name=_LOOPBACK, script_args=[2, *arguments[1:]])
    count = len(made.images)
    expect.that(count > 1, "a picture for each of two rounds", f"{count} images", made.exchange)


@check("IMG2IMG-056", needs=_NOISE, own_steps=8)
def tiling_is_obeyed(lab: Lab) -> None:
    """Tiling, turned over."""
    plain = _made(lab, tiling=False)
    moved(lab, plain, [_made(lab, tiling=True)], "tiling")


@check("IMG2IMG-057", own_steps=4)
def overrides_hold_for_one_request(lab: Lab) -> Loose | None:
    """Clip skip in the infotext, and the options afterwards."""
    fields = {"override_settings": {_CLIP_SKIP: other_clip_skip(lab)}}
    with noted(lab):
        made = lab.generate({**lab.i1_payload, **fields}, "img2img")
        shown = made.values.value("Clip skip")
        value = str(other_clip_skip(lab))
        expect.equal(shown, value, "Clip skip in the infotext", made.exchange)
        left = lab.options.changes()
        if not left:
            return None
        if was_never_saved(lab):
            _ = lab.generate({**lab.i1_payload, **fields}, "img2img").picture
            left = lab.options.changes()
    if left:
        raise Failed("the options as they were", told(left), lab.wire.touched[-1])
    return Loose("on a fresh install, overrides of settings that were never saved stay")


def _made(lab: Lab, **fields: Any) -> Generation:
    base = {"steps": _STEPS, "denoising_strength": _STRENGTH}
    return lab.reworked(**base | fields)


def _arguments(lab: Lab, script: str) -> list[Any]:
    """What the page would send for a script that nobody touched."""
    items = lab.target.probe.json(f"{API}/script-info")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and item.get("name") == script and item.get("is_img2img"):
            return [argument.get("value") for argument in item.get("args", [])]
    raise Skip(f"script-info lists no {script}")
