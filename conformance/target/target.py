"""The server that is judged."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.client.words import ErrorShape, read_words
from conformance.errors import Denied, TargetError
from conformance.target.detect import detect
from conformance.target.names import Names
from conformance.target.openapi import OpenApi
from conformance.target.probe import API, OPENAPI, PATHS, Probe

if TYPE_CHECKING:
    from conformance.client.client import Client
    from conformance.client.exchange import Exchange
    from conformance.target.profile import ServerProfile

# Any of them answering as an API does is enough to call it one.
_TELLING = (f"{API}/options", f"{API}/samplers", f"{API}/sd-models", f"{API}/progress")
_ENOUGH = 2
_DENIED = {401, 403}
# Said of an answer that had begun.
_BROKEN_OFF = "in the middle of its answer"


class Target:
    """The server that is judged: the way to it, what kind it is, and what it offers.

    Args:
        client: the way to it.
        profile: what kind it is; None to find out.
    """

    def __init__(self, client: Client, profile: ServerProfile | None = None) -> None:
        self.client = client
        self.probe = Probe(client)
        self.names = Names(self.probe.json)
        self._given = profile
        self._profile = profile

    @property
    def profile(self) -> ServerProfile:
        """What kind of server it is, as far as it is known."""
        if self._profile is None:
            self._profile = detect(self.probe)
        return self._profile

    @property
    def openapi(self) -> OpenApi:
        """What its /openapi.json says; empty where there is none."""
        return OpenApi.read(self.probe.json(OPENAPI))

    def learn(self, programs: tuple[str, ...]) -> None:
        """Take into account what its pictures say of the program that made them."""
        if self._given is None:
            self._profile = detect(self.probe, programs)

    def recognise(self) -> None:
        """Make the cheap reads, and make sure that this is such an API and lets us in.

        Raises:
            Unreachable: nothing answers there.
            TargetError: something else answers, or it does not let us in (Denied).
        """
        # A server that is deaf to two of them is not waited for four times.
        if all(self.probe.ask(path).status is None for path in _TELLING[:_ENOUGH]):
            raise self._refusal()
        if not self._is_one():
            raise self._refusal()
        for path in PATHS:
            self.probe.ask(path)

    def _is_one(self) -> bool:
        """Whether something answers as the API does, be it in bodies that cannot be read."""
        answers = [self.probe.ask(path) for path in _TELLING]
        if any(map(_telling, answers)) or self._documented():
            return True
        return all(map(_damaged, answers))

    def _documented(self) -> bool:
        """Whether there is nothing to read but the document, as in October 2022."""
        absent = all(self.probe.ask(path).status == 404 for path in _TELLING)  # noqa: PLR2004 - HTTP's own
        return absent and self.openapi.lists("POST", f"{API}/txt2img")

    def _refusal(self) -> TargetError:
        answers = [answer for answer in self.probe.answers if answer.path in _TELLING]
        base = self.client.address.base
        if all(answer.status is None for answer in answers):
            return TargetError(
                f"{base} does not answer: GET {answers[0].path}, {_lost(answers[0])}"
            )
        if any(answer.status in _DENIED for answer in answers):
            return Denied(f"{base} refuses the credentials{_hint(answers)}")
        if all(answer.status == 404 for answer in answers) and _says_not_found(answers[0]):  # noqa: PLR2004 - HTTP's own
            return TargetError(
                f"{base} answers, but its API is off (404 Not Found): start the webui with --api, "
                "or correct the address",
            )
        return TargetError(f"{base} answers, but is no sdapi: {_heard(answers[0])}")


def _telling(exchange: Exchange) -> bool:
    if not exchange.ok:
        return False
    try:
        return isinstance(exchange.json, dict | list)
    except ValueError:
        return False


def _damaged(exchange: Exchange) -> bool:
    """Whether an answer was meant to be JSON, or broke off."""
    if exchange.error is not None:
        return _BROKEN_OFF in exchange.error
    return exchange.ok and exchange.media_type == "application/json"


def _says_not_found(exchange: Exchange) -> bool:
    words = read_words(exchange.status or 0, exchange.response_headers, exchange.body)
    return words.shape is ErrorShape.DETAIL and words.text == "Not Found"


def _hint(answers: list[Exchange]) -> str:
    denied = next(answer for answer in answers if answer.status in _DENIED)
    sent = any(name.lower() == "authorization" for name in denied.request_headers)
    if sent:
        return f" ({denied.status}): user or password is wrong"
    return f" ({denied.status}): give some with --auth user:password"


def _heard(exchange: Exchange) -> str:
    if exchange.status is None:
        return f"GET {exchange.path} failed, {exchange.error}"
    words = read_words(exchange.status, exchange.response_headers, exchange.body)
    said = f" ({words.text[:80]})" if words.text else ""
    if words.shape is ErrorShape.REDIRECT:
        return f"GET {exchange.path} answered {exchange.status}{_elsewhere(exchange)}"
    if words.shape is ErrorShape.GATEWAY:
        return f"a gateway in front of it answered {exchange.status}{said}; is the webui running?"
    return f"GET {exchange.path} answered {exchange.status}{said}"


def _lost(exchange: Exchange) -> str:
    """How a request without an answer ended, and what may lie behind it."""
    hint = "; does it speak TLS there? try http://" if exchange.url.startswith("https:") else ""
    return f"{exchange.error}{hint}"


def _elsewhere(exchange: Exchange) -> str:
    """Where a redirect leads: to the same route of another base, or to a login."""
    location = exchange.response_headers.get("location", "").partition("?")[0]
    base = location.removesuffix(exchange.path)
    if base and base != location:
        return f" (it redirects to {base}; use that address)"
    words = "if that is a login, show credentials with --auth, --token or --header"
    return f" (it redirects to {location}; {words})"
