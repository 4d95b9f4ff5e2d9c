"""Doubles of real servers that answer as they were recorded.

What was asked is answered as recorded; what was not, by the recorded answer to a request of the
same kind: an unknown path, a body of the wrong kind, a wrong type. Options can be written where
the server lets them be written.
"""

from __future__ import annotations

import base64
import gzip
import json
from functools import cache
from io import BytesIO
from pathlib import Path
from typing import Any

import requests
from doubles import Ask, Reply
from PIL import Image, PngImagePlugin
from urllib3.exceptions import ProtocolError

from mockserver.fixtures.recording import Answer, Case, read_recording

_RECORDINGS = Path(__file__).parents[2] / "fixtures" / "recordings"
_API = "/sdapi/v1"
SERVERS = (
    "a1111-1.10.1",
    "a1111-1.9.0",
    "a1111-1.7.0",
    "a1111-1.6.0",
    "a1111-1.3.0",
    "a1111-47a44c7",
    "sdnext-2025-03",
    "koboldcpp-1.111",
    "sdcpp-master-827",
)
# The word by which the checks provoke a wrong type, and a recorded case of the kind.
_WRONG = "conformance"
_WRONG_CASE = "t2i-field/width-1"


@cache
def _cases(name: str) -> dict[str, Case]:
    return {case.id: case for case in read_recording(_RECORDINGS / f"{name}.jsonl")}


