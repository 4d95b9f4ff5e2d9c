"""The loop of a watch: looks when a server's turn has come, and reports what changed."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from queue import SimpleQueue
from typing import TYPE_CHECKING

from conformance.client.redaction import redact_text
from conformance.errors import ConformanceError
from conformance.report.document import ExitCode
from conformance.watch.changes import WORSE
from conformance.watch.messages import alert_json, alert_text
from conformance.watch.store import GIVEN_UP, PENDING, Alert
from conformance.watch.target_state import Look, Outcome, TargetState
from conformance.watch.transitions import decide, suspected, without
from conformance.watch.watched import Times
from conformance.watch.webhook import Delivery, Outbox, post

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping, Sequence

    from conformance.watch.changes import Change
    from conformance.watch.messages import Subject
    from conformance.watch.store import Store
    from conformance.watch.transitions import Step
    from conformance.watch.watched import Inbox, Watched, WatchSettings
    from conformance.watch.webhook import Webhook


@dataclass(frozen=True)
class _Looked:
    name: str
    look: Look


_STOP = object()


@dataclass
class _Turn:
    """A server in the loop."""

    watched: Watched
    state: TargetState
    due: float = 0.0
    running: bool = False
    last: Look | None = None
    suspicion: frozenset[tuple[str, ...]] = field(default_factory=frozenset)
    tries: int = 0


# Seconds after which a server that was busy is looked at again, at most.
_BUSY = 60.0
# Looks in a row that may disagree before the last one is believed.
_MOST_TRIES = 3
# Attempts at the webhook of one that looks once; the rest is left for the next time.
_ATTEMPTS_ONCE = 4
# Seconds that an end waits for looks that changed nothing, and for a webhook.
_GRACE = 5.0
_FOR_EVER = 86_400.0


class Watch:
    """Looks at servers until it is stopped.

    Args:
        watched: the servers.
        store: keeps what is known over restarts.
        settings: how it goes.
        webhook: where alerts go; None for nowhere.
        say: gets a line for what happens.
        published: called after every look that was settled.
        times: how time passes.
    """

    def __init__(  # noqa: PLR0913 - what it is made of, each by its name
        self,
        watched: Sequence[Watched],
        store: Store,
        settings: WatchSettings,
        *,
        webhook: Webhook | None = None,
        say: Callable[[str], None] = lambda _: None,
        published: Callable[[], None] = lambda: None,
        times: Times | None = None,
    ) -> None:
        self._store = store
        self._settings = settings
        self._webhook = webhook
        self._say = say
        self._published = published
        self._times = times or Times()
        self._inbox: Inbox = SimpleQueue()
        self._stopping = False
        self._troubles: set[str] = set()
        self._turns = {
            each.subject.name: _Turn(each, store.state(each.subject.name)) for each in watched
        }
        waiting = store.pending() if webhook is not None else []
        self._outbox = Outbox(waiting, self._times.seconds)

    @property
    def states(self) -> Mapping[str, tuple[Subject, TargetState]]:
        """Name -> server and its state now; from any thread."""
        turns = self._turns.items()
        return {name: (turn.watched.subject, turn.state) for name, turn in turns}

    @property
    def outbox(self) -> Outbox:
        """The alerts that the webhook has not taken yet."""
        return self._outbox

    def stop(self) -> None:
        """End the loop; from any thread, and from a handler of a signal."""
        self._inbox.put(_STOP)

    def run(self) -> Mapping[str, Look]:
        """Look until stopped, or once.

        Returns:
            Name -> the last look at each server; none at one that was never looked at.
        """
        while not self._stopping:
            self._begin_looks()
            self._begin_delivery()
            if self._settings.once and self._over():
                break
            self._handle(self._times.receive(self._inbox, self._seconds()))
        self._end()
        return {name: t.last for name, t in self._turns.items() if t.last is not None}

    def _over(self) -> bool:
        if any(t.running or t.last is None or t.suspicion for t in self._turns.values()):
            return False
        given_up = self._outbox.attempts >= _ATTEMPTS_ONCE and not self._outbox.under_way
        return given_up or not len(self._outbox)

    def _seconds(self) -> float:
        """Until something is to be begun."""
        now = self._times.seconds()
        turns = [] if self._full() else self._turns.values()
        waits = [t.due - now for t in turns if not t.running and not self._disturbs(t)]
        delivery = self._outbox.seconds
        waits += [] if delivery is None else [delivery]
        return max(min(waits, default=_FOR_EVER), 0.0)

    def _full(self) -> bool:
        return sum(turn.running for turn in self._turns.values()) >= self._settings.jobs

    def _begin_looks(self) -> None:
        now = self._times.seconds()
        for name, turn in sorted(self._turns.items(), key=lambda item: item[1].due):
            # One that looks once comes back to a server only to confirm what it saw.
            over = self._settings.once and turn.last is not None and not turn.suspicion
            if over or turn.running or turn.due > now or self._full() or self._disturbs(turn):
                continue
            turn.running = True
            turn.due = now + self._settings.every
            self._times.begin(self._looking(name, turn))

    def _disturbs(self, turn: _Turn) -> bool:
        """Whether another target of the same address is looked at now."""
        url = turn.watched.subject.url
        return any(t.running and t.watched.subject.url == url for t in self._turns.values())

    def _looking(self, name: str, turn: _Turn) -> Callable[[], None]:
        """What looks at a target whose turn it is."""
        began = self._times.now()

        def work() -> None:
            """Look, in a thread of its own, and put what was seen into the inbox."""
            try:
                look = turn.watched.looker.look()
            except Exception as error:  # noqa: BLE001 - whatever it is, the loop goes on
                said = f"the suite failed: {type(error).__name__}: {error}"
                message = redact_text(said, turn.watched.subject.secrets)
                look = Look(
                    at=began, outcome=Outcome.FAILED, code=ExitCode.SUITE_FAILED, reason=message
                )
            self._inbox.put(_Looked(name, look))

        return work

    def _handle(self, message: object | None) -> None:
        if message is _STOP:
            self._stopping = True
        elif isinstance(message, _Looked):
            turn = self._turns[message.name]
            turn.running = False
            try:
                self._settle(turn, message.look)
            except Exception as error:  # noqa: BLE001 - nothing ends a watch but its operator
                self._say(f"{message.name}: a look was lost ({type(error).__name__}: {error})")
        elif isinstance(message, Delivery):
            self._delivered(message)

    def _settle(self, turn: _Turn, look: Look) -> None:
        look = replace(look, snapshot=without(look.snapshot, turn.watched.ignored))
        turn.last = look
        step = decide(turn.state, look, turn.watched.fail_on)
        now = self._times.seconds()
        if look.outcome is Outcome.BUSY:
            turn.due = min(turn.due, now + _BUSY)
        turn.due = max(turn.due, now)
        if self._doubted(turn, step):
            turn.due = min(turn.due, now + self._settings.confirm)
            turn.state = suspected(turn.state, look)
            self._record(turn, look)
            self._say_outcome(turn, look, "; looking again before that is reported")
            return
        turn.suspicion, turn.tries = frozenset(), 0
        turn.state = step.state
        self._report(turn, look, step)
        self._guarded("page", self._published)

    def _doubted(self, turn: _Turn, step: Step) -> bool:
        """Whether a change for the worse is not yet seen twice in a row."""
        worse = frozenset(
            (change.kind.value, change.requirement, change.facet)
            for change in step.changes
            if change.kind in WORSE
        )
        if not self._settings.confirm or worse <= turn.suspicion or turn.tries >= _MOST_TRIES:
            return False
        turn.suspicion = worse
        turn.tries += 1
        return True

    def _report(self, turn: _Turn, look: Look, step: Step) -> None:
        if not step.changes:
            self._record(turn, look)
            self._say_outcome(turn, look)
            return
        subject = turn.watched.subject
        message = ""
        if self._webhook is not None:
            message = alert_json(subject, step.state, step.changes, look.at)
        number = self._record(turn, look, step.changes, message)
        self._say(f"{look.at:%Y-%m-%d %H:%M:%S} {alert_text(subject, step.changes)}")
        if self._webhook is not None:
            alert = Alert(number, subject.name, look.at, step.changes, message, PENDING)
            self._outbox.add(alert)

    def _record(
        self, turn: _Turn, look: Look, changes: Sequence[Change] = (), message: str = ""
    ) -> int:
        """The id of the alert; 0 where there is none, or where it cannot be kept."""
        numbers: list[int] = []

        def keep() -> None:
            name = turn.watched.subject.name
            numbers.append(self._store.record(name, turn.state, look, changes, message))

        self._guarded("state", keep)
        return numbers[0] if numbers else 0

    def _guarded(self, what: str, act: Callable[[], None]) -> None:
        """Do something whose failure does not end the watch; say so once, until it works again."""
        try:
            act()
        except (ConformanceError, OSError) as error:
            if what not in self._troubles:
                self._say(f"{what}: {error}; the watch goes on")
            self._troubles.add(what)
        else:
            self._troubles.discard(what)

    def _say_outcome(self, turn: _Turn, look: Look, more: str = "") -> None:
        first = sum(turn.state.looks.values()) == 1
        if not (self._settings.verbose or more or first):
            return
        message = f" ({look.reason})" if look.reason else ""
        name = turn.watched.subject.title
        self._say(f"{look.at:%Y-%m-%d %H:%M:%S} {name}: {look.outcome}{message}{more}")

    # The webhook

    def _begin_delivery(self) -> None:
        webhook = self._webhook
        alert = None if webhook is None or self._stopping else self._outbox.begin()
        if webhook is None or alert is None:
            return
        self._times.begin(lambda: self._inbox.put(post(webhook, alert)))

    def _delivered(self, delivery: Delivery) -> None:
        result = self._outbox.end(delivery, self._times.now())
        place = self._webhook.shown if self._webhook else ""
        if result == GIVEN_UP:
            self._say(f"webhook: {place} took no alert ({delivery.reason}); it is given up")
        elif result == PENDING and self._outbox.attempts == 1:
            self._say(f"webhook: {place} took no alert ({delivery.reason}); it is sent again")
        if result != PENDING and delivery.alert:
            self._guarded("state", lambda: self._store.delivered(delivery.alert, result))

    # The end

    def _end(self) -> None:
        """End what is under way: what a look changed is put back first."""
        running = [turn for turn in self._turns.values() if turn.running]
        for turn in running:
            turn.watched.looker.cancel()
        until = self._times.seconds() + _GRACE
        while any(turn.running for turn in running) or self._outbox.under_way:
            patient = any(turn.running and turn.watched.patient for turn in running)
            left = _GRACE if patient else until - self._times.seconds()
            if left <= 0:
                return
            message = self._times.receive(self._inbox, left)
            if isinstance(message, _Looked):
                # A look that was ended early proves nothing.
                self._turns[message.name].running = False
            elif isinstance(message, Delivery):
                self._delivered(message)
            elif message is _STOP:
                return
