"""Checks of whether options take effect once they are set: OPT-022, 028, 029, 032, 033.

Source: modules/api/api.py, set_config, at v1.10.1; recorded: options/format-jpg,
options/persist-generation, options/switch-model and its variants by name and hash.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks import expect, likeness
from conformance.checks.facts import saved_format
from conformance.checks.options import aliases, current_model
from conformance.checks.options_request import reads_as, writable
from conformance.checks.registry import check
from conformance.client.options import as_stored
from conformance.lab import recipes
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.lab import Generation, Lab

_CLIP_SKIP = "CLIP_stop_at_last_layers"
_MODEL = "sd_model_checkpoint"


@check("OPT-022", own_steps=1)
def format_is_applied(lab: Lab) -> None:
    """samples_format, and the format of the next picture."""
    saved = saved_format(lab)
    if saved is None:
        raise Skip("the option samples_format names no format that is known here")
    other, name = ("png", "PNG") if saved != "PNG" else ("jpg", "JPEG")
    writable(lab)
    with lab.options.changed(samples_format=other) as exchange:
        expect.ok(exchange)
        made = _picture(lab)
        expect.equal(made.picture.format, name, "the format of the picture", made.exchange)


@check("OPT-032", own_steps=1)
def clip_skip_is_applied(lab: Lab) -> None:
    """CLIP_stop_at_last_layers, and what the next picture says of it."""
    current = lab.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    value = 3 if as_stored(current) == 2 else 2  # noqa: PLR2004 - two values that both show
    writable(lab)
    with lab.options.changed(**{_CLIP_SKIP: value}) as exchange:
        expect.ok(exchange)
        made = _picture(lab)
        shown = made.values.value("Clip skip")
        expect.equal(shown, str(value), "Clip skip in the infotext", made.exchange)


@check("OPT-028", needs=("r1", "r1_again"), own_steps=2)
def model_is_switched(lab: Lab) -> None:
    """Another model by its title, a picture of it, and the old model again."""
    before, other = lab.r1, _other_models(lab)[-1]
    writable(lab)
    with lab.options.changed(**{_MODEL: other["title"]}) as exchange:
        expect.ok(exchange)
        made = _picture(lab)
        _is_of(made, other)
        _names(lab, other)
        likeness.moved(lab, before, [made], "another model")
    likeness.same(lab, before, _picture(lab), "the first model, put back")


@check("OPT-029", own_steps=2)
def model_is_found_by_its_names(lab: Lab) -> None:
    """Another model by its model_name, and by its hash where it has one."""
    other = _other_models(lab)[0]
    writable(lab)
    for key in ("model_name", "hash"):
        if not other.get(key):
            continue
        with lab.options.changed(**{_MODEL: other[key]}) as exchange:
            expect.ok(exchange)
            _is_of(_picture(lab), other)
            _names(lab, other)


@check("OPT-033", needs=("r1", "r1_again"), own_steps=1)
def options_put_back_make_the_same_picture(lab: Lab) -> None:
    """Clip skip, set and put back, and the shared picture after it."""
    before, current = lab.r1, lab.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    writable(lab)
    with lab.options.changed(**{_CLIP_SKIP: 3 if as_stored(current) == 2 else 2}):  # noqa: PLR2004 - two values that both show
        pass
    reads_as(lab, {_CLIP_SKIP: current})
    likeness.same(lab, before, _picture(lab), "the same request once an option was put back")


def _picture(lab: Lab) -> Generation:
    """The shared picture, made once more."""
    return lab.generate(recipes.r1(lab.settings.size))


def _other_models(lab: Lab) -> list[Mapping[str, Any]]:
    """The models of the list but the current one, which is one at least."""
    current = current_model(lab, lab.options.before.get(_MODEL))
    others = [m for m in lab.names.models if not aliases(m) & aliases(current)]
    if not others:
        raise Skip("the server has no second model")
    return list(others)


def _names(lab: Lab, model: Mapping[str, Any]) -> None:
    """The options name this model."""
    __tracebackhide__ = True
    now = lab.options.options().get(_MODEL)
    stem = str(model.get("title", "")).partition(" [")[0]
    known = now in aliases(model) or str(now).partition(" [")[0] == stem
    actual = f"{_MODEL} is {expect.shown(now)}"
    expect.that(known, f"the options to name {stem}", actual, lab.wire.touched[-1])


def _is_of(made: Generation, model: Mapping[str, Any]) -> None:
    """A picture says that it was made with this model, where it says anything of it."""
    __tracebackhide__ = True
    told = set(_told(made))
    if told and not told & aliases(model):
        actual = f"the picture was made with {', '.join(sorted(told))}"
        raise Failed(f"a picture of the model {model.get('title')}", actual, made.exchange)


def _told(made: Generation) -> Iterator[str]:
    values = made.values
    names = [made.info.get("sd_model_name"), made.info.get("sd_model_hash")]
    names += [values.value("Model"), values.value("Model hash")]
    yield from (name for name in names if isinstance(name, str) and name)
