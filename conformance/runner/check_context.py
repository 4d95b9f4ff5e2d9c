"""The context of a check: requests, shared pictures, options and names of one server."""

from __future__ import annotations

import json
from collections import Counter
from contextlib import suppress
from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from conformance.client.connection import Timeouts
from conformance.detection.probe import API, absent
from conformance.detection.profile import claims
from conformance.detection.routes import switched_off
from conformance.detection.target import Target
from conformance.errors import ConnectionFailed
from conformance.requirements.requirement import Version
from conformance.runner import generation
from conformance.runner.budget import Clock, Meter, RequestSender
from conformance.runner.generation import Generation
from conformance.runner.long_jobs import JobTools, LongJobs
from conformance.runner.option_guard import OptionGuard
from conformance.runner.retries import LIMIT, Retries
from conformance.verdict import Failed, Hidden, NotApplicable, NotSupported, Signal, seen

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping

    from conformance.client.address import Credentials
    from conformance.client.client import Client
    from conformance.client.options import OptionJournal
    from conformance.detection.profile import ServerProfile
    from conformance.detection.target import Names
    from conformance.exchange import Exchange
    from conformance.runner.retries import RateLimit
    from conformance.runner.watch import WatchedJob


# The last version that took no bare base64 (recorded i2i/data-uri of 47a44c7).
_DATA_URIS_ALONE = Version.parse("47a44c7")
# How often a shared picture is asked for that a gateway hides.
_TRIES = 2
# The value of a field that is not sent.
LEFT_OUT: Any = object()


@dataclass(frozen=True, kw_only=True)
class ContextSettings:
    """How a context is set up.

    Args:
        size: edge of the small pictures, 64 by default; a multiple of 64.
        timeouts: for one request.
        auth: the operator's credentials, None where the server asks for none.
        second_auth: another user's, for servers with several.
        budget: pictures that may be sampled; None for no limit.
        rate: keeps a distance between requests; None for none.
        journal: written before options are changed; None for none.
        clock: how time passes.
        retry_limit: seconds that may be waited altogether where a request is to come later.
        say: gets a line about that wait.
    """

    size: int = 64
    timeouts: Timeouts = field(default_factory=Timeouts)
    auth: Credentials | None = None
    second_auth: Credentials | None = None
    budget: float | None = None
    rate: RateLimit | None = None
    journal: OptionJournal | None = None
    clock: Clock = field(default_factory=Clock)
    retry_limit: float = LIMIT
    say: Callable[[str], None] = lambda _: None


