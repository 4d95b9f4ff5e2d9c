"""The lock behind which generations wait."""

from __future__ import annotations

import threading

import pytest
from generations import Watched, slow

from mockserver.core.clock import FifoLock


def test_waiters_get_the_lock_in_the_order_they_asked() -> None:
    lock, order = FifoLock(), []

    def work(number: int) -> None:
        with lock:
            order.append(number)

    lock.acquire()
    threads = []
    for number in range(5):
        thread = threading.Thread(target=work, args=(number,), daemon=True)
        thread.start()
        threads.append(thread)
        while lock.waiting <= number:
            pass
    lock.release()
    for thread in threads:
        thread.join(5)

    assert order == [0, 1, 2, 3, 4]


def test_an_error_inside_gives_the_lock_back() -> None:
    lock = FifoLock()
    with pytest.raises(ZeroDivisionError), lock:
        _ = 1 / 0

    assert not lock.held


def test_generations_are_answered_in_arrival_order() -> None:
    watched = Watched(slow())
    for seed in (3, 1, 2):
        watched.start(seed=seed)

    watched.finish()

    # Pictures are encoded after a turn has ended, so that the next one may be answered first.
    in_turn = sorted(watched.made, key=lambda made: str(made.info["job_timestamp"]))
    assert [made.info["seed"] for made in in_turn] == [3, 1, 2]
