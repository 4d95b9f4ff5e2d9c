"""Which options a request may change."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.client.jsontext import parse_json
from conformance.target import API

if TYPE_CHECKING:
    from conformance.client.transport import Outgoing

OPTIONS = f"{API}/options"
# Stands for options whose names the request does not tell.
ANY = "*"
_GENERATIONS = (f"{API}/txt2img", f"{API}/img2img")


def at_stake(outgoing: Outgoing) -> tuple[str, ...] | None:
    """Names of the options that a request may change; None where it changes none.

    Options are written by POST options, and by ``override_settings`` of a generation, which
    stay on a server that never saved its settings. An ``infotext`` may bring overrides of any
    name (modules/infotext_utils.py at v1.10.1).
    """
    path = outgoing.path.partition("?")[0].rstrip("/")
    if outgoing.method != "POST" or path not in {OPTIONS, *_GENERATIONS}:
        return None
    body = _object(outgoing.body)
    if path == OPTIONS:
        return tuple(body)
    overrides = body.get("override_settings")
    names = tuple(overrides) if isinstance(overrides, dict) else ()
    names += (ANY,) if body.get("infotext") else ()
    return names or None


def _object(body: bytes | None) -> dict[str, Any]:
    """The body as a JSON object; empty where it is none."""
    try:
        value = parse_json((body or b"").decode("utf-8"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}
