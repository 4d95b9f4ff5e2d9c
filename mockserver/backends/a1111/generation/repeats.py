"""Repeats: a request that was answered before is answered again without being worked out anew.

The same fields on the same server give the same pictures and the same infotexts; clients that
test themselves, and all load tests, ask the same again and again. What differs between two such
answers is put in anew: the time of the job and the subseed, which is drawn whether or not it
matters. What a generation leaves behind in the server's state is left behind again.

Only generations of which that is sure are kept: with a seed of their own, without scripts,
extensions, overrides and hires passes, on a server whose steps take no time.
"""

from __future__ import annotations

import json
import sys
from collections import OrderedDict
from dataclasses import dataclass
from threading import Lock
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.resolve import fixed_seed
from mockserver.backends.a1111.state import TaskRegistry
from mockserver.journal.call import shrunk

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.backends.a1111.generation.context import GenerationContext


Key = tuple[str, bytes]

_TAB = "txt2img"
#: Bytes that all answers kept may take together, how many requests there may be, and how long one.
_ROOM, _MOST, _LONGEST = 4 << 20, 128, 1 << 14
#: Fields that must be as good as absent.
_EXCLUDING = (
    "script_name", "script_args", "alwayson_scripts", "override_settings", "infotext",
    "force_task_id", "enable_hr", "subseed_strength", "styles",
)  # fmt: skip
#: Values of `info` that each answer has of its own, and what stands for them meanwhile.
_OWN = {"job_timestamp": "\x01time", "subseed": "\x01one", "all_subseeds": "\x01all"}
#: The marks as they stand in a rendered text within a rendered text, without or with quotes.
_TIME = json.dumps(json.dumps(_OWN["job_timestamp"])[1:-1])[1:-1].encode()
_ONE, _ALL = (json.dumps(json.dumps(_OWN[name]))[1:-1].encode() for name in list(_OWN)[1:])
#: Parts of the state that belong to the moment.
_OF_THE_MOMENT = ("clock", "time_start", "job_timestamp")


@dataclass(frozen=True)
class _Kept:
    """One answer.

    Attributes:
        world: what it depends on beside the request.
        knew: which questions the text encoder had been asked last, by kind.
        asked: what it was asked last afterwards.
        state: the state record afterwards.
        head: the answer up to its `info`.
        short: the same as the journal keeps it; empty where that cannot be said of a part.
        info: its `info`, rendered, with marks for what differs.
        count: pictures made.
        subseed: as the request has it.
    """

    world: tuple[Any, ...]
    knew: tuple[bool, ...]
    asked: dict[str, Any]
    state: dict[str, Any]
    head: bytes
    short: bytes
    info: bytes
    count: int
    subseed: Any

    @property
    def size(self) -> int:
        """Roughly how many bytes it takes."""
        return len(self.head) + len(self.info) + sys.getsizeof(self.state)


def _knew(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[bool, ...]:
    return tuple(before.get(kind) == question for kind, question in after.items())


class Repeats:
    """The answers of one server that can be given again.

    Safe to share between threads.

    Args:
        server: the parts of the server.
        world: gives what its answers depend on beside the request.
        render: JSON as the server renders it.
    """

    def __init__(
        self,
        server: GenerationContext,
        world: Callable[[], tuple[Any, ...]],
        render: Callable[[Any], bytes],
    ) -> None:
        self._server = server
        self._world = world
        self._render = render
        self._kept: OrderedDict[Key, list[_Kept]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, key: Key) -> Callable[[], tuple[bytes, bytes]] | None:
        """What answers a request again; None where it has to be worked out.

        Args:
            key: Content-Type and body of the request.

        Returns:
            A function that gives the answer, and what the journal keeps of it.
        """
        found = self._kept.get(key)
        if found is None or self._server.pace.step_time:
            return None
        world, before = self._world(), self._server.asked_conds
        for kept in found:
            if kept.world == world and kept.knew == _knew(before, kept.asked):
                return lambda: self._again(kept)
        return None

    def _again(self, kept: _Kept) -> tuple[bytes, bytes]:
        """The answer, after the state went through what it went through the first time."""
        server = self._server
        task = TaskRegistry.new_id(_TAB)
        server.tasks.add(task)
        with server.queue:
            server.state.begin(f"scripts_{_TAB}")
            server.tasks.start(task)
            vars(server.state).update(kept.state)
            subseed = int(fixed_seed(kept.subseed, server.random))
            stamp = server.state.job_timestamp
            if server.options["persistent_cond_cache"]:
                server.asked_conds.update(kept.asked)
            server.tasks.finish(task)
        every = ", ".join([str(subseed + number) for number in range(kept.count)])
        info = kept.info.replace(_TIME, stamp.encode())
        info = info.replace(_ONE, str(subseed).encode())
        info = info.replace(_ALL, f"[{every}]".encode()) + b"}"
        return kept.head + info, kept.short + info if kept.short else b""

    def keep(
        self, key: Key, values: Mapping[str, Any], run: Callable[[], tuple[bytes, str]]
    ) -> bytes:
        """Work a request out, and keep the answer if it can be given again.

        Args:
            key: Content-Type and body of the request.
            values: its validated fields.
            run: makes the answer up to its `info`, and that as JSON text.

        Returns:
            The answer.
        """
        server = self._server
        fit = _is_plain(values) and not server.pace.step_time and len(key[1]) <= _LONGEST
        if not fit or server.queue.held:
            head, info = run()
            return head + self._render(info) + b"}"
        turns, earlier = server.queue.turns, (self._world(), dict(server.asked_conds))
        head, info = run()
        answer = head + self._render(info) + b"}"
        if server.queue.turns == turns + 1:
            self._remember(key, earlier, (head, info, answer), values.get("subseed"))
        return answer

    def _remember(
        self,
        key: Key,
        earlier: tuple[tuple[Any, ...], dict[str, Any]],
        made: tuple[bytes, str, bytes],
        subseed: Any,
    ) -> None:
        server, (world, before), (head, info, answer) = self._server, earlier, made
        state, asked = dict(vars(server.state)), dict(server.asked_conds)
        values: dict[str, Any] = json.loads(info)
        known = isinstance(values.get("all_subseeds"), list) and json.dumps(values) == info
        stopped = state["interrupted"] or state["skipped"] or state["stopping_generation"]
        if not known or stopped or world != self._world():
            return
        marked = {name: mark for name, mark in _OWN.items() if name in values}
        for name in _OF_THE_MOMENT:
            del state[name]
        kept = _Kept(
            world,
            _knew(before, asked),
            asked,
            state,
            head,
            _short(head, answer),
            self._render(json.dumps(values | marked)),
            len(values["all_subseeds"]),
            subseed,
        )
        with self._lock:
            self._kept.setdefault(key, []).append(kept)
            self._size += kept.size
            while self._size > _ROOM or len(self._kept) > _MOST:
                _, dropped = self._kept.popitem(last=False)
                self._size -= sum(one.size for one in dropped)


def _short(head: bytes, answer: bytes) -> bytes:
    """The head as the journal keeps it, if that does not depend on what follows it."""
    short, cut = shrunk(answer)
    rest = answer[len(head) :]
    return short.removesuffix(rest) if not cut and short.endswith(rest) else b""


def _is_plain(values: Mapping[str, Any]) -> bool:
    """Whether nothing in the fields is left to chance or changes the server."""
    seed, subseed = values.get("seed"), values.get("subseed")
    chosen = type(seed) is int and seed >= 0 and type(subseed) is int
    return chosen and not any(values.get(name) for name in _EXCLUDING)
