"""How much a difference weighs."""

from __future__ import annotations

import re

from mockserver.drift.difference import Change, Weight

#: Lists of what lies on one server's disk; other lists come with the program.
FILES = frozenset(
    {"sd-models", "sd-modules", "sd-vae", "loras", "embeddings", "hypernetworks"}
    | {"prompt-styles", "extensions", "realesrgan-models"}
)
#: Values that somebody sets.
_SETTINGS = frozenset({"options", "cmd-flags"})
#: Source: the fields of state and of memory in modules/shared_state.py and modules/api/api.py;
#: gradio's app_id; seeds are fixed in the recorder's plan.
_VOLATILE = re.compile(
    r"/(?:job_timestamp|app_id|eta_relative|job_no|job_count|sampling_steps?|current_image"
    r"|date|x-process-time|used|free|total|mtime)$|^memory\.json/(?:ram|cuda)/"
)
#: Flags are null until somebody sets them.
_FLAGS = "cmd-flags"
#: What a document says of --api-auth.
_SECURITY = re.compile(r"/security$|/securitySchemes$")
_EXCHANGES = "exchanges/"


def weigh(file: str, place: str, change: Change) -> Weight:
    """The weight of a difference.

    Args:
        file: the set's file.
        place: JSON pointer in it.
        change: what became of it.
    """
    name = file.removesuffix(".json")
    if change is Change.CHANGED and _VOLATILE.search(file + place):
        return Weight.VOLATILE
    if file.startswith(_EXCHANGES):
        own = change is Change.CHANGED and not name.startswith(f"{_EXCHANGES}error-")
        return Weight.INSTALLATION if own and "/status" not in place else Weight.API
    if name in FILES and "/*/" not in place:
        return Weight.INSTALLATION
    return Weight.INSTALLATION if _is_set(name, place, change) else Weight.API


def _is_set(name: str, place: str, change: Change) -> bool:
    """Whether it is something that an operator sets."""
    if name == "openapi":
        return _SECURITY.search(place) is not None
    if name == _FLAGS and change is Change.RETYPED:
        return True
    return name in _SETTINGS and change is Change.CHANGED
