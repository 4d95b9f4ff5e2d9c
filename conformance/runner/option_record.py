"""What a run read and wrote of the options, so that it puts back what it wrote alone.

What another program wrote meanwhile is not overwritten by putting back what was before.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.client.options import DERIVED, same_value, without_secrets
from conformance.client.requester import read_json, refusal
from conformance.detection.probe import API
from conformance.errors import MalformedAnswer
from conformance.exchange import parse_json
from conformance.runner.one_state import ABSENT, FOLLOWING

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.client.transport import Outgoing
    from conformance.runner.budget import RequestSender


# The name of options that the request does not name.
ANY = "*"
OPTIONS = f"{API}/options"
_GENERATIONS = (f"{API}/txt2img", f"{API}/img2img")


def options_at_risk(outgoing: Outgoing) -> tuple[str, ...] | None:
    """Names of the options that a request may change; None where it changes none.

    Options are written by POST options, and by ``override_settings`` of a generation, which
    stay on a server that never saved its settings. An ``infotext`` may bring overrides of any
    name (modules/infotext_utils.py at v1.10.1).

    Args:
        outgoing: the request, before it is sent.

    Returns:
        The names, ``*`` for any; None where it changes none.
    """
    path = outgoing.path.partition("?")[0].rstrip("/")
    if outgoing.method != "POST" or path not in {OPTIONS, *_GENERATIONS}:
        return None
    body = written_by(outgoing)
    if path == OPTIONS:
        return tuple(body)
    overrides = body.get("override_settings")
    names = tuple(overrides) if isinstance(overrides, dict) else ()
    names += (ANY,) if body.get("infotext") else ()
    return names or None


def written_by(outgoing: Outgoing) -> dict[str, Any]:
    """The body of a request as a JSON object; empty where it is none.

    Args:
        outgoing: the request.
    """
    try:
        value = parse_json((outgoing.body or b"").decode("utf-8"))
    except ValueError:
        return {}
    return value if isinstance(value, dict) else {}


class OwnWrites:
    """The names and values that this run wrote, and what the server made of them."""

    def __init__(self) -> None:
        # Name -> values; None for any value.
        self._values: dict[str, list[Any] | None] = {}

    @property
    def names(self) -> list[str]:
        """The names that were written, the first written first; ``*`` among them for any."""
        return list(self._values)

    def write(self, values: Mapping[str, Any]) -> None:
        """Remember a write.

        Args:
            values: option name -> value.
        """
        for name, value in values.items():
            known = self._values.setdefault(name, [])
            if known is not None:
                known.append(value)

    def send(self, outgoing: Outgoing, names: Iterable[str]) -> None:
        """Remember what a request may change.

        Args:
            outgoing: the request, before it is sent.
            names: of the options at risk.
        """
        body = written_by(outgoing)
        if outgoing.path.startswith(OPTIONS):
            self.write(body)
            return
        sent = body.get("override_settings")
        models = {n: sent[n] for n in FOLLOWING if n in sent} if isinstance(sent, dict) else {}
        self.write(models)
        self.override(name for name in names if name not in models)

    def override(self, names: Iterable[str]) -> None:
        """Remember a request that may change options to values that are not known.

        Args:
            names: of the options; ``*`` for any.
        """
        self._values.update(dict.fromkeys(names))

    def cause(self, changes: Mapping[str, tuple[Any, Any]]) -> None:
        """Remember what a write changed besides: other options, or its own to other values.

        Args:
            changes: name -> (before the write, after it).
        """
        self.write({name: now for name, (_, now) in changes.items()})

    def made(self, name: str, value: Any) -> bool:
        """Whether this run made an option have this value at any time.

        A job of somebody else that began meanwhile, with an override of its own, gives an option
        back the value that it had then.

        Args:
            name: of the option.
            value: as it is now.
        """
        if name in self._values:
            known = self._values[name]
            return known is None or _is_among(value, known)
        return ANY in self._values and name not in FOLLOWING and value is not ABSENT


def _is_among(value: Any, known: Iterable[Any]) -> bool:
    return any(_is_made_of(value, each) for each in known)


def _is_made_of(value: Any, written: Any) -> bool:
    """Whether a value is the one that was written, or what a server makes of it."""
    if same_value(value, written) or _is_number_of(value, written):
        return True
    # A checkpoint takes its hash into its title once it is loaded.
    both = isinstance(value, str) and isinstance(written, str)
    return both and " [" in value and value.partition(" [")[0] == written.partition(" [")[0]


def _is_number_of(value: Any, written: Any) -> bool:
    """Whether a number is what a server makes of digits in text."""
    if not isinstance(written, str) or isinstance(value, bool | str):
        return False
    try:
        return bool(float(written) == value)
    except ValueError:
        return False


class OptionReads:
    """Reads options, and notices that they changed though nobody wrote, as far as is known.

    Args:
        sender: sends the reads of checks.
        look: reads without a trace in the result of a check; empty where it cannot.
    """

    def __init__(self, sender: RequestSender, look: Callable[[], dict[str, Any]]) -> None:
        self._sender = sender
        self._look = look
        self._last: dict[str, Any] | None = None
        self.doubt = False

    def options(self) -> dict[str, Any]:
        """The options as they are.

        Raises:
            AnswerError: the server does not show them.
            ConnectionFailed: no whole answer came.
        """
        # Nobody may write between this read and what the check makes of it.
        self._sender.client.turn.keep()
        exchange = self._sender.send("GET", OPTIONS)
        if not exchange.ok:
            raise refusal(exchange)
        value = read_json(exchange)
        if not isinstance(value, dict):
            raise MalformedAnswer("the options are no object", exchange)
        self._notice(value)
        return value

    def quietly(self) -> dict[str, Any]:
        """The options, read without a trace in the result; empty where they cannot be read."""
        now = self._look()
        if now:
            self._notice(now)
        return now

    @property
    def last(self) -> dict[str, Any]:
        """The options as they were read last; empty where somebody wrote since."""
        return self._last or {}

    def written(self) -> None:
        """A request goes out that may change options."""
        self._last = None

    def _notice(self, now: dict[str, Any]) -> None:
        if self._last is not None and moved(self._last, now):
            self.doubt = True
        self._last = now


def moved(one: Mapping[str, Any], other: Mapping[str, Any]) -> dict[str, tuple[Any, Any]]:
    """The differences that no job explains.

    Args:
        one: option name -> value.
        other: option name -> value, later.
    """
    changed = differences(one, other)
    return {name: pair for name, pair in changed.items() if name not in FOLLOWING}


def differences(
    before: Mapping[str, Any],
    after: Mapping[str, Any],
) -> dict[str, tuple[Any, Any]]:
    """Name -> (before, after) of every option whose value differs; 80 and 80.0 are one value.

    Args:
        before: option name -> value.
        after: option name -> value, later.

    Returns:
        Option name -> (before, after); an absent option has ``<absent>``.
    """
    names = [name for name in {**before, **after} if name not in DERIVED]
    pairs = {name: (before.get(name, ABSENT), after.get(name, ABSENT)) for name in names}
    return {name: pair for name, pair in pairs.items() if not same_value(*pair)}


def describe_differences(left: Mapping[str, tuple[Any, Any]], most: int = 5) -> str:
    """Differences in words: ``send_seed was True and is False; ...``.

    Args:
        left: option name -> (before, now).
        most: options to name; 5 by default.
    """
    shown = without_secrets(left)
    parts = [f"{name} was {was!r} and is {now!r}" for name, (was, now) in shown.items()]
    more = f"; and {len(parts) - most} more" if len(parts) > most else ""
    return "; ".join(parts[:most]) + more
