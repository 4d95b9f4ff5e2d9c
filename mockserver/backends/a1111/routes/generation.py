"""txt2img and img2img; a txt2img that was answered before is answered again from what was kept.

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

from mockserver.http.answers import Rendered, json_response, renderer
from mockserver.http.routing import Call, Route
from mockserver.journal.call import shrunk
from mockserver.journal.middleware import BODY, PICTURES, SHORT_BODY

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from flask import Request, Response

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.pipeline import Generated
    from mockserver.backends.a1111.server import Webui

    Key = tuple[str, bytes]


_TXT2IMG, _IMG2IMG = "/sdapi/v1/txt2img", "/sdapi/v1/img2img"
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


def routes(webui: Webui) -> list[Route]:
    """Both routes.

    Args:
        webui: the simulated server.
    """
    txt2img = _TextToImage(webui)
    return [
        Route("POST", _TXT2IMG, txt2img, "StableDiffusionProcessingTxt2Img", again=txt2img.again),
        Route("POST", _IMG2IMG, _img2img, "StableDiffusionProcessingImg2Img"),
    ]


@dataclass(frozen=True)
class _Earlier:
    """How the server was before a request was worked out.

    Attributes:
        key: of the request.
        subseed: as the request has it.
        world: what answers depend on beside the request.
        asked: what the text encoder had been asked last, by kind.
        turns: how often somebody had asked for a turn.
    """

    key: Key
    subseed: Any
    world: tuple[Any, ...] | None
    asked: dict[str, Any]
    turns: int


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
        pictures: JSON with its pictures, which many journalled calls may share.
        size: roughly how many bytes it takes.
    """

    world: tuple[Any, ...] | None
    knew: tuple[bool, ...]
    asked: dict[str, Any]
    state: dict[str, Any]
    head: bytes
    short: bytes
    info: bytes
    count: int
    subseed: Any
    pictures: bytes
    size: int


class Repeats:
    """The answers of one server that can be given again.

    Safe to share between threads.

    Args:
        webui: the server.
        render: JSON as the server renders it.

    Attributes:
        server: the parts of the server; with other lists it has others.
    """

    def __init__(self, webui: Webui, render: Callable[[Any], bytes]) -> None:
        self._webui = webui
        self.server: GenerationContext = webui.context
        self._render = render
        self._kept: OrderedDict[Key, list[_Kept]] = OrderedDict()
        self._size = 0
        self._lock = Lock()

    def find(self, key: Key) -> Callable[[], tuple[bytes, bytes, bytes]] | None:
        """What answers a request again; None where it has to be worked out.

        Args:
            key: Content-Type and body of the request.

        Returns:
            A function that gives the answer, what the journal keeps of it, and its pictures.
        """
        found = self._kept.get(key)
        if found is None or self.server.pace.step_time:
            return None
        world, before = self._webui.world, self.server.asked_conds
        for kept in found:
            if kept.world == world and kept.knew == _knew(before, kept.asked):
                return lambda: self._again(kept)
        return None

    def _again(self, kept: _Kept) -> tuple[bytes, bytes, bytes]:
        """The answer, after the state went through what it went through the first time."""
        from mockserver.backends.a1111.generation.parse import new_task_id  # noqa: PLC0415 - start-up time
        from mockserver.backends.a1111.generation.resolve import fixed_seed  # noqa: PLC0415 - start-up time

        server = self.server
        task = new_task_id(_TAB)
        server.tasks.pending.setdefault(task)
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
        return kept.head + info, kept.short + info if kept.short else b"", kept.pictures

    def before(self, key: Key, values: Mapping[str, Any]) -> _Earlier | None:
        """How the server is before a request is worked out; None for one that is not kept.

        Args:
            key: Content-Type and body of the request.
            values: its validated fields.
        """
        seed, subseed, queue = values.get("seed"), values.get("subseed"), self.server.queue
        chosen = type(seed) is int and seed >= 0 and type(subseed) is int
        changes = any(values.get(name) for name in _EXCLUDING)
        if not chosen or changes or len(key[1]) > _LONGEST or queue.held:
            return None
        asked = dict(self.server.asked_conds)
        return _Earlier(key, subseed, self._webui.world, asked, queue.turns)

    def remember(self, earlier: _Earlier, head: bytes, info: str, answer: bytes) -> None:
        """Keep an answer if it can be given again.

        Args:
            earlier: how the server was before it was worked out, by nobody else in between.
            head: the answer up to its `info`.
            info: its `info`, JSON text.
            answer: all of it.
        """
        server = self.server
        if server.queue.turns != earlier.turns + 1:
            return
        state, asked = dict(vars(server.state)), dict(server.asked_conds)
        knew = _knew(earlier.asked, asked)
        values: dict[str, Any] = json.loads(info)
        known = isinstance(values.get("all_subseeds"), list) and json.dumps(values) == info
        stopped = state["interrupted"] or state["skipped"] or state["stopping_generation"]
        if not known or stopped or earlier.world != self._webui.world:
            return
        marked = {name: mark for name, mark in _OWN.items() if name in values}
        for name in _OF_THE_MOMENT:
            del state[name]
        rendered = self._render(json.dumps(values | marked))
        short, cut = shrunk(answer)
        rest = answer[len(head) :]
        kept = _Kept(
            earlier.world,
            knew,
            asked,
            state,
            head,
            # Only where what the journal keeps of the head does not depend on what follows.
            short.removesuffix(rest) if not cut and short.endswith(rest) else b"",
            rendered,
            len(values["all_subseeds"]),
            earlier.subseed,
            head + b'""}',
            2 * len(head) + len(rendered) + sys.getsizeof(state),
        )
        with self._lock:
            self._kept.setdefault(earlier.key, []).append(kept)
            self._size += kept.size
            while self._size > _ROOM or len(self._kept) > _MOST:
                _, dropped = self._kept.popitem(last=False)
                self._size -= sum(one.size for one in dropped)


