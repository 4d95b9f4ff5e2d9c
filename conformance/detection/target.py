"""The server under judgement: recognised, and asked for the names in its lists."""

from __future__ import annotations

from http import HTTPStatus
from typing import TYPE_CHECKING, Any

from conformance.client.fork_fields import PROGRAMS
from conformance.detection.probe import API, PATHS, OpenApi, Probe
from conformance.detection.profile import detect
from conformance.error_body import ErrorShape, parse_error_body
from conformance.errors import AccessDenied, TargetError
from conformance.gateway import Obstacle, turned_away

if TYPE_CHECKING:
    from collections.abc import Callable

    from conformance.client.client import Client
    from conformance.detection.profile import ServerProfile
    from conformance.exchange import Exchange


# Samplers that give a picture in one or two steps, best first; UniPC fails below four.
QUICK_SAMPLERS = ("Euler", "Euler a", "euler", "euler_a", "DDIM", "LMS", "Heun", "DPM2")


class Names:
    """The names of a server's own lists; an absent or malformed list has none.

    Args:
        read: the JSON of a path, None where there is none.
    """

    def __init__(self, read: Callable[[str], Any]) -> None:
        self._read = read

    @property
    def samplers(self) -> tuple[str, ...]:
        """Names of the samplers."""
        return self._of("samplers", "name")

    @property
    def quick_sampler(self) -> str | None:
        """A sampler that needs few steps; the first one if none is known to, None without any."""
        known = [name for name in QUICK_SAMPLERS if name in self.samplers]
        return next(iter([*known, *self.samplers]), None)

    def other_sampler(self, than: str | None) -> str | None:
        """A sampler that needs few steps and is not ``than``; None if there is none.

        Args:
            than: name of a sampler.
        """
        return next((n for n in QUICK_SAMPLERS if n in self.samplers and n != than), None)

    @property
    def schedulers(self) -> tuple[str, ...]:
        """Names of the schedulers."""
        return self._of("schedulers", "name")

    @property
    def models(self) -> tuple[dict[str, Any], ...]:
        """The entries of sd-models."""
        return self._items("sd-models")

    @property
    def upscalers(self) -> tuple[str, ...]:
        """Names of the upscalers."""
        return self._of("upscalers", "name")

    @property
    def latent_modes(self) -> tuple[str, ...]:
        """Names of the latent upscale modes."""
        return self._of("latent-upscale-modes", "name")

    @property
    def styles(self) -> tuple[dict[str, Any], ...]:
        """The entries of prompt-styles."""
        return self._items("prompt-styles")

    @property
    def loras(self) -> tuple[str, ...]:
        """Names of the LoRAs."""
        return self._of("loras", "name")

    def scripts(self, tab: str = "txt2img") -> tuple[str, ...]:
        """Names of the scripts of a tab, ``txt2img`` or ``img2img``.

        Args:
            tab: ``txt2img`` or ``img2img``.
        """
        value = self._read(f"{API}/scripts")
        names = value.get(tab) if isinstance(value, dict) else None
        return tuple(n for n in names if isinstance(n, str)) if isinstance(names, list) else ()

    def always_on_scripts(self, *, always: bool = True, img2img: bool = False) -> tuple[str, ...]:
        """Names of the scripts that are always on, or of those that are selected by name.

        Args:
            always: whether those that are always on are wanted, which is the default.
            img2img: whether of the img2img tab.
        """
        return tuple(
            item["name"]
            for item in self._items("script-info")
            if item.get("is_alwayson") is always
            and item.get("is_img2img") is img2img
            and isinstance(item.get("name"), str)
        )

    def _items(self, name: str) -> tuple[dict[str, Any], ...]:
        value = self._read(f"{API}/{name}")
        return tuple(i for i in value if isinstance(i, dict)) if isinstance(value, list) else ()

    def _of(self, name: str, key: str) -> tuple[str, ...]:
        values = (item.get(key) for item in self._items(name))
        return tuple(value for value in values if isinstance(value, str) and value)


# Any of them answering as an API does is enough to call it one.
_FIRST_READS = (f"{API}/options", f"{API}/samplers", f"{API}/sd-models", f"{API}/progress")
_ENOUGH = 2
# What a gateway wants that neither credentials nor another address give.
_IN_BETWEEN = {Obstacle.CHALLENGE, Obstacle.RATE}
_DENIED = {HTTPStatus.UNAUTHORIZED, HTTPStatus.FORBIDDEN}
# Said of an answer that had begun.
_BROKEN_OFF = "in the middle of its answer"


