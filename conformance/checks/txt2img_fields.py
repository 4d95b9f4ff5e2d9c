"""Checks of single fields: TXT2IMG-065, -066, -068, -069, -091, -095.

Source: modules/api/api.py and modules/processing.py at v1.10.1; recorded in the groups
``t2i-field``, ``t2i-infotext`` and ``t2i-prompt``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import upstream_like
from conformance.checks.likeness import moved, same
from conformance.checks.registry import check
from conformance.checks.txt2img_answer import pictures
from conformance.lab.watch import INTERNAL
from conformance.signals import Skip

if TYPE_CHECKING:
    from conformance.lab import Lab

_TASK = "task(conformance-one)"
_NO_LORA = "<lora:zz_conformance_nope:1>"
# What differs between two answers to the same request.
_VOLATILE = {"subseed", "all_subseeds", "job_timestamp"}


@check("TXT2IMG-065", own_steps=1)
def task_id_is_completed(lab: Lab) -> None:
    """A force_task_id, asked for once its picture is there."""
    _ = lab.varied(force_task_id=_TASK).picture
    body = {"id_task": _TASK, "id_live_preview": -1, "live_preview": False}
    exchange = expect.ok(lab.post(INTERNAL, json=body))
    expect.equal(expect.json_object(exchange).get("completed"), True, "completed", exchange)


@check("TXT2IMG-066", own_steps=1)
def infotext_fills_what_was_not_sent(lab: Lab) -> None:
    """An infotext with another sampler, steps and guidance than the request."""
    sampler = lab.names.other_sampler(lab.r1.any_info.sampler_name)
    if sampler is None:
        raise Skip("the server lists no second sampler")
    size = lab.settings.size
    text = f"dog\nSteps: 2, Sampler: {sampler}, CFG scale: 3, Seed: 5, Size: {size}x{size}"
    made = lab.generate(
        {"prompt": "cat", "steps": 1, "width": size, "height": size, "infotext": text},
    )
    wanted = {"prompt": "cat", "steps": 1, "sampler_name": sampler, "cfg_scale": 3, "seed": 5}
    for name, value in wanted.items():
        expect.equal(made.info.get(name), value, f"info.{name}", made.exchange)


@check("TXT2IMG-068", own_steps=1)
def tiling_is_told(lab: Lab) -> None:
    """The infotext of a picture with tiling."""
    made = lab.varied(tiling=True)
    expect.equal(made.values.value("Tiling"), "True", "Tiling in the infotext", made.exchange)


@check("TXT2IMG-069", own_steps=1)
def missing_lora_is_ignored(lab: Lab) -> None:
    """A LoRA that no server has."""
    made = lab.varied(prompt=f"cat {_NO_LORA}")
    _ = made.picture
    kept = _NO_LORA in made.values.prompt
    actual = f"its prompt is {made.values.prompt!r}"
    expect.that(kept, f"{_NO_LORA} in the infotext", actual, made.exchange)


@check("TXT2IMG-091", needs=("r1", "r1_again"), own_steps=2)
def tiling_makes_another_picture(lab: Lab) -> None:
    """With tiling and without, whatever the saved setting."""
    moved(lab, lab.varied(tiling=False), [lab.varied(tiling=True)], "tiling")


@check("TXT2IMG-095", needs=("r1", "r1_again"), own_steps=4)
def nothing_shows_in_the_next_answer(lab: Lab) -> None:
    """The shared request again, after one that differs in everything."""
    first = lab.r1
    _ = lab.generate({**first.payload, **_everything_else(lab)}).exchange
    after = lab.generate(first.payload)
    pictures(after, len(first.images))
    before, now = (_steady(generation.any_info.data) for generation in (first, after))
    changed = [name for name in before if not expect.same(before[name], now.get(name))]
    words = (f"{name} is {expect.shown(now.get(name))}" for name in changed)
    expected = "info as it was before another request came in between"
    expect.that(not changed, expected, "; ".join(words), after.exchange)
    expect.equal(after.parameters, first.parameters, "parameters", after.exchange)
    same(lab, first, after, "the same request after another one")
    if not upstream_like(lab):
        return
    bare = lab.generate({n: v for n, v in first.payload.items() if n != "negative_prompt"})
    expect.equal(bare.info.get("negative_prompt"), "", "info.negative_prompt", bare.exchange)


def _everything_else(lab: Lab) -> dict[str, object]:
    sampler = lab.names.other_sampler(lab.names.quick_sampler)
    styles = [style["name"] for style in lab.names.styles if style.get("name")][:1]
    found: dict[str, object] = {
        "prompt": "a house by the sea",
        "negative_prompt": "people",
        "seed": 1000,
        "cfg_scale": 3,
        "batch_size": 2,
        "styles": styles,
        "tiling": True,
    }
    return found | ({"sampler_name": sampler} if sampler else {})


def _steady(info: dict[str, object]) -> dict[str, object]:
    return {name: value for name, value in info.items() if name not in _VOLATILE}
