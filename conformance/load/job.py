"""What a process of a load test gets to know when it is started, secrets among it."""

from __future__ import annotations

import json
from dataclasses import asdict, dataclass
from typing import TYPE_CHECKING, Any

from conformance.client.address import Basic, Bearer
from conformance.deployment.connection import Connection
from conformance.load.plan import Plan

if TYPE_CHECKING:
    from conformance.client.address import Credentials

# What a connection needs to send requests; what a run of checks adds is not passed on.
_PLAIN = ("url", "headers", "secrets", "verify", "proxy", "timeout")


@dataclass(frozen=True)
class Place:
    """Where the process that counts is.

    Args:
        host: on which it listens, or where it is.
        port: of it.
    """

    host: str = "127.0.0.1"
    port: int = 5557


@dataclass(frozen=True, kw_only=True)
class EngineJob:
    """What one process does.

    Args:
        role: ``alone``, ``master`` or ``worker``.
        connections: to the servers, in the order of the plan.
        plan: of the load test; None for a worker, which asks the master.
        place: of the master, for masters and workers.
        seed: of the random choices of this process.
    """

    role: str
    connections: tuple[Connection, ...]
    plan: Plan | None = None
    place: Place = Place()
    seed: int = 0

    def write(self) -> str:
        """One line for the standard input of the process; no command line shows secrets."""
        return json.dumps(
            {
                "role": self.role,
                "connections": [_written(connection) for connection in self.connections],
                "plan": None if self.plan is None else self.plan.to_json(),
                "place": asdict(self.place),
                "seed": self.seed,
            },
        )

    @classmethod
    def read(cls, line: str) -> EngineJob:
        """A job that ``write`` wrote.

        Args:
            line: of JSON.
        """
        value = json.loads(line)
        plan = value["plan"]
        return cls(
            role=value["role"],
            connections=tuple(_read(connection) for connection in value["connections"]),
            plan=None if plan is None else Plan.from_json(plan),
            place=Place(**value["place"]),
            seed=value["seed"],
        )


def _written(connection: Connection) -> dict[str, Any]:
    auth = connection.auth
    value: dict[str, Any] = {name: getattr(connection, name) for name in _PLAIN}
    value["headers"] = dict(connection.headers)
    value["basic"] = [auth.user, auth.password] if isinstance(auth, Basic) else None
    value["bearer"] = auth.token if isinstance(auth, Bearer) else None
    return value


def _read(value: dict[str, Any]) -> Connection:
    basic, bearer = value.pop("basic"), value.pop("bearer")
    auth: Credentials | None = Basic(*basic) if basic else None
    secrets = tuple(value.pop("secrets"))
    return Connection(**value, secrets=secrets, auth=Bearer(bearer) if bearer else auth)
