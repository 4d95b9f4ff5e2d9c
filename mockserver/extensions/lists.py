"""Lists, options and documents of a webui with the extensions it has."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.input_images import loaded, read_picture
from mockserver.extensions.disabled import Disabled
from mockserver.fixtures.fixture_set import FixtureSet
from mockserver.http.answers import PositionalArgumentsError

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from PIL import Image

    from mockserver.backends.a1111.server import Webui
    from mockserver.core.errors import HTTPError
    from mockserver.extensions.base import Extension


#: The webui's own scripts that load after those of extensions.
_LAST_SCRIPTS = ("refiner", "sampler", "seed")
#: The first of these is the first flag of a built-in extension, which load last.
_LAST_FLAGS = ("ldsr_models_path", "lora_dir", "scunet_models_path", "swinir_models_path")
#: Options that are registered after the scripts of extensions were loaded.
_LATE = ("ldsr_", "SCUNET_", "SWIN_", "hypertile_", "enable_prompt_comments")
_UPSCALER_WORDS = "it has to be one of this list: "
_XYZ = "x/y/z plot"
_XYZ_LABELS = ("X type", "Y type", "Z type")
_LAST_AXES = "[Hypertile]"


class ListsWithExtensions(FixtureSet):
    """A fixture set with the parts of extensions in its lists.

    Args:
        plain: the lists of the webui alone.
        installed: gives the extensions, in the order in which they are loaded.
        disabled: what was switched off of the webui's own; nothing by default.
    """

    def __init__(
        self,
        plain: FixtureSet,
        installed: Callable[[], Sequence[Extension]],
        disabled: Disabled | None = None,
    ) -> None:
        super().__init__(plain.folder, plain.mode, plain.base, plain.files)
        self.plain = plain
        self._installed = installed
        self.disabled = disabled or Disabled()

    def has(self, name: str) -> bool:
        """Whether the server has a list.

        Args:
            name: as for `get`.
        """
        return super().has(name) and not self.disabled.lacks(name)

    def get(self, name: str) -> Any:
        """The list `name`, with what extensions add.

        Args:
            name: ``samplers``, ``options``, ``openapi`` and so on.
        """
        value = self.disabled.without(name, super().get(name))
        found = self._installed()
        compose = _COMPOSED.get(name)
        return compose(value, found) if compose and found else value

    def openapi_of_all_options(self) -> Any:
        """The document as if no option were hidden, those of extensions among them."""
        document = self.disabled.without("openapi", super().get("openapi"))
        for extension in self._installed():
            properties = _own_schemas(extension).get("Options", {}).get("properties", {})
            schemas = dict(document["components"]["schemas"])
            schemas["Options"] = _with_properties(schemas.get("Options", {}), properties)
            document = {**document, "components": {**document["components"], "schemas": schemas}}
        return document


def is_late(option: str) -> bool:
    """Whether an option is registered after the scripts of extensions were loaded.

    Args:
        option: its name.
    """
    return option.startswith(_LATE)


def hides_options(installed: Sequence[Extension]) -> bool:
    """Whether one of them makes GET options lose what is registered late.

    Args:
        installed: extensions, in the order in which they are loaded.
    """
    return any(extension.imports_api for extension in installed)


def _scripts(listed: Any, installed: Sequence[Extension]) -> Any:
    found = {}
    for tab, names in listed.items():
        new = [n for e in installed for n in e.listed("scripts", {}).get(tab, ())]
        found[tab] = _inserted(names, new, lambda name: name.lower() in _LAST_SCRIPTS)
    return found


def _inserted(items: list[Any], new: list[Any], is_last: Callable[[Any], bool]) -> list[Any]:
    """`new` before the first of the items that come last, else at the end."""
    at = next((i for i, item in enumerate(items) if is_last(item)), len(items))
    return [*items[:at], *new, *items[at:]]


def _script_info(infos: Any, installed: Sequence[Extension]) -> Any:
    axes = _axes(installed)
    found = []
    for is_img2img in (False, True):
        own = [_with_axes(i, axes) for i in infos if i["is_img2img"] == is_img2img]
        new = [
            info
            for extension in installed
            for info in extension.listed("script-info", [])
            if info["is_img2img"] == is_img2img
        ]
        found += _inserted(own, new, lambda info: info["name"].lower() in _LAST_SCRIPTS)
    return found


def _axes(installed: Sequence[Extension]) -> list[str]:
    """The axes that extensions give to X/Y/Z plot, in order."""
    tables = []
    for extension in installed:
        table = extension.listed("xyz-axes", None)
        if table and not (table["with_ui_only"] and extension.webui.config.nowebui):
            tables.append(table)
    return [axis for t in sorted(tables, key=lambda t: int(t["rank"])) for axis in t["axes"]]


def _with_axes(info: Any, axes: list[str]) -> Any:
    if info["name"].lower() != _XYZ or not axes:
        return info
    args = []
    for arg in info["args"]:
        if arg["label"] in _XYZ_LABELS and arg["choices"]:
            choices = _inserted(arg["choices"], axes, lambda name: name.startswith(_LAST_AXES))
            arg = {**arg, "choices": choices}  # noqa: PLW2901 - a changed copy in its place
        args.append(arg)
    return {**info, "args": args}


def _extensions(listed: Any, installed: Sequence[Extension]) -> Any:
    own = [extension.listed("extension", None) for extension in installed]
    return [*listed, *(item for item in own if item)]


def _flags(flags: Any, installed: Sequence[Extension]) -> Any:
    new = [pair for e in installed for pair in e.listed("cmd-flags", {}).items()]
    return dict(_inserted(list(flags.items()), new, lambda pair: pair[0] in _LAST_FLAGS))


def _options(values: Any, installed: Sequence[Extension]) -> Any:
    if hides_options(installed):
        return {name: value for name, value in values.items() if not is_late(name)}
    return dict(values) | {k: v for e in installed for k, v in e.listed("options", {}).items()}


def _openapi(document: Any, installed: Sequence[Extension]) -> Any:
    paths = dict(document["paths"])
    schemas = dict(document["components"]["schemas"])
    for extension in installed:
        paths |= extension.listed("openapi", {}).get("paths", {})
        for name, schema in _own_schemas(extension).items():
            if name not in {"Flags", "Options"}:
                schemas[name] = schema
            elif name == "Flags" or not hides_options(installed):
                schemas[name] = _with_properties(schemas.get(name, {}), schema["properties"])
    if hides_options(installed):
        schemas = {name: _early(name, schema) for name, schema in schemas.items()}
    components = {**document["components"], "schemas": dict(sorted(schemas.items()))}
    return {**document, "paths": paths, "components": components}


def _own_schemas(extension: Extension) -> dict[str, Any]:
    found: dict[str, Any] = extension.listed("openapi", {}).get("components", {})
    return found.get("schemas", {}) if found else {}


def _with_properties(schema: Any, new: dict[str, Any]) -> Any:
    pairs = list(schema.get("properties", {}).items())
    found = dict(_inserted(pairs, list(new.items()), lambda pair: pair[0] in _LAST_FLAGS))
    return {**schema, "properties": found}


def _early(name: str, schema: Any) -> Any:
    """A schema as it is where ``modules.api`` was imported before upscalers and late options."""
    properties = schema.get("properties", {})
    if name == "Options":
        return {**schema, "properties": {k: v for k, v in properties.items() if not is_late(k)}}
    changed = {k: _without_upscalers(v) for k, v in properties.items()}
    return {**schema, "properties": changed} if changed != properties else schema


def _without_upscalers(part: Any) -> Any:
    before, words, _ = part.get("description", "").partition(_UPSCALER_WORDS)
    return {**part, "description": before + words} if words else part


_COMPOSED: dict[str, Callable[[Any, Sequence[Extension]], Any]] = {
    "scripts": _scripts,
    "script-info": _script_info,
    "extensions": _extensions,
    "cmd-flags": _flags,
    "options": _options,
    "openapi": _openapi,
}


def picture_sent(webui: Webui, text: Any) -> Image.Image:
    """The picture that a request's base64, data URI or address stands for.

    Args:
        webui: the simulated server.
        text: base64, a data URI or an address.

    Raises:
        HTTPError, ServerError: as in the webui's own routes: 500 ``Invalid encoded image``.
    """
    return loaded(read_picture(text, webui.options, webui.profile.inputs))


def as_base64(image: Image.Image) -> str:
    """A picture as base64 of a PNG without any text.

    Args:
        image: a picture; it is not changed.
    """
    from mockserver.imaging.painted import Painted  # noqa: PLC0415 - start-up time

    return Painted(lambda: image).encoded("png").base64()


def not_found(detail: str) -> HTTPError:
    """404, raised by position: the answer's ``errors`` holds both arguments.

    Args:
        detail: says what there is not.
    """
    return PositionalArgumentsError(404, detail)
