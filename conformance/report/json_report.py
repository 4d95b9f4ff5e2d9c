"""The JSON report: written by its schema, and read back."""

from __future__ import annotations

import json
from dataclasses import asdict, fields
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.errors import ReportError
from conformance.report.causes import causes
from conformance.report.document import Document
from conformance.report.programs import reported
from conformance.report.redacted import ShownExchange, Thumbnail, shown_document, shown_exchange
from conformance.report.remedies import remedy_of
from conformance.report.summary import outcome_text
from conformance.requirements.requirement import Applies, Cost, Effect, Level, Requirement
from conformance.runner.events import Entry, Section
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from conformance.exchange import Exchange
    from conformance.report.causes import Cause
    from conformance.report.summary import Outlook


def result_json(result: Result) -> dict[str, Any]:
    """A result, with the requirement as it read at the time.

    Args:
        result: to be written.
    """
    requirement = result.requirement
    return {
        "id": result.id,
        "level": str(requirement.level),
        "verdict": str(result.verdict),
        "expected": result.expected,
        "actual": result.actual,
        "reason": result.reason,
        "hidden_by": result.hidden_by,
        "seconds": result.seconds,
        "cost": result.cost,
        "cause": result.cause,
        "requirement": {
            "area": requirement.area,
            "sentence": requirement.sentence,
            "why": requirement.why,
            "applies": requirement.applies.text,
            "source": requirement.source,
            "cost": str(requirement.cost),
            "effect": str(requirement.effect),
            "clients": list(requirement.clients),
            "smoke": requirement.smoke,
        },
        "exchanges": [_exchange_json(exchange) for exchange in result.exchanges],
    }


def read_result(value: dict[str, Any]) -> Result:
    """A result as ``result_json`` wrote it; KeyError, ValueError or CatalogueError if none.

    Args:
        value: as read from a report.
    """
    reported = value["requirement"]
    requirement = Requirement(
        id=value["id"],
        level=Level(value["level"]),
        sentence=reported["sentence"],
        applies=Applies.parse(reported["applies"]),
        source=reported["source"],
        cost=Cost(reported["cost"]),
        effect=Effect(reported["effect"]),
        why=reported["why"],
        clients=tuple(reported["clients"]),
        smoke=reported["smoke"],
    )
    return Result(
        requirement=requirement,
        verdict=Verdict(value["verdict"]),
        expected=value["expected"],
        actual=value["actual"],
        reason=value["reason"],
        hidden_by=value.get("hidden_by", ""),
        seconds=value["seconds"],
        cost=value["cost"],
        # Reports of before causes were known have none, and they are found anew.
        cause=value.get("cause", ""),
        exchanges=tuple(map(_read_exchange, value["exchanges"])),
    )


def _exchange_json(exchange: Exchange) -> dict[str, Any]:
    shown = shown_exchange(exchange)
    body = shown.request_body
    return {
        "request": {
            "method": shown.method,
            "path": shown.path,
            "url": shown.url,
            "headers": dict(shown.request_headers),
            "body": None if body is None else body.decode("utf-8"),
        },
        "answer": {
            "status": shown.status,
            "headers": dict(shown.response_headers),
            "body": shown.text,
            "seconds": shown.elapsed,
            "error": shown.error,
        },
        "curl": shown.curl,
        "pictures": [
            {"place": each.place, "digest": each.digest, "thumbnail": each.data}
            for each in shown.pictures
        ],
    }


def _read_exchange(value: dict[str, Any]) -> ShownExchange:
    asked, reported = value["request"], value["answer"]
    return ShownExchange(
        method=asked["method"],
        path=asked["path"],
        url=asked["url"],
        request_headers=asked["headers"],
        request_body=None if asked["body"] is None else asked["body"].encode(),
        status=reported["status"],
        response_headers=reported["headers"],
        body=reported["body"].encode(),
        elapsed=reported["seconds"],
        error=reported["error"],
        curl=value["curl"],
        pictures=tuple(
            Thumbnail(each["place"], each["digest"], each["thumbnail"])
            for each in value["pictures"]
        ),
    )


SCHEMA_VERSION = 1
_RUN = tuple(f.name for f in fields(Document) if f.init and f.name not in {"results", "sections"})


