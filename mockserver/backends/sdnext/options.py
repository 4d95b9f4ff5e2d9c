"""POST options: one after the other, each told of by whether it changed.

Recorded: options/bool-str, samples_format (no change), known-and-unknown.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError
from mockserver.families.sdnext.stored_options import StoredOptions

if TYPE_CHECKING:
    from mockserver.backends.a1111.options import OptionStore


if TYPE_CHECKING:
    AnyOptions = OptionStore | StoredOptions


def set_options(options: AnyOptions, body: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``{"updated": [{name: whether it changed}, ...]}`` in the body's order.

    Values are stored as they come; a checkpoint that nobody knows too. Newer versions ignore
    unknown options.

    Raises:
        ServerError: KeyError for an unknown option of an older version; those before it stay set.
    """
    updated = []
    for name, value in body.items():
        _check_name(options, name)
        updated.append({name: options.set(name, value)})
    options.save()
    return {"updated": updated}


def _check_name(options: AnyOptions, name: str) -> None:
    if name not in options.names and not isinstance(options, StoredOptions):
        raise ServerError("KeyError", repr(name))


class Overrides:
    """The options that a request overrides while it generates.

    Args:
        options: the store.
        overrides: the request's ``override_settings``; null for none.
        restore: whether the old values come back afterwards.
    """

    def __init__(
        self, options: AnyOptions, overrides: dict[str, Any] | None, *, restore: bool
    ) -> None:
        self._options = options
        self._overrides = overrides or {}
        self._restore = restore
        self._before: dict[str, Any] = {}

    def __enter__(self) -> None:
        """Set them.

        Raises:
            ServerError: KeyError for an unknown option, before any is set. Recorded:
                t2i-batch/grid-only-if-multiple-off.
        """
        for name in self._overrides:
            _check_name(self._options, name)
        if isinstance(self._options, StoredOptions):
            self._before = self._options.override(self._overrides)
            return
        self._before = {name: self._options[name] for name in self._overrides}
        for name, value in self._overrides.items():
            self._options.put(name, value)

    def __exit__(self, *_: object) -> None:
        """Put the old values back, if the request wants that."""
        if self._restore:
            self._options.restore(self._before)
