"""Checks that an option which was set shows in the next picture."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.options.support import QUALITY, reads_as, writable
from conformance.checks.support import expect, pictures
from conformance.checks.support.settings import aliases, current_model, needs_saved_format
from conformance.client.options import as_stored
from conformance.runner import generation
from conformance.runner.registry import check
from conformance.verdict import Failed, NotApplicable, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator, Mapping

    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_CLIP_SKIP = "CLIP_stop_at_last_layers"
_MODEL = "sd_model_checkpoint"
_ON_THE_PAGE = "extra_options_txt2img"


@check("OPT-022", own_steps=1)
def format_is_applied(context: CheckContext) -> None:
    """samples_format, and the format of the next picture."""
    saved = needs_saved_format(context)
    other, name = ("png", "PNG") if saved != "PNG" else ("jpg", "JPEG")
    writable(context)
    with context.options.changed(samples_format=other) as exchange:
        expect.ok(exchange)
        made = _picture(context)
        expect.equal(made.picture.format, name, "the format of the picture", made.exchange)


@check("OPT-032", own_steps=1)
def clip_skip_is_applied(context: CheckContext) -> None:
    """CLIP_stop_at_last_layers, and what the next picture says of it."""
    current = context.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    value = 3 if as_stored(current) == 2 else 2  # noqa: PLR2004 - two values that both show
    _changeable(context, _CLIP_SKIP)
    with context.options.changed(**{_CLIP_SKIP: value}) as exchange:
        expect.ok(exchange)
        made = _picture(context)
        shown = made.values.value("Clip skip")
        expect.equal(shown, str(value), "Clip skip in the infotext", made.exchange)


@check("OPT-028", needs=("one_image", "one_image_again"), own_steps=2)
def model_is_switched(context: CheckContext) -> None:
    """Another model by its title, a picture of it, and the old model again."""
    before, other = context.one_image, _other_models(context)[-1]
    _changeable(context, _MODEL)
    with context.options.changed(**{_MODEL: other["title"]}) as exchange:
        expect.ok(exchange)
        made = _picture(context)
        _is_of(made, other)
        _names(context, other)
        pictures.moved(context, before, [made], "another model")
    pictures.same(context, before, _picture(context), "the first model, put back")


@check("OPT-029", own_steps=2)
def model_is_found_by_its_names(context: CheckContext) -> None:
    """Another model by its model_name, and by its hash where it has one."""
    other = _other_models(context)[0]
    _changeable(context, _MODEL)
    for key in ("model_name", "hash"):
        if not other.get(key):
            continue
        with context.options.changed(**{_MODEL: other[key]}) as exchange:
            expect.ok(exchange)
            _is_of(_picture(context), other)
            _names(context, other)


@check("OPT-033", needs=("one_image", "one_image_again"), own_steps=1)
def options_put_back_make_the_same_picture(context: CheckContext) -> None:
    """Clip skip, set and put back, and the shared picture after it."""
    before, current = context.one_image, context.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    writable(context)
    with context.options.changed(**{_CLIP_SKIP: 3 if as_stored(current) == 2 else 2}):  # noqa: PLR2004 - two values that both show
        pass
    reads_as(context, {_CLIP_SKIP: current})
    pictures.same(
        context, before, _picture(context), "the same request once an option was put back"
    )


def _changeable(context: CheckContext, *names: str) -> None:
    """Options that can be written, and that a request does not override by itself.

    What the page offers next to txt2img goes into each request with the value that it had when
    the server was started (extensions-builtin/extra-options-section, ``before_process``).
    """
    offered = context.options.before.get(_ON_THE_PAGE)
    for name in names:
        if isinstance(offered, list) and name in offered:
            raise NotApplicable(f"{_ON_THE_PAGE} has {name}, so that each request overrides it")
    writable(context)


def _picture(context: CheckContext) -> Generation:
    """The shared picture, made once more."""
    return context.generate(generation.one_image(context.settings.size))


def _other_models(context: CheckContext) -> list[Mapping[str, Any]]:
    """The models of the list but the current one, which is one at least."""
    current = current_model(context, context.options.before.get(_MODEL))
    others = [m for m in context.names.models if not aliases(m) & aliases(current)]
    if not others:
        raise Skip("the server has no second model")
    return list(others)


def _names(context: CheckContext, model: Mapping[str, Any]) -> None:
    """The options name this model."""
    __tracebackhide__ = True
    now = context.options.options().get(_MODEL)
    stem = str(model.get("title", "")).partition(" [")[0]
    known = now in aliases(model) or str(now).partition(" [")[0] == stem
    actual = f"{_MODEL} is {expect.shown(now)}"
    expect.that(known, f"the options to name {stem}", actual, context.sender.touched[-1])


def _is_of(made: Generation, model: Mapping[str, Any]) -> None:
    """A picture says that it was made with this model, where it says anything of it."""
    __tracebackhide__ = True
    reported = set(_reported(made))
    if reported and not reported & aliases(model):
        actual = f"the picture was made with {', '.join(sorted(reported))}"
        raise Failed(f"a picture of the model {model.get('title')}", actual, made.exchange)


def _reported(made: Generation) -> Iterator[str]:
    values = made.values
    names = [made.info.get("sd_model_name"), made.info.get("sd_model_hash")]
    names += [values.value("Model"), values.value("Model hash")]
    yield from (name for name in names if isinstance(name, str) and name)


_HASH = "add_model_hash_to_info"
_TEXT = "enable_pnginfo"
_DELTA = "eta_noise_seed_delta"
# Far enough apart that the smaller file differs from the larger at any size.
_COARSE, _FINE = 10, 95
_ANCESTRAL = "Euler a"


@check("OPT-034", own_steps=1)
def model_hash_is_switched(context: CheckContext) -> None:
    """add_model_hash_to_info, turned over, and the next infotext."""
    wanted = not _boolean(context, _HASH)
    made = _made(context, {_HASH: wanted})
    if wanted and not made.info.get("sd_model_hash"):
        raise Skip("the server does not know the hash of its model")
    reported = made.values.value("Model hash")
    expected = f"{'a' if wanted else 'no'} Model hash in the infotext"
    expect.that((reported is not None) is wanted, expected, f"it is {reported!r}", made.exchange)


@check("OPT-035", own_steps=1)
def text_in_files_is_switched(context: CheckContext) -> None:
    """enable_pnginfo, turned over, and the text in the next picture, compared with that in info."""
    wanted = not _boolean(context, _TEXT)
    made = _made(context, {_TEXT: wanted})
    _ = made.infotext
    found = bool(made.picture.infotext)
    expected = f"a picture {'with' if wanted else 'without'} an infotext"
    actual = f"it carries {'one' if found else 'none'}"
    expect.that(found is wanted, expected, actual, made.exchange)


@check("OPT-036", own_steps=2)
def quality_is_applied(context: CheckContext) -> None:
    """jpeg_quality 10 and 95, and the sizes of two files."""
    _needs(context, QUALITY, float)
    files = [_made(context, {"samples_format": "jpg", QUALITY: q}) for q in (_COARSE, _FINE)]
    small, large = (len(made.picture.data) for made in files)
    if small >= large:
        actual = f"{small} bytes with {_COARSE}, and {large} with {_FINE}"
        raise Failed(f"a smaller file with {QUALITY} {_COARSE}", actual, files[-1].exchange)


@check("OPT-037", own_steps=2)
def seed_delta_is_in_the_infotext(context: CheckContext) -> None:
    """eta_noise_seed_delta, and what a picture of an ancestral sampler says of it."""
    _needs(context, _DELTA, float)
    if _ANCESTRAL not in context.names.samplers:
        raise Skip(f"the server has no sampler {_ANCESTRAL}")
    value = 31337 if context.options.before[_DELTA] != 31337 else 31338  # noqa: PLR2004 - two values
    # Without eta the sampler draws no noise of its own, and the delta changes nothing.
    eta = {"eta": 1.0} if context.options.before.get("eta_ancestral") == 0 else {}
    made = _made(context, {_DELTA: value}, sampler_name=_ANCESTRAL, steps=2, **eta)
    shown = made.values.value("ENSD")
    expect.equal(shown, str(value), "ENSD in the infotext", made.exchange)


def _made(context: CheckContext, values: Mapping[str, Any], **fields: Any) -> Generation:
    """The shared picture with other fields, made while options are set to these values."""
    __tracebackhide__ = True
    _changeable(context, *values)
    with context.options.changed(**values) as exchange:
        expect.ok(exchange)
        return context.generate(generation.one_image(context.settings.size) | fields)


def _boolean(context: CheckContext, name: str) -> bool:
    _needs(context, name, bool)
    return bool(context.options.before[name])


def _needs(context: CheckContext, name: str, kind: type[float]) -> None:
    """Skip where the server has no such option."""
    value = context.options.before.get(name)
    numbers = kind is float and isinstance(value, int) and not isinstance(value, bool)
    if not numbers and not isinstance(value, kind):
        raise Skip(f"the server has no option {name}")
