"""Options put back where a plain write does not do: behind a balancer, and without POST options."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.client.options import as_stored, same_value, without_secrets
from conformance.detection.probe import API
from conformance.errors import ConformanceError, RestoreError, ServerRefused
from conformance.runner import generation
from conformance.runner.one_state import ABSENT, ENOUGH, Kind

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from conformance.client.client import Client
    from conformance.client.options import OptionSource
    from conformance.exchange import Exchange
    from conformance.runner.one_state import Sighting
    from conformance.runner.option_record import OwnWrites


# Writes after which every server behind the address should have been met.
_MOST_WRITES = 40
# Reads without an answer after which the server counts as gone.
_MOST_MISSED = 3
# Requests that are let through between a look and a write, by turns: a balancer that goes round
# would otherwise take every look to one server and every write to the other.
_STEPS = 3
_SMALL = 64


def everywhere(
    source: OptionSource,
    own: OwnWrites,
    read: Callable[[], Mapping[str, Any]],
    before: Mapping[str, Any],
) -> None:
    """Put options back on every server behind an address, until strangers see nothing else.

    Args:
        source: writes.
        own: what this run wrote.
        read: the options over a new connection; empty where they cannot be read.
        before: option name -> old value.

    Raises:
        RestoreError: some differ still, with the values that were seen.
    """
    good = writes = missed = 0
    left: dict[str, tuple[Any, Any]] = {name: (value, "unknown") for name, value in before.items()}
    reason = ""
    while good < ENOUGH and writes < _MOST_WRITES and missed < _MOST_MISSED:
        now = read()
        if not now:
            missed += 1
            continue
        left = left_behind(own, now, before)
        if not left:
            good += 1
            continue
        for _ in range(writes % _STEPS):
            read()
        good, writes = 0, writes + 1
        reason = _write(source, {name: as_stored(before[name]) for name in left})
    if good < ENOUGH:
        raise RestoreError(without_secrets(left), reason)


def left_behind(
    own: OwnWrites,
    now: Mapping[str, Any],
    before: Mapping[str, Any],
) -> dict[str, tuple[Any, Any]]:
    """Name -> (before, now) of what one of the servers still has of this run.

    Args:
        own: what this run wrote.
        now: the options of the server; empty where they cannot be read.
        before: option name -> old value.
    """
    return {
        name: (value, now.get(name, "unknown"))
        for name, value in before.items()
        if name not in now or (not same_value(value, now[name]) and own.made(name, now[name]))
    }


def _write(source: OptionSource, values: dict[str, Any]) -> str:
    try:
        source.set_options(values)
    except ServerRefused as refused:
        return str(refused)
    except ConformanceError as error:
        return str(error)
    return ""


def caused(
    client: Client,
    look: Callable[[], Sighting],
    body: Mapping[str, Any],
    strange: Mapping[str, tuple[Any, Any]],
) -> dict[str, tuple[Any, Any]]:
    """Learn whether a write changes other options too, or another program wrote them meanwhile.

    They are put back, and the write is sent once more. What does not change again was written by
    somebody else, and gets the value that it was given.

    Args:
        client: how to reach the server.
        look: the options while nobody works.
        body: of the write, option name -> value.
        strange: name -> (before the write, after it) of options whose values nobody explains.

    Returns:
        Those that the write itself changes.
    """
    seen = look()
    # A job of somebody else's holds options for a while, and gives them back.
    stay = {n: p for n, p in strange.items() if same_value(seen.options.get(n), p[1])}
    if seen.kind is not Kind.ONE or not stay:
        return {}
    before = {name: as_stored(was) for name, (was, _) in stay.items() if was is not ABSENT}
    try:
        client.set_options(before)
        client.exchange("POST", f"{API}/options", json=dict(body))
        again = look().options
        found = {n: pair for n, pair in stay.items() if same_value(again.get(n), pair[1])}
        theirs = {n: as_stored(now) for n, (_, now) in stay.items() if n not in found}
        if theirs:
            client.set_options(theirs)
    except ConformanceError:
        return {}
    return found


def write_by_override(client: Client, values: Mapping[str, Any]) -> Exchange:
    """Have options set by a tiny picture that does not restore them; no file is written.

    Args:
        client: how to reach the server.
        values: option name -> value.

    Returns:
        What came.

    Source: modules/processing.py, process_images, at v1.10.1.
    """
    payload = generation.one_image(_SMALL) | {
        "override_settings": {name: as_stored(value) for name, value in values.items()},
        "override_settings_restore_afterwards": False,
    }
    return client.exchange("POST", f"{API}/txt2img", json=payload)
