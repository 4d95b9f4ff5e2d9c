"""Faults of the connection: refused, reset, closed, cut, silent, dripping, slow."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.faults.exchange import Answer, Asked, Ending, Hook, Next
from mockserver.faults.kind import EVERYWHERE, GENERATIONS, Kind, Site

if TYPE_CHECKING:
    from collections.abc import Mapping


#: The one kind that happens before a request can be read.
REFUSED = "refused"


def _instead(ending: Ending) -> Any:
    """A builder of hooks that let the request run and send nothing of its answer."""

    def build(_: Mapping[str, Any], __: Site) -> Hook:
        return lambda asked, following: following(asked).ends(ending)

    return build


def _never(_: Mapping[str, Any], __: Site) -> Hook:
    """The server has not even begun: it hangs."""
    return lambda _, __: Answer(200).ends(Ending.NEVER)


def _cut(options: Mapping[str, Any], _: Site) -> Hook:
    def hook(asked: Asked, following: Next) -> Answer:
        answer = following(asked)
        given = options["sent"]
        sent = len(answer.body) // 2 if given is None else int(given)
        return answer.ends(Ending.CUT, sent=min(sent, max(len(answer.body) - 1, 0)))

    return hook


def _drip(options: Mapping[str, Any], _: Site) -> Hook:
    pause = float(options["pause"])
    return lambda asked, following: following(asked).ends(Ending.DRIP, pause=pause)


def _passes(_: Mapping[str, Any], __: Site) -> Hook:
    return lambda asked, following: following(asked)


TRANSPORT = (
    Kind(
        REFUSED,
        "Connections are refused; connections that are open are closed.",
        _passes,
        EVERYWHERE,
        {"seconds": None},
    ),
    Kind("reset", "The connection is reset instead of an answer.", _instead(Ending.RESET)),
    Kind("closed", "The connection closes without an answer.", _instead(Ending.CLOSED)),
    Kind(
        "dropped",
        "The connection closes in the middle of the body.",
        _cut,
        EVERYWHERE,
        {"sent": None},
    ),
    Kind("never", "No answer ever comes.", _never, GENERATIONS),
    Kind(
        "drip",
        "The body comes in twenty pieces with pauses between them.",
        _drip,
        EVERYWHERE,
        {"pause": 0.1},
    ),
    Kind("slow", "Nothing but the latency that the fault names.", _passes),
)
