"""Checks of override_settings: TXT2IMG-058, -060 to -063, -092 to -094, -104.

On a server that never saved its settings some overrides stay (modules/api/api.py, process_images
at v1.8 and later; recorded on a fresh install), so that the old values are noted before each, and
put back. Source: modules/processing.py, process_images, at v1.10.1 and the recorded group
``t2i-override``.
"""

from __future__ import annotations

from contextlib import contextmanager
from typing import TYPE_CHECKING, Any

from conformance.catalogue import Version
from conformance.checks import expect
from conformance.checks.facts import saved_format
from conformance.checks.likeness import apart, is_unmoved
from conformance.checks.options import aliases, current_model
from conformance.checks.registry import check
from conformance.client.options import as_stored
from conformance.lab.keeper import told
from conformance.signals import Failed, Loose, Skip

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.lab import Generation, Lab

_NOWHERE = "zz-conformance-nope"
_CLIP_SKIP = "CLIP_stop_at_last_layers"
_LEVELS = "always_discard_next_to_last_sigma"
_SINCE = Version.parse("1.8")
_NEVER_SAVED = "on a fresh install, overrides of settings that were never saved stay"


@check("TXT2IMG-058", own_steps=1)
def unknown_checkpoint_is_ignored(lab: Lab) -> None:
    """A checkpoint that no server has."""
    sent = {"sd_model_checkpoint": _NOWHERE}
    with noted(lab):
        made = lab.varied(override_settings=sent)
    found = made.parameters.get("override_settings")
    expect.equal(found, sent, "parameters.override_settings", made.exchange)
    _ = made.picture


@check("TXT2IMG-060", own_steps=2)
def overrides_do_not_stay(lab: Lab) -> Loose | None:
    """The options before and after an override of clip skip."""
    fields = {_CLIP_SKIP: other_clip_skip(lab)}
    with noted(lab):
        _, left = _overridden(lab, fields)
        if not left:
            return None
        if was_never_saved(lab):
            _, left = _overridden(lab, fields)
    if left:
        raise Failed("the options as they were", told(left), lab.wire.touched[-1])
    return Loose(_NEVER_SAVED)


@check("TXT2IMG-061", own_steps=1)
def overrides_take_effect(lab: Lab) -> None:
    """Clip skip in the infotext."""
    value = other_clip_skip(lab)
    with noted(lab):
        made = lab.varied(override_settings={_CLIP_SKIP: value})
    shown = made.values.value("Clip skip")
    expect.equal(shown, str(value), "Clip skip in the infotext", made.exchange)
    found = made.info.get("clip_skip", value)
    expect.equal(found, value, "info.clip_skip", made.exchange)


@check("TXT2IMG-062", own_steps=2)
def format_is_not_overridden(lab: Lab) -> Loose | None:
    """samples_format as an override."""
    saved = saved_format(lab)
    if saved is None:
        raise Skip("the option samples_format names no format that is known here")
    fields = {"samples_format": "png" if saved != "PNG" else "jpg"}
    with noted(lab):
        made, left = _overridden(lab, fields)
        if not left:
            expect.equal(made.picture.format, saved, "the format of the image", made.exchange)
            return None
        if was_never_saved(lab):
            made, left = _overridden(lab, fields)
    expect.equal(made.picture.format, saved, "the format of the image", made.exchange)
    return Loose(_NEVER_SAVED)


@check("TXT2IMG-063", own_steps=3)
def current_model_by_every_name(lab: Lab) -> None:
    """Title, model_name and hash of the current model."""
    model = current_model(lab, lab.options.before.get("sd_model_checkpoint"))
    wanted = lab.r1.info.get("sd_model_hash")
    with noted(lab):
        for key in ("title", "model_name", "hash"):
            if model.get(key):
                made = lab.varied(override_settings={"sd_model_checkpoint": model[key]})
                what = f"info.sd_model_hash for its {key}"
                expect.equal(made.info.get("sd_model_hash"), wanted, what, made.exchange)


@check("TXT2IMG-092", needs=("r1", "r1_again"), own_steps=5)
def overrides_make_other_pictures(lab: Lab) -> Loose | None:
    """Clip skip, and the levels of noise, both overridden."""
    discard = lab.options.before.get(_LEVELS)
    value = other_clip_skip(lab)
    with noted(lab):
        skipped = lab.varied(override_settings={_CLIP_SKIP: value})
        if not is_unmoved(lab, apart(lab.r1, skipped)):
            return None
        if not isinstance(discard, bool):
            raise Skip(f"the model takes no clip skip, and there is no option {_LEVELS}")
        levels = lab.varied(steps=2, override_settings={_LEVELS: not discard})
        if is_unmoved(lab, apart(lab.varied(steps=2), levels)):
            raise Failed("another picture for an override", "it stays the same", levels.exchange)
    return Loose("the model's text encoder seems to take no clip skip")


