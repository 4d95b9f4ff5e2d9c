"""Scripts that a request names: which there are, and what becomes of long arguments.

The mock draws as though no script had been chosen: those of SD.Next are pipelines of their own.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError
from mockserver.core.upstream_errors import raises_upstream

if TYPE_CHECKING:
    from mockserver.backends.sdnext.server import SdNext


_REFUSED = 422
#: Texts from this length on stand as their length alone in an answer's ``parameters``.
_LONG = 1000


def check_alwayson(server: SdNext, tab: str, named: dict[str, Any]) -> None:
    """Refuse scripts that are unknown, or that run only when they are chosen.

    Args:
        server: its lists tell the scripts.
        tab: ``txt2img`` or ``img2img``.
        named: the request's ``alwayson_scripts``.

    Raises:
        HTTPError: 422. Recorded: t2i-field/alwayson_scripts-6, -10.
        ServerError: what a script is given is null or a number.
    """
    if not named:
        return
    known = {name.lower() for name in server.listed("scripts")[tab]}
    always = {row["name"].lower() for row in server.listed("script-info") if row["is_alwayson"]}
    for name, given in named.items():
        if str(name).lower() not in known:
            raise HTTPError(_REFUSED, f"Always on script not found: {name}")
        if str(name).lower() not in always:
            words = f"Selectable script cannot be in always on params: {name}"
            raise HTTPError(_REFUSED, words)
        _arguments(given)


def check_selected(server: SdNext, tab: str, name: str | None) -> None:
    """Fail where the chosen script does; a name that is none is ignored.

    Raises:
        ServerError: IndexError. Recorded: t2i-script/prompt-matrix of sdnext-2026-07.
    """
    chosen = (name or "").lower()
    if chosen in server.program.broken_scripts and chosen in server.listed("scripts")[tab]:
        raise ServerError("IndexError", "list index out of range")


def shorten(echo: dict[str, Any]) -> None:
    """Replace long texts among the arguments of scripts, in an answer's ``parameters``."""
    echo["script_args"] = _shortened(echo["script_args"])
    for given in echo["alwayson_scripts"].values():
        if isinstance(given, dict) and isinstance(given.get("args"), list):
            given["args"] = _shortened(given["args"])


@raises_upstream
def _arguments(given: Any) -> bool:
    return "args" in given


def _shortened(values: list[Any]) -> list[Any]:
    return [
        f"<str {len(value)}>" if isinstance(value, str) and len(value) >= _LONG else value
        for value in values
    ]
