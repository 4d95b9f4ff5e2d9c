"""Users for Locust that behave as the programs which people use with the webui.

``sdapi-check load`` runs them. In a locustfile of your own, subclass ``PictureUser``, or
``ArrivalUser`` for users who come at random; ``sdapi-check example locust`` prints one.
"""

from __future__ import annotations

import os
from random import Random
from typing import TYPE_CHECKING, Any, ClassVar

# First, for it replaces sockets and threads by its own before anything else uses them.
from locust import User as LocustUser
from locust import task
from locust.exception import StopUser

from conformance.client.address import Bearer, read_credentials
from conformance.deployment.connection import Connection
from conformance.load.plan import Budget, Habits
from conformance.load.samples import Collector
from conformance.load.users import Users
from conformance.load.workload import Mix, parse_duration, parse_share, thinking

if TYPE_CHECKING:
    from collections.abc import Callable

    from locust.env import Environment

    from conformance.client.address import Credentials
    from conformance.load.samples import Sample
    from conformance.load.users import User

__all__ = ["ArrivalUser", "PictureUser", "set_users"]

_USERS = "sdapi_users"
# Seconds. A server that refuses at once would be asked a hundred times a second.
_AFTER_FAILURE = 1.0


class _ForLocust(Collector):
    """Passes everything on to the statistics of Locust, which its page shows.

    Args:
        environment: of Locust.
    """

    def __init__(self, environment: Environment) -> None:
        super().__init__()
        self._environment = environment

    def done(self, number: int, sample: Sample) -> None:
        """See ``Collector.done``; wait and service get lines of their own."""
        super().done(number, sample)
        self._fire("POST", f"txt2img {sample.job}", sample.total, sample.bytes, sample.problem)
        for name, seconds in (("wait", sample.wait), ("service", sample.service)):
            if seconds is not None:
                self._fire("of it", f"{name} {sample.job}", seconds)
        self.report()

    def asked(self, kind: str, seconds: float, *, good: bool) -> None:
        """See ``Collector.asked``."""
        super().asked(kind, seconds, good=good)
        self._fire("ask", kind, seconds, problem="" if good else "no good answer")

    def _fire(self, kind: str, name: str, seconds: float, size: int = 0, problem: str = "") -> None:
        fire: Callable[..., None] = self._environment.events.request.fire
        fire(
            request_type=kind,
            name=name,
            response_time=1000 * seconds,
            response_length=size,
            exception=ValueError(problem) if problem else None,
        )


class _SdapiUser(LocustUser):
    """What both kinds of users have; the attributes are for subclasses to set.

    Attributes:
        mix: kinds of pictures: width x height x steps : weight.
        poll: time between two looks at the progress.
        interrupts: share of pictures that their users give up while they are made.
        task_ids: whether the server knows ``force_task_id`` (webui 1.8 and its forks).
        budget: what each process may sample, in pictures of 512x512 at 20 steps.
        timeout: time to wait for a picture.
        auth: ``user:password``; by default what the variable SDAPI_AUTH holds.
        token: a bearer token; by default what the variable SDAPI_TOKEN holds.
    """

    abstract = True
    mix: ClassVar[str] = "512x512x20"
    poll: ClassVar[str] = "1s"
    interrupts: ClassVar[str] = "0%"
    task_ids: ClassVar[bool] = True
    budget: ClassVar[float] = 32.0
    timeout: ClassVar[str] = "300s"
    auth: ClassVar[str | None] = os.environ.get("SDAPI_AUTH")
    token: ClassVar[str | None] = os.environ.get("SDAPI_TOKEN")

    @property
    def users(self) -> Users:
        """All users of this process; made by the first of them."""
        found: Users | None = getattr(self.environment, _USERS, None)
        return found or set_users(self.environment, self._users())

    def _users(self) -> Users:
        habits = Habits(
            mix=Mix.parse(self.mix),
            poll=parse_duration(self.poll),
            interrupts=parse_share(self.interrupts),
            task_ids=self.task_ids,
        )
        auth: Credentials | None = Bearer(self.token) if self.token else read_credentials(self.auth)
        url = self.host or "http://127.0.0.1:7860"
        connection = Connection(url=url, auth=auth, timeout=parse_duration(self.timeout))
        collector = _ForLocust(self.environment)
        seed = Random().randrange(2**32)  # noqa: S311 - nothing secret
        return Users(habits, [connection], Budget(self.budget).take, collector, seed=seed)


class PictureUser(_SdapiUser):
    """A user who asks for a picture, waits for it, thinks, and asks again (closed model).

    Attributes:
        think: time between two pictures, on average.
    """

    abstract = True
    think: ClassVar[str] = "5s"

    def __init__(self, environment: Environment) -> None:
        super().__init__(environment)
        self._user: User | None = None
        self._good = True
        self._random = Random()  # noqa: S311 - nothing secret

    def on_start(self) -> None:
        """Connect as a program does."""
        self._user = self.users.user()
        self._user.arrive()

    def on_stop(self) -> None:
        """Leave."""
        if self._user is not None:
            self._user.close()

    def wait_time(self) -> float:
        """Seconds until the next picture; nobody asks again at once after a failure."""
        return max(thinking(self._random, self.thinks), 0.0 if self._good else _AFTER_FAILURE)

    @property
    def thinks(self) -> float:
        """Seconds between two pictures, on average."""
        return parse_duration(self.think)

    @task
    def picture(self) -> None:
        """Ask for a picture, and leave for good where the budget has none left."""
        sample = self._user.picture() if self._user is not None else None
        if sample is None:
            raise StopUser
        self._good = sample.good


class ArrivalUser(_SdapiUser):
    """Users who come at random, whoever is there already (open model); one to a process is enough.

    Attributes:
        rate: users a minute, on average.
    """

    abstract = True
    rate: ClassVar[float] = 1.0

    @task
    def arrivals(self) -> None:
        """Let users come until the test ends."""
        if not self.users.rate:
            self.users.rate = self.rate
        self.users.arrivals()

    def on_stop(self) -> None:
        """Let nobody come any more."""
        self.users.close()


def set_users(environment: Any, users: Users) -> Users:
    """Let the users of an environment be these.

    Args:
        environment: of Locust.
        users: what they share.

    Returns:
        The users.
    """
    setattr(environment, _USERS, users)
    return users
