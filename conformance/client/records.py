"""The items of the lists, read from JSON into records."""

from __future__ import annotations

from dataclasses import MISSING, dataclass, field, fields
from functools import cache
from types import NoneType, UnionType
from typing import TYPE_CHECKING, Any, TypeVar, cast, get_args, get_origin, get_type_hints

from conformance.errors import MalformedAnswer

if TYPE_CHECKING:
    from conformance.exchange import Exchange


T = TypeVar("T")

_NAMES = {str: "text", int: "an integer", float: "a number", bool: "true or false"}
_NAMES |= {NoneType: "null", list: "an array", dict: "an object"}


def read_record(cls: type[T], value: Any, exchange: Exchange, where: str = "the answer") -> T:
    """Read an object into a dataclass; keys that it does not know are passed over.

    Args:
        cls: the dataclass.
        value: any JSON.
        exchange: that it came in.
        where: the place in the answer, for the error.

    Raises:
        MalformedAnswer: no object, a key is missing, or a value has another type.
    """
    if not isinstance(value, dict):
        raise MalformedAnswer(f"{where}: {_wanted(dict, value)}", exchange)
    found: dict[str, Any] = {}
    for name, (hint, required) in _shape(cast("Any", cls)).items():
        if name in value:
            if not fits(value[name], hint):
                said = _wanted(hint, value[name])
                raise MalformedAnswer(f"{where}, {name}: {said}", exchange)
            found[name] = value[name]
        elif required:
            raise MalformedAnswer(f"{where}: the key {name!r} is missing", exchange)
    return cls(**found)


def read_records(cls: type[T], value: Any, exchange: Exchange) -> list[T]:
    """Read an array of objects into dataclasses.

    Args:
        cls: the dataclass of an item.
        value: any JSON.
        exchange: that it came in.

    Raises:
        MalformedAnswer: as ``read_record``, with the index of the entry.
    """
    if not isinstance(value, list):
        raise MalformedAnswer(f"the answer: {_wanted(list, value)}", exchange)
    return [read_record(cls, item, exchange, f"entry {i}") for i, item in enumerate(value)]


def read_object(value: Any, exchange: Exchange) -> dict[str, Any]:
    """Take an answer that is an object.

    Args:
        value: any JSON.
        exchange: that it came in.

    Raises:
        MalformedAnswer: it is something else.
    """
    if not isinstance(value, dict):
        raise MalformedAnswer(f"the answer: {_wanted(dict, value)}", exchange)
    return value


def fits(value: Any, hint: Any) -> bool:
    """Whether a JSON value has the type of an annotation; an int is a float, a bool is no int.

    Args:
        value: any JSON.
        hint: an annotation, such as ``int | None``.
    """
    if hint is Any:
        return True
    origin = get_origin(hint)
    if origin is UnionType:
        return any(fits(value, part) for part in get_args(hint))
    if origin is list:
        return isinstance(value, list) and all(fits(item, get_args(hint)[0]) for item in value)
    if origin is dict:
        return isinstance(value, dict) and all(fits(v, get_args(hint)[1]) for v in value.values())
    if hint in (int, float) and isinstance(value, bool):
        return False
    return isinstance(value, (int, float) if hint is float else hint)


@cache
def _shape(cls: Any) -> dict[str, tuple[Any, bool]]:
    hints = get_type_hints(cls)
    return {
        item.name: (
            hints[item.name],
            item.default is MISSING and item.default_factory is MISSING,
        )
        for item in fields(cls)
    }


def type_text(hint: Any) -> str:
    """An annotation in the words of JSON: ``text or null``; what JSON does not have is left out.

    Args:
        hint: an annotation, such as ``str | None``.
    """
    if get_origin(hint) is UnionType:
        parts = (type_text(part) for part in get_args(hint))
        return " or ".join(part for part in parts if part)
    if get_origin(hint) is list:
        return f"an array of {type_text(get_args(hint)[0]).removeprefix('an ').removeprefix('a ')}"
    return _NAMES.get(get_origin(hint) or hint, "")


def _wanted(hint: Any, value: Any) -> str:
    came = _NAMES.get(type(value), type(value).__name__)
    return f"{type_text(hint) or 'a value'} was expected, and came {came}"


@dataclass(frozen=True)
class Sampler:
    """An entry of samplers."""

    name: str
    aliases: list[str] = field(default_factory=list)
    options: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scheduler:
    """An entry of schedulers, from v1.10; KoboldCpp and stable-diffusion.cpp send two keys."""

    name: str
    label: str
    aliases: list[str] | None = None
    default_rho: float | None = None
    need_inner_model: bool | None = None


@dataclass(frozen=True)
class Upscaler:
    """An entry of upscalers."""

    name: str
    model_name: str | None = None
    model_path: str | None = None
    model_url: str | None = None
    scale: float | None = None


@dataclass(frozen=True)
class LatentUpscaleMode:
    """An entry of latent-upscale-modes, from v1.6."""

    name: str


@dataclass(frozen=True)
class Checkpoint:
    """An entry of sd-models; the hash is null until the file was hashed."""

    title: str
    model_name: str
    filename: str = ""
    hash: str | None = None
    sha256: str | None = None
    config: str | None = None

    @property
    def aliases(self) -> tuple[str, ...]:
        """The names under which options and overrides may speak of it."""
        names = (self.title, self.model_name, self.hash, self.sha256)
        return tuple(name for name in names if name)


@dataclass(frozen=True)
class Vae:
    """An entry of sd-vae, from v1.6."""

    model_name: str
    filename: str = ""


@dataclass(frozen=True)
class Lora:
    """An entry of loras; KoboldCpp sends neither alias nor metadata."""

    name: str
    path: str = ""
    alias: str | None = None
    metadata: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Hypernetwork:
    """An entry of hypernetworks."""

    name: str
    path: str | None = None


@dataclass(frozen=True)
class FaceRestorer:
    """An entry of face-restorers."""

    name: str
    cmd_dir: str | None = None


@dataclass(frozen=True)
class RealesrganModel:
    """An entry of realesrgan-models."""

    name: str
    path: str | None = None
    scale: int | None = None


@dataclass(frozen=True)
class PromptStyle:
    """An entry of prompt-styles."""

    name: str
    prompt: str | None = None
    negative_prompt: str | None = None


@dataclass(frozen=True)
class Embeddings:
    """The answer of embeddings: name -> facts, of those in use and those that do not fit."""

    loaded: dict[str, Any]
    skipped: dict[str, Any] = field(default_factory=dict)


@dataclass(frozen=True)
class Scripts:
    """The answer of scripts: the names that txt2img and img2img accept."""

    txt2img: list[str]
    img2img: list[str]


@dataclass(frozen=True)
class ScriptInfo:
    """An entry of script-info, from v1.3."""

    name: str
    is_alwayson: bool
    is_img2img: bool
    args: list[dict[str, Any]] = field(default_factory=list)


@dataclass(frozen=True)
class Extension:
    """An entry of extensions, from v1.7; Forge sends the commit date as a number."""

    name: str
    enabled: bool
    remote: str | None = None
    branch: str | None = None
    commit_hash: str | None = None
    commit_date: str | int | None = None
    version: str | None = None


@dataclass(frozen=True)
class Memory:
    """The answer of memory: bytes by name, or an ``error`` where there are none."""

    ram: dict[str, Any]
    cuda: dict[str, Any]
