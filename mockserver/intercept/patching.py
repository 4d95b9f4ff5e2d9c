"""Patches of client libraries: made while an address is activated, undone when none is.

A library is patched when it is there: at once where it was imported, else when it is.
"""

from __future__ import annotations

import sys
import threading
from contextlib import contextmanager
from importlib.abc import Loader, MetaPathFinder
from importlib.util import find_spec
from typing import TYPE_CHECKING, Any

from mockserver.intercept import connection
from mockserver.intercept.addresses import ADDRESSES
from mockserver.intercept.connection import hang_up_on
from mockserver.intercept.libraries import LIBRARIES
from mockserver.intercept.patches import Patches
from mockserver.intercept.users_mocks import USERS_MOCKS

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence
    from importlib.machinery import ModuleSpec
    from types import ModuleType

    from mockserver.intercept.addresses import Activation


_TARGETS: dict[str, Callable[[Patches], None]] = {**LIBRARIES, **USERS_MOCKS}
_patches = Patches()
_lock = threading.RLock()
_active = 0


@contextmanager
def patched(activation: Activation) -> Iterator[None]:
    """Answer an address in this process for as long as the block lasts.

    Args:
        activation: the address, and what answers it.
    """
    global _active  # noqa: PLW0603 - one process, one set of patches
    with _lock:
        if not _active:
            _install()
        _active += 1
        ADDRESSES.add(activation)
    try:
        yield
    finally:
        with _lock:
            ADDRESSES.remove(activation)
            hang_up_on(activation)
            _active -= 1
            if not _active:
                _uninstall()


def _install() -> None:
    connection.install(_patches)
    for name, install in _TARGETS.items():
        if name in sys.modules:
            install(_patches)
    sys.meta_path.insert(0, _finder)


def _uninstall() -> None:
    sys.meta_path.remove(_finder)
    _patches.undo()


class _Finder(MetaPathFinder):
    """Patches a library when it is imported while an address is activated."""

    def __init__(self) -> None:
        self._searching = threading.local()

    def find_spec(
        self,
        fullname: str,
        path: Sequence[str] | None = None,
        target: ModuleType | None = None,
    ) -> ModuleSpec | None:
        """The module as others find it, with a loader that patches it."""
        del path, target
        if fullname not in _TARGETS or getattr(self._searching, "name", "") == fullname:
            return None
        self._searching.name = fullname
        try:
            spec = find_spec(fullname)
        finally:
            self._searching.name = ""
        if spec is not None and spec.loader is not None:
            spec.loader = _PatchingLoader(spec.loader, _TARGETS[fullname])
        return spec


class _PatchingLoader(Loader):
    """Loads as another loader does, and patches then."""

    def __init__(self, loader: Loader, install: Callable[[Patches], None]) -> None:
        self._loader = loader
        self._install = install

    def create_module(self, spec: ModuleSpec) -> ModuleType | None:
        """As the other loader."""
        return self._loader.create_module(spec)

    def exec_module(self, module: ModuleType) -> None:
        """As the other loader; then patched, if an address is still activated."""
        self._loader.exec_module(module)
        with _lock:
            if _active:
                self._install(_patches)

    def __getattr__(self, name: str) -> Any:
        return getattr(self._loader, name)


_finder = _Finder()
