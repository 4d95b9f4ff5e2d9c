"""The result document as JSON, and back.

The form is published: ``data/result.schema.json`` beside this module. ``schema_version`` grows
when a reader of the old form could misread the new one; keys may be added without that.
"""

from __future__ import annotations

import json
from dataclasses import fields
from datetime import datetime
from importlib.resources import files
from typing import TYPE_CHECKING, Any

from conformance.catalogue import Level
from conformance.clients import load_clients, outlooks
from conformance.errors import ReportError
from conformance.report.document import Document
from conformance.report.json_parts import read_result, result_json
from conformance.report.shown import shown_document
from conformance.report.summary import verdict_words
from conformance.verdict import Verdict

if TYPE_CHECKING:
    from conformance.clients import Outlook

SCHEMA_VERSION = 1
_RUN = tuple(f.name for f in fields(Document) if f.init and f.name != "results")


def document_json(document: Document) -> dict[str, Any]:
    """The document as a JSON value, without secrets and whole pictures."""
    shown = shown_document(document)
    return {
        "schema_version": SCHEMA_VERSION,
        "suite": "sdapi-conformance",
        "verdict": _verdict(shown),
        "run": {name: _plain(getattr(shown, name)) for name in _RUN},
        "clients": [_client(outlook) for outlook in outlooks(load_clients(), shown.results)],
        "results": [result_json(result) for result in shown.results],
    }


def render_json(document: Document) -> str:
    """The document as text of JSON."""
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
    return Document(results=tuple(map(read_result, value["results"])), **run)


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
    return {"exit_code": int(code), "words": verdict_words(code), "counts": counts}


def _client(outlook: Outlook) -> dict[str, Any]:
    return {
        "id": outlook.client.id,
        "name": outlook.client.name,
        "prospect": str(outlook.prospect),
        "breaks_on": list(outlook.breaks_on),
        "loses": list(outlook.loses),
        "not_looked_at": list(outlook.not_looked_at),
    }
