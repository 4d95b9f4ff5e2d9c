"""Routes: paths that do not exist, methods, and query parameters that nobody reads."""

from __future__ import annotations

from typing import TYPE_CHECKING
from urllib.parse import parse_qsl

from mockserver.lint.finding import IGNORED, NOTE, REFUSED, Finding, meant, nearest

if TYPE_CHECKING:
    from collections.abc import Iterator

    from mockserver.lint.facts import Facts


_API = "/sdapi/v1/"
#: Routes that were, or that other programs have, to what is asked now.
_GONE = {
    "/controlnet/txt2img": "send alwayson_scripts: {'controlnet': ...} to /sdapi/v1/txt2img",
    "/controlnet/img2img": "send alwayson_scripts: {'controlnet': ...} to /sdapi/v1/img2img",
    "/sdapi/v1/models": "did you mean /sdapi/v1/sd-models?",
    "/sdapi/v1/checkpoints": "did you mean /sdapi/v1/sd-models?",
    "/sdapi/v1/sd-loras": "did you mean /sdapi/v1/loras?",
    "/sdapi/v1/vae": "did you mean /sdapi/v1/sd-vae?",
    "/sdapi/v1/styles": "did you mean /sdapi/v1/prompt-styles?",
    "/sdapi/v1/upscale": "did you mean /sdapi/v1/extra-single-image?",
    "/sdapi/v1/cancel": "did you mean /sdapi/v1/interrupt?",
    "/sdapi/v1/stop": "did you mean /sdapi/v1/interrupt?",
    "/sdapi/v1/status": "did you mean /sdapi/v1/progress?",
    "/sdapi/v1/config": "did you mean /sdapi/v1/options?",
    "/sdapi/v1/settings": "did you mean /sdapi/v1/options?",
}


def route(facts: Facts, method: str, path: str) -> Iterator[Finding]:
    """Whether a request goes to a route at all.

    Args:
        facts: what the server knows.
        method: HTTP method.
        path: without query.
    """
    if not facts.routes or path in facts.routes or not _of_the_api(path):
        known = facts.routes.get(path)
        if known and method not in known and method not in {"OPTIONS", "HEAD"}:
            words = f"{path} takes {' and '.join(sorted(known))}: the server answers 405"
            yield Finding("method", REFUSED, path, words)
        return
    if path.endswith("/") and path.rstrip("/") in facts.routes:
        words = f"{path} is redirected: many clients lose the body of a POST on the way"
        yield Finding("slash", NOTE, path, words, "leave the last slash out")
        return
    plain = "/" + path.lstrip("/")
    advice = _GONE.get(path, "")
    if path.startswith("//") and plain in facts.routes:
        advice = "leave one slash out: the address already ends with one"
    elif not advice and (found := nearest(plain, facts.routes, 0.8)):
        advice = f"did you mean {found}?"
    yield Finding(
        "unknown-route", REFUSED, path, f"no route {path}: the server answers 404", advice
    )


def _of_the_api(path: str) -> bool:
    return "sdapi" in path.lower() or path.startswith("/controlnet")


def queries(facts: Facts, method: str, path: str, query: str) -> Iterator[Finding]:
    """Query parameters that the route does not read.

    Args:
        facts: what the server knows.
        method: HTTP method.
        path: without query.
        query: as it came.
    """
    if not query or path not in facts.routes or not path.startswith(_API):
        return
    known = facts.query_parameters(method, path)
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            words = f"?{name}= is no parameter of {path}, it is ignored"
            yield Finding(
                "unknown-parameter", IGNORED, f"?{name}", words, _read(facts, path, name, known)
            )


def _read(facts: Facts, path: str, name: str, known: list[str]) -> str:
    found = meant(name, known, 0.6)
    if found:
        return found
    fields = facts.fields(path.removeprefix(_API))
    return "send it in the JSON body" if name in fields else ""
