"""Options changed for a while, and put back whatever happens."""

from __future__ import annotations

import json
from contextlib import contextmanager, suppress
from typing import TYPE_CHECKING, Any, Protocol

from conformance.client.fields import did_you_mean
from conformance.client.redaction import REDACTED, is_secret_name
from conformance.errors import (
    AnswerError,
    ConformanceError,
    OptionError,
    RestoreError,
    ServerRefused,
)

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


# A checkpoint named by an alias takes its title when it loads; the alias sticks the second time
# (modules/sd_models.py, load_model, v1.10.1).
_TRIES = 2
# Follow the loaded model by themselves, and are never put back by hand.
DERIVED = frozenset({"sd_checkpoint_hash"})


class OptionSource(Protocol):
    """What reads and writes options: a client."""

    def options(self) -> dict[str, Any]:
        """The options by name."""

    def set_options(self, values: dict[str, Any]) -> None:
        """Write options by name.

        Args:
            values: by name.
        """


class OptionJournal(Protocol):
    """What remembers the values before, should the process die in between."""

    @property
    def remedy(self) -> str:
        """The command that puts everything back; empty while nothing is noted."""

    def opened(self, before: Mapping[str, Any]) -> None:
        """Called with the old values before anything is written.

        Args:
            before: all options, by name.
        """

    def writing(self, names: Iterable[str]) -> None:
        """Called before options are written for the first time, with their names.

        Args:
            names: of the options.
        """

    def closed(self) -> None:
        """Called once everything is put back."""

    def left(self) -> None:
        """Called at the end where not everything is put back: what is noted stays."""


@contextmanager
def changed_options(
    source: OptionSource,
    values: Mapping[str, Any],
    journal: OptionJournal | None = None,
) -> Iterator[dict[str, Any]]:
    """Change options, and put them back at the end, after an exception too.

    Yields the values before. What the server makes of the new values is not judged here.

    Args:
        source: the client.
        values: name -> new value.
        journal: notes the old values before the first write.

    Raises:
        OptionError: an option that the server does not list; nothing was written.
        RestoreError: read back, an option differs from what it was; an exception of the body is
            its ``__context__``.
    """
    before = _values_before(source, values)
    if journal is not None:
        journal.opened(before)
        journal.writing(before)
    try:
        source.set_options(dict(values))
        yield dict(before)
    finally:
        put_back(source, before)
        if journal is not None:
            journal.closed()


def put_back(source: OptionSource, before: Mapping[str, Any]) -> None:
    """Write old values in reverse order, read them back, and make sure.

    Nothing is written where nothing differs.

    Args:
        source: reads and writes the options.
        before: option name -> old value, in the order in which they were written.

    Raises:
        RestoreError: an option still differs, or the server could not be asked.
    """
    try:
        left, reason = _put_back(source, before)
    except ConformanceError as error:
        unknown = {name: (value, "unknown") for name, value in before.items()}
        raise RestoreError(without_secrets(unknown), str(error)) from error
    if left:
        raise RestoreError(without_secrets(left), reason)


def without_secrets(pairs: Mapping[str, tuple[Any, Any]]) -> dict[str, tuple[Any, Any]]:
    """Name -> (before, now), the values of options that hold a secret taken out.

    Args:
        pairs: option name -> (before, now).
    """
    hidden = (REDACTED, REDACTED)
    return {name: hidden if is_secret_name(name) else pair for name, pair in pairs.items()}


# Beyond it a float does not show every whole number.
_EXACT = 2**53


def as_stored(value: Any) -> Any:
    """A value read from the options in the form in which to post it back first.

    GET answers integers as floats where the default is a non-zero integer, and v1.10.1 fails on
    ``CLIP_stop_at_last_layers`` 2.0; so a float without a fraction goes back as an integer. Where
    it then reads as an integer, a float was stored, and ``put_back`` posts that.

    Args:
        value: as the server showed it.
    """
    whole = isinstance(value, float) and value.is_integer() and abs(value) < _EXACT
    return int(value) if whole else value


def same_form(one: Any, other: Any) -> bool:
    """Whether two option values are equal to the letter: 0 is not 0.0, at any depth.

    Args:
        one: a JSON value.
        other: a JSON value.
    """
    return json.dumps(one, sort_keys=True) == json.dumps(other, sort_keys=True)


def same_value(one: Any, other: Any) -> bool:
    """Whether two option values are equal: numbers by value, a bool only to a bool.

    Args:
        one: a JSON value.
        other: a JSON value.
    """
    if isinstance(one, bool) or isinstance(other, bool):
        return one is other
    return bool(one == other)


def _values_before(source: OptionSource, values: Mapping[str, Any]) -> dict[str, Any]:
    current = source.options()
    for name in values:
        if name not in current:
            hint = did_you_mean(name, current)
            raise OptionError(
                f"{name}: the server lists no such option" + (f"; {hint}" if hint else ""),
            )
    return {name: current[name] for name in values}


def _differences(
    before: Mapping[str, Any],
    now: Mapping[str, Any],
) -> dict[str, tuple[Any, Any]]:
    return {
        name: (value, now.get(name))
        for name, value in before.items()
        if not same_value(value, now.get(name))
    }


def _put_back(
    source: OptionSource,
    before: Mapping[str, Any],
) -> tuple[dict[str, tuple[Any, Any]], str]:
    """What still differs after some tries, and the server's last words about it."""
    reason = ""
    for _ in range(_TRIES):
        now = read_options(source)
        left = _differences(before, now)
        if not left:
            _mend_forms(source, before, now)
            return {}, ""
        values = {name: as_stored(before[name]) for name in reversed(left)}
        reason = _write_back(source, values)
    now = read_options(source)
    left = _differences(before, now)
    if not left:
        _mend_forms(source, before, now)
    return left, reason


def read_options(source: OptionSource) -> dict[str, Any]:
    """The options, asked for again where a gateway refuses now and then.

    Args:
        source: reads the options.

    Raises:
        ConformanceError: it cannot be read.
    """
    for _ in range(_TRIES):
        with suppress(AnswerError):
            return source.options()
    return source.options()


def _mend_forms(source: OptionSource, before: Mapping[str, Any], now: Mapping[str, Any]) -> None:
    """Post floats as floats where an integer took their place.

    A server that shows an integer as a float once it is stored does so whatever is posted, and
    is left alone.
    """
    floats = {
        name: value
        for name, value in before.items()
        if not same_form(value, as_stored(value)) and same_form(now.get(name), as_stored(value))
    }
    if not floats:
        return
    # A value that equals the stored one is not stored (modules/options.py, Options.set, v1.10.1).
    _write_back(source, {name: value + 1 for name, value in floats.items()})
    _write_back(source, floats)
    left = _differences(floats, source.options())
    if left:
        _write_back(source, {name: as_stored(before[name]) for name in left})


def _write_back(source: OptionSource, values: dict[str, Any]) -> str:
    """Write values together; one by one where the server refuses. Returns its last words."""
    try:
        source.set_options(values)
    except ServerRefused as refused:
        message = str(refused)
    else:
        return ""
    for name, value in values.items():
        try:
            source.set_options({name: value})
        except ServerRefused as refused:
            message = str(refused)
    return message
