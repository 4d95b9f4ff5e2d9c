"""What a server with ControlNet will do with units that their author did not mean.

Each rule says what was recorded: cn-args/*, cn-bad/*; most of it comes without an error.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.core.errors import ServerError, UpstreamError
from mockserver.extensions.controlnet import pictures
from mockserver.extensions.controlnet.units import ACCEPTED, CONTROL_MODES, RESIZE_MODES
from mockserver.lint.finding import CHANGED, IGNORED, REFUSED, Finding, meant

if TYPE_CHECKING:
    from collections.abc import Collection, Iterator, Mapping

    from mockserver.extensions.base import Sent
    from mockserver.extensions.controlnet.base import UnitsOfControlNet
    from mockserver.extensions.controlnet.units import Unit


_NUMBERED = {"resize_mode": RESIZE_MODES, "control_mode": CONTROL_MODES}
_NUMBERS = ("processor_res", "threshold_a", "threshold_b")
_DEFAULT = -1
#: Old names that Forge does not take.
_OF_FORGE = {
    "input_image": "send 'image'",
    "mask": "send 'mask_image'",
    "lowvram": "leave it out",
    "low_vram": "leave it out",
    "guidance": "send 'guidance_end'",
}
_SILENT = "the server answers 200 without ControlNet for the whole request, the infotext claims it"


def lint_units(extension: UnitsOfControlNet, sent: Sent) -> Iterator[Finding]:
    """All that the author of units should know.

    Args:
        extension: their ControlNet.
        sent: the units.
    """
    for number, given in enumerate(sent.args):
        place = f"{sent.place}[{number}]"
        if isinstance(given, dict):
            if given:
                yield from _unit(extension, sent, given, place)
        elif given is not None:
            text = f"{place} is no object: the server ignores it"
            yield Finding("unit-form", IGNORED, place, text, "a unit is {'enabled': true, ...}")


def _unit(
    extension: UnitsOfControlNet, sent: Sent, given: Mapping[str, Any], place: str
) -> Iterator[Finding]:
    for key in given:
        if key not in ACCEPTED:
            text = f"ControlNet has no unit field {key!r}: it is ignored"
            yield Finding("unknown-unit-field", IGNORED, f"{place}.{key}", text, _field(key))
    if extension.checks_units and "enabled" not in given:
        text = f"{place} has no 'enabled', false by default from 1.1.448 on: the unit does nothing"
        yield Finding("unit-off", IGNORED, place, text, "send 'enabled': true")
    try:
        unit = extension.read_unit(given)
    except UpstreamError as refusal:
        yield from _refused(extension, given, refusal, place)
        return
    if unit.enabled:
        yield from _running(extension, sent, unit, place)
        yield from _bounds(extension, unit, given, place)


def _refused(
    extension: UnitsOfControlNet, given: Mapping[str, Any], refusal: UpstreamError, place: str
) -> Iterator[Finding]:
    """A unit that is refused, enabled or not, and what its values should be."""
    reason = refusal.text if isinstance(refusal, ServerError) else str(refusal)
    text = " ".join(reason.split())
    found = False
    for name, modes in _NUMBERED.items():
        value = given.get(name)
        if name in text and isinstance(value, int):
            found = True
            message = f"{place}.{name} is a number: the server answers 500"
            right = modes[value] if 0 <= value < len(modes) else modes[0]
            yield Finding("unit-refused", REFUSED, f"{place}.{name}", message, f"send {right!r}")
    module = given.get("module")
    if isinstance(module, str) and extension.catalogue.find(module) is None:
        found = True
        message = f"no module is called {module!r}: the server answers 500"
        names = [one for m in extension.catalogue.modules for one in (m.name, m.label)]
        advice = meant(module, names, 0.6)
        yield Finding("unit-refused", REFUSED, f"{place}.module", message, advice)
    if not found:
        yield Finding("unit-refused", REFUSED, place, f"the server answers 500: {text}")


def _running(extension: UnitsOfControlNet, sent: Sent, unit: Unit, place: str) -> Iterator[Finding]:
    """What fails without a word when the unit runs."""
    module = extension.catalogue.find(unit.get("module"))
    if module is None:
        text = f"no module is called {unit.get('module')!r}: {_SILENT}"
        yield Finding("unit-silent", IGNORED, f"{place}.module", text)
        return
    try:
        extension.model_of(unit, module)
    except ServerError as error:
        wanted = unit.get("model")
        bare = [model.rpartition(" [")[0] for model in extension.catalogue.models]
        known = wanted == "None" or wanted in bare
        advice = "send a 'model' of model_list" if known else meant(wanted, bare, 0.6)
        text = f"{error.text}: {_SILENT}"
        yield Finding("unit-silent", IGNORED, f"{place}.model", text, advice)
    fault = _fault_of_picture(extension, sent, unit)
    if fault:
        yield Finding("unit-silent", IGNORED, f"{place}.image", f"{fault}: {_SILENT}")


def _fault_of_picture(extension: UnitsOfControlNet, sent: Sent, unit: Unit) -> str:
    """Why the unit's picture cannot be used; "" where it can."""
    server = extension.webui.context
    values = unit.values
    region = values.get("effective_region_mask")
    try:
        if isinstance(region, str) and len(loaded(read_picture(region, server.options)).mode) == 1:
            return "the region's mask has one channel"
        if not extension.checks_units:
            return ""
        if unit.get("image") is None:
            return "" if sent.tab == "img2img" else "the unit has no image"
        if unit.get("image") == "":
            return "the unit's image is empty text, which is not the same as none"
        pictures.unit_picture(server, values)
    except UpstreamError as error:
        reason = getattr(error, "text", "") or getattr(error, "detail", "")
        return f"the unit's picture cannot be used ({reason or 'its form or channels'})"
    return ""