class Target:
    """The server that is judged: how to reach it, what kind it is, and what it offers.

    Args:
        client: how to reach it.
        profile: what kind it is; None to find out.
    """

    def __init__(self, client: Client, profile: ServerProfile | None = None) -> None:
        self.client = client
        self.probe = Probe(client)
        self.names = Names(self.probe.json)
        # What its pictures call it; empty until one was made.
        self.programs: tuple[str, ...] = ()
        self._given = profile
        self._profile: ServerProfile | None = None
        if profile is not None:
            self._is(profile)

    @property
    def profile(self) -> ServerProfile:
        """What kind of server it is, as far as it is known."""
        return self._profile or self._is(detect(self.probe))

    def _is(self, profile: ServerProfile) -> ServerProfile:
        """From here on it is taken for this; the client then knows its fields."""
        self._profile = profile
        self.client.family = profile.family if profile.family in PROGRAMS else None
        return profile

    @property
    def openapi(self) -> OpenApi:
        """What its /openapi.json says; empty where there is none."""
        return self.probe.openapi

    def learn(self, programs: tuple[str, ...]) -> None:
        """Take into account what its pictures say of the program that made them.

        Args:
            programs: as the infotexts name them, such as ``v1.10.1``.
        """
        self.programs = programs
        if self._given is None:
            self._is(detect(self.probe, programs))

    def recognise(self) -> None:
        """Make the cheap reads, and make sure that this is such an API and lets us in.

        Raises:
            Unreachable: nothing answers there.
            TargetError: something else answers, or it does not let us in (Denied).
        """
        # A server that answers none of two is not waited for four times.
        if all(self.probe.ask(path).status is None for path in _FIRST_READS[:_ENOUGH]):
            raise self._refusal()
        if not self._is_one():
            raise self._refusal()
        for path in PATHS:
            self.probe.ask(path)

    def _is_one(self) -> bool:
        """Whether something answers as the API does, be it in bodies that cannot be read."""
        answers = [self.probe.ask(path) for path in _FIRST_READS]
        if any(map(_answers_json, answers)) or self._documented():
            return True
        return all(map(_damaged, answers))

    def _documented(self) -> bool:
        """Whether there is nothing to read but the document, as in October 2022."""
        absent = all(self.probe.ask(path).status == HTTPStatus.NOT_FOUND for path in _FIRST_READS)
        return absent and self.openapi.lists("POST", f"{API}/txt2img")

    def _refusal(self) -> TargetError:
        answers = [answer for answer in self.probe.answers if answer.path in _FIRST_READS]
        base = self.client.address.base
        if all(answer.status is None for answer in answers):
            return TargetError(
                f"{base} does not answer: GET {answers[0].path}, {_lost(answers[0])}"
            )
        away = turned_away(answers[0])
        if away is not None and away.obstacle in _IN_BETWEEN:
            return TargetError(f"{base} could not be seen: GET {answers[0].path}: {away}")
        if any(answer.status in _DENIED for answer in answers):
            return AccessDenied(f"{base} refuses the credentials{_hint(answers)}")
        if all(answer.status == HTTPStatus.NOT_FOUND for answer in answers) and _says_not_found(
            answers[0]
        ):
            return TargetError(
                f"{base} answers, but its API is off (404 Not Found): start the webui with --api, "
                "or correct the address",
            )
        return TargetError(f"{base} answers, but is no sdapi: {_heard(answers[0])}")


def _answers_json(exchange: Exchange) -> bool:
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
    body = parse_error_body(exchange.status or 0, exchange.response_headers, exchange.body)
    return body.shape is ErrorShape.DETAIL and body.text == "Not Found"


def _hint(answers: list[Exchange]) -> str:
    denied = next(answer for answer in answers if answer.status in _DENIED)
    sent = any(name.lower() == "authorization" for name in denied.request_headers)
    if sent:
        return f" ({denied.status}): user or password is wrong"
    return f" ({denied.status}): give some with --auth user:password"


def _heard(exchange: Exchange) -> str:
    if exchange.status is None:
        return f"GET {exchange.path} failed, {exchange.error}"
    away = turned_away(exchange)
    if away is not None and away.obstacle is Obstacle.SIGN_IN and exchange.ok:
        return f"GET {exchange.path}: {away}"
    body = parse_error_body(exchange.status, exchange.response_headers, exchange.body)
    said = f" ({body.text[:80]})" if body.text else ""
    if body.shape is ErrorShape.REDIRECT:
        return f"GET {exchange.path} answered {exchange.status}{_elsewhere(exchange)}"
    if body.shape is ErrorShape.GATEWAY:
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
    advice = "if that is a login, show credentials with --auth, --token or --header"
    return f" (it redirects to {location}; {advice})"
