"""Extra networks: ``<lora:...>`` and ``<hypernet:...>`` tags in prompts.

Source: modules/extra_networks.py, extensions-builtin/Lora/extra_networks_lora.py and
modules/extra_networks_hypernet.py, at v1.10.1.
"""

from __future__ import annotations

import re
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import OPERATIONS, server_error

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing


_TAG = re.compile(r"<(\w+):([^>]+)>")
#: Other names of a kind of network.
_ALIASES = {"lyco": "lora"}
#: Signs left out of a lora's name in ``Lora hashes``.
_FORBIDDEN_SIGNS = str.maketrans("", "", ":,")
_NONE = "None"
#: The option that adds a network of a kind to every prompt.
_ADDED_BY = {"lora": "sd_lora", "hypernet": "sd_hypernetwork"}


@dataclass
class ExtraNetworks:
    """What the tags of a prompt ask for.

    Attributes:
        tags: arguments of each tag by the kind of network, in the order they stand.
        active: (kind, name, multipliers) of what was found and is in use; it changes pixels.
    """

    tags: dict[str, list[list[Any]]] = field(default_factory=dict)
    active: tuple[tuple[str, str, tuple[float, ...]], ...] = field(default=(), compare=False)


def without_tags(prompts: Sequence[Any]) -> tuple[list[str], ExtraNetworks]:
    """Prompts without their tags, and the tags of the first (``parse_prompts``).

    Args:
        prompts: prompts of the batch.

    Raises:
        ServerError: TypeError for a prompt that is None.
    """
    found: dict[str, list[list[Any]]] = {}
    bare: list[str] = []
    try:
        for number, prompt in enumerate(prompts):
            if number == 0:
                for kind, arguments in _TAG.findall(prompt):
                    found.setdefault(kind, []).append(arguments.split(":"))
            bare.append(_TAG.sub("", prompt))
    except OPERATIONS as error:
        raise server_error(error) from error
    return bare, ExtraNetworks(found)


def _multipliers(arguments: Sequence[Any]) -> tuple[float, ...]:
    """Text encoder and U-Net multiplier of a lora tag, and its dimension if it names one."""
    named = dict(a.split("=", 1) for a in arguments if isinstance(a, str) and a.count("=") == 1)
    positional = [a for a in arguments if not (isinstance(a, str) and a.count("=") == 1)]
    text = float(positional[1]) if len(positional) > 1 else 1.0
    text = float(named.get("te", text))
    unet = float(positional[2]) if len(positional) > 2 else text  # noqa: PLR2004 - third argument
    unet = float(named.get("unet", unet))
    dim = named.get("dyn", positional[3] if len(positional) > 3 else None)  # noqa: PLR2004
    return (text, unet) if dim is None else (text, unet, int(dim))


def _name(arguments: Sequence[Any]) -> str:
    positional = [a for a in arguments if not (isinstance(a, str) and a.count("=") == 1)]
    return str(positional[0])


def _tags(networks: ExtraNetworks, kind: str) -> list[list[Any]]:
    """Tags of a kind, those under its other names behind them."""
    return [
        arguments
        for name, tags in networks.tags.items()
        if _ALIASES.get(name, name) == kind
        for arguments in tags
    ]


def _add_from_option(
    server: GenerationContext, p: Processing, kind: str, known: Any, tags: list[list[Any]]
) -> None:
    """The network that an option adds to every prompt, unless the prompt names it."""
    added = server.options[_ADDED_BY[kind]]
    known_one = isinstance(added, str) and added != _NONE and added in known
    if not known_one or any(tag[0] == added for tag in tags):
        return
    multiplier = server.options["extra_networks_default_multiplier"]
    p.all_prompts = [f"{prompt}<{kind}:{added}:{multiplier}>" for prompt in p.all_prompts]
    tags.append([added, multiplier])


def _loras(
    server: GenerationContext, p: Processing, networks: ExtraNetworks
) -> list[tuple[str, Any]]:
    """Names and multipliers of the loras in use; none at all if one tag is malformed."""
    tags = _tags(networks, "lora")
    _add_from_option(server, p, "lora", {lora.name for lora in server.networks.loras}, tags)
    try:
        wanted = [(_name(tag), _multipliers(tag)) for tag in tags]
    except (ValueError, IndexError):
        return []
    find = server.networks.find_lora
    return [(name, numbers) for name, numbers in wanted if find(name) is not None]


def _hypernetworks(
    server: GenerationContext, p: Processing, networks: ExtraNetworks
) -> list[tuple[str, Any]]:
    tags = _tags(networks, "hypernet")
    known = server.networks.hypernetworks
    _add_from_option(server, p, "hypernet", known, tags)
    try:
        wanted = [(tag[0], (float(tag[1]) if len(tag) > 1 else 1.0,)) for tag in tags]
    except ValueError:
        return []
    return [(name, numbers) for name, numbers in wanted if name in known]


#: Finds the networks of a kind; in the order in which the webui registers them.
_FINDERS = {"hypernet": _hypernetworks, "lora": _loras}


def _note_hashes(server: GenerationContext, p: Processing, names: list[str]) -> None:
    if not server.options["lora_add_hashes_to_infotext"]:
        return
    if not p.is_hr_pass:
        p.lora_hashes = {}
    for name in names:
        lora = server.networks.find_lora(name)
        if lora is not None:
            p.lora_hashes[name.translate(_FORBIDDEN_SIGNS)] = lora.short_hash
    if p.lora_hashes:
        p.extra_generation_params["Lora hashes"] = ", ".join(
            f"{name}: {short}" for name, short in p.lora_hashes.items()
        )


def activate(server: GenerationContext, p: Processing, networks: ExtraNetworks) -> None:
    """Put the networks of the tags to use; what is unknown or malformed is passed over.

    Adds ``Lora hashes`` to the extra parameters.

    Args:
        server: the networks that it has, and its options.
        p: the generation; tags that options add go into `all_prompts`.
        networks: what the tags ask for; what is in use is noted there.
    """
    added = any(server.options[option] != _NONE for option in _ADDED_BY.values())
    if not networks.tags and not added:
        p.lora_hashes = {} if not p.is_hr_pass else p.lora_hashes
        return
    # A kind that the tags name comes first, as an option adds its network to the prompts then.
    named = [_ALIASES.get(kind, kind) for kind in networks.tags]
    order = dict.fromkeys([*(kind for kind in named if kind in _FINDERS), *_FINDERS])
    found = {kind: _FINDERS[kind](server, p, networks) for kind in order}
    networks.active = tuple(
        (kind, name, numbers)
        for kind in ("lora", "hypernet")
        for name, numbers in found[kind]
        if any(number != 0 for number in numbers)
    )
    _note_hashes(server, p, [name for name, _ in found["lora"]])
