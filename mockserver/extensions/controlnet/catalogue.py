"""The modules (preprocessors) and models of ControlNet, and the types that group both."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Iterable, Sequence


#: Words in a model's name that belong to a type beside the type's own.
_OTHER_WORDS: dict[str, tuple[str, ...]] = {
    "segmentation": ("seg",),
    "normalmap": ("normal",),
    "t2i-adapter": ("t2i_adapter", "t2iadapter", "t2ia"),
    "ip-adapter": ("ip_adapter", "ipadapter"),
    "openpose": ("openpose", "densepose"),
    "instant-id": ("instant_id", "instantid"),
    "scribble": ("sketch",),
    "tile": ("blur",),
}
#: Types whose models a union model stands for as well.
_UNION = frozenset(
    (
        "openpose",
        "depth",
        "softedge",
        "scribble",
        "canny",
        "lineart",
        "mlsd",
        "normalmap",
        "segmentation",
    )
)
_NONE = "None"
_PREFERRED = "11"


@dataclass(frozen=True)
class Slider:
    """Bounds and default of a module's number; one outside is replaced by the default."""

    minimum: float = 0.0
    maximum: float = 1.0
    value: float = 0.5

    def bounded(self, number: float) -> float:
        """`number`, or the default where it is out of bounds.

        Args:
            number: what a unit asks for.

        Raises:
            TypeError: it is no number; the caller's text is Python's own.
        """
        return self.value if number < self.minimum or number > self.maximum else number


@dataclass(frozen=True)
class Module:
    """One preprocessor.

    Attributes:
        name: as in module_list.
        label: as the web UI calls it; both name it in requests.
        tags: the types that it belongs to.
        model_free: whether it works without a model.
        sliders: what module_detail says, at most resolution and two thresholds.
        hidden_resolution: its resolution, where module_detail does not show it.
        returns_image: whether a map comes of it; others give tensors.
        accepts_mask: whether it looks at a mask.
        requires_mask: whether detect refuses it without one mask an image.
    """

    name: str
    label: str
    tags: tuple[str, ...] = ()
    model_free: bool = False
    sliders: tuple[dict[str, Any], ...] = ()
    hidden_resolution: dict[str, Any] | None = None
    returns_image: bool = True
    accepts_mask: bool = False
    requires_mask: bool = False

    def slider(self, number: int) -> Slider:
        """Resolution (0), threshold a (1) or threshold b (2); a hidden one is 0 to 1.

        Args:
            number: which of its three sliders.
        """
        shown = self.sliders if self.hidden_resolution is None else (self.hidden_resolution,)
        if number >= len(shown):
            return Slider()
        found = shown[number]
        return Slider(found["min"], found["max"], found["value"])


class Catalogue:
    """What one server has.

    Args:
        modules: the modules in the order of module_list, ``none`` first.
        models: ``name [hash]`` of each model, sorted by file name.

    Source: scripts/supported_preprocessor.py, scripts/global_state.py.
    """

    def __init__(self, modules: Iterable[dict[str, Any]], models: Iterable[str]) -> None:
        self.modules = tuple(
            Module(**{**m, "tags": tuple(m["tags"]), "sliders": tuple(m["sliders"])})
            for m in modules
        )
        self.models = tuple(models)
        self._by_name = {module.name: module for module in self.modules}
        self._by_label = {module.label: module for module in self.modules}

    def find(self, name: Any) -> Module | None:
        """The module of that label or name; case matters.

        Args:
            name: as a unit has it.

        Raises:
            TypeError: `name` cannot be a key, as Python says it.
        """
        return self._by_label.get(name) or self._by_name.get(name)

    def labelled(self, label: Any) -> Module | None:
        """The module of exactly this label, which is how Forge names modules.

        Args:
            label: as a unit has it, of any type.
        """
        return next((module for module in self.modules if module.label == label), None)

    def closest_model(self, search: str) -> str | None:
        """The model that a unit's text means, None for none.

        It is the exact name with hash, else the name in any case, else the shortest name that
        contains the text.

        Args:
            search: file name, with or without its hash.
        """
        if not search or search == _NONE:
            return None
        if search in self.models:
            return search
        names = {model.rpartition(" [")[0].lower(): model for model in self.models}
        wanted = search.lower()
        if wanted in names:
            return names[wanted]
        containing = sorted((name for name in names if wanted in name), key=len)
        return names[containing[0]] if containing else None

    def listed(self, *, labels: bool) -> dict[str, Any]:
        """The answer of module_list.

        Args:
            labels: whether labels are listed in place of names.
        """
        names = [module.label if labels else module.name for module in self.modules]
        details = [
            {"model_free": module.model_free, "sliders": list(module.sliders)}
            for module in self.modules
        ]
        return {"module_list": names, "module_detail": dict(zip(names, details, strict=True))}

    def types(self) -> dict[str, dict[str, Any]]:
        """The answer of control_types: modules by label, models with None among them."""
        tags = sorted({tag for module in self.modules for tag in module.tags})
        every = [module.label for module in self.modules]
        found = {"All": _group(every, [_NONE, *self.models], "none", _NONE)}
        for tag in tags:
            labels = [m.label for m in self.modules if tag in m.tags or m.name == "none"]
            models = [_NONE, *(m for m in self.models if _belongs(m, tag.lower()))]
            preferred = [m for m in models if _PREFERRED in m.split("[", maxsplit=1)[0]]
            default = (preferred or models[1:] or models)[0]
            found[tag] = _group(labels, models, (labels[1:] or labels)[0], default)
        return found


def _belongs(model: str, tag: str) -> bool:
    union = ("union",) if tag in _UNION else ()
    return any(word in model.lower() for word in (tag, *_OTHER_WORDS.get(tag, ()), *union))


def _group(
    modules: Sequence[str], models: Sequence[str], option: str, model: str
) -> dict[str, Any]:
    return {
        "module_list": list(modules),
        "model_list": list(models),
        "default_option": option,
        "default_model": model,
    }
