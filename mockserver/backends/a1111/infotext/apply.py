"""The request field ``infotext``: fields and settings that a text fills in.

Source: modules/api/api.py ``apply_infotext``, the paste fields of modules/ui.py and of the
built-in scripts, at v1.10.1; recorded: group t2i-infotext, t2i-field/infotext-*. On img2img
only the fields of the built-in scripts are filled: those of the tab itself carry no API name.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.grammar import HIRES, spelled
from mockserver.backends.a1111.infotext.parse import parse_generation_parameters
from mockserver.core.errors import ServerError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext


_SAME_SAMPLER = "Use same sampler"
_SAME_SCHEDULER = "Use same scheduler"
_BEFORE_SOFT_INPAINTING = "Soft inpainting "


@dataclass(frozen=True)
class PasteField:
    """One field that an infotext fills.

    Attributes:
        name: of the request's field.
        kind: type that the value is turned into.
        source: key of the infotext, or what gives the value.
    """

    name: str
    kind: Callable[[Any], Any]
    source: str | Callable[[GenerationContext, Mapping[str, Any]], Any]

    def value(self, server: GenerationContext, parsed: Mapping[str, Any]) -> Any:
        """The value, None for none.

        Args:
            server: its lists and options.
            parsed: values of the infotext by key.

        Raises:
            ServerError: a text that is no value of that type.
        """
        source = self.source
        found = parsed.get(source) if isinstance(source, str) else source(server, parsed)
        return None if found is None else _cast(self.kind, found)


@raises_upstream
def _cast(kind: Callable[[Any], Any], value: Any) -> Any:
    is_that = isinstance(kind, type) and isinstance(value, kind)
    return value if is_that else kind(value)


def _sampler(server: GenerationContext, parsed: Mapping[str, Any]) -> str:
    return server.samplers.resolve(parsed.get("Sampler"), parsed.get("Schedule type"))[0]


def _scheduler(server: GenerationContext, parsed: Mapping[str, Any]) -> str:
    return server.samplers.resolve(parsed.get("Sampler"), parsed.get("Schedule type"))[1]


def _hires(server: GenerationContext, parsed: Mapping[str, Any]) -> tuple[str, str]:
    """Sampler and scheduler of the hires pass; those of the first pass by the UI's words."""
    first, schedule = parsed.get("Sampler"), parsed.get("Schedule type")
    named = parsed.get("Hires sampler", _SAME_SAMPLER)
    sampler = first if named == _SAME_SAMPLER else named
    named = parsed.get("Hires schedule type", _SAME_SCHEDULER)
    scheduler = schedule if named == _SAME_SCHEDULER else named
    sampler, scheduler = server.samplers.resolve(sampler, scheduler)
    return (
        _SAME_SAMPLER if sampler == first else sampler,
        _SAME_SCHEDULER if scheduler == schedule else scheduler,
    )


def _styles(_server: GenerationContext, parsed: Mapping[str, Any]) -> Any:
    found = parsed.get("Styles array")
    return found if isinstance(found, list) else None


def _enable_hr(_server: GenerationContext, parsed: Mapping[str, Any]) -> bool:
    keys = ("Hires upscale", "Hires upscaler", "Hires resize-1")
    return "Denoising strength" in parsed and any(key in parsed for key in keys)


def _refiner(server: GenerationContext, parsed: Mapping[str, Any]) -> str | None:
    found = server.checkpoints.closest(parsed.get("Refiner") or "")
    return None if found is None else found.title


