"""Servers that keep their promises, and are as unlike each other as sound servers are.

``SOUND`` and ``RELEASES`` name them, ``TOGETHER`` says which are judged as one. Time is shared with
the judge, so that a slow one costs none.
"""

from __future__ import annotations

import base64
import gzip
import json
import random
from contextlib import contextmanager
from dataclasses import dataclass, field, replace
from io import BytesIO
from typing import TYPE_CHECKING, Any
from unittest.mock import patch

from broken.generation import liar, set_options
from broken.layer import png, rewrite_answer, rewrite_images
from doubles import URL, Ask, Reply, Server, mock
from PIL import Image, ImageChops

from conformance.client.address import Basic
from mockserver.backends.a1111.checkpoints import Checkpoint

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Mapping

    from mockserver.core.clock import Clock

#: Seconds a step of a 512x512 picture takes, where nothing else is said.
STEP_TIME = 0.4
_SLOW = 8.0
_USERS = (("user", "pass"), ("other", "word"))
_CREDENTIALS = (b"user", b"pass")


@dataclass(frozen=True)
class Sound:
    """A sound server.

    Args:
        made: makes it of the mock.
        started: how the mock is started.
        context_settings: how the context is set up.
        url: where it is reached.
        misses: what it does not meet, though it is sound.
    """

    made: Callable[[Server], Server] = lambda server: server
    started: Mapping[str, Any] = field(default_factory=dict)
    context_settings: Mapping[str, Any] = field(default_factory=dict)
    url: str = URL
    misses: frozenset[str] = frozenset()

    def server(self, clock: Clock | None = None) -> Server:
        """One of its kind, fresh."""
        return self.made(mock(clock=clock, **{"step_time": STEP_TIME, **self.started}))

    def with_all_of(self, other: Sound) -> Sound:
        """A server that differs from the mock in what this one and another differ in.

        Args:
            other: differs in nothing that this one differs in.
        """
        return Sound(
            lambda server: other.made(self.made(server)),
            dict(**self.started, **other.started),
            dict(**self.context_settings, **other.context_settings),
            other.url if self.url == URL else self.url,
            self.misses | other.misses,
        )


# Settings that somebody saved


def as_somebody(server: Server) -> Server:
    """A server that may ask for credentials, and is given some."""
    headers = {"Authorization": f"Basic {base64.b64encode(b':'.join(_CREDENTIALS)).decode()}"}
    return lambda ask: server(replace(ask, headers=ask.headers | headers))


def saved(**values: Any) -> Sound:
    """The mock on which somebody saved settings."""

    def made(server: Server) -> Server:
        set_options(as_somebody(server), values)
        return server

    return Sound(made)


@contextmanager
def inpainting(name: str) -> Iterator[None]:
    """A mock whose model of this name is one for inpainting."""
    with patch.object(Checkpoint, "inpainting", property(lambda one: one.name_for_extra == name)):
        yield


# Lists that are shorter, or of other names

_RENAMED = {
    "tiny-a": "realisticVision_v51",
    "tiny-b": "Überzeichner #2 (final)",
    "tiny c": "my model 1.0",
    "tiny-lora": "add_detail",
    "tiny-hyper": "waifu-hyper",
    "tiny-emb": "EasyNegative",
    "tiny-vae": "vae-ft-mse-840000",
    "cinematic": "Kino, groß",
}


def _translated(text: str, words: Mapping[str, str]) -> str:
    for word, other in words.items():
        text = text.replace(json.dumps(word)[1:-1], json.dumps(other)[1:-1])
    return text


def renamed(server: Server) -> Server:
    """Its models, networks and styles have other names, in requests and in answers."""
    back = {theirs: ours for ours, theirs in _RENAMED.items()}

    def answer(ask: Ask) -> Reply:
        reply = server(_with_text(ask, back))
        if "json" not in reply.headers.get("content-type", ""):
            return reply
        return reply.with_json(
            _in_pictures(json.loads(_translated(json.dumps(reply.json), _RENAMED)))
        )

    return answer


def _with_text(ask: Ask, words: Mapping[str, str]) -> Ask:
    if ask.json is None:
        return ask
    return replace(ask, body=_translated(json.dumps(ask.json), words).encode())


def _in_pictures(value: Any) -> Any:
    """The same words in the files of the pictures."""
    if not isinstance(value, dict) or not value.get("images"):
        return value
    return value | {"images": [_reworded(text) for text in value["images"]]}


def _reworded(text: str) -> str:
    image = Image.open(BytesIO(base64.b64decode(text)))
    words = {k: v for k, v in image.info.items() if isinstance(v, str)}
    if image.format != "PNG" or not words:
        return text
    other = {k: json.loads(_translated(json.dumps(v), _RENAMED)) for k, v in words.items()}
    return base64.b64encode(png(image, other)).decode()


def few_of_everything(server: Server) -> Server:
    """One model, no style, and no more samplers and upscalers than one needs."""
    lists: dict[str, Callable[[list[dict[str, Any]]], list[dict[str, Any]]]] = {
        "/sd-models": lambda models: models[:1],
        "/prompt-styles": lambda _: [],
        "/loras": lambda _: [],
        "/samplers": lambda items: _named(items, "DPM++ 2M", "Euler", "Euler a"),
        "/upscalers": lambda items: _named(items, "None", "Lanczos", "Nearest"),
    }
    for route, edit in lists.items():
        server = rewrite_answer(server, route, edit, method="GET")
    return server


