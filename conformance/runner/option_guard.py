"""Notes options before a request can change them, and puts them back."""

from __future__ import annotations

from contextlib import contextmanager
from threading import RLock
from typing import TYPE_CHECKING, Any

from conformance.client.options import DERIVED, put_back, same_value, without_secrets
from conformance.client.requester import read_json, refusal
from conformance.detection.probe import API
from conformance.errors import (
    AnswerError,
    ConformanceError,
    ConnectionFailed,
    MalformedAnswer,
    RestoreError,
)
from conformance.exchange import parse_json
from conformance.verdict import seen

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping

    from conformance.client.options import OptionJournal
    from conformance.client.transport import Outgoing
    from conformance.exchange import Exchange
    from conformance.runner.budget import RequestSender


OPTIONS = f"{API}/options"
# Stands for options that the request does not name.
ANY = "*"
_GENERATIONS = (f"{API}/txt2img", f"{API}/img2img")


def options_at_risk(outgoing: Outgoing) -> tuple[str, ...] | None:
    """Names of the options that a request may change; None where it changes none.

    Options are written by POST options, and by ``override_settings`` of a generation, which
    stay on a server that never saved its settings. An ``infotext`` may bring overrides of any
    name (modules/infotext_utils.py at v1.10.1).

    Args:
        outgoing: the request, before it is sent.

    Returns:
        The names, ``*`` for any; None where it changes none.
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


_ABSENT = "<absent>"


class OptionGuard:
    """Knows the options as they were, and puts them back.

    ``wrote`` says whether any request could have changed options in this run, ``unsettled``
    whether one could since they were last put back.

    Args:
        sender: sends the requests.
        journal: notes all old values before the first write, and the names before each;
            None for none.
    """

    def __init__(self, sender: RequestSender, journal: OptionJournal | None = None) -> None:
        self._sender = sender
        self._journal = journal
        self._before: dict[str, Any] | None = None
        self._written: list[str] = []
        self._lock = RLock()
        self.wrote = False
        self.unsettled = False

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
            self._before = self.options()
        return self._before

    def options(self) -> dict[str, Any]:
        """The options as they are; raises as ``before``."""
        exchange = self._sender.send("GET", OPTIONS)
        if not exchange.ok:
            raise refusal(exchange)
        value = read_json(exchange)
        if not isinstance(value, dict):
            raise MalformedAnswer("the options are no object", exchange)
        return value

    def set_options(self, values: Mapping[str, Any]) -> None:
        """Write options.

        Args:
            values: option name -> value.

        Raises:
            ServerRefused: the server would not take them.
            ConnectionFailed: no whole answer came.
        """
        exchange = self._write(values)
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
        """
        return seen(self._write(body))

    def _write(self, body: Any) -> Exchange:
        self.remember(body if isinstance(body, dict) else ())
        return self._sender.send("POST", OPTIONS, json=body)

    def guard(self, outgoing: Outgoing) -> None:
        """Note the old values before any request of anybody that may change options.

        A generation with overrides goes out also where the options cannot be read.

        Args:
            outgoing: the request, before it is sent.

        Raises:
            As ``before``, for a write.
            JournalError: they cannot be noted.
        """
        names = options_at_risk(outgoing)
        if names is None:
            return
        try:
            self.remember(names)
        except (AnswerError, ConnectionFailed):
            if outgoing.path.startswith(OPTIONS):
                raise

    def remember(self, names: Iterable[str] = ()) -> None:
        """Note the old values before they may change.

        Args:
            names: of the options that may change, as far as they are known.

        Raises:
            As ``before``.
            JournalError: they cannot be noted.
        """
        with self._lock:
            before = self.before
            if not self.wrote and self._journal is not None:
                self._journal.opened(before)
            self.wrote = self.unsettled = True
            new = [name for name in names if name not in self._written]
            if new and self._journal is not None:
                self._journal.writing(new)
            self._written += new

    @contextmanager
    def changed(self, **values: Any) -> Iterator[Exchange]:
        """Write options for the length of a ``with``, then put all of them back.

        Args:
            values: option name -> value.

        Returns:
            A context with the answer to the write.

        Raises:
            RestoreError: afterwards some differ from what they were.
        """
        try:
            yield self.post(values)
        finally:
            self.put_back()

    def changes(self) -> dict[str, tuple[Any, Any]]:
        """Name -> (before, now) of the options that differ from what they were."""
        return differences(self.before, self.options())

    def put_back(self) -> None:
        """Put back whatever differs from what it was, the last written first; look if it holds.

        Raises:
            RestoreError: some differ still, or the server cannot be asked.
        """
        untouched = [name for name in self.before if name not in self._written]
        order = [*untouched, *(name for name in self._written if name in self.before)]
        put_back(self, {n: self.before[n] for n in order if n not in DERIVED})
        self.unsettled = False

    def settle(self) -> dict[str, tuple[Any, Any]]:
        """Put back what was left behind. Returns name -> (before, left behind).

        Raises:
            RestoreError: some options differ still, or the server cannot be asked.
        """
        if not self.wrote:
            return {}
        try:
            left = self.changes()
        except ConformanceError:
            # Putting back asks again, and says why it failed.
            left = dict.fromkeys(self._written, (_ABSENT, _ABSENT))
        if left:
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
        except RestoreError:
            if self._journal is not None:
                self._journal.left()
            raise
        if self.wrote and self._journal is not None:
            self._journal.closed()
        return left


def differences(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> dict[str, tuple[Any, Any]]:
    """Name -> (before, after) of every option whose value differs; 80 and 80.0 are one value.

    Args:
        before: option name -> value.
        after: option name -> value, later.

    Returns:
        Option name -> (before, after); an absent option has ``<absent>``.
    """
    names = [name for name in {**before, **after} if name not in DERIVED]
    pairs = {name: (before.get(name, _ABSENT), after.get(name, _ABSENT)) for name in names}
    return {name: pair for name, pair in pairs.items() if not same_value(*pair)}


def describe_differences(left: Mapping[str, tuple[Any, Any]], most: int = 5) -> str:
    """Differences in words: ``send_seed was True and is False; ...``.

    Args:
        left: option name -> (before, now).
        most: options to name; 5 by default.
    """
    shown = without_secrets(left)
    parts = [f"{name} was {was!r} and is {now!r}" for name, (was, now) in shown.items()]
    more = f"; and {len(parts) - most} more" if len(parts) > most else ""
    return "; ".join(parts[:most]) + more
