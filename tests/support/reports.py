"""Result documents for the tests of reports."""

from __future__ import annotations

import base64
import json
from datetime import UTC, datetime
from functools import cache
from io import BytesIO
from typing import Any

from PIL import Image

from conformance.client import Exchange
from conformance.report.document import Document
from conformance.requirements.catalogue import load_catalogue
from conformance.verdict import Result, Verdict

SECRET = "planted-secret"
STARTED = datetime(2026, 11, 21, 12, tzinfo=UTC)


@cache
def picture(width: int = 300, height: int = 200, colour: str = "red") -> str:
    """A PNG in base64."""
    buffer = BytesIO()
    Image.new("RGB", (width, height), colour).save(buffer, "PNG")
    return base64.b64encode(buffer.getvalue()).decode()


def exchange(**values: Any) -> Exchange:
    """A request and its answer, with pictures and a secret in both."""
    given: dict[str, Any] = {
        "method": "POST",
        "path": f"/sdapi/v1/png-info?token={SECRET}",
        "url": f"http://host:7860/sdapi/v1/png-info?token={SECRET}",
        "request_headers": {"Authorization": f"Bearer {SECRET}", "Content-Type": "x/json"},
        "request_body": json.dumps({"image": picture(), "note": SECRET}).encode(),
        "status": 500,
        "response_headers": {"content-type": "application/json", "set-cookie": "a=b"},
        "body": json.dumps({"detail": f"no {SECRET}", "images": [picture(64, 64)]}).encode(),
        "elapsed": 0.25,
        "secrets": (SECRET,),
    }
    return Exchange(**given | values)


def result(name: str = "LIST-001", verdict: Verdict = Verdict.PASS, **values: Any) -> Result:
    """A result of a requirement of the catalogue."""
    return Result(requirement=load_catalogue()[name], verdict=verdict, **values)


def failure(name: str = "LIST-001", verdict: Verdict = Verdict.FAIL, **values: Any) -> Result:
    """A requirement that is not met, with its evidence."""
    given = {"expected": "a list", "actual": f"an object of {SECRET}", "exchanges": (exchange(),)}
    return result(name, verdict, **given | values)


MIXED = (
    failure(),
    failure("LIST-021", Verdict.WARN, actual="</script><script>alert(1)</script> & <b>"),
    failure("LIST-028", Verdict.INFO, exchanges=()),
    result("LIST-002"),
    result("OPT-002", Verdict.PASS_LOOSE, reason="an alias of the model"),
    result("OPT-008", Verdict.NOT_RUN, reason="its effect is 'writes settings'"),
    result("LIST-026", Verdict.SKIPPED, reason="too fast"),
    result("TXT2IMG-028", Verdict.NOT_APPLICABLE, reason="it applies to others"),
    result("LIST-025", Verdict.UNSUPPORTED, reason="no such route"),
    failure("IMG-001", Verdict.WAIVED, reason="known, see the tracker"),
    result("OPT-006", Verdict.WAIVED_BUT_PASSED, reason="the waiver is out of date"),
    result("QUEUE-001", Verdict.ERROR, reason="the suite stumbled"),
)


def document(*results: Result, **values: Any) -> Document:
    """A document of a run that is over."""
    given: dict[str, Any] = {
        "url": "http://host:7860",
        "profile": "a1111 1.10.1",
        "evidence": ("it says so",),
        "mode": "safe",
        "seed": 7,
        "started": STARTED,
        "seconds": 12.5,
        "cost": 0.25,
        "planned_cost": 0.5,
        "notes": ("waiting for the server",),
        "version": "0.1.0",
        "command": "sdapi-check http://host:7860",
    }
    return Document(results=results, **given | values)
