"""What a run adds to its report by itself: what hid results, what it left, what stays changed."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.errors import RestoreError
from conformance.gateway import turned_away
from conformance.runner.events import OptionsNotRestored, Section
from conformance.runner.no_model import NO_MODEL

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence

    from conformance.runner.retries import Retries
    from conformance.verdict import Result


_NOT_RUN = (
    "What would write or disturb was not run; what this run had changed was put back wherever it "
    "was seen."
)


def too_fast(names: Sequence[str]) -> Section:
    """What could not be watched, for the report and its verdict line.

    Args:
        names: ids of the requirements.
    """
    count = len(names)
    return Section(
        key="too-fast",
        title="Too fast to be watched",
        lines=(
            "Jobs were over before all of this could be seen; a higher --budget makes them longer.",
            f"Not looked at: {', '.join(names)}.",
        ),
        tone="info",
        short=f"{count} not watched: the server is too fast",
    )


def writing_ended(message: str) -> Section:
    """Why nothing more was written to the server, before everything else.

    Args:
        message: the reason, as a clause.
    """
    return Section(
        key="stopped",
        title="Nothing more was written to this server",
        lines=(_sentence(message), _NOT_RUN),
        tone="bad",
        urgent=True,
    )


def not_restored(error: BaseException, remedy: str) -> OptionsNotRestored:
    """Options that stay changed, and the command that puts them back.

    Args:
        error: why: they could not be put back, or somebody ended the run meanwhile.
        remedy: the command; empty where nothing is noted.
    """
    broken = isinstance(error, RestoreError)
    message = str(error) if broken else "putting options back was interrupted"
    later = f"; later, put them back with: {remedy}" if remedy else ""
    return OptionsNotRestored(f"{message}{later}")


def left_on_disk(things: Mapping[str, Sequence[str]]) -> Section:
    """What stays on the server's disk, by name.

    Args:
        things: each with the ids of the requirements that left it.
    """
    lines = tuple(_sentence(f"{thing} ({', '.join(ids)})") for thing, ids in things.items())
    return Section(key="leftovers", title="Left on the server's disk", lines=lines, tone="info")


def _sentence(message: str) -> str:
    return f"{message[:1].upper()}{message[1:]}."


_LOAD = "load one and run again"
# The checks of these show wrong credentials on purpose.
_OF_CREDENTIALS = ("AUTH-", "EXT-002")
# Ids that a line names of those that one cause hid.
_NAMED = 8


def not_seen(results: Sequence[Result]) -> Section:
    """What gateways and limits of the rate hid from a run; each cause is reported once.

    Args:
        results: those that something hid.
    """
    hid: dict[str, list[str]] = {}
    remedies = {result.hidden_by: _remedy(result) for result in results}
    for result in results:
        hid.setdefault(result.hidden_by, []).append(result.id)
    causes = sorted(hid.items(), key=lambda item: -len(item[1]))
    first, *others = (
        f"{cause} ({len(ids)})" if len(causes) > 1 else cause for cause, ids in causes
    )
    rest = [name.removeprefix("the gateway answered ") for name in others]
    return Section(
        key="gateway",
        title="What could not be seen",
        lines=tuple(_hidden_line(cause, ids, remedies[cause]) for cause, ids in causes),
        tone="warn",
        short=f"{len(results)} could not be seen: {', '.join([first, *rest])}",
    )


def _remedy(result: Result) -> str:
    away = turned_away(result.exchanges[0]) if result.exchanges else None
    if away is None:
        return _LOAD if result.hidden_by == NO_MODEL else ""
    return away.remedy


def _hidden_line(cause: str, ids: list[str], remedy: str) -> str:
    named = ", ".join(sorted(ids)[:_NAMED])
    more = f" and {len(ids) - _NAMED} more" if len(ids) > _NAMED else ""
    if all(name.startswith(_OF_CREDENTIALS) for name in ids):
        remedy = "it asks for credentials before the webui can"
    return f"{cause}: {named}{more} could not be seen; {remedy}"


def came_later(retries: Retries) -> Section:
    """How often the server, or its gateway, asked for a request to come later.

    Args:
        retries: what was waited for.
    """
    return Section(
        key="rate-limit",
        title="Requests that were to come later",
        lines=(retries.summary,),
        tone="info",
        short=retries.short,
    )
