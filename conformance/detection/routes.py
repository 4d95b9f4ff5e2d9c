"""The routes that a server offers, which of them can be asked, and which its operator switched off.

Source of the latter: modules/extensions.py, ``active``, and extensions-builtin/Lora of v1.10.1;
Forge has the same extension under a name of its own.
"""

from __future__ import annotations

import re
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from conformance.detection.probe import API, OPENAPI, as_object
from conformance.detection.profile import claims, known_routes

if TYPE_CHECKING:
    from collections.abc import Iterator

    from conformance.detection.probe import Probe
    from conformance.detection.profile import ServerProfile


# A route of such a name may do something even where it is asked with GET.
_DOES = re.compile(
    r"(?:^|[/_-])(?:kill|stop|restart|shutdown|interrupt|skip|(?:un|re)load|refresh|reset|delete"
    r"|remove|clear|log-?out|startup|train|create|install|update|generate|run|predict)",
    re.IGNORECASE,
)
_METHODS = ("get", "post", "put", "patch", "delete")
_PLACEHOLDER = "its path has a part that is not known"
_ACTS = "to ask for it could do what it is for"
_UNDOCUMENTED = "no document says what it refuses"


@dataclass(frozen=True)
class OfferedRoute:
    """A method of a path that a server lists, or that its kind has.

    Args:
        method: in capitals.
        path: without a slash at its end.
        unasked: why nobody asks it to find something out; empty where it can be asked.
    """

    method: str
    path: str
    unasked: str = ""

    def __str__(self) -> str:
        return f"{self.method} {self.path}"

    @property
    def body(self) -> dict[str, Any]:
        """What is sent with it: a JSON array, which a route that needs an object refuses."""
        return {"json": [1]} if self.method == "POST" else {}


def offered_routes(probe: Probe, profile: ServerProfile) -> tuple[OfferedRoute, ...]:
    """Every route of the server's own document, and those that its kind has; each once.

    A GET can be asked unless its name says that it does something. A POST can be asked where the
    document says that it needs a JSON object: FastAPI refuses an array before the route's own
    code runs.

    Args:
        probe: the answers to the cheap reads.
        profile: what kind of server it is.
    """
    document = probe.json(OPENAPI)
    listed = list(_listed(document if isinstance(document, dict) else {}))
    for name in known_routes():
        method, _, path = name.partition(" ")
        if claims(profile, method, path):
            known = _read(path) if method == "GET" else _offered(method, path, _UNDOCUMENTED)
            listed.append(known)
    found: dict[str, OfferedRoute] = {}
    for each in listed:
        found.setdefault(str(each), each)
    return tuple(found.values())


def _listed(document: dict[str, Any]) -> Iterator[OfferedRoute]:
    for path, methods in as_object(document.get("paths")).items():
        for method, operation in as_object(methods).items():
            if method == "get":
                yield _read(path)
            elif method in _METHODS:
                object_needed = method == "post" and _needs_an_object(
                    document, as_object(operation)
                )
                yield _offered(method.upper(), path, "" if object_needed else _ACTS)


def _read(path: str) -> OfferedRoute:
    return _offered("GET", path, _ACTS if _DOES.search(path) else "")


def _offered(method: str, path: str, unasked: str) -> OfferedRoute:
    # A path with a placeholder has no address of its own.
    return OfferedRoute(method, path.rstrip("/") or "/", _PLACEHOLDER if "{" in path else unasked)


def _needs_an_object(document: dict[str, Any], operation: dict[str, Any]) -> bool:
    """Whether a route cannot do anything with a JSON array."""
    body = as_object(operation.get("requestBody"))
    content = as_object(body.get("content"))
    schema = as_object(as_object(content.get("application/json")).get("schema"))
    reference = str(schema.get("$ref", "")).rpartition("/")[2]
    if reference:
        models = as_object(as_object(document.get("components")).get("schemas"))
        schema = as_object(models.get(reference))
    return body.get("required") is True and schema.get("type") == "object"


#: Path -> folders of the built-in extension that has it.
_OF_EXTENSIONS = {
    f"{API}/loras": ("Lora", "sd_forge_lora"),
    f"{API}/refresh-loras": ("Lora", "sd_forge_lora"),
}


def switched_off(probe: Probe, path: str) -> str:
    """Why a server lacks a route by its operator's will.

    Args:
        probe: of the server; asks for its flags and options.
        path: with any query.

    Returns:
        A sentence that names the flag or option; empty where neither switches the route off.
    """
    folders = _OF_EXTENSIONS.get(path.partition("?")[0])
    if folders is None:
        return ""
    flags, options = (as_object(probe.json(f"{API}/{name}")) for name in ("cmd-flags", "options"))
    if flags.get("disable_all_extensions") is True:
        return _sentence(folders[0], "--disable-all-extensions")
    if options.get("disable_all_extensions") == "all":
        return _sentence(folders[0], "the option disable_all_extensions")
    disabled = options.get("disabled_extensions")
    if isinstance(disabled, list) and any(folder in disabled for folder in folders):
        return _sentence(folders[0], "the option disabled_extensions")
    return ""


def _sentence(folder: str, by: str) -> str:
    return f"{by} switches off the built-in extension {folder}, which has this route"
