"""The state of a watch on disk: SQLite, of a size that is bounded."""

from __future__ import annotations

import json
import sqlite3
from contextlib import contextmanager, suppress
from dataclasses import asdict, dataclass
from datetime import UTC, datetime, timedelta
from threading import Lock
from typing import TYPE_CHECKING

from filelock import FileLock, Timeout

from conformance.errors import StateError, StillBusy
from conformance.watch.changes import Change, Kind
from conformance.watch.state_json import document_text, read_state, state_text
from conformance.watch.target_state import TargetState

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence
    from pathlib import Path

    from conformance.report.document import Document
    from conformance.watch.target_state import Look


_VERSION = 1
# "sdwa" in ASCII: by it a file of another program is recognised.
_APPLICATION = 0x73647761
_SCHEMA = f"""
PRAGMA application_id = {_APPLICATION};
PRAGMA user_version = {_VERSION};
CREATE TABLE targets (
    name TEXT PRIMARY KEY, state TEXT NOT NULL, document TEXT NOT NULL
);
CREATE TABLE looks (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, at REAL NOT NULL, outcome TEXT NOT NULL,
    status TEXT NOT NULL, seconds REAL NOT NULL, words TEXT NOT NULL
);
CREATE INDEX looks_of ON looks (target, at);
CREATE TABLE alerts (
    id INTEGER PRIMARY KEY, target TEXT NOT NULL, at REAL NOT NULL, changes TEXT NOT NULL,
    message TEXT NOT NULL, delivery TEXT NOT NULL
);
CREATE INDEX alerts_of ON alerts (target, at);
"""
# Rows of one target at most, however long the days are that history is kept.
MOST_LOOKS, MOST_ALERTS = 20_000, 1000
# Between two times at which old rows are removed.
_BETWEEN = 64
_LONGEST_REASON = 500
# What the delivery of an alert came to.
PENDING, DELIVERED, GIVEN_UP, UNASKED = "pending", "delivered", "given up", "none"


@dataclass(frozen=True)
class PastLook:
    """A look, as history keeps it.

    Args:
        at: when it began.
        outcome: how it ended.
        status: of the server after it.
        seconds: how long it took.
        reason: why there was no verdict; empty where there was one.
    """

    at: datetime
    outcome: str
    status: str
    seconds: float
    reason: str


@dataclass(frozen=True)
class Alert:
    """Changes that were reported together.

    Args:
        id: in the store.
        target: name of the server.
        at: when they were found.
        changes: at least one.
        message: what a webhook is sent: text of JSON.
        delivery: whether it was delivered, is pending, or was given up.
    """

    id: int
    target: str
    at: datetime
    changes: tuple[Change, ...]
    message: str
    delivery: str


