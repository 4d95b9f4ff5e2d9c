"""Checks of override_settings: TXT2IMG-058, -060 to -063, -092 to -094, -104.

On a server that never saved its settings some overrides stay (modules/api/api.py, process_images
at v1.8 and later; recorded on a fresh install), so that the old values are noted before each, and
put back. Source: modules/processing.py, process_images, at v1.10.1 and the recorded group
``t2i-override``.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.checks.support import expect
from conformance.checks.support.pictures import apart, is_unmoved
from conformance.checks.support.settings import (
    aliases,
    current_model,
    forge_like,
    needs_saved_format,
    noted,
    options,
    other_clip_skip,
    was_never_saved,
)
from conformance.detection.probe import API
from conformance.runner.option_record import describe_differences
from conformance.runner.registry import check
from conformance.verdict import Failed, Loose, Skip

if TYPE_CHECKING:
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


_NOWHERE = "zz-conformance-nope"
_CLIP_SKIP = "CLIP_stop_at_last_layers"
_LEVELS = "always_discard_next_to_last_sigma"
_NEVER_SAVED = "on a fresh install, overrides of settings that were never saved stay"


@check("TXT2IMG-058", own_steps=1)
def unknown_checkpoint_is_ignored(context: CheckContext) -> None:
    """A checkpoint that no server has; Forge forgets that it was sent."""
    sent = {"sd_model_checkpoint": _NOWHERE}
    with noted(context):
        made = context.varied(override_settings=sent)
    found = made.parameters.get("override_settings")
    if not (forge_like(context) and found == {}):
        expect.equal(found, sent, "parameters.override_settings", made.exchange)
    _ = made.picture


@check("TXT2IMG-060", own_steps=2)
def overrides_do_not_stay(context: CheckContext) -> Loose | None:
    """The options before and after an override of clip skip."""
    fields = {_CLIP_SKIP: other_clip_skip(context)}
    with noted(context):
        _, left = _overridden(context, fields)
        if not left:
            return None
        if was_never_saved(context, left):
            _, left = _overridden(context, fields)
    if left:
        raise Failed(
            "the options as they were", describe_differences(left), context.sender.touched[-1]
        )
    return Loose(_NEVER_SAVED)


@check("TXT2IMG-061", own_steps=1)
def overrides_take_effect(context: CheckContext) -> None:
    """Clip skip in the infotext."""
    value = other_clip_skip(context)
    with noted(context):
        made = context.varied(override_settings={_CLIP_SKIP: value})
    shown = made.values.value("Clip skip")
    expect.equal(shown, str(value), "Clip skip in the infotext", made.exchange)
    found = made.info.get("clip_skip", value)
    expect.equal(found, value, "info.clip_skip", made.exchange)


@check("TXT2IMG-062", own_steps=2)
def format_is_not_overridden(context: CheckContext) -> Loose | None:
    """samples_format as an override."""
    saved = needs_saved_format(context)
    fields = {"samples_format": "png" if saved != "PNG" else "jpg"}
    with noted(context):
        made, left = _overridden(context, fields)
        if not left:
            expect.equal(made.picture.format, saved, "the format of the image", made.exchange)
            return None
        if was_never_saved(context, left):
            made, left = _overridden(context, fields)
    expect.equal(made.picture.format, saved, "the format of the image", made.exchange)
    return Loose(_NEVER_SAVED)


@check("TXT2IMG-063", own_steps=3)
def current_model_by_every_name(context: CheckContext) -> None:
    """Title, model_name and hash of the current model."""
    model = current_model(context, context.options.before.get("sd_model_checkpoint"))
    wanted = context.one_image.info.get("sd_model_hash")
    with noted(context):
        for key in ("title", "model_name", "hash"):
            if model.get(key):
                made = context.varied(override_settings={"sd_model_checkpoint": model[key]})
                what = f"info.sd_model_hash for its {key}"
                expect.equal(made.info.get("sd_model_hash"), wanted, what, made.exchange)


@check("TXT2IMG-092", needs=("one_image", "one_image_again"), own_steps=5)
def overrides_make_other_pictures(context: CheckContext) -> Loose | None:
    """Clip skip, and the levels of noise, both overridden."""
    discard = context.options.before.get(_LEVELS)
    value = other_clip_skip(context)
    with noted(context):
        skipped = context.varied(override_settings={_CLIP_SKIP: value})
        if not is_unmoved(context, apart(context.one_image, skipped)):
            return None
        if not isinstance(discard, bool):
            raise Skip(f"the model takes no clip skip, and there is no option {_LEVELS}")
        levels = context.varied(steps=2, override_settings={_LEVELS: not discard})
        if is_unmoved(context, apart(context.varied(steps=2), levels)):
            raise Failed("another picture for an override", "it stays the same", levels.exchange)
    return Loose("the model's text encoder seems to take no clip skip")


@check("TXT2IMG-093", needs=("one_image", "one_image_again"), own_steps=3)
def another_checkpoint_for_one_request(context: CheckContext) -> Loose | None:
    """Up to two models that are not the current one, and a plain request after them."""
    models = _other_models(context)
    was = context.one_image.info.get("sd_model_name")
    with noted(context):
        pictures = [_made_by(context, model) for model in models]
        after = context.generate(context.one_image.payload)
    back = after.info.get("sd_model_name")
    expect.equal(back, was, "info.sd_model_name afterwards", after.exchange)
    if not all(is_unmoved(context, apart(context.one_image, picture)) for picture in pictures):
        return None
    if len(pictures) == 1:
        return Loose("the only other model gives the very same picture")
    expected = "another picture for another checkpoint"
    raise Failed(expected, "all models give the same picture", pictures[0].exchange)


@check("TXT2IMG-094", own_steps=1)
def overrides_stay_when_asked_to(context: CheckContext) -> None:
    """Clip skip with override_settings_restore_afterwards false."""
    value = other_clip_skip(context)
    fields = {"override_settings": {_CLIP_SKIP: value}}
    with noted(context):
        _ = context.varied(**fields, override_settings_restore_afterwards=False).picture
        now = context.options.options().get(_CLIP_SKIP)
        expect.equal(now, value, f"the option {_CLIP_SKIP} afterwards", context.sender.touched[-1])


@check("TXT2IMG-104", own_steps=2)
def overrides_end_with_a_failure_too(context: CheckContext) -> Loose | None:
    """The options after a request with an override that failed, for it asked for no step."""
    payload = {
        **context.one_image.payload,
        "steps": 0,
        "override_settings": {_CLIP_SKIP: other_clip_skip(context)},
    }
    with noted(context):
        exchange = context.post("txt2img", json=payload)
        if exchange.ok:
            raise Skip("the request did not fail")
        left = context.options.changes()
        if not left:
            return None
        if was_never_saved(context, left):
            context.post("txt2img", json=payload)
            left = context.options.changes()
    if left:
        raise Failed(
            "the options as they were", describe_differences(left), context.sender.touched[-1]
        )
    return Loose(_NEVER_SAVED)


@check("TXT2IMG-114", own_steps=1)
def a_vae_for_one_request(context: CheckContext) -> None:
    """The first VAE of the list, unless the server was started with another."""
    flags = context.target.probe.json(f"{API}/cmd-flags")
    if isinstance(flags, dict) and flags.get("vae_path"):
        raise Skip("the server was started with --vae-path, which goes before everything else")
    if options(context).get("sd_vae_overrides_per_model_preferences") is False:
        raise Skip("the option sd_vae_overrides_per_model_preferences lets models have VAEs")
    vaes = context.target.probe.json(f"{API}/sd-vae")
    names = [vae.get("model_name") for vae in vaes or () if isinstance(vae, dict)]
    if not names:
        raise Skip("the server lists no VAE")
    with noted(context):
        made = context.varied(override_settings={"sd_vae": names[0]})
        if not made.exchange.ok:
            raise Skip(f"the VAE {names[0]} cannot be used with the model")
    found = made.info.get("sd_vae_name")
    expect.equal(found, names[0], "info.sd_vae_name", made.exchange)


def _other_models(context: CheckContext) -> list[dict[str, Any]]:
    current = current_model(context, context.options.before.get("sd_model_checkpoint"))
    others = [m for m in context.names.models if m.get("title") not in {None, current.get("title")}]
    if not others:
        raise Skip("the server has no second model")
    return others[:2]


def _made_by(context: CheckContext, model: dict[str, Any]) -> Generation:
    """The shared request, sent with a checkpoint for this once."""
    made = context.varied(override_settings={"sd_model_checkpoint": model["title"]})
    name = made.info.get("sd_model_name")
    expected = f"info.sd_model_name to be that of {model['title']}"
    known = isinstance(name, str) and name in aliases(model)
    expect.that(known, expected, f"it is {expect.shown(name)}", made.exchange)
    return made


def _overridden(
    context: CheckContext,
    fields: dict[str, Any],
) -> tuple[Generation, dict[str, tuple[Any, Any]]]:
    """A picture made with overrides, and the options that stayed changed."""
    made = context.generate({**context.one_image.payload, "override_settings": fields})
    _ = made.picture
    return made, context.options.changes()
