"""Checks of further fields: size, tiling, scripts, task ids and LoRAs."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.infotexts import never_pasted
from conformance.checks.support.pictures import moved, same
from conformance.checks.support.settings import as_sent, upstream_like
from conformance.checks.txt2img.answer import pictures
from conformance.client.info import parse_infotext
from conformance.detection.probe import API
from conformance.runner.registry import check
from conformance.runner.watch import INTERNAL
from conformance.verdict import Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_TASK = "task(conformance-one)"
_NO_LORA = "<lora:zz_conformance_nope:1>"
# What differs between two answers to the same request.
_VOLATILE = {"subseed", "all_subseeds", "job_timestamp"}


@check("TXT2IMG-065", own_steps=1)
def task_id_is_completed(context: CheckContext) -> None:
    """A force_task_id, asked for once its picture is there."""
    _ = context.varied(force_task_id=_TASK).picture
    body = {"id_task": _TASK, "id_live_preview": -1, "live_preview": False}
    exchange = expect.ok(context.post(INTERNAL, json=body))
    expect.equal(expect.json_object(exchange).get("completed"), True, "completed", exchange)


@check("TXT2IMG-066", own_steps=1)
def infotext_fills_what_was_not_sent(context: CheckContext) -> None:
    """An infotext with another sampler, steps and guidance than the request."""
    sampler = context.names.other_sampler(context.one_image.any_info.sampler_name)
    if sampler is None:
        raise Skip("the server lists no second sampler")
    size = context.settings.size
    text = f"dog\nSteps: 2, Sampler: {sampler}, CFG scale: 3, Seed: 5, Size: {size}x{size}"
    made = context.generate(
        {"prompt": "cat", "steps": 1, "width": size, "height": size, "infotext": text},
    )
    wanted = {"prompt": "cat", "steps": 1}
    pasted = {"Sampler": "sampler_name", "CFG scale": "cfg_scale", "Seed": "seed"}
    filled = {"Sampler": sampler, "CFG scale": 3, "Seed": 5}
    for key in filled.keys() - never_pasted(context):
        wanted[pasted[key]] = filled[key]
    for name, value in wanted.items():
        found = as_sent(context, made.info.get(name))
        expect.equal(found, value, f"info.{name}", made.exchange)


@check("TXT2IMG-068", own_steps=1)
def tiling_is_reported(context: CheckContext) -> None:
    """The infotext of a picture with tiling."""
    made = context.varied(tiling=True)
    expect.equal(made.values.value("Tiling"), "True", "Tiling in the infotext", made.exchange)


@check("TXT2IMG-069", own_steps=1)
def missing_lora_is_ignored(context: CheckContext) -> None:
    """A LoRA that no server has."""
    made = context.varied(prompt=f"cat {_NO_LORA}")
    _ = made.picture
    kept = _NO_LORA in made.values.prompt
    actual = f"its prompt is {made.values.prompt!r}"
    expect.that(kept, f"{_NO_LORA} in the infotext", actual, made.exchange)


@check("TXT2IMG-091", needs=("one_image", "one_image_again"), own_steps=2)
def tiling_makes_another_picture(context: CheckContext) -> None:
    """With tiling and without, whatever the saved setting."""
    moved(context, context.varied(tiling=False), [context.varied(tiling=True)], "tiling")


@check("TXT2IMG-095", needs=("one_image", "one_image_again"), own_steps=4)
def nothing_shows_in_the_next_answer(context: CheckContext) -> None:
    """The shared request again, after one that differs in everything."""
    first = context.one_image
    _ = context.generate({**first.payload, **_everything_else(context)}).exchange
    after = context.generate(first.payload)
    pictures(after, len(first.images))
    before, now = (_steady(generation.any_info.data) for generation in (first, after))
    changed = [name for name in before if not expect.same(before[name], now.get(name))]
    found = (f"{name} is {expect.shown(now.get(name))}" for name in changed)
    expected = "info as it was before another request came in between"
    expect.that(not changed, expected, "; ".join(found), after.exchange)
    expect.equal(after.parameters, first.parameters, "parameters", after.exchange)
    same(context, first, after, "the same request after another one")
    if not upstream_like(context):
        return
    bare = context.generate({n: v for n, v in first.payload.items() if n != "negative_prompt"})
    expect.equal(bare.info.get("negative_prompt"), "", "info.negative_prompt", bare.exchange)


def _everything_else(context: CheckContext) -> dict[str, object]:
    sampler = context.names.other_sampler(context.names.quick_sampler)
    styles = [style["name"] for style in context.names.styles if style.get("name")][:1]
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


_MATRIX = "prompt matrix"
_PARTS = ("cat", "red")


@check("TXT2IMG-057", own_steps=1)
def always_on_script_without_args(context: CheckContext) -> None:
    """The first always-on script of the list."""
    names = context.names.always_on_scripts()
    if not names:
        raise Skip("script-info lists no always-on script")
    sent: dict[str, Any] = {names[0]: {}}
    made = context.varied(alwayson_scripts=sent)
    _ = made.picture
    found = made.parameters.get("alwayson_scripts")
    expect.equal(found, sent, "parameters.alwayson_scripts", made.exchange)


@check("TXT2IMG-090", own_steps=2)
def a_script_runs(context: CheckContext) -> None:
    """Prompt matrix over two words, which gives each picture its own prompt."""
    made = context.varied(
        prompt="|".join(_PARTS),
        script_name=_MATRIX,
        script_args=_arguments(context, _MATRIX),
    )
    named = made.parameters.get("script_name")
    expect.equal(named, _MATRIX, "parameters.script_name", made.exchange)
    prompts = [_PARTS[0], ", ".join(_PARTS)]
    found = as_sent(context, made.info.get("all_prompts"))
    expect.equal(found, prompts, "info.all_prompts", made.exchange)
    reported = [parse_infotext(as_sent(context, text)).prompt for text in made.infotexts]
    missing = [prompt for prompt in prompts if prompt not in reported]
    actual = f"the infotexts have {expect.shown(reported)}"
    expect.that(not missing, f"infotexts of {expect.shown(prompts)}", actual, made.exchange)
    count = f"{len(made.images)} for {len(made.infotexts)} infotexts"
    enough = len(made.images) >= len(prompts)
    expect.that(enough, "an image for each of them", count, made.exchange)


def _arguments(context: CheckContext, script: str) -> list[Any]:
    """What the page would send for a script that nobody touched."""
    items = context.target.probe.json(f"{API}/script-info")
    for item in items if isinstance(items, list) else []:
        if isinstance(item, dict) and item.get("name") == script and not item.get("is_img2img"):
            return [argument.get("value") for argument in item.get("args", [])]
    raise Skip(f"script-info lists no {script}")


@check("TXT2IMG-005", needs=("one_image",), own_steps=2)
def size_is_obeyed(context: CheckContext) -> None:
    """A square picture, and one that is wider than high."""
    for generation in (context.one_image, context.varied(width=2 * context.settings.size)):
        _has_size(generation, generation.payload["width"], generation.payload["height"])


@check("TXT2IMG-038", own_steps=1)
def odd_sizes_are_rounded_down(context: CheckContext) -> None:
    """A picture one pixel wider and six higher than a multiple of eight."""
    size = context.settings.size
    odd = context.varied(width=size + 1, height=size + 6)
    _has_size(odd, size, size)
    reported = odd.values.value("Size")
    expect.equal(reported, f"{size + 1}x{size + 6}", "Size in the infotext", odd.exchange)


def _has_size(generation: Generation, width: int, height: int) -> None:
    __tracebackhide__ = True
    found = generation.picture.size
    expected, actual = f"a picture of {width}x{height}", f"it is {found[0]}x{found[1]}"
    expect.that(found == (width, height), expected, actual, generation.exchange)
