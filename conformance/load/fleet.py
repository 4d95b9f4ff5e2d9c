"""On paper: what a load test of a whole fleet needs, from what this one needed."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import TYPE_CHECKING

from conformance.load.capacity import measured_on, users_at

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.load.capacity import Capacity
    from conformance.load.plan import Plan

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
# Polls that cost as much as a picture: 6 ms and 1.3 ms, as load_proof.py measures them.
_PICTURE = 5.0
# Pictures of each user that a stage needs to be measured.
_EACH = 3


@dataclass(frozen=True, kw_only=True)
class Effort:
    """What making the load took.

    Args:
        pictures: requests for pictures.
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
        cpu: seconds of CPU that a picture costs where no user waits, the polls included.
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
    cpu: float
    workers: int
    users_each: int
    memory_each: float
    connections: int
    network: float
    master: float
    machines: int
    budget: int
    parts: int


def fleet(servers: int, plan: Plan, capacity: Capacity, effort: Effort) -> Fleet | None:
    """What a load test of a fleet needs, at most; None where this one measured too little to say.

    Args:
        servers: of the fleet.
        plan: of the load test.
        capacity: of the servers that were measured.
        effort: what measuring them took.
    """
    if effort.pictures < _FEWEST or not effort.cpu:
        return None
    times = servers / measured_on(plan, capacity)
    requests = times * capacity.requests / _MINUTE
    users = math.ceil(users_at(capacity, plan.habits.think, 0.0, times))
    cpu = cpu_of_picture(plan, capacity, effort)
    workers = max(math.ceil(requests * cpu / _LOAD), 1)
    users_each = math.ceil(users / workers)
    memory_each = effort.base + users_each * memory_of_user(effort)
    network = 8 * requests * effort.bytes / effort.pictures / _MEGA
    # Where one process does both, counting is a part of what was measured already.
    master = requests * effort.counting / effort.pictures
    return Fleet(
        servers=servers,
        users=users,
        rate=requests * capacity.batch,
        cpu=cpu,
        workers=workers,
        users_each=users_each,
        memory_each=memory_each,
        connections=_CONNECTIONS * users,
        network=network,
        master=master,
        machines=_machines(workers, memory_each, network),
        budget=math.ceil(_EACH * users * capacity.batch),
        parts=max(math.ceil(master / _LOAD), 1),
    )


def cpu_of_picture(plan: Plan, capacity: Capacity, effort: Effort) -> float:
    """Seconds of CPU of a request for pictures, with as many polls as it takes without a queue.

    What was measured has the polls of users in queues, so that the work on a picture itself is
    taken for that of some polls.

    Args:
        plan: of the load test.
        capacity: that it showed.
        effort: what it took.
    """
    polls = capacity.service / plan.habits.poll * (2 if plan.habits.task_ids else 1)
    measured = effort.requests / effort.pictures - 1
    return effort.cpu / effort.pictures * (_PICTURE + polls) / (_PICTURE + measured)


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


def fleet_lines(found: Fleet) -> list[str]:
    """The same in sentences.

    Args:
        found: what the fleet needs.
    """
    machine = f"{_CORES} cores, {_MEMORY_MB // 1000} GB and {_NETWORK_MBIT // 1000} Gbit/s"
    lines = [
        (
            f"{found.users:,} users keep {found.servers:,} servers busy: {found.rate:,.0f} "
            f"pictures a second, {found.budget:,} in one stage"
        ),
        (
            f"a picture costs {1000 * found.cpu:.3g} ms of CPU here, polls included: "
            f"{found.workers:,} workers of {found.users_each:,} users and "
            f"{found.memory_each:.0f} MB, one to a core, {100 * _LOAD:.0f} % busy"
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