@check("TXT2IMG-093", needs=("r1", "r1_again"), own_steps=3)
def another_checkpoint_for_one_request(lab: Lab) -> Loose | None:
    """Up to two models that are not the current one, and a plain request after them."""
    models = _other_models(lab)
    was = lab.r1.info.get("sd_model_name")
    with noted(lab):
        pictures = [_made_by(lab, model) for model in models]
        after = lab.generate(lab.r1.payload)
    back = after.info.get("sd_model_name")
    expect.equal(back, was, "info.sd_model_name afterwards", after.exchange)
    if not all(is_unmoved(lab, apart(lab.r1, picture)) for picture in pictures):
        return None
    if len(pictures) == 1:
        return Loose("the only other model gives the very same picture")
    expected = "another picture for another checkpoint"
    raise Failed(expected, "all models give the same picture", pictures[0].exchange)


@check("TXT2IMG-094", own_steps=1)
def overrides_stay_when_asked_to(lab: Lab) -> None:
    """Clip skip with override_settings_restore_afterwards false."""
    value = other_clip_skip(lab)
    fields = {"override_settings": {_CLIP_SKIP: value}}
    with noted(lab):
        _ = lab.varied(**fields, override_settings_restore_afterwards=False).picture
        now = lab.options.options().get(_CLIP_SKIP)
        expect.equal(now, value, f"the option {_CLIP_SKIP} afterwards", lab.wire.touched[-1])


@check("TXT2IMG-104", own_steps=2)
def overrides_end_with_a_failure_too(lab: Lab) -> Loose | None:
    """The options after a request with an override that failed, for it asked for no step."""
    payload = {
        **lab.r1.payload,
        "steps": 0,
        "override_settings": {_CLIP_SKIP: other_clip_skip(lab)},
    }
    with noted(lab):
        exchange = lab.post("txt2img", json=payload)
        if exchange.ok:
            raise Skip("the request did not fail")
        left = lab.options.changes()
        if not left:
            return None
        if was_never_saved(lab):
            lab.post("txt2img", json=payload)
            left = lab.options.changes()
    if left:
        raise Failed("the options as they were", told(left), lab.wire.touched[-1])
    return Loose(_NEVER_SAVED)


@contextmanager
def noted(lab: Lab) -> Iterator[None]:
    """Options noted before, and put back after."""
    lab.options.remember()
    try:
        yield
    finally:
        if lab.options.changes():
            lab.options.put_back()


def _other_models(lab: Lab) -> list[dict[str, Any]]:
    current = current_model(lab, lab.options.before.get("sd_model_checkpoint"))
    others = [m for m in lab.names.models if m.get("title") not in {None, current.get("title")}]
    if not others:
        raise Skip("the server has no second model")
    return others[:2]


def _made_by(lab: Lab, model: dict[str, Any]) -> Generation:
    """The shared request, sent with a checkpoint for this once."""
    made = lab.varied(override_settings={"sd_model_checkpoint": model["title"]})
    name = made.info.get("sd_model_name")
    expected = f"info.sd_model_name to be that of {model['title']}"
    known = isinstance(name, str) and name in aliases(model)
    expect.that(known, expected, f"it is {expect.shown(name)}", made.exchange)
    return made


def _overridden(
    lab: Lab,
    fields: dict[str, Any],
) -> tuple[Generation, dict[str, tuple[Any, Any]]]:
    """A picture made with overrides, and the options that stayed changed."""
    made = lab.generate({**lab.r1.payload, "override_settings": fields})
    _ = made.picture
    return made, lab.options.changes()


def was_never_saved(lab: Lab) -> bool:
    """Whether overrides may stay because the settings were never saved, which is mended here.

    Written back by hand they are saved, so that from then on overrides have to go.
    """
    version, family = lab.profile.version, lab.profile.family
    known = version is not None and version.at_least(_SINCE)
    if not known and family not in {"forge", "reforge"}:
        return False
    lab.options.put_back()
    return True


def other_clip_skip(lab: Lab) -> int:
    """A clip skip that is not set by now, and shows.

    Raises:
        Skip: the server has no such option.
    """
    current = lab.options.before.get(_CLIP_SKIP)
    if isinstance(current, bool) or not isinstance(current, int | float):
        raise Skip(f"the server has no option {_CLIP_SKIP}")
    return 3 if as_stored(current) == 2 else 2  # noqa: PLR2004 - two values that both show
