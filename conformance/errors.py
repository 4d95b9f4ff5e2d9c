"""Every error of the conformance half, one small tree.

ConformanceError
├── AddressError          a base URL, credential or header that cannot be used
├── ConnectionFailed      no whole answer came; carries the exchange
│   ├── Unreachable           nothing answers there (name, port, proxy)
│   │   └── CertificateError      TLS, or its certificate, is not as it should be
│   ├── TimedOut              too slow to connect, or to answer
│   └── ConnectionBroken      the connection ended before the answer did
├── AnswerError           an answer came, and is not what was asked for; carries the exchange
│   ├── ServerRefused         a status outside 200-299, with the server's words
│   │   └── GatewayRefused        the same from something in front of the server
│   └── MalformedAnswer       a success whose body cannot be read
├── PayloadError          a request that no server could serve; names the field
├── UnreadableError       text or bytes that cannot be read
│   ├── ImageError            not base64, or not a picture
│   └── InfoError             an ``info`` of no known form
├── OptionError           an option that cannot be changed safely
│   └── RestoreError            options could not be put back to what they were
├── StillBusy             the server did not become idle, or awake, in time
├── TargetError           something answers, and cannot be judged
│   └── AccessDenied          it does not let us in
├── SuiteError            the suite itself cannot go on
│   ├── CatalogueError        a data file of the catalogue is malformed
│   ├── JournalError          an undo journal that cannot be written or read
│   └── StateError            the state of a watch that cannot be written or read
├── ConfigurationError    a file or a secret of the operator's that cannot be used
├── ReportError           a report that cannot be read or written
└── SelectionError        a word that chooses no requirement
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.error_body import ErrorBody
    from conformance.exchange import Exchange


# Named for what happened out there, which is often no error of anybody's program.
# ruff: noqa: N818


class ConformanceError(Exception):
    """Base of all errors this package raises; its text is fit for a user."""


class AddressError(ConformanceError):
    """A base URL, credential or header that cannot be used; says which form can."""


class ConnectionFailed(ConformanceError):
    """No whole answer came.

    Args:
        sentence: what happened and what to do about it.
        exchange: the request and what arrived, with ``error`` set.
    """

    def __init__(self, sentence: str, exchange: Exchange) -> None:
        super().__init__(sentence)
        self.exchange = exchange


class Unreachable(ConnectionFailed):
    """Nothing answers there: unknown host, refused port, bad proxy or certificate."""


class CertificateError(Unreachable):
    """TLS cannot be agreed on, or the certificate is not trusted; waiting mends neither."""


class TimedOut(ConnectionFailed):
    """The server was too slow to connect, or to answer."""


class ConnectionBroken(ConnectionFailed):
    """The connection ended before the answer did, or the answer's encoding was broken."""


class AnswerError(ConformanceError):
    """An answer came, and is not what was asked for.

    Args:
        sentence: what is wrong.
        exchange: request and answer.
    """

    def __init__(self, sentence: str, exchange: Exchange) -> None:
        super().__init__(f"{exchange.method} {exchange.path}: {sentence}")
        self.exchange = exchange


class ServerRefused(AnswerError):
    """A status outside 200-299.

    Args:
        status: HTTP status code.
        words: the server's own words, read from whichever shape they came in.
        exchange: request and answer.
        hint: what to do about it, empty for nothing.
    """

    speaker = "server"

    def __init__(
        self,
        status: int,
        words: ErrorBody,
        exchange: Exchange,
        hint: str = "",
    ) -> None:
        said = words.text or "an empty body"
        tail = f"; {hint}" if hint else ""
        super().__init__(f"the {self.speaker} answered {status}: {said}{tail}", exchange)
        self.status = status
        self.words = words

    @property
    def route_absent(self) -> bool:
        """Whether the server says it does not serve this route or method at all."""
        return self.words.route_absent


class GatewayRefused(ServerRefused):
    """A proxy or gateway in front of the server answered in its place."""

    speaker = "gateway in front of the server"


class MalformedAnswer(AnswerError):
    """A success whose body cannot be read.

    Args:
        what: what was expected, where, and what came.
        exchange: request and answer.
    """

    def __init__(self, what: str, exchange: Exchange) -> None:
        super().__init__(what, exchange)
        self.what = what


class PayloadError(ConformanceError):
    """A request that no server could serve, refused before it is sent.

    Args:
        field: the field at fault, as in ``init_images[1]``.
        problem: what is wrong with it.
        hint: what to do instead, empty for nothing.
    """

    def __init__(self, field: str, problem: str, hint: str = "") -> None:
        super().__init__(f"{field}: {problem}" + (f"; {hint}" if hint else ""))
        self.field = field
        self.problem = problem
        self.hint = hint


class UnreadableError(ConformanceError):
    """Text or bytes that cannot be read."""


class ImageError(UnreadableError):
    """Not base64, or not a picture."""


class InfoError(UnreadableError):
    """An ``info`` of no known form."""


class OptionError(ConformanceError):
    """An option that cannot be changed safely; nothing was written."""


class RestoreError(OptionError):
    """Options could not be put back to what they were.

    Args:
        left: name -> (value before, value now) of each option that differs, no secret among them.
        reason: why, as the server said.
    """

    def __init__(self, left: Mapping[str, tuple[Any, Any]], reason: str = "") -> None:
        parts = [f"{name} was {was!r} and is {now!r}" for name, (was, now) in left.items()]
        tail = f" ({reason})" if reason else ""
        listed = ": " + "; ".join(parts) if parts else ""
        super().__init__(f"options could not be put back{listed}{tail}")
        self.left = dict(left)


class StillBusy(ConformanceError):
    """The server did not become idle, or awake, in the time given."""


class TargetError(ConformanceError):
    """Something answers, and cannot be judged: no such API, switched off, or credentials wrong."""


class AccessDenied(TargetError):
    """The server does not let us in: credentials are missing or wrong."""


class SuiteError(ConformanceError):
    """The suite itself cannot go on."""


class CatalogueError(SuiteError):
    """A data file of the catalogue is malformed; names the file and the requirement."""


class JournalError(SuiteError):
    """An undo journal that cannot be written or read; names the file."""


class StateError(SuiteError):
    """The state of a watch that cannot be written or read; names the file."""


class ConfigurationError(ConformanceError):
    """A file or a secret of the operator's that cannot be used; names the file and the place."""


class ReportError(ConformanceError):
    """A report that cannot be read or written; names the file."""


class SelectionError(ConformanceError):
    """A word that chooses no requirement."""
