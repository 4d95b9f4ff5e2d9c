"""On paper: what a load test of a whole fleet needs, from what this one needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.load.capacity import Capacity

_MINUTE = 60.0
_MEGA = 1e6
# A worker that is busier than this measures its own delays.
_LOAD = 0.6
# Of a machine that is to make the load.
_CORES, _MEMORY_MB, _NETWORK_MBIT = 16, 64_000, 10_000
# The picture, and the progress.
_CONNECTIONS = 2
# Pictures below which what a process costs anyway hides what a picture costs.
_FEWEST = 30
# Pictures of each user that a stage needs to be measured.
_EACH = 3


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What making the load took.

    Args:
        pictures: that were asked for.
        seconds: that it took, from the first request to the last answer.
        cpu: seconds of CPU that the processes which made the load used.
        counting: seconds of CPU that the process which counts used; 0 where it is the same one.
        memory: megabytes of the largest process.
        users: at the same time, at most, in each process.
        base: megabytes of a process before its first user.
        bytes: of the answers, in all.
        requests: that were sent, polls among them.
    """

    pictures: int
    seconds: float
    cpu: float
    counting: float
    memory: float
    users: int
    base: float
    bytes: int
    requests: int


@dataclass(frozen=True, kw_only=True)
class Fleet:
    """What a load test of a fleet needs.

    Args:
        servers: of the fleet.
        users: that keep all of them busy.
        rate: pictures a second.
        workers: processes that make the load, one to a core.
        users_each: users of a worker.
        memory_each: megabytes of a worker.
        connections: at the same time, in all.
        network: megabits a second that arrive.
        master: cores that the process which counts needs; more than 1 is more than it can use.
        machines: of 16 cores, 64 GB and 10 Gbit/s.
        budget: pictures of one stage.
        parts: load tests of their own that the fleet is to be divided into.
    """

    servers: int
    users: int
    rate: float
    workers: int
    users_each: int
    memory_each: float
    connections: int
    network: float
    master: float
    machines: int
    budget: int
    parts: int


def fleet(servers: int, measured_on: int, capacity: Capacity, effort: Effort) -> Fleet | None:
    """What a load test of a fleet needs, at most; None where this one measured too little to say.

    Args:
        servers: of the fleet.
        measured_on: servers that were measured.
        capacity: of those.
        effort: what measuring them took.
    """
    if effort.pictures < _FEWEST or not effort.cpu:
        return None
    times = servers / measured_on
    rate = times * capacity.rate / _MINUTE
    users = math.ceil(times * capacity.knee)
    workers = max(math.ceil(rate * effort.cpu / effort.pictures / _LOAD), 1)
    users_each = math.ceil(users / workers)
    memory_each = effort.base + users_each * memory_of_user(effort)
    network = 8 * rate * effort.bytes / effort.pictures / _MEGA
    # Where one process does both, counting is a part of what was measured already.
    master = rate * effort.counting / effort.pictures
    return Fleet(
        servers=servers,
        users=users,
        rate=rate,
        workers=workers,
        users_each=users_each,
        memory_each=memory_each,
        connections=_CONNECTIONS * users,
        network=network,
        master=master,
        machines=_machines(workers, memory_each, network),
        budget=_EACH * users,
        parts=max(math.ceil(master / _LOAD), 1),
    )


def memory_of_user(effort: Effort) -> float:
    """Megabytes that one more user takes.

    Args:
        effort: of a load test with at least one user.
    """
    return max(effort.memory - effort.base, 0.0) / max(effort.users, 1)


def _machines(workers: int, memory_each: float, network: float) -> int:
    needs: Sequence[float] = (
        workers / _CORES,
        workers * memory_each / _MEMORY_MB,
        network / _NETWORK_MBIT / _LOAD,
    )
    return math.ceil(max(needs))


def fleet_lines(found: Fleet, effort: Effort) -> list[str]:
    """The same in sentences.

    Args:
        found: what the fleet needs.
        effort: what it was worked out from.
    """
    each = 1000 * effort.cpu / effort.pictures
    machine = f"{_CORES} cores, {_MEMORY_MB // 1000} GB and {_NETWORK_MBIT // 1000} Gbit/s"
    lines = [
        (
            f"{found.users:,} users keep {found.servers:,} servers busy: {found.rate:,.0f} "
            f"pictures a second, {found.budget:,} in one stage"
        ),
        (
            f"a picture costs {each:.3g} ms of CPU here, polls included: {found.workers:,} "
            f"workers of {found.users_each:,} users and {found.memory_each:.0f} MB, "
            f"one to a core, {100 * _LOAD:.0f} % busy"
        ),
        (
            f"{found.connections:,} connections, {found.network:,.0f} Mbit/s: {found.machines:,} "
            f"machines of {machine}"
        ),
    ]
    if found.master:
        lines.append(
            f"the process that counts needs {found.master:,.1f} of its one core: load tests of "
            f"{found.parts} parts of the fleet",
        )
    return lines