def _named(items: list[dict[str, Any]], *names: str) -> list[dict[str, Any]]:
    return [item for item in items if item["name"] in names]


# Other machines, other ways to them


_UP_TO_FOUR = bytes(byte % 5 for byte in range(256))


def grainy(server: Server) -> Server:
    """As on a GPU: every pixel is up to two off, another time otherwise."""
    dice = random.Random(5)  # noqa: S311 - grain, not secrets

    def grain(data: bytes) -> bytes:
        image = Image.open(BytesIO(data))
        if image.format != "PNG":
            return data
        words = {k: v for k, v in image.info.items() if isinstance(v, str)}
        noise = dice.randbytes(len(image.tobytes())).translate(_UP_TO_FOUR)
        grains = Image.frombytes(image.mode, image.size, noise)
        return png(ImageChops.add(image, grains, offset=-2), words)

    return rewrite_images(server, grain)


def without_clip_skip(server: Server) -> Server:
    """Its model is one whose text encoder takes no clip skip, as SDXL's."""

    def plain(payload: dict[str, Any]) -> dict[str, Any]:
        found = dict(payload.get("override_settings") or {})
        found.pop("CLIP_stop_at_last_layers", None)
        return payload | {"override_settings": found}

    return liar(plain, lambda payload: payload.get("override_settings"))(server)


def behind_a_proxy(server: Server) -> Server:
    """Below a path, by a proxy that compresses what it can and sends in chunks."""

    def answer(ask: Ask) -> Reply:
        reply = server(ask)
        wanted = "gzip" in ask.headers.get("Accept-Encoding", "")
        headers = {k.lower(): v for k, v in reply.headers.items() if k.lower() != "content-length"}
        headers |= {"server": "nginx", "transfer-encoding": "chunked", "via": "1.1 proxy"}
        if "location" in headers:
            headers["location"] = headers["location"].replace(URL, f"{URL}/a1111")
        if not wanted or "content-encoding" in headers or ask.method == "HEAD":
            return Reply(reply.status, headers, reply.body)
        coded = headers | {"content-encoding": "gzip", "vary": "accept-encoding"}
        return Reply(reply.status, coded, gzip.compress(reply.body))

    return answer


SOUND: dict[str, Sound] = {
    "as recorded": Sound(),
    "fresh install": Sound(started={"fresh": True, "api_server_stop": False}),
    "no web page": Sound(started={"nowebui": True}),
    "protected": Sound(
        started={"auth": _USERS},
        context_settings={"auth": Basic("user", "pass"), "second_auth": Basic("other", "word")},
    ),
    "other names": Sound(renamed),
    "slow": Sound(started={"step_time": _SLOW}),
    "in no time": Sound(started={"step_time": 0.0}),
    "pixels off by two": Sound(grainy),
    "behind a proxy": Sound(behind_a_proxy, url=f"{URL}/a1111"),
    "JPEG": saved(samples_format="jpg", live_previews_image_format="jpeg"),
    "WEBP": saved(samples_format="webp", live_previews_enable=False),
    "bare infotexts": saved(
        add_model_name_to_info=False,
        add_model_hash_to_info=False,
        add_version_to_infotext=False,
    ),
    "no text in files": saved(
        enable_pnginfo=False, return_grid=False, show_progress_every_n_steps=0
    ),
    "another model": saved(
        sd_model_checkpoint="sub/tiny c.ckpt",
        CLIP_stop_at_last_layers=2,
        enable_prompt_comments=False,
        always_discard_next_to_last_sigma=True,
        tiling=True,
    ),
    "guidance left out early": saved(skip_early_cond=0.9),
    "guidance left out of small steps": saved(s_min_uncond=4.0, s_min_uncond_all=True),
    "few of everything": Sound(few_of_everything),
    "no clip skip": Sound(without_clip_skip),
    "ControlNet and ADetailer": Sound(started={"extensions": ("controlnet", "adetailer")}),
    # Dynamic Thresholding takes any infotext for its own, Dynamic Prompts a null for no prompt.
    "twelve extensions": Sound(
        started={"extensions": ("all",)},
        misses=frozenset({"TXT2IMG-042", "TXT2IMG-066", "TXT2IMG-067"}),
    ),
}
#: Which of them are judged in one run, as one server that differs in all of it. A fresh install has
#: a web page: without one the genuine webui fails, for want of options of its extensions.
TOGETHER: tuple[tuple[str, ...], ...] = (
    ("as recorded",),
    ("fresh install", "in no time"),
    ("protected", "ControlNet and ADetailer", "behind a proxy", "JPEG"),
    ("twelve extensions", "slow"),
    ("WEBP", "few of everything", "bare infotexts"),
    ("other names", "pixels off by two", "guidance left out of small steps"),
    ("another model", "no text in files", "no web page"),
    ("guidance left out early", "no clip skip"),
)
#: The mock as other releases, distinguished by detection alone.
RELEASES: dict[str, Sound] = {
    name: Sound(started={"profile": f"a1111-{name}"})
    for name in ("1.9.0", "1.7.0", "1.6.0", "1.3.0", "47a44c7")
}
