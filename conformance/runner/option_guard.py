"""Notes options before a request can change them, and puts them back."""

from __future__ import annotations

from contextlib import contextmanager
from functools import cached_property
from threading import RLock
from typing import TYPE_CHECKING, Any

from conformance.client.options import DERIVED, put_back, read_options, without_secrets
from conformance.client.requester import refusal
from conformance.errors import AnswerError, ConformanceError, ConnectionFailed, RestoreError
from conformance.gateway import turned_away
from conformance.runner.one_state import ABSENT, FOLLOWING, PATIENCE, Kind, Onlooker
from conformance.runner.option_record import (
    ANY,
    OPTIONS,
    OptionReads,
    OwnWrites,
    describe_differences,
    differences,
    moved,
    options_at_risk,
)
from conformance.runner.putting_back import caused, everywhere, left_behind, write_by_override
from conformance.runner.retries import is_gone
from conformance.verdict import WritingStopped, seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.client.options import OptionJournal
    from conformance.client.transport import Outgoing
    from conformance.exchange import Exchange
    from conformance.runner.budget import RequestSender
    from conformance.runner.one_state import Sighting


# Strangers' reads at the end of a run that wrote.
_AT_LAST = 3
# Seconds between two looks, for jobs show the second in which they begin.
_PAUSE = 1.1


