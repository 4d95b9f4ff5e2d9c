"""Faults of the answer's body: pictures, info and JSON other than a client expects."""

from __future__ import annotations

import base64
import json
from dataclasses import replace
from io import BytesIO
from typing import TYPE_CHECKING, Any

from mockserver.faults.exchange import Answer, Asked, Ending, Hook, Next
from mockserver.faults.kind import EVERYWHERE, GENERATIONS, PICTURES, Kind, Site

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping


_OK = 200
_PROGRESS = ("GET progress",)
_STUCK = 0.01
_TEXT_KEYS = ("parameters", "postprocessing", "extras")


def _edits(change: Callable[[Mapping[str, Any], dict[str, Any]], None]) -> Any:
    """A builder of hooks that change the JSON object of a good answer."""

    def build(options: Mapping[str, Any], _: Site) -> Hook:
        def hook(asked: Asked, following: Next) -> Answer:
            answer = following(asked)
            value = answer.json if answer.status == _OK else None
            if not isinstance(value, dict):
                return answer
            change(options, value)
            return replace(answer, body=_dump(value))

        return hook

    return build


def _rewrites(change: Callable[[Mapping[str, Any], Answer], Answer]) -> Any:
    """A builder of hooks that change a good answer as a whole."""

    def build(options: Mapping[str, Any], _: Site) -> Hook:
        def hook(asked: Asked, following: Next) -> Answer:
            answer = following(asked)
            return change(options, answer) if answer.status == _OK else answer

        return hook

    return build


def _dump(value: Any) -> bytes:
    return json.dumps(value, ensure_ascii=False, separators=(",", ":")).encode()


def _each_picture(change: Callable[[str], Any]) -> Any:
    """Changes every picture: of `images`, of `image`, of progress."""

    def edit(_: Mapping[str, Any], value: dict[str, Any]) -> None:
        if isinstance(value.get("images"), list):
            value["images"] = [change(item) for item in value["images"]]
        for key in ("image", "current_image"):
            if isinstance(value.get(key), str):
                value[key] = change(value[key])

    return _edits(edit)


def _truncated(picture: str) -> str:
    """Two thirds of the text, and no whole number of quadruples."""
    kept = len(picture) * 2 // 3 // 4 * 4
    return picture[: kept + 1]


def _black(picture: str) -> str:
    """A black picture of the same size with the same infotext, as NaNs become without a check."""
    from PIL import Image, PngImagePlugin  # noqa: PLC0415 - start-up time

    head, _, data = picture.rpartition(",")
    with Image.open(BytesIO(base64.b64decode(data))) as found:
        size, texts = found.size, {k: found.info[k] for k in _TEXT_KEYS if k in found.info}
    info = PngImagePlugin.PngInfo()
    for key, text in texts.items():
        info.add_text(key, str(text))
    target = BytesIO()
    Image.new("RGB", size).save(target, "PNG", pnginfo=info)
    encoded = base64.b64encode(target.getvalue()).decode()
    return f"{head},{encoded}" if head else encoded


def _set(name: str, value: Any) -> Any:
    def edit(_: Mapping[str, Any], found: dict[str, Any]) -> None:
        if name in found:
            found[name] = value

    return _edits(edit)


def _info_object(_: Mapping[str, Any], value: dict[str, Any]) -> None:
    if isinstance(value.get("info"), str):
        value["info"] = json.loads(value["info"] or "{}")


def _somebody_elses(_: Mapping[str, Any], __: Site) -> Hook:
    """Answers the pictures of another generation, which really runs."""

    def hook(asked: Asked, following: Next) -> Answer:
        answer = following(asked)
        mine, body = answer.json, asked.json
        if answer.status != _OK or not isinstance(mine, dict) or not isinstance(body, dict):
            return answer
        other = {**body, "prompt": "somebody else's picture", "seed": 4242}
        theirs = following(replace(asked, body=_dump(other))).json
        for key in ("images", "image"):
            if key in mine and isinstance(theirs, dict) and key in theirs:
                mine[key] = theirs[key]
        return replace(answer, body=_dump(mine))

    return hook


def _cut_json(options: Mapping[str, Any], answer: Answer) -> Answer:
    kept = int(len(answer.body) * float(options["share"]))
    return replace(answer, body=answer.body[:kept])


def _progress_hangs(_: Mapping[str, Any], value: dict[str, Any]) -> None:
    """A running job whose first step never ends."""
    found = value.get("state")
    state: dict[str, Any] = found if isinstance(found, dict) else {}
    job = state.get("job") or "scripts_txt2img"
    value["state"] = {**state, "job": job, "job_count": 1, "job_no": 0, "sampling_step": 0}
    value |= {"progress": _STUCK, "eta_relative": 99.0, "current_image": None}


def _progress_stays(_: Mapping[str, Any], value: dict[str, Any]) -> None:
    """An idle server that still shows the job which failed in extras."""
    state = value.get("state")
    if isinstance(state, dict) and state.get("job_count") == 0:
        value["state"] = {**state, "job": "Upscale", "job_count": 1, "job_no": 1}
        value["progress"] = 1.0


def _whole(answer: Answer) -> Answer:
    return answer.ends(Ending.WHOLE)


BODIES = (
    Kind(
        "black-picture",
        "Pictures are black, with their infotext, as NaNs become with --disable-nan-check.",
        _each_picture(_black),
        GENERATIONS,
    ),
    Kind(
        "truncated-base64",
        "The base64 of pictures ends too early.",
        _each_picture(_truncated),
        PICTURES,
    ),
    Kind(
        "data-prefix",
        "Pictures begin with data:image/png;base64, as some servers send them.",
        _each_picture(lambda picture: f"data:image/png;base64,{picture}"),
        PICTURES,
    ),
    Kind("images-null", "images is null.", _set("images", None), PICTURES),
    Kind("images-empty", "images is an empty list.", _set("images", []), PICTURES),
    Kind(
        "info-empty", "info is an empty text, as KoboldCpp answers.", _set("info", ""), GENERATIONS
    ),
    Kind(
        "info-object",
        "info is an object instead of a text of JSON.",
        _edits(_info_object),
        GENERATIONS,
    ),
    Kind(
        "wrong-picture",
        "Pictures are those of somebody else's request.",
        _somebody_elses,
        GENERATIONS,
        source="AUTOMATIC1111/stable-diffusion-webui issue 7723",
    ),
    Kind(
        "truncated-json",
        "The JSON ends too early, in an answer that is whole.",
        _rewrites(_cut_json),
        GENERATIONS,
        {"share": 0.5},
    ),
    Kind(
        "empty-body",
        "200 with an empty body.",
        _rewrites(lambda _, answer: _whole(replace(answer, body=b""))),
        EVERYWHERE,
    ),
    Kind(
        "wrong-content-type",
        "JSON that calls itself text/html.",
        _rewrites(lambda _, answer: answer.with_type("text/html; charset=utf-8")),
        EVERYWHERE,
    ),
    Kind(
        "progress-hangs",
        "progress stays at 0.01 without a preview, as of some forks.",
        _edits(_progress_hangs),
        _PROGRESS,
        source="lllyasviel/stable-diffusion-webui-forge issue 1814",
    ),
    Kind(
        "progress-never-ends",
        "progress stays at 1.0 when nothing runs, as after a failure in extras.",
        _edits(_progress_stays),
        _PROGRESS,
        source="seen on v1.10.1: an exception in extras leaves job_count at 1",
    ),
)
