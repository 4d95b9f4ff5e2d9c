"""Putting back what a run that died left changed."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.client.options import put_back, same_value
from conformance.deployment.journal import remove
from conformance.errors import StillBusy
from conformance.target import Patience, wait_until_idle

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.client import Client
    from conformance.deployment.left_journal import LeftJournal

# A request of the run that died may still wait in the server's queue, with overrides in it.
PATIENCE = Patience(limit=60.0, gap=0.25)


def restore(
    journal: LeftJournal,
    connect: Callable[[], Client],
    say: Callable[[str], None],
    patience: Patience = PATIENCE,
) -> dict[str, tuple[Any, Any]]:
    """Put back what a journal tells, read it back, and remove the file.

    Doing it again does no harm, nor does an end in the middle: the file goes last.

    Args:
        journal: of a run that is over.
        connect: reaches its server; called where there is something to put back.
        say: told in words what is waited for.
        patience: how long to wait for what the run left under way.

    Returns:
        Name -> (value before the run, value found) of what had to be put back.

    Raises:
        StillBusy: the run is not over, or the server works.
        NotPutBack: options differ still; the file stays.
        ConformanceError: the server cannot be asked.
    """
    if journal.locked:
        raise StillBusy(f"{journal.path}: the run that writes this journal is not over")
    wanted = {} if journal.text is None else journal.text.at_stake
    left: dict[str, tuple[Any, Any]] = {}
    if wanted:
        client = connect()
        wait_until_idle(client, patience, say)
        now = client.options()
        pairs = {name: (value, now.get(name)) for name, value in wanted.items()}
        left = {name: pair for name, pair in pairs.items() if not same_value(*pair)}
        put_back(client, wanted)
    remove(journal.path)
    return left
