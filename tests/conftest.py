"""What every test needs: nothing of whoever runs them, and nothing left with them."""

from __future__ import annotations

import gc
import os
import signal
import sys
from itertools import count
from typing import TYPE_CHECKING

import pytest
from hypothesis import settings

if TYPE_CHECKING:
    from collections.abc import Iterator
    from pathlib import Path

# Tests measure no time: on a machine that is busy any example may take long.
settings.register_profile("untimed", deadline=None)
settings.load_profile("untimed")

# The programs that tests start load what was compiled once, as they do where users start them.
os.environ.pop("PYTHONDONTWRITEBYTECODE", None)
sys.dont_write_bytecode = False

# Eleven thousand collected tests are a large heap, and the lists that each new mock reads have the
# garbage collector walk it. It rests while tests are collected, leaves them alone later, and looks
# less often: a fifth to a third of the time of tests that start many mocks.
gc.disable()
_OBJECTS_BETWEEN_COLLECTIONS = (20_000, 20, 20)


@pytest.hookimpl(tryfirst=True)
def pytest_runtestloop() -> None:
    """Let the garbage collector skip everything that stays until the end.

    The process that shares tests among others comes here too; it collects none.
    """
    gc.freeze()
    gc.set_threshold(*_OBJECTS_BETWEEN_COLLECTIONS)
    gc.enable()


def _take_no_notice(_number: int, _frame: object) -> None:
    """What ignoring a signal does, but for the programs that this one starts."""


@pytest.fixture(scope="session", autouse=True)
def _signals_as_in_a_terminal() -> Iterator[None]:
    """Programs that tests start take signals that this process was told to ignore.

    nohup and shells in the background have signals ignored, and programs inherit that. A handler
    they do not inherit.
    """
    names = ("SIGINT", "SIGTERM", "SIGHUP")
    numbers = [getattr(signal, name) for name in names if hasattr(signal, name)]
    ignored = [number for number in numbers if signal.getsignal(number) is signal.SIG_IGN]
    for number in ignored:
        signal.signal(number, _take_no_notice)
    yield
    for number in ignored:
        signal.signal(number, signal.SIG_IGN)


@pytest.fixture(scope="session", autouse=True)
def _few_plugins_in_runs_of_tests() -> None:
    """Test runs that tests start load no plugin of the judges that this environment also has.

    Loading schemathesis, httpx, trio and coverage takes three times as long as such a run.
    """
    plugins = ("schemathesis", "locust", "pytest_httpx", "respx", "anyio", "pytest_cov")
    os.environ["PYTEST_ADDOPTS"] = " ".join(f"-p no:{name}" for name in plugins)


@pytest.fixture(scope="session")
def _state_folders(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Path]:
    """Names of folders that nobody made yet."""
    root = tmp_path_factory.mktemp("state")
    return (root / str(number) for number in count())


@pytest.fixture(autouse=True)
def _no_width_of_a_terminal(monkeypatch: pytest.MonkeyPatch) -> None:
    """Lines are as long as in a pipe; xdist says how wide the terminal of its head is."""
    monkeypatch.delenv("COLUMNS", raising=False)


@pytest.fixture(autouse=True)
def _own_state_folder(monkeypatch: pytest.MonkeyPatch, _state_folders: Iterator[Path]) -> None:
    """Undo journals lie in a folder of each test's own, for one that is left stops the next run."""
    folder = str(next(_state_folders))
    monkeypatch.setenv("XDG_STATE_HOME", folder)
    monkeypatch.setenv("LOCALAPPDATA", folder)