#: The fields of the txt2img tab itself; a list of styles becomes one text, as the webui does.
_TXT2IMG = (
    PasteField("prompt", str, "Prompt"),
    PasteField("negative_prompt", str, "Negative prompt"),
    PasteField("cfg_scale", float, "CFG scale"),
    PasteField("width", int, "Size-1"),
    PasteField("height", int, "Size-2"),
    PasteField("batch_size", int, "Batch size"),
    PasteField("styles", str, _styles),
    PasteField("denoising_strength", float, "Denoising strength"),
    PasteField("enable_hr", bool, _enable_hr),
    PasteField("hr_scale", float, "Hires upscale"),
    PasteField("hr_upscaler", str, "Hires upscaler"),
    PasteField("hr_second_pass_steps", int, "Hires steps"),
    PasteField("hr_resize_x", int, "Hires resize-1"),
    PasteField("hr_resize_y", int, "Hires resize-2"),
    PasteField("hr_checkpoint_name", str, "Hires checkpoint"),
    PasteField("hr_sampler_name", str, lambda server, parsed: _hires(server, parsed)[0]),
    PasteField("hr_scheduler", str, lambda server, parsed: _hires(server, parsed)[1]),
    PasteField("hr_prompt", str, "Hires prompt"),
    PasteField("hr_negative_prompt", str, "Hires negative prompt"),
)
_REFINER = (
    PasteField("refiner_checkpoint", str, _refiner),
    PasteField("refiner_switch_at", float, "Refiner switch at"),
)
_SAMPLER = (
    PasteField("steps", int, "Steps"),
    PasteField("sampler_name", str, _sampler),
    PasteField("scheduler", str, _scheduler),
)
#: The webui has width and height the wrong way round in the last two.
_SEED = (
    PasteField("seed", int, "Seed"),
    PasteField("subseed", int, "Variation seed"),
    PasteField("subseed_strength", float, "Variation seed strength"),
    PasteField("seed_resize_from_h", int, "Seed resize from-1"),
    PasteField("seed_resize_from_w", int, "Seed resize from-2"),
)
_SCRIPT_FIELDS = (*_REFINER, *_SAMPLER, *_SEED)
_FIELDS = {"txt2img": (*_TXT2IMG, *_SCRIPT_FIELDS), "img2img": _SCRIPT_FIELDS}


def apply_infotext(
    server: GenerationContext, tab: str, request: dict[str, Any], given: Collection[str]
) -> dict[str, dict[int, Any]]:
    """Fill the request's fields from its ``infotext``, as far as they were not sent.

    Args:
        server: its options, samplers and scripts are read.
        tab: ``txt2img`` or ``img2img``.
        request: all fields; changed in place.
        given: names of the fields that were sent.

    Returns:
        Arguments of always-on scripts that the text names: script to number to value.

    Raises:
        ServerError: values that are not of a field's type.
    """
    text = request.get("infotext")
    if not text:
        return {}
    parsed = parse_generation_parameters(text, server.options, tuple(server.styles.values()))
    parsed = spelled(parsed, server.rules.hires_word, HIRES)
    for field in _FIELDS[tab]:
        if field.name in request and field.name not in given:
            if field.name == "styles" and server.rules.styles_untyped:
                message = "isinstance() argument 2 cannot be a parameterized generic"
                raise ServerError("TypeError", message)
            value = field.value(server, parsed)
            if value is not None:
                request[field.name] = value
    request["override_settings"] = dict(request["override_settings"] or {})
    _override(server, parsed, request["override_settings"])
    own = server.callbacks.paste(tab, parsed) if server.callbacks else {}
    return own | _script_arguments(server, tab, parsed)


def _override(
    server: GenerationContext, parsed: Mapping[str, Any], overrides: dict[str, Any]
) -> None:
    """Add the settings that the text names and that differ from the options."""
    options = server.options
    for key, name in server.rules.infotext_options:
        value = parsed.get(key)
        if value is None:
            continue
        if name == "sd_model_checkpoint" and options["disable_weights_auto_swap"]:
            continue
        cast = _cast_option(options.default(name), options[name], value)
        if cast != options[name]:
            overrides.setdefault(name, cast)


@raises_upstream
def _cast_option(default: Any, current: Any, value: Any) -> Any:
    """A value in the type of the option's default (``cast_value``)."""
    known = current if default is None else default
    if known is None:
        return None
    kind = type(known)
    return False if kind is bool and value == "False" else kind(value)


def _script_arguments(
    server: GenerationContext, tab: str, parsed: Mapping[str, Any]
) -> dict[str, dict[int, Any]]:
    """Arguments of scripts that the text names; fields sent with the request count as well.

    The webui casts the fields of its built-in scripts once more here, so that a faulty value
    fails even where the request has its own.
    """
    for field in (*_SAMPLER, *_SEED):
        field.value(server, parsed)
    found: dict[int, Any] = {}
    for number, (label, default) in enumerate(_soft_inpainting(server, tab)):
        value = parsed.get(label)
        if value is not None and default is not None:
            found[number] = _cast(type(default), value)
    return {"soft inpainting": found} if found else {}


def _soft_inpainting(server: GenerationContext, tab: str) -> list[tuple[str, Any]]:
    """Infotext keys and defaults of soft inpainting's arguments, where the tab has it."""
    for entry in server.scripts.tab(tab).entries:
        if entry.name == "soft inpainting":
            labels = ["enabled", *(label.lower() for label in entry.labels[1:])]
            keys = [_BEFORE_SOFT_INPAINTING + label for label in labels]
            return list(zip(keys, entry.defaults, strict=True))
    return []
