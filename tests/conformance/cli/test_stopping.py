"""Signals that end a run in good order."""

from __future__ import annotations

import os
import signal
import sys
import threading

import pytest

from conformance.cli.program import orderly_end

pytestmark = pytest.mark.skipif(sys.platform == "win32", reason="signals of POSIX")


@pytest.mark.parametrize(("number", "code"), [(signal.SIGTERM, 143), (signal.SIGHUP, 129)])
def test_a_signal_ends_the_block_as_an_exit_does(number: signal.Signals, code: int) -> None:
    cleaned = []

    def ended_amid() -> None:
        try:
            os.kill(os.getpid(), number)
        finally:
            cleaned.append(number)

    with orderly_end(), pytest.raises(SystemExit) as caught:
        ended_amid()
    assert (caught.value.code, cleaned) == (code, [number])


def test_afterwards_all_is_as_before() -> None:
    before = [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)]
    with orderly_end():
        assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)] != before
    assert [signal.getsignal(n) for n in (signal.SIGTERM, signal.SIGHUP)] == before


def test_what_is_ignored_stays_ignored_as_under_nohup() -> None:
    before = signal.signal(signal.SIGHUP, signal.SIG_IGN)
    try:
        with orderly_end():
            os.kill(os.getpid(), signal.SIGHUP)
            assert signal.getsignal(signal.SIGHUP) is signal.SIG_IGN
    finally:
        signal.signal(signal.SIGHUP, before)


def test_another_thread_may_run_too_and_leaves_signals_alone() -> None:
    done = []

    def run() -> None:
        with orderly_end():
            done.append(signal.getsignal(signal.SIGTERM))

    before = signal.getsignal(signal.SIGTERM)
    thread = threading.Thread(target=run)
    thread.start()
    thread.join()
    assert done == [before]