class Recorded:
    """A server that answers as it was recorded."""

    def __init__(self, name: str) -> None:
        self.name = name
        self._cases = _cases(name)
        self._options: dict[str, Any] = dict(self._first("list/options").body)

    def __call__(self, ask: Ask) -> Reply:
        if ask.route == f"{_API}/options" and self._writes_options:
            return self._packed(ask, self._on_options(ask))
        return self._packed(ask, self._as_reply(self._answer(ask)))

    def _packed(self, ask: Ask, given: Reply) -> Reply:
        """As upstream compresses; the recorded requests never asked for it."""
        wanted = "gzip" in ask.headers.get("Accept-Encoding", "") and len(given.body) >= 1000
        if not wanted or not self.name.startswith("a1111"):
            return given
        coded = given.with_headers(content_encoding="gzip", vary="Accept-Encoding")
        return Reply(given.status, coded.headers, gzip.compress(given.body))

    @property
    def _writes_options(self) -> bool:
        return self._case("http/options-empty-object", 404).status == 200

    def _case(self, name: str, otherwise: int = 200) -> Answer:
        if name in self._cases:
            return self._first(name)
        return Answer(otherwise, {}, has_process_time=False, body=None, is_json=False)

    def _first(self, name: str) -> Answer:
        return self._cases[name].steps[0].answer

    def _answer(self, ask: Ask) -> Answer:
        if ask.method == "GET":
            return self._got(ask)
        return self._exact(ask) or self._by_kind(ask)

    def _got(self, ask: Ask) -> Answer:
        for case in self._cases.values():
            step = case.steps[0]
            if step.method == "GET" and step.path in {ask.path, ask.route} and not step.headers:
                return step.answer
        return self._first("http/get-txt2img" if self._takes_post(ask.path) else "http/v2")

    def _takes_post(self, path: str) -> bool:
        steps = [s for s in self._steps() if s.method == "POST" and s.path == path]
        return any(step.answer.status != 404 for step in steps)

    def _exact(self, ask: Ask) -> Answer | None:
        for step in self._steps():
            if step.method == ask.method and step.path == ask.path and not step.headers:
                if step.has_json and ask.body and step.json == ask.json:
                    return step.answer
                if not step.has_json and step.data is None and ask.body is None:
                    return step.answer
        return None

    def _by_kind(self, ask: Ask) -> Answer:
        if ask.path.endswith("/"):
            return self._first("http/trailing-slash-post")
        if not self._takes_post(ask.path):
            known = any(s.method == "GET" and s.path == ask.path for s in self._steps())
            return self._first("http/post-samplers" if known else "http/unknown-path-post")
        return self._by_body(ask)

    def _by_body(self, ask: Ask) -> Answer:
        if ask.headers.get("Content-Type") == "text/plain":
            return self._first("http/json-text-plain")
        try:
            value = json.loads(ask.body or b"")
        except ValueError:
            return self._malformed()
        kinds = {type(None): "null", list: "array", str: "string", int: "string"}
        if type(value) in kinds:
            route = "options" if ask.path.endswith("options") else "img2img"
            name = f"http/{route}-{kinds[type(value)]}"
            return self._case(name if name in self._cases else f"http/txt2img-{kinds[type(value)]}")
        wrong = [name for name, item in value.items() if item in {_WRONG, "x"}]
        return self._wrong_types(wrong) if wrong else self._generation()

    def _malformed(self) -> Answer:
        """As recorded for another text, with the position of ``{bad``."""
        answer = self._case("http/txt2img-malformed", 500)
        if answer.status != 422:
            return answer
        body = json.loads(json.dumps(answer.body))
        body["detail"][0]["loc"][1] = body["detail"][0]["ctx"]["pos"] = 1
        return Answer(422, answer.headers, answer.has_process_time, body, is_json=True)

    def _wrong_types(self, names: list[str]) -> Answer:
        answer = self._case(_WRONG_CASE, 500)
        if answer.status != 422:
            return answer
        item = answer.body["detail"][0]
        order = ["prompt", "steps", "seed", "batch_size", "n_iter", "cfg_scale", "width", "height"]
        items = [{**item, "loc": ["body", n]} for n in sorted(names, key=order.index)]
        body = {"detail": items}
        return Answer(422, answer.headers, answer.has_process_time, body, is_json=True)

    def _generation(self) -> Answer:
        return self._first("t2i-field/steps-3")

    def _steps(self) -> list[Any]:
        return [case.steps[0] for case in self._cases.values()]

    def _on_options(self, ask: Ask) -> Reply:
        if ask.method == "GET":
            like = self._as_reply(self._first("list/options"))
            return like.with_json(self._options)
        value = ask.json
        if not isinstance(value, dict):
            return self._as_reply(self._by_body(ask))
        return self._write(value)

    def _write(self, values: dict[str, Any]) -> Reply:
        model = values.get("sd_model_checkpoint")
        if model is not None and model != self._options["sd_model_checkpoint"]:
            missing = self._first("options/model-missing")
            if missing.status != 200:
                body = {**missing.body, "errors": f"model {model!r} not found"}
                return self._as_reply(missing).with_json(body)
        empty = self._as_reply(self._first("http/options-empty-object"))
        updated = []
        for name, given in values.items():
            if name not in self._options:
                if given is None:
                    continue
                return self._as_reply(self._first("options/unknown"))
            if name.startswith("api_"):
                continue
            updated.append({name: self._options[name] != given})
            self._options[name] = _as_typed(self._options[name], given)
        return empty if empty.json is None else empty.with_json({"updated": updated})

    def _as_reply(self, answer: Answer) -> Reply:
        if answer.status is None:
            raise requests.ConnectionError(ProtocolError("Connection aborted."))
        headers = dict(answer.headers)
        if answer.has_process_time:
            headers["x-process-time"] = "0.0012"
        if answer.is_json:
            return Reply(answer.status, headers, json.dumps(whole(answer.body)).encode())
        return Reply(answer.status, headers, (answer.body or "").encode())


def _as_typed(current: Any, given: Any) -> Any:
    """As the response model of upstream shows what was stored."""
    if isinstance(current, float) and isinstance(given, str | int) and not isinstance(given, bool):
        return float(given)
    return given


def whole(value: Any) -> Any:
    """A recorded body with pictures again where there were some."""
    if isinstance(value, dict):
        if "$picture" in value:
            return _picture(value["$picture"])
        if "$json" in value:
            return json.dumps(whole(value["$json"]))
        return {name: whole(item) for name, item in value.items()}
    return [whole(item) for item in value] if isinstance(value, list) else value


def _picture(facts: dict[str, Any]) -> str:
    image = Image.new(facts["mode"], tuple(facts["size"]), 120)
    buffer = BytesIO()
    if facts["image"] == "PNG":
        info = PngImagePlugin.PngInfo()
        for name, words in facts["text"].items():
            info.add_text(name, words)
        image.save(buffer, "PNG", pnginfo=info)
    else:
        image.save(buffer, facts["image"])
    return base64.b64encode(buffer.getvalue()).decode()