class CheckContext:
    """What checks work on: requests, names, shared pictures, options.

    What is shared is made on demand and once: ``one_image`` and its likes, ``read``, ``before``.

    Args:
        target: the server, recognised.
        settings: how the context is set up.
    """

    def __init__(self, target: Target, settings: ContextSettings | None = None) -> None:
        self.target = target
        self.settings = settings or ContextSettings()
        self.meter = Meter(self.settings.budget)
        clock, timeouts = self.settings.clock, self.settings.timeouts
        self.sender = RequestSender(target.client, timeouts, self.meter, clock.now)
        self.options = OptionGuard(self.sender, self.settings.journal)
        if self.settings.rate is not None:
            target.client.before_each(self.settings.rate.wait)
        target.client.before_each(self.options.guard)
        self.retries = Retries(self.settings.retry_limit, clock)
        self.retries.say = self.settings.say
        self.sender.waited = lambda: self.retries.waited
        target.client.again_where(self.retries.wanted)
        self._made: dict[str, Generation | Exception] = {}
        self._hidden: Counter[str] = Counter()
        #: Whether somebody else was seen to use the server meanwhile.
        self.shared = False

    @property
    def client(self) -> Client:
        """The typed client, for what the context has no method for."""
        return self.target.client

    @property
    def names(self) -> Names:
        """The names of the server's own lists."""
        return self.target.names

    @property
    def profile(self) -> ServerProfile:
        """What kind of server it is."""
        return self.target.profile

    def close(self) -> None:
        """Close the connections to the server."""
        self.client.close()

    @cached_property
    def jobs(self) -> LongJobs:
        """Jobs that last long enough to be watched."""
        tools = JobTools(
            sender=self.sender,
            meter=self.meter,
            clock=self.settings.clock,
            size=self.settings.size,
            warm_up=self.identify,
            sampler=lambda: self.names.quick_sampler,
            later=self.retries.wanted,
        )
        return LongJobs(tools)

    # Requests

    def send(self, method: str, path: str, **request: Any) -> Exchange:
        """Send a request and return whatever comes; keywords as for ``Client.exchange``.

        Args:
            method: such as ``POST``.
            path: below the host, such as ``/sdapi/v1/options``.
            request: as for ``Client.exchange``, such as ``json``.

        Returns:
            What the server answered, whatever its status.

        Raises:
            Hidden: something in front of the server answered in its place.
            ConnectionFailed: no whole answer came.
        """
        return seen(self.exchange(method, path, **request))

    def exchange(self, method: str, path: str, **request: Any) -> Exchange:
        """As ``send``, and return also what something in front of the server answered.

        For checks of who is let in: there an answer of whatever is in front is an answer too.

        Args:
            method: such as ``POST``.
            path: below the host.
            request: as for ``send``.

        Returns:
            What came, from whoever it came.
        """
        return self.sender.send(method, path, **request)

    def get(self, path: str, **request: Any) -> Exchange:
        """GET a route; below ``/sdapi/v1`` the name alone will do, as in ``get("samplers")``.

        Args:
            path: below ``/sdapi/v1``, or from the host on where it starts with a slash.
            request: as for ``Client.exchange``.

        Returns:
            What came, whatever its status.

        Raises:
            NotSupported: the route is absent, and this kind of server need not have it.
            NotApplicable: the operator switched off the extension that has the route.
            ConnectionFailed: no whole answer came.
        """
        return self._present(self.send("GET", _full(path), **request))

    def post(self, path: str, **request: Any) -> Exchange:
        """POST to a route; as ``get``.

        Args:
            path: as for ``get``.
            request: as for ``Client.exchange``, such as ``json``.

        Returns:
            What came, whatever its status.
        """
        return self._present(self.send("POST", _full(path), **request))

    def read(self, path: str) -> Exchange:
        """GET a route once for all checks; as ``get``.

        Args:
            path: as for ``get``.

        Returns:
            What came the first time.
        """
        exchange = self.target.probe.ask(_full(path))
        self.sender.touch(exchange)
        if seen(exchange).status is None:
            raise Failed("an answer", exchange.error or "no answer", exchange)
        return self._present(exchange)

    def _present(self, exchange: Exchange) -> Exchange:
        if not absent(exchange):
            return exchange
        if not claims(self.profile, exchange.method, exchange.path):
            raise NotSupported(f"{exchange.method} {exchange.path}", exchange)
        reason = self.switched_off(exchange.path)
        if reason:
            raise NotApplicable(reason)
        # Whatever a check looks for, the error of an absent route is none of the route's own.
        route = f"{exchange.method} {exchange.path.partition('?')[0]}"
        raise Failed(f"the route {route}", f"it is absent ({exchange.status})", exchange)

    def switched_off(self, path: str) -> str:
        """Why the server lacks a route by its operator's will; empty where it should have it.

        Args:
            path: from the host on.
        """
        return switched_off(self.target.probe, path)

    # Generations

    def generate(self, payload: Mapping[str, Any], route: str = "txt2img") -> Generation:
        """Ask for a generation.

        Args:
            payload: fields of the request.
            route: txt2img by default, or img2img.

        Returns:
            The answer, read step by step.

        Raises:
            BudgetSpent: it would cost more than is allowed.
            NotSupported: the route is absent, and this kind of server need not have it.
            ConnectionFailed: no whole answer came.
        """
        return Generation(payload, self.post(route, json=dict(payload)))

    @property
    def one_image(self) -> Generation:
        """One small picture in one step, seed 7."""
        return self._shared(
            "one_image", lambda: self.generate(generation.one_image(self.settings.size))
        )

    @property
    def one_image_again(self) -> Generation:
        """The request of ``one_image`` a second time."""
        return self._shared(
            "one_image_again", lambda: self.generate(generation.one_image(self.settings.size))
        )

    @property
    def batch_of_two(self) -> Generation:
        """``one_image`` with batch_size 2."""
        return self._shared(
            "batch_of_two", lambda: self.generate(generation.batch_of_two(self.settings.size))
        )

    @property
    def two_iterations(self) -> Generation:
        """``one_image`` with n_iter 2."""
        return self._shared(
            "two_iterations", lambda: self.generate(generation.two_iterations(self.settings.size))
        )

    @property
    def one_img2img(self) -> Generation:
        """img2img in two steps, denoising_strength 0.5."""
        return self._shared("one_img2img", lambda: self.generate(self.img2img_payload, "img2img"))

    @property
    def img2img_payload(self) -> dict[str, Any]:
        """The request of ``one_img2img``, its picture in a form that this server takes."""
        return generation.one_img2img(self.settings.size, data_uri=self.takes_data_uris_alone)

    @property
    def takes_data_uris_alone(self) -> bool:
        """Whether bare base64 is refused, as it was in 2022."""
        version = self.profile.version
        return version is not None and version.at_most(_DATA_URIS_ALONE)

    def varied(self, **changes: Any) -> Generation:
        """``one_image`` with other or further fields, made once for all who ask for the same.

        Args:
            changes: fields of the request; one that is ``LEFT_OUT`` is not sent.

        Raises:
            As ``generate``.
        """
        return self._varied(generation.one_image(self.settings.size) | changes, "txt2img")

    def reworked(self, **changes: Any) -> Generation:
        """``one_img2img`` with other or further fields; as ``varied``.

        Args:
            changes: fields of the request; one that is ``LEFT_OUT`` is not sent.
        """
        return self._varied(self.img2img_payload | changes, "img2img")

    @property
    def watched(self) -> WatchedJob:
        """A job long enough to be seen, and what the server answered meanwhile."""
        return self.jobs.watched

    @property
    def lists_no_model(self) -> bool:
        """Whether the list of models is empty, as where none is loaded."""
        with suppress(ConnectionFailed):
            return bool(self.target.probe.json(f"{API}/sd-models") == [])
        return False

    def identify(self) -> None:
        """Make the first picture, and learn from it which program made it."""
        try:
            self.target.learn(self.one_image.programs)
        except (Signal, ConnectionFailed):
            # The checks of txt2img report it; without a picture less is known.
            return

    def forget(self, exchanges: Iterable[Exchange]) -> None:
        """Forget generations and jobs, so that whoever asks for them has them made anew.

        Args:
            exchanges: of what is forgotten.
        """
        gone = list(exchanges)
        for name, made in list(self._made.items()):
            if isinstance(made, Generation) and any(made.exchange is one for one in gone):
                del self._made[name]
        self.jobs.forget(gone)

    def _varied(self, payload: Mapping[str, Any], route: str) -> Generation:
        sent = {name: value for name, value in payload.items() if value is not LEFT_OUT}
        key = f"{route} {json.dumps(sent, sort_keys=True)}"
        return self._shared(key, lambda: self.generate(sent, route))

    def _shared(self, name: str, make: Callable[[], Generation]) -> Generation:
        """What ``make`` makes, or raises, the first time."""
        if name not in self._made:
            with self.client.turn:  # in which another worker may have made it
                self._made[name] = self._made.get(name) or self._try(name, make)
        made = self._made[name]
        if isinstance(made, Exception):
            raise made
        self.sender.touch(made.exchange)
        return made

    def _try(self, name: str, make: Callable[[], Generation]) -> Generation | Exception:
        try:
            return make()
        except Hidden as error:
            # A gateway that failed once may let the next one through.
            self._hidden[name] += 1
            if self._hidden[name] < _TRIES:
                raise
            return error
        except (NotSupported, Failed, ConnectionFailed) as error:
            return error


def _full(path: str) -> str:
    return path if path.startswith("/") else f"{API}/{path}"


def open_context(
    client: Client, settings: ContextSettings, profile: ServerProfile | None = None
) -> CheckContext:
    """Make sure that a server is one and lets us in, and set up the context.

    Args:
        client: how to reach the server.
        settings: of the context; they hold the client's credentials too, for the checks of auth.
        profile: what kind of server it is; None to find out.

    Raises:
        ConnectionFailed: it was not reached.
        TargetError: it is no sdapi, or does not let us in.
    """
    context = CheckContext(Target(client, profile), settings)
    context.target.recognise()
    return context