def _bounds(
    extension: UnitsOfControlNet, unit: Unit, given: Mapping[str, Any], place: str
) -> Iterator[Finding]:
    """Numbers that are replaced."""
    module = extension.catalogue.find(unit.get("module"))
    for number, name in enumerate(_NUMBERS):
        value = given.get(name)
        if module is None or not isinstance(value, int | float) or value == _DEFAULT:
            continue
        slider = module.slider(number)
        hidden = number >= len(module.sliders)
        if not hidden and slider.bounded(value) != value:
            text = f"{name} {value} is outside {slider.minimum} to {slider.maximum}: "
            text += f"{slider.value} is taken"
            yield Finding("unit-number", CHANGED, f"{place}.{name}", text)


def _field(key: str) -> str:
    if key in {"guessmode", "guess_mode"}:
        return f"send 'control_mode': {CONTROL_MODES[-1]!r}"
    return meant(key, ACCEPTED)


def lint_forge_units(
    extension: UnitsOfControlNet, sent: Sent, fields: Collection[str]
) -> Iterator[Finding]:
    """What Forge does with units: it never refuses one.

    Args:
        extension: its ControlNet.
        sent: the units.
        fields: what a unit of Forge's may say.
    """
    for number, given in enumerate(sent.args):
        place = f"{sent.place}[{number}]"
        if not isinstance(given, dict):
            text = f"{place} is no object: Forge leaves all units out, without a word"
            yield Finding("unit-form", IGNORED, place, text, "send objects alone")
            continue
        for key in given:
            if key not in fields:
                text = f"Forge's ControlNet has no unit field {key!r}: it is ignored"
                yield Finding(
                    "unknown-unit-field",
                    IGNORED,
                    f"{place}.{key}",
                    text,
                    _OF_FORGE.get(key) or meant(key, fields),
                )
        unit = extension.read_unit(given)
        if unit.enabled:
            yield from _running_in_forge(extension, sent, unit, place)


def _running_in_forge(
    extension: UnitsOfControlNet, sent: Sent, unit: Unit, place: str
) -> Iterator[Finding]:
    name, model, image = unit.get("module"), unit.get("model"), unit.get("image")
    module = extension.catalogue.labelled(name)
    ends = "this unit and those behind it do nothing, the infotext claims them"
    if module is None:
        labels = [each.label for each in extension.catalogue.modules]
        other = extension.catalogue.find(name) if isinstance(name, str) else None
        advice = f"Forge calls it {other.label!r}" if other else meant(name, labels, 0.6)
        text = f"no module is called {name!r}: {ends}"
        yield Finding("unit-silent", IGNORED, f"{place}.module", text, advice)
    elif not module.model_free and model not in extension.catalogue.models:
        text = f"no model is called {model!r}: {ends}, though the map comes"
        advice = meant(model, extension.catalogue.models, 0.6)
        yield Finding("unit-silent", IGNORED, f"{place}.model", text, advice)
    if image is None and sent.tab == "txt2img":
        yield Finding("unit-silent", IGNORED, f"{place}.image", f"the unit has no image: {ends}")
    elif image is not None and not isinstance(image, str):
        text = f"the unit's image is no text: {ends}"
        yield Finding("unit-silent", IGNORED, f"{place}.image", text, "send base64")
