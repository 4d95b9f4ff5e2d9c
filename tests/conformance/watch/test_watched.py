"""How time passes for a watch on a real machine."""

from __future__ import annotations

import threading
from datetime import UTC, datetime
from queue import SimpleQueue

from conformance.watch.watched import Times


def test_a_message_is_received_at_once_and_none_after_no_time() -> None:
    inbox: SimpleQueue[object] = SimpleQueue()
    times = Times()
    assert times.receive(inbox, 0) is None
    inbox.put("a look")
    assert times.receive(inbox, 3600) == "a look"


def test_work_is_done_in_a_thread_that_holds_no_end_up() -> None:
    seen: SimpleQueue[threading.Thread] = SimpleQueue()
    Times().begin(lambda: seen.put(threading.current_thread()))
    thread = seen.get(timeout=10)
    assert thread is not threading.current_thread()
    assert thread.daemon


def test_the_time_of_day_has_a_zone_and_seconds_rise() -> None:
    times = Times()
    assert times.now().tzinfo is UTC
    assert times.now() <= datetime.now(UTC)
    assert times.seconds() <= times.seconds()
