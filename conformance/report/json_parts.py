"""Results, their requirements and their exchanges as JSON, and back."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.catalogue import Applies, Cost, Effect, Level, Requirement
from conformance.report.shown import ShownExchange, shown_exchange
from conformance.report.thumbnail import Thumbnail
from conformance.verdict import Result, Verdict

if TYPE_CHECKING:
    from conformance.client.exchange import Exchange


def result_json(result: Result) -> dict[str, Any]:
    """A result, with the requirement as it read at the time."""
    requirement = result.requirement
    return {
        "id": result.id,
        "level": str(requirement.level),
        "verdict": str(result.verdict),
        "expected": result.expected,
        "actual": result.actual,
        "reason": result.reason,
        "seconds": result.seconds,
        "cost": result.cost,
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
    """A result as ``result_json`` wrote it; KeyError, ValueError or CatalogueError if none."""
    told = value["requirement"]
    requirement = Requirement(
        id=value["id"],
        level=Level(value["level"]),
        sentence=told["sentence"],
        applies=Applies.parse(told["applies"]),
        source=told["source"],
        cost=Cost(told["cost"]),
        effect=Effect(told["effect"]),
        why=told["why"],
        clients=tuple(told["clients"]),
        smoke=told["smoke"],
    )
    return Result(
        requirement=requirement,
        verdict=Verdict(value["verdict"]),
        expected=value["expected"],
        actual=value["actual"],
        reason=value["reason"],
        seconds=value["seconds"],
        cost=value["cost"],
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
    asked, told = value["request"], value["answer"]
    return ShownExchange(
        method=asked["method"],
        path=asked["path"],
        url=asked["url"],
        request_headers=asked["headers"],
        request_body=None if asked["body"] is None else asked["body"].encode(),
        status=told["status"],
        response_headers=told["headers"],
        body=told["body"].encode(),
        elapsed=told["seconds"],
        error=told["error"],
        curl=value["curl"],
        pictures=tuple(
            Thumbnail(each["place"], each["digest"], each["thumbnail"])
            for each in value["pictures"]
        ),
    )
