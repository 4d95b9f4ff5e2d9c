"""Options: those of newer versions as they are stored, and what a request does to any.

POST sets one after the other, each answered with whether it changed. Recorded: options/bool-str,
samples_format (no change), known-and-unknown; every options and t2i-override case of
sdnext-2026-07, where GET has the keys of config.json, and whatever was set since.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from collections.abc import Callable, KeysView, Mapping

    from mockserver.backends.a1111.options import OptionStore


class StoredOptions:
    """Options of a newer server: GET shows what was stored, as it was stored.

    Args:
        defaults: every known option and its default.
        stored: what is stored at the start.
        save: called with everything stored whenever a POST went through.
    """

    def __init__(
        self,
        defaults: Mapping[str, Any],
        stored: Mapping[str, Any],
        save: Callable[[dict[str, Any]], None] = lambda stored: None,  # noqa: ARG005 - keeps nothing
    ) -> None:
        self._defaults = {**defaults, **{k: v for k, v in stored.items() if k not in defaults}}
        self._data = dict(stored)
        self._beside: dict[str, Any] = {}
        self._save = save

    @property
    def names(self) -> KeysView[str]:
        """Names of all known options."""
        return self._defaults.keys()

    def __getitem__(self, name: str) -> Any:
        """The value of `name`, stored or its default; None for a name that nobody knows."""
        if name in self._data:
            return self._data[name]
        return self._defaults.get(name, self._beside.get(name))

    def default(self, name: str) -> Any:
        """The default of `name`; None for a name that nobody knows.

        Args:
            name: of the option.
        """
        return self._defaults.get(name)

    def set(self, name: str, value: Any) -> bool:
        """Store a value; gives whether it changed. Unknown names are ignored.

        Args:
            name: of the option.
            value: as the request has it, of whatever type.
        """
        if name not in self._defaults or self._current(name) == value:
            return False
        self._data[name] = value
        return True

    def put(self, name: str, value: Any) -> None:
        """Store a value; that of an unknown name is kept beside the options.

        Args:
            name: of the option.
            value: as the request has it, of whatever type.
        """
        (self._data if name in self._defaults else self._beside)[name] = value

    def override(self, values: Mapping[str, Any]) -> dict[str, Any]:
        """Set several for a while; gives what `restore` takes.

        A value that equals the current one is not stored. Recorded: t2i-override/vae-auto.

        Args:
            values: by name of the option.
        """
        before = {}
        for name, value in values.items():
            old = self._current(name) if name in self._defaults else self._beside.get(name)
            if old != value:
                before[name] = old
                self.put(name, value)
        return before

    def restore(self, before: Mapping[str, Any]) -> None:
        """Put back the values that `override` replaced; their names stay stored.

        Args:
            before: what ``override`` gave.
        """
        for name, value in before.items():
            self.put(name, value)

    def answer(self) -> dict[str, Any]:
        """What GET answers."""
        return dict(self._data)

    def save(self) -> None:
        """Keep what is stored, in the state file, if there is one."""
        self._save(dict(self._data))

    def _current(self, name: str) -> Any:
        """The stored value, or the default where none or null is stored."""
        value = self._data.get(name)
        return self._defaults[name] if value is None else value


if TYPE_CHECKING:
    AnyOptions = OptionStore | StoredOptions


def set_options(options: AnyOptions, body: dict[str, Any]) -> dict[str, Any]:
    """The answer: ``{"updated": [{name: whether it changed}, ...]}`` in the body's order.

    Values are stored as they come; a checkpoint that nobody knows too. Newer versions ignore
    unknown options.

    Args:
        options: what is stored.
        body: values by name.

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
