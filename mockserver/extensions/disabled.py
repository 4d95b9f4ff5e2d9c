"""Extensions that somebody switched off, built-in ones among them, and what goes with those.

Source: modules/extensions.py ``active`` and the folders of ``extensions-builtin`` at v1.10.1. A
built-in extension that is switched off still registers its flags.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Callable, Collection, Iterable

    from mockserver.core.config import Config


@dataclass(frozen=True)
class BuiltIn:
    """What a built-in extension adds to the webui.

    Attributes:
        paths: its routes.
        options: how the names of its options begin.
        scripts: titles of its scripts.
        upscalers: names of its upscalers.
    """

    paths: tuple[str, ...] = ()
    options: tuple[str, ...] = ()
    scripts: tuple[str, ...] = ()
    upscalers: tuple[str, ...] = ()


#: By the name of the folder.
BUILT_IN: dict[str, BuiltIn] = {
    "LDSR": BuiltIn(options=("ldsr_",), upscalers=("LDSR",)),
    "Lora": BuiltIn(
        paths=("/sdapi/v1/loras", "/sdapi/v1/refresh-loras"), options=("sd_lora", "lora_")
    ),
    "ScuNET": BuiltIn(options=("SCUNET_",), upscalers=("ScuNET GAN", "ScuNET PSNR")),
    "SwinIR": BuiltIn(options=("SWIN_",), upscalers=("SwinIR 4x",)),
    "canvas-zoom-and-pan": BuiltIn(options=("canvas_",)),
    "extra-options-section": BuiltIn(
        options=("settings_in_ui", "extra_options_"), scripts=("extra options",)
    ),
    "hypertile": BuiltIn(options=("hypertile_",), scripts=("hypertile",)),
    "mobile": BuiltIn(),
    "postprocessing-for-training": BuiltIn(),
    "prompt-bracket-checker": BuiltIn(),
    "soft-inpainting": BuiltIn(scripts=("soft inpainting",)),
}


@dataclass(frozen=True)
class Disabled:
    """What was switched off when the server was started.

    Attributes:
        names: folders of extensions, built-in ones among them.
        extra: whether every extension that is not built in is off.
    """

    names: frozenset[str] = frozenset()
    extra: bool = False

    @classmethod
    def of(cls, config: Config) -> Disabled:
        """What the start of a server switches off.

        Args:
            config: how it was started.
        """
        everything = config.disable_all_extensions
        names = frozenset(BUILT_IN) if everything else frozenset(config.disabled_extensions)
        return cls(names, everything or config.disable_extra_extensions)

    def __bool__(self) -> bool:
        return bool(self.names)

    def allows(self, folder: str) -> bool:
        """Whether an extension that is installed is loaded.

        Args:
            folder: its folder.
        """
        return not self.extra and folder not in self.names

    def lacks(self, name: str) -> bool:
        """Whether the server has no such list any more.

        Args:
            name: of the list, as ``loras``.
        """
        return any(path.endswith(f"/{name}") for one in self._built_in() for path in one.paths)

    def without(self, name: str, value: Any) -> Any:
        """A list as it is without what was switched off.

        Args:
            name: of the list.
            value: the list.
        """
        change = _CHANGED.get(name)
        return change(value, tuple(self._built_in())) if self.names and change else value

    def _built_in(self) -> Iterable[BuiltIn]:
        return (BUILT_IN[name] for name in self.names if name in BUILT_IN)


def _options(values: Any, off: Collection[BuiltIn]) -> Any:
    begins = tuple(start for one in off for start in one.options)
    return {name: value for name, value in values.items() if not name.startswith(begins)}


def _scripts(listed: Any, off: Collection[BuiltIn]) -> Any:
    gone = {title for one in off for title in one.scripts}
    return {tab: [n for n in names if n.lower() not in gone] for tab, names in listed.items()}


def _script_info(infos: Any, off: Collection[BuiltIn]) -> Any:
    gone = {title for one in off for title in one.scripts}
    return [info for info in infos if info["name"].lower() not in gone]


def _upscalers(listed: Any, off: Collection[BuiltIn]) -> Any:
    gone = {name for one in off for name in one.upscalers}
    return [item for item in listed if item["name"] not in gone]


def _openapi(document: Any, off: Collection[BuiltIn]) -> Any:
    gone = {path for one in off for path in one.paths}
    paths = {path: item for path, item in document["paths"].items() if path not in gone}
    schemas = dict(document["components"]["schemas"])
    options = schemas.get("Options", {})
    properties = _options(options.get("properties", {}), off)
    schemas["Options"] = {**options, "properties": properties}
    components = {**document["components"], "schemas": schemas}
    return {**document, "paths": paths, "components": components}


_CHANGED: dict[str, Callable[[Any, Collection[BuiltIn]], Any]] = {
    "options": _options,
    "scripts": _scripts,
    "script-info": _script_info,
    "upscalers": _upscalers,
    "openapi": _openapi,
}