class OptionGuard:
    """Knows the options as they were, and puts back what this run changed.

    ``wrote`` says whether any request could have changed options in this run, ``unsettled``
    whether one could since they were last put back. ``stopped`` says why nothing more may be
    written; empty while it may. ``others`` holds what another program changed meanwhile, and
    ``disturbed`` says that options looked changed, as they do while a job overrides them.

    Args:
        sender: sends the requests.
        journal: notes all old values before the first write, and the names before each;
            None for none.
    """

    def __init__(self, sender: RequestSender, journal: OptionJournal | None = None) -> None:
        self._sender = sender
        self._journal = journal
        self._before: dict[str, Any] | None = None
        self._own = OwnWrites()
        self._noted: list[str] = []
        self._lock = RLock()
        self._several = self._restoring = self._ended = False
        self.wrote = self.unsettled = False
        self.patience, self.may_post = PATIENCE, True
        self.disturbed, self.stopped = False, ""
        self.others: dict[str, tuple[Any, Any]] = {}

    @cached_property
    def _onlooker(self) -> Onlooker:
        return Onlooker(self._sender.client, self.patience)

    @cached_property
    def _reads(self) -> OptionReads:
        return OptionReads(self._sender, lambda: self._onlooker.options(anew=False))

    @property
    def remedy(self) -> str:
        """The command that puts everything back later; empty where nothing is noted."""
        return self._journal.remedy if self._journal is not None else ""

    @property
    def before(self) -> dict[str, Any]:
        """The options as they were when they were first asked for.

        Raises:
            AnswerError: the server does not show them.
            ConnectionFailed: no whole answer came.
        """
        if self._before is None:
            now = self.options()
            # A job of somebody else's may hold options of its own.
            self._before = dict(self._onlooker.look(times=1).options) or now
        return self._before

    def options(self) -> dict[str, Any]:
        """The options as they are; raises as ``before``."""
        return self._reads.options()

    def set_options(self, values: Mapping[str, Any]) -> None:
        """Write options.

        Args:
            values: option name -> value.

        Raises:
            ServerRefused: the server would not take them.
            ConnectionFailed: no whole answer came.
        """
        exchange = self._write(values) if self.may_post or not self._restoring else None
        if exchange is None or (self._restoring and turned_away(exchange)):
            # Nobody may post options here, a gateway says; a picture sets them all the same.
            exchange = write_by_override(self._sender.client, values)
        if not exchange.ok:
            raise refusal(exchange)

    def post(self, body: Any) -> Exchange:
        """Send any body to POST options, the old values noted first; whatever comes is returned.

        Args:
            body: any JSON, also what is no object.

        Returns:
            What came, whatever its status.

        Raises:
            Hidden: something in front of the server answered in its place.
            WritingStopped: nothing more may be written.
        """
        return seen(self._write(body))

    def _write(self, body: Any) -> Exchange:
        if self._restoring or not body or not isinstance(body, dict):
            return self._sender.send("POST", OPTIONS, json=body)
        last = self._reads.quietly()
        self.remember(body)
        exchange = self._sender.send("POST", OPTIONS, json=body)
        now = self._reads.quietly()
        changed = differences(last, now) if last and now else {}
        # An alias of a checkpoint takes its title.
        self._own.cause({n: p for n, p in changed.items() if n in FOLLOWING and n in body})
        mine = FOLLOWING | {n for n, p in changed.items() if self._own.made(n, p[1])}
        strange = {n: pair for n, pair in changed.items() if n not in mine}
        if strange:
            self._restoring = True
            try:
                self._own.cause(caused(self._sender.client, self._onlooker.look, body, strange))
            finally:
                self._restoring = False
        return exchange

    def guard(self, outgoing: Outgoing) -> None:
        """Note the old values before any request of anybody that may change options.

        A generation with overrides goes out also where the options cannot be read.

        Args:
            outgoing: the request, before it is sent.

        Raises:
            As ``before``, for a write.
            JournalError: they cannot be noted.
            WritingStopped: nothing more may be written.
        """
        names = options_at_risk(outgoing) if outgoing.method == "POST" else None
        if names is None:
            return
        self._sender.client.turn.keep()
        try:
            self.remember(names)
        except (AnswerError, ConnectionFailed):
            if outgoing.path.startswith(OPTIONS):
                raise
        self._reads.written()
        if not self._restoring:
            self._own.send(outgoing, names)

    def remember(self, names: Iterable[str] = ()) -> None:
        """Note the old values before they may change.

        Args:
            names: of the options that may change, as far as they are known.

        Raises:
            As ``before``.
            JournalError: they cannot be noted.
            WritingStopped: nothing more may be written.
        """
        with self._lock:
            self._insist()
            before = self.before
            if not self.wrote and self._journal is not None:
                self._journal.opened(before)
            self.wrote = self.unsettled = True
            new = [name for name in names if name not in self._noted]
            if new and self._journal is not None:
                self._journal.writing(new)
            self._noted += new

    def _insist(self) -> None:
        """Nothing is written where a doubt proved right."""
        if self._restoring:
            return
        if self._reads.doubt:
            self.look_again()
        if self.stopped:
            raise WritingStopped(f"nothing more is written: {self.stopped}")

    @property
    def doubtful(self) -> bool:
        """Whether options seem to have changed by themselves."""
        return self._before is not None and self._reads.doubt

    def look(self, *, thorough: bool) -> None:
        """Look for several states as strangers see them; several stop all writing.

        Args:
            thorough: whether instances with equal options count too.
        """
        self._heed(self._onlooker.look(thorough=thorough))

    def _heed(self, seen: Sighting) -> Sighting:
        if seen.kind is Kind.SEVERAL:
            self._several = True
            self.stopped = self.stopped or seen.sign
        return seen

    def look_again(self) -> Mapping[str, Any]:
        """Look whether options changed by themselves, once that seems so.

        Several states, or a change by another program, stop all writing.

        Returns:
            The options as they are while nobody works; empty where that cannot be seen.
        """
        self._reads.doubt = False
        seen = self._heed(self._onlooker.look())
        if seen.kind is Kind.ONE and self._before is not None:
            foreign = self._foreign(seen.options)
            if foreign:
                # A job of somebody else's may have come and gone, and does not come twice.
                later = self._foreign(self._onlooker.look(pause=_PAUSE).options)
                foreign = {n: pair for n, pair in later.items() if n in foreign}
            self._adopt(foreign)
            self.disturbed = not foreign
        return seen.options

    def _foreign(self, now: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
        """Name -> (before, now) of what neither this run nor a job of anybody changed."""
        changed = moved(self.before, now)
        return {n: pair for n, pair in changed.items() if not self._own.made(n, pair[1])}

    def _adopt(self, foreign: Mapping[str, tuple[Any, Any]]) -> None:
        """What another program wrote stays as it wrote it."""
        if not foreign:
            return
        self.others = {**self.others, **foreign}
        for name, (_, now) in foreign.items():
            if now is ABSENT:
                self.before.pop(name, None)
            else:
                self.before[name] = now
        message = describe_differences(foreign)
        reason = f"another program changed options meanwhile, which were left so: {message}"
        self.stopped = self.stopped or reason

    @contextmanager
    def changed(self, **values: Any) -> Iterator[Exchange]:
        """Write options for the length of a ``with``, then put all of them back.

        Args:
            values: option name -> value.

        Returns:
            A context with the answer to the write.

        Raises:
            RestoreError: afterwards some differ from what they were.
            WritingStopped: nothing more may be written.
        """
        try:
            yield self.post(values)
        finally:
            self.put_back()

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Name -> (before, now) of what differs, but for a checkpoint that others chose."""
        changed = differences(self.before, self.options()).items()
        return {n: p for n, p in changed if n not in FOLLOWING or n in self._own.names}

    def put_back(self) -> None:
        """Put back whatever this run changed, the last written first; look if it holds.

        Raises:
            RestoreError: some differ still, or the server cannot be asked.
        """
        if not self.wrote:
            return
        self._restoring = True
        try:
            if self._reads.doubt and not self._several:
                self.look_again()
            if self._several:
                everywhere(self, self._own, self._onlooker.options, self._to_keep())
            else:
                put_back(self, self._left())
        except RestoreError as error:
            self.stopped = self.stopped or str(error)
            raise
        finally:
            self._restoring = False
        if self._reads.last and self._foreign(self._reads.last):
            self._reads.doubt = True
        self.unsettled = False

    def _left(self) -> dict[str, Any]:
        """Name -> old value of what this run changed, the last written last."""
        try:
            now = read_options(self)
        except ConformanceError as error:
            unknown = {n: (self.before[n], "unknown") for n in self._own.names if n in self.before}
            raise RestoreError(without_secrets(unknown), str(error)) from error
        if self._foreign(now):
            now = dict(self.look_again()) or now
        changed = differences(self.before, now)
        mine = [name for name, pair in changed.items() if self._own.made(name, pair[1])]
        written = self._own.names
        mine.sort(key=lambda name: written.index(name) if name in written else -1)
        return {name: self.before[name] for name in mine if name in self.before}

    def _to_keep(self) -> dict[str, Any]:
        """Name -> old value of all that this run may have changed anywhere."""
        names = self._own.names if ANY not in self._own.names else list(self.before)
        return {n: self.before[n] for n in names if n in self.before and n not in DERIVED}

    def settle(self) -> dict[str, tuple[Any, Any]]:
        """Put back what was left behind. Returns name -> (before, left behind).

        Raises:
            RestoreError: some options differ still, or the server cannot be asked.
        """
        if not self.wrote:
            return {}
        try:
            now = self.options()
            if self._reads.doubt or self._foreign(now):
                now = dict(self.look_again()) or now
            changed = differences(self.before, now)
        except ConformanceError as error:
            if not self.may_post and is_gone(error):
                # What a request overrode lives in the server alone, and ended with it.
                self._ended, self.unsettled = True, False
                return {}
            # Putting back asks again, and says why it failed.
            left = dict.fromkeys(self._own.names, (ABSENT, ABSENT))
        else:
            left = {n: pair for n, pair in changed.items() if self._own.made(n, pair[1])}
        if left or self._several:
            self.put_back()
        self.unsettled = False
        return left

    def close(self) -> dict[str, tuple[Any, Any]]:
        """Settle at the end of a run; the journal is closed when all options hold.

        Raises:
            RestoreError: some options differ still.
        """
        try:
            left = self.settle()
            if self.wrote and not (self._several or self._ended):
                self._look_at_last()
        except (RestoreError, KeyboardInterrupt, SystemExit):
            if self._journal is not None:
                self._journal.left()
            raise
        if self.wrote and self._journal is not None:
            self._journal.closed()
            self.wrote, self._noted = False, []
        return left

    def _look_at_last(self) -> None:
        """Put back what a job gave back since, or strangers still see, once nobody works."""
        keep = self._to_keep()
        reads = [self._onlooker.look(times=1).options or self.options()]
        reads += [self._onlooker.options() for _ in range(_AT_LAST - 1)]
        if any(left_behind(self._own, now, keep) for now in reads):
            self._several = True
            self.put_back()