class Store:
    """States, looks and alerts in one file; any thread may use it.

    Args:
        path: of the file, made where it does not exist.
        keep: how long looks and alerts are kept.

    Raises:
        StateError: it cannot be written, or is a file of something else.
        StillBusy: another watch uses it.
    """

    def __init__(self, path: Path, keep: timedelta) -> None:
        self.path = path
        self._keep = keep
        self._guard = Lock()
        self._written = 0
        # The documents that are on the disk; a large one is not written anew after every look.
        self._kept: dict[str, Document | None] = {}
        self._lock = FileLock(path.with_name(f".{path.name}.lock"))
        try:
            path.parent.mkdir(0o700, parents=True, exist_ok=True)
            self._lock.acquire(blocking=False)
        except Timeout as error:
            message = f"another watch keeps its state in {path}; end it, or name another --state"
            raise StillBusy(message) from error
        except OSError as error:
            raise self._failed(error.strerror or error) from error
        try:
            self._connection = self._opened()
        except StateError:
            self._lock.release()
            raise

    def _opened(self) -> sqlite3.Connection:
        try:
            # Transactions are begun by hand; see _writing.
            found = sqlite3.connect(self.path, isolation_level=None, check_same_thread=False)
            application, version, empty = (
                found.execute(f"PRAGMA {name}").fetchone()[0]
                for name in ("application_id", "user_version", "page_count")
            )
            if not empty:
                found.executescript(_SCHEMA)
            elif (application, version) != (_APPLICATION, _VERSION):
                message = "is no state of this version of sdapi-check watch; name another --state"
                raise StateError(f"{self.path} {message}")
            found.execute("PRAGMA journal_mode = WAL")
            found.execute("PRAGMA synchronous = NORMAL")
        except sqlite3.Error as error:
            raise self._failed(error) from error
        return found

    def _failed(self, error: object) -> StateError:
        return StateError(f"{self.path}: the state of the watch cannot be used ({error})")

    def close(self) -> None:
        """Close the file; nothing of this object works after it."""
        with self._guard, suppress(sqlite3.Error):
            self._connection.close()
        self._lock.release()
        with suppress(OSError):
            self.path.with_name(f".{self.path.name}.lock").unlink()

    def state(self, target: str) -> TargetState:
        """The state of a server; a fresh one where it was never looked at.

        Args:
            target: its name.

        Raises:
            StateError: the file cannot be read.
        """
        with self._reading() as found:
            query = "SELECT state, document FROM targets WHERE name = ?"
            row = found.execute(query, (target,)).fetchone()
        return TargetState() if row is None else read_state(row[0], row[1], str(self.path))

    def record(
        self,
        target: str,
        state: TargetState,
        look: Look,
        changes: Sequence[Change] = (),
        message: str = "",
    ) -> int:
        """Keep a look, what it led to, and an alert where something changed.

        Args:
            target: name of the server.
            state: after the look.
            look: at the server.
            changes: that are reported; none for no alert.
            message: for the webhook; empty where there is none.

        Returns:
            The id of the alert; 0 where there is none.

        Raises:
            StateError: it cannot be written; what was there before stays.
        """
        at = look.at.timestamp()
        number = 0
        sentence = look.reason[:_LONGEST_REASON]
        row = (target, at, look.outcome.value, state.status.value, look.seconds, sentence)
        with self._writing() as found:
            self._keep_state(found, target, state)
            found.execute("INSERT INTO looks VALUES (NULL, ?, ?, ?, ?, ?, ?)", row)
            if changes:
                text = json.dumps([asdict(change) for change in changes], ensure_ascii=False)
                delivery = PENDING if message else UNASKED
                alert = (target, at, text, message, delivery)
                done = found.execute("INSERT INTO alerts VALUES (NULL, ?, ?, ?, ?, ?)", alert)
                number = done.lastrowid or 0
            if self._written % _BETWEEN == 0:
                self._prune(found, look.at)
        self._written += 1
        self._kept[target] = state.document
        return number

    def _keep_state(self, found: sqlite3.Connection, target: str, state: TargetState) -> None:
        text = state_text(state)
        if target in self._kept and self._kept[target] is state.document:
            found.execute("UPDATE targets SET state = ? WHERE name = ?", (text, target))
            return
        row = (target, text, document_text(state.document))
        found.execute("INSERT OR REPLACE INTO targets VALUES (?, ?, ?)", row)

    def _prune(self, found: sqlite3.Connection, now: datetime) -> None:
        oldest = (now - self._keep).timestamp()
        for table, most in (("looks", MOST_LOOKS), ("alerts", MOST_ALERTS)):
            found.execute(f"DELETE FROM {table} WHERE at < ?", (oldest,))  # noqa: S608 - our own
            for (target,) in found.execute("SELECT name FROM targets").fetchall():
                found.execute(
                    f"DELETE FROM {table} WHERE target = ? AND id <= "  # noqa: S608 - our own
                    f"(SELECT id FROM {table} WHERE target = ? ORDER BY id DESC LIMIT 1 OFFSET ?)",
                    (target, target, most),
                )

    def looks(self, target: str, since: datetime | None = None) -> list[PastLook]:
        """The looks at a server that are kept, oldest first.

        Args:
            target: name of the server.
            since: from when on; None for all.

        Raises:
            StateError: the file cannot be read.
        """
        start = since.timestamp() if since else 0.0
        with self._reading() as found:
            rows = found.execute(
                "SELECT at, outcome, status, seconds, words FROM looks "
                "WHERE target = ? AND at >= ? ORDER BY at, id",
                (target, start),
            ).fetchall()
        return [PastLook(_moment(row[0]), *row[1:]) for row in rows]

    def alerts(self, target: str, most: int) -> list[Alert]:
        """The last alerts about a server, newest first.

        Args:
            target: name of the server.
            most: alerts at most.

        Raises:
            StateError: the file cannot be read.
        """
        return self._alerts("target = ? ORDER BY id DESC LIMIT ?", (target, most))

    def pending(self) -> list[Alert]:
        """The alerts that a webhook has not taken yet, oldest first; raises as ``alerts``."""
        return self._alerts("delivery = ? ORDER BY id", (PENDING,))

    def _alerts(self, where: str, values: tuple[object, ...]) -> list[Alert]:
        with self._reading() as found:
            rows = found.execute(
                f"SELECT id, target, at, changes, message, delivery FROM alerts WHERE {where}",  # noqa: S608 - our own
                values,
            ).fetchall()
        return [Alert(r[0], r[1], _moment(r[2]), _changes(r[3]), r[4], r[5]) for r in rows]

    def delivered(self, alert: int, delivery: str) -> None:
        """Note what the delivery of an alert came to.

        Args:
            alert: its id.
            delivery: ``DELIVERED`` or ``GIVEN_UP``.

        Raises:
            StateError: it cannot be written.
        """
        with self._writing() as found:
            found.execute("UPDATE alerts SET delivery = ? WHERE id = ?", (delivery, alert))

    @contextmanager
    def _reading(self) -> Iterator[sqlite3.Connection]:
        with self._guard:
            try:
                yield self._connection
            except sqlite3.Error as error:
                raise self._failed(error) from error

    @contextmanager
    def _writing(self) -> Iterator[sqlite3.Connection]:
        """One transaction: all of it, or nothing."""
        with self._reading() as found:
            found.execute("BEGIN IMMEDIATE")
            try:
                yield found
                found.execute("COMMIT")
            except BaseException:
                with suppress(sqlite3.Error):
                    found.execute("ROLLBACK")
                raise


def _moment(at: float) -> datetime:
    return datetime.fromtimestamp(at, UTC)


def _changes(text: str) -> tuple[Change, ...]:
    return tuple(
        Change(
            **{
                **value,
                "kind": Kind(value["kind"]),
                "added": tuple(value["added"]),
                "removed": tuple(value["removed"]),
            }
        )
        for value in json.loads(text)
    )
