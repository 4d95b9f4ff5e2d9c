"""Linter: asks every rule about a request, first those about its route and its query."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any
from urllib.parse import parse_qsl

from mockserver.lint import fields, prompts, scripts, values
from mockserver.lint.finding import IGNORED, NOTE, REFUSED, Finding, meant, nearest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.lint.facts import Facts

    Rule = Callable[[Facts, str, dict[str, Any]], Iterator[Finding]]


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


def _route(facts: Facts, method: str, path: str) -> Iterator[Finding]:
    """Whether a request goes to a route at all."""
    if not facts.routes or path in facts.routes or not _of_the_api(path):
        known = facts.routes.get(path)
        if known and method not in known and method not in {"OPTIONS", "HEAD"}:
            text = f"{path} takes {' and '.join(sorted(known))}: the server answers 405"
            yield Finding("method", REFUSED, path, text)
        return
    if path.endswith("/") and path.rstrip("/") in facts.routes:
        text = f"{path} is redirected: many clients lose the body of a POST on the way"
        yield Finding("slash", NOTE, path, text, "leave the last slash out")
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


def _queries(facts: Facts, method: str, path: str, query: str) -> Iterator[Finding]:
    """Query parameters that the route does not read."""
    if not query or path not in facts.routes or not path.startswith(_API):
        return
    known = facts.query_parameters(method, path)
    for name, _ in parse_qsl(query, keep_blank_values=True):
        if name not in known:
            text = f"?{name}= is no parameter of {path}, it is ignored"
            yield Finding(
                "unknown-parameter", IGNORED, f"?{name}", text, _read(facts, path, name, known)
            )


def _read(facts: Facts, path: str, name: str, known: list[str]) -> str:
    found = meant(name, known, 0.6)
    if found:
        return found
    return "send it in the JSON body" if name in facts.fields(path.removeprefix(_API)) else ""


_GENERATIONS = {"txt2img", "img2img"}
#: Rules of every route with a JSON object.
_EVERYWHERE: tuple[Rule, ...] = (values.pictures, values.extras, prompts.options)
_OF_GENERATIONS: tuple[Rule, ...] = (
    scripts.samplers,
    prompts.overrides,
    scripts.scripts,
    prompts.prompts,
    prompts.infotext,
    values.numbers,
    values.hires,
    values.unused,
)


class Linter:
    """Says what a server will do with a request.

    Args:
        facts: what the server knows, as it is now.
    """

    def __init__(self, facts: Facts) -> None:
        self._facts = facts

    def lint(self, method: str, path: str, body: Any, query: str = "") -> tuple[Finding, ...]:
        """All that its author should know, in the order of the request.

        Args:
            method: HTTP method.
            path: without query.
            body: JSON value; None for none.
            query: as it came.
        """
        facts = self._facts
        if not facts.documented:
            return ()
        found = [*_route(facts, method, path), *_queries(facts, method, path, query)]
        name = path.removeprefix(_API)
        if method == "POST" and isinstance(body, dict) and path.startswith(_API):
            found += self._of_body(name, body)
        elif method == "POST" and isinstance(body, dict) and path in facts.routes:
            found += fields.unknown_fields(facts, path, body)
        return tuple(found)

    def _of_body(self, name: str, body: dict[str, Any]) -> Iterator[Finding]:
        invalid = list(self._facts.invalid(name, body))
        yield from invalid
        wrong = {finding.place for finding in invalid}
        if name != "options":
            yield from fields.unknown_fields(self._facts, name, body)
        rules = (*_EVERYWHERE, *(_OF_GENERATIONS if name in _GENERATIONS else ()))
        for rule in rules:
            for finding in rule(self._facts, name, body):
                if finding.place not in wrong:
                    yield finding


def refuses(findings: tuple[Finding, ...]) -> bool:
    """Whether ``--strict`` refuses a request with these findings.

    Args:
        findings: of one request.
    """
    return any(finding.kind in {REFUSED, IGNORED, "changed"} for finding in findings)
