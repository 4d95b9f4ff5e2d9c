"""Linter: asks every rule about a request."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.lint import fields, prompts, routes, scripts, values
from mockserver.lint import prompts as overrides
from mockserver.lint import scripts as samplers
from mockserver.lint.finding import IGNORED, REFUSED, Finding

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from mockserver.lint.facts import Facts


if TYPE_CHECKING:
    Rule = Callable[[Facts, str, dict[str, Any]], Iterator[Finding]]

_API = "/sdapi/v1/"
_GENERATIONS = {"txt2img", "img2img"}
#: Rules of every route with a JSON object.
_EVERYWHERE: tuple[Rule, ...] = (values.pictures, values.extras, overrides.options)
_OF_GENERATIONS: tuple[Rule, ...] = (
    samplers.samplers,
    overrides.overrides,
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
        found = [*routes.route(facts, method, path), *routes.queries(facts, method, path, query)]
        name = path.removeprefix(_API)
        if method == "POST" and isinstance(body, dict) and path.startswith(_API):
            found += self._of_body(name, body)
        elif method == "POST" and isinstance(body, dict) and path in facts.routes:
            found += fields.unknown_fields(facts, path, body)
        return tuple(found)

    def _of_body(self, name: str, body: dict[str, Any]) -> Iterator[Finding]:
        misfits = list(self._facts.misfits(name, body))
        yield from misfits
        wrong = {finding.place for finding in misfits}
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