def _knew(before: Mapping[str, Any], after: Mapping[str, Any]) -> tuple[bool, ...]:
    # A generator would take twice as long.
    return tuple([before.get(kind) == question for kind, question in after.items()])


class _TextToImage:
    """Answers txt2img, and the same requests again without working them out anew.

    Args:
        webui: the simulated server.
    """

    def __init__(self, webui: Webui) -> None:
        self._webui = webui
        self._render = renderer(nowebui=webui.config.nowebui)
        self._repeats: Repeats | None = None

    def _kept(self) -> Repeats | None:
        """What was answered before; None on a server whose extensions have a word in it."""
        webui = self._webui
        if len(getattr(webui, "extensions", ())) or webui.profile.outputs.info == "object":
            return None
        if self._repeats is None or self._repeats.server is not webui.context:
            self._repeats = Repeats(webui, self._render)
        return self._repeats

    def again(self, request: Request) -> Callable[[], bytes] | None:
        """What answers a request that was answered before; None for a new one."""
        repeats = self._kept() if self._repeats is not None else None
        answer = repeats.find(_key(request)) if repeats else None
        if answer is None:
            return None

        def given() -> bytes:
            body, short, pictures = answer()
            request.environ[PICTURES] = pictures
            if short:
                request.environ[SHORT_BODY] = short
            return body

        return given

    def __call__(self, call: Call[Webui]) -> bytes | Response:
        """Answer a request that is not known yet."""
        from mockserver.backends.a1111.generation.pipeline import txt2img  # noqa: PLC0415 - start-up time

        repeats = self._kept()
        if repeats is None:
            return generated_response(call, txt2img(call.webui, call.valid))
        earlier = repeats.before(_key(call.request), call.valid.values)
        made = txt2img(call.webui, call.valid)
        images = [image.base64() for image in made.images]
        parameters, info = self._render(made.parameters), self._render(made.info)
        head = _head(images, parameters)
        answer = Rendered(head + info + b"}")
        if earlier is not None and not made.paced:
            repeats.remember(earlier, head, made.info, answer)
        return answer


def _key(request: Request) -> Key:
    """Content-Type and body; the journal has read the body before."""
    body = request.environ.get(BODY)
    return request.environ.get("CONTENT_TYPE", ""), request.get_data() if body is None else body


def _img2img(call: Call[Webui]) -> Response:
    from mockserver.backends.a1111.generation.pipeline import img2img  # noqa: PLC0415 - start-up time

    return generated_response(call, img2img(call.webui, call.valid))


def generated_response(call: Call[Webui], made: Generated) -> Response:
    """The answer's three keys.

    Args:
        call: the request.
        made: what the generation gave.
    """
    render = renderer(nowebui=call.webui.config.nowebui)
    nested = call.webui.profile.outputs.info == "object"
    info: Any = json.loads(made.info) if nested else made.info
    head = _head([image.base64() for image in made.images], render(made.parameters))
    return json_response(head + render(info) + b"}")


def _head(images: list[str], parameters: bytes) -> bytes:
    """The answer up to its info; base64 needs no escapes, so pictures go in as they are."""
    parts = [b'{"images":[']
    for number, image in enumerate(images):
        parts += (b',"' if number else b'"', image.encode(), b'"')
    parts += (b'],"parameters":', parameters, b',"info":')
    return b"".join(parts)
