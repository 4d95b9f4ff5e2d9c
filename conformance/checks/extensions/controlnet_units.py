"""Checks of ControlNet units in a generation: CONTROLNET-011 to CONTROLNET-019.

A 200 and an infotext prove nothing: the reference claims units that never ran. What counts is
the map behind the pictures and what the picture shows.

Source: scripts/controlnet.py of sd-webui-controlnet 1.1.455; recorded groups cn-t2i, cn-args and
cn-bad.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.extensions.controlnet import NONE, TITLE, model_list, unit_picture
from conformance.checks.extensions.scripts import require_script
from conformance.checks.support import expect, pictures
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


# How many models are tried until one fits the loaded checkpoint.
_TRIES = 3
# Words in the names of models that fit most checkpoints, best first.
_LIKELY = ("canny", "sd15", "v11")
_UNLIKELY = ("xl", "flux", "sd3", "ip-adapter", "t2i")
_KEY = "ControlNet 0"
_NOWHERE = "zz-conformance-nope"


def _unit(context: CheckContext, model: str, **changes: Any) -> dict[str, Any]:
    """A unit that acts on any picture: edges of one, at full weight."""
    return {
        "enabled": True,
        "module": "canny",
        "model": model,
        "weight": 1.0,
        "image": unit_picture(context),
        "processor_res": context.settings.size,
    } | changes


def _made(context: CheckContext, units: list[dict[str, Any]], **fields: Any) -> Generation:
    return context.varied(alwayson_scripts={TITLE: {"args": units}}, **fields)


def _candidates(context: CheckContext) -> list[str]:
    """Models in the order in which they are worth a try."""
    names = [name for name in model_list(context)[1] if name != NONE]
    if not names:
        raise Skip("model_list is empty: no unit can run")

    def rank(name: str) -> tuple[bool, int]:
        low = name.lower()
        likely = [number for number, word in enumerate(_LIKELY) if word in low]
        return any(word in low for word in _UNLIKELY), min(likely, default=len(_LIKELY))

    return sorted(names, key=rank)[:_TRIES]


def _maps(generation: Generation) -> int:
    return len(generation.images) - len(generation.infotexts)


def _working(context: CheckContext) -> tuple[str, Generation]:
    """A model and what was made with it: the first that gives a map or moves the picture.

    The last one that was tried where none does, so that the checks show what is wrong.
    """
    require_script(context, TITLE)
    tried = []
    for model in _candidates(context):
        made = _made(context, [_unit(context, model)])
        tried.append((model, made))
        gap = pictures.apart(context.one_image, made)
        if _maps(made) > 0 or not pictures.is_unmoved(context, gap):
            break
    return tried[-1]


@check("CONTROLNET-011", needs=("one_image", "one_image_again"), own_steps=_TRIES)
def a_map_comes_behind_the_picture(context: CheckContext) -> None:
    """One unit with the module canny: the picture, then its map without an infotext."""
    _, made = _working(context)
    count = f"{len(made.images)} images for {len(made.infotexts)} infotexts"
    expect.that(_maps(made) == 1, "one map behind the picture", count, made.exchange)
    # A JPEG or WEBP file of the webui has a comment always, and here an empty one.
    has_text = bool(made.pictures[-1].infotext)
    actual = "the last image carries an infotext"
    expect.that(not has_text, "a map without an infotext", actual, made.exchange)
    size = made.pictures[-1].size
    expect.equal(list(size), list(made.picture.size), "size of the map", made.exchange)


@check("CONTROLNET-012", needs=("one_image", "one_image_again"), own_steps=_TRIES + 2)
def info_counts_pictures_alone(context: CheckContext) -> None:
    """Two units and a batch of two: two pictures, two maps, two infotexts and seeds."""
    model, _ = _working(context)
    made = _made(context, [_unit(context, model)] * 2, batch_size=2)
    for name in ("infotexts", "all_seeds", "all_prompts"):
        found = made.info.get(name)
        count = len(found) if isinstance(found, list) else -1
        expect.equal(count, 2, f"number of info.{name}", made.exchange)
    expect.equal(len(made.images), 4, "number of images", made.exchange)


@check("CONTROLNET-013", needs=("one_image", "one_image_again"), own_steps=_TRIES)
def a_unit_changes_the_picture(context: CheckContext) -> None:
    """The picture with a unit against the one without."""
    model, made = _working(context)
    pictures.moved(context, context.one_image, [made], f"a unit with {model}")


@check("CONTROLNET-014", needs=("one_image", "one_image_again"), own_steps=_TRIES + 1)
def a_model_is_found_without_its_hash(context: CheckContext) -> None:
    """The same unit, its model named without the hash in brackets."""
    model, made = _working(context)
    name = model.partition(" [")[0]
    if name == model:
        raise Skip("model_list shows no hashes")
    other = _made(context, [_unit(context, name)])
    pictures.same(context, made, other, f"the model named {name}")
    expect.equal(_maps(other), _maps(made), "number of maps", other.exchange)


@check("CONTROLNET-015", needs=("one_image", "one_image_again"), own_steps=_TRIES + 1)
def a_disabled_unit_does_nothing(context: CheckContext) -> None:
    """A unit with enabled false: the plain picture, and no map."""
    model, _ = _working(context)
    made = _made(context, [_unit(context, model, enabled=False)])
    pictures.same(context, context.one_image, made, "a disabled unit")
    expect.equal(_maps(made), 0, "number of maps", made.exchange)


@check("CONTROLNET-016", needs=("one_image", "one_image_again"), own_steps=_TRIES + 1)
def maps_can_be_left_out(context: CheckContext) -> None:
    """A unit with save_detected_map false: the same picture, and no map."""
    model, made = _working(context)
    other = _made(context, [_unit(context, model, save_detected_map=False)])
    expect.equal(_maps(other), 0, "number of maps", other.exchange)
    pictures.same(context, made, other, "a unit without a map")


@check("CONTROLNET-017", needs=("one_image", "one_image_again"), own_steps=_TRIES)
def the_infotext_describes_the_unit(context: CheckContext) -> None:
    """Module, model and weight of the unit under ControlNet 0."""
    model, made = _working(context)
    reported = str(made.values.value(_KEY) or "")
    wanted = ("Module: canny", f"Model: {model}", "Weight: 1")
    missing = [word for word in wanted if word not in reported]
    expected = f"{_KEY} with {', '.join(missing)}"
    expect.that(not missing, expected, f"it is {expect.shown(reported)}", made.exchange)


@check("CONTROLNET-018", needs=("one_image",), own_steps=1)
def a_unit_that_cannot_run_is_reported(context: CheckContext) -> None:
    """A unit whose model does not exist: an error, or no claim in the infotext."""
    require_script(context, TITLE)
    made = _made(context, [_unit(context, _NOWHERE)])
    if not made.exchange.ok:
        return
    claimed = made.values.value(_KEY)
    if claimed is not None:
        actual = f"200, and the infotext claims it: {_KEY}: {expect.shown(claimed)}"
        raise Failed("an error, or no unit in the infotext", actual, made.exchange)


@check("CONTROLNET-019", needs=("one_image",), own_steps=1)
def a_unit_in_a_wrong_form_is_refused(context: CheckContext) -> None:
    """A unit with a control mode that nobody has: an error, or the plain picture without it."""
    require_script(context, TITLE)
    model = _candidates(context)[0]
    made = _made(context, [_unit(context, model, control_mode=_NOWHERE)])
    if not made.exchange.ok:
        return
    expect.equal(_maps(made), 0, "number of maps of a unit that is wrong", made.exchange)