def document_json(document: Document) -> dict[str, Any]:
    """The document as a JSON value, without secrets and whole pictures.

    Args:
        document: to be written.
    """
    shown = shown_document(document)
    return {
        "schema_version": SCHEMA_VERSION,
        "suite": "sdapi-conformance",
        "verdict": _verdict(shown),
        "run": {name: _plain(getattr(shown, name)) for name in _RUN},
        "causes": [_cause(cause) for cause in causes(shown)],
        "sections": [_section_json(section) for section in shown.sections],
        "clients": [_client(outlook) for outlook in reported(shown)],
        "results": [result_json(result) for result in shown.results],
    }


def render_json(document: Document) -> str:
    """The document as text of JSON.

    Args:
        document: to be written.
    """
    return json.dumps(document_json(document), indent=1, ensure_ascii=False) + "\n"


def read_document(text: str, name: str) -> Document:
    """A document that was written by ``render_json``.

    What follows from the results (verdict, clients) is worked out anew.

    Args:
        text: of the file.
        name: what the file is called, for the error.

    Raises:
        ReportError: it is none, or of a later form.
    """
    try:
        value = json.loads(text)
        version = value["schema_version"]
    except (ValueError, RecursionError, TypeError, KeyError) as error:
        raise ReportError(f"{name} is no report of sdapi-check in JSON") from error
    if version != SCHEMA_VERSION:
        raise ReportError(
            f"{name} has schema_version {version}, and this version of sdapi-check reads "
            f"{SCHEMA_VERSION}; read it with the version that wrote it",
        )
    try:
        return _document(value)
    except (ValueError, TypeError, KeyError, AttributeError) as error:
        raise ReportError(f"{name} is damaged: {type(error).__name__} {error}") from error


def schema_text() -> str:
    """The published JSON Schema (draft 2020-12) of a report."""
    file = files("conformance.report") / "data" / "result.schema.json"
    return file.read_text(encoding="utf-8")


def _document(value: dict[str, Any]) -> Document:
    run = {name: item for name, item in value["run"].items() if name in _RUN}
    for name, item in run.items():
        if isinstance(item, list):
            run[name] = tuple(item)
    run["started"] = datetime.fromisoformat(run["started"])
    run["fail_on"] = Level(run["fail_on"])
    return Document(
        results=tuple(map(read_result, value["results"])),
        # Reports of before there were any have none.
        sections=tuple(map(_read_section, value.get("sections", ()))),
        **run,
    )


def _cause(cause: Cause) -> dict[str, Any]:
    return {
        "id": cause.head.id,
        "level": str(cause.level),
        "verdict": str(cause.verdict),
        "sentence": cause.sentence,
        "remedy": remedy_of(cause.head),
        "routes": list(cause.routes),
        "follows": [result.id for result in cause.follows],
    }


def _section_json(section: Section) -> dict[str, Any]:
    entries = [asdict(each) | {"details": list(each.details)} for each in section.entries]
    lists = {"lines": list(section.lines), "brief": list(section.brief), "entries": entries}
    return asdict(section) | lists


def _read_section(value: dict[str, Any]) -> Section:
    known = {name: value[name] for name in (f.name for f in fields(Section)) if name in value}
    entries = (Entry(**e | {"details": tuple(e["details"])}) for e in value.get("entries", ()))
    lists = {name: tuple(value.get(name, ())) for name in ("lines", "brief")}
    return Section(**known | lists | {"entries": tuple(entries)})


def _plain(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat()
    return list(value) if isinstance(value, tuple) else value


def _verdict(document: Document) -> dict[str, Any]:
    code = document.exit_code()
    counts = {
        str(level): {str(v): n for v in Verdict if (n := document.count(v, level))}
        for level in Level
    }
    return {"exit_code": int(code), "words": outcome_text(document), "counts": counts}


def _client(outlook: Outlook) -> dict[str, Any]:
    return {
        "id": outlook.client.id,
        "name": outlook.client.name,
        "prospect": str(outlook.prospect),
        "breaks_on": list(outlook.breaks_on),
        "loses": list(outlook.loses),
        "not_looked_at": list(outlook.not_looked_at),
    }
