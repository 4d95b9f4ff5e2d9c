"""What an alert says: in words, and as the JSON that a webhook is sent."""

from __future__ import annotations

import json
from dataclasses import dataclass
from datetime import UTC
from enum import StrEnum
from html import escape
from typing import TYPE_CHECKING, Any
from urllib.parse import urlsplit

from conformance.client.redaction import redact_json, redact_text
from conformance.report.document import suite_version

if TYPE_CHECKING:
    from collections.abc import Sequence
    from datetime import datetime

    from conformance.watch.changes import Change
    from conformance.watch.target_state import TargetState


SCHEMA_VERSION = 1
# Discord refuses a content of more characters; others cut it.
_LONGEST = 2000
# Lines of one alert; a run in mode full may find hundreds.
_MOST_LINES = 20


class WebhookFormat(StrEnum):
    """What a webhook takes."""

    AUTO = "auto"  # by its host
    JSON = "json"  # all there is, with ``text`` and ``content`` for chats that take more
    SLACK = "slack"  # ``text`` alone
    DISCORD = "discord"  # ``content`` alone


_HOSTS = {
    "hooks.slack.com": WebhookFormat.SLACK,
    "chat.googleapis.com": WebhookFormat.SLACK,
    "discord.com": WebhookFormat.DISCORD,
    "discordapp.com": WebhookFormat.DISCORD,
}


def format_for(url: str, wanted: WebhookFormat = WebhookFormat.AUTO) -> WebhookFormat:
    """The format that a webhook takes.

    Args:
        url: of the webhook.
        wanted: by the operator; ``auto`` to go by the host.
    """
    if wanted is not WebhookFormat.AUTO:
        return wanted
    host = (urlsplit(url).hostname or "").lower()
    return next(
        (kind for name, kind in _HOSTS.items() if host == name or host.endswith(f".{name}")),
        WebhookFormat.JSON,
    )


@dataclass(frozen=True)
class Subject:
    """Which server an alert is about.

    Args:
        name: what the operator calls it, or its address.
        url: its address, without credentials.
        secrets: what no message may show.
    """

    name: str
    url: str
    secrets: tuple[str, ...] = ()

    @property
    def title(self) -> str:
        """Name and address."""
        return self.url if self.name == self.url else f"{self.name} ({self.url})"


def alert_text(subject: Subject, changes: Sequence[Change]) -> str:
    """An alert in words: one line, or a head and a line for each change.

    Args:
        subject: the server.
        changes: at least one.
    """
    lines = [f"{change.kind}: {change.text}" for change in changes[:_MOST_LINES]]
    if len(changes) > _MOST_LINES:
        lines.append(f"and {len(changes) - _MOST_LINES} more changes")
    head = f"sdapi-check watch: {subject.title}"
    text = f"{head} {lines[0]}" if len(lines) == 1 else "\n- ".join([head, *lines])
    return _cut(redact_text(text, subject.secrets))


def _cut(text: str) -> str:
    return text if len(text) <= _LONGEST else f"{text[: _LONGEST - 3]}..."


def alert_json(
    subject: Subject, state: TargetState, changes: Sequence[Change], at: datetime
) -> str:
    """An alert as text of JSON, whole; ``for_webhook`` gives it the form that a webhook takes.

    Args:
        subject: the server.
        state: after the changes.
        changes: at least one.
        at: when they were found.
    """
    text = alert_text(subject, changes)
    value = {
        "schema_version": SCHEMA_VERSION,
        "source": "sdapi-check watch",
        "version": suite_version(),
        "target": subject.name,
        "url": subject.url,
        "at": at.astimezone(UTC).isoformat(timespec="seconds"),
        "status": str(state.status),
        "changes": [_change(change) for change in changes],
        "text": text,
        "content": text,
    }
    return json.dumps(redact_json(value, subject.secrets), ensure_ascii=False)


def _change(change: Change) -> dict[str, Any]:
    value: dict[str, Any] = {"kind": str(change.kind), "words": change.text}
    if change.requirement:
        value |= {"requirement": change.requirement, "level": change.level}
    if change.facet:
        value |= {"facet": change.facet}
        value |= {"added": list(change.added), "removed": list(change.removed)}
    return value


def for_webhook(message: str, form: WebhookFormat) -> dict[str, Any]:
    """The body of a request to a webhook.

    Args:
        message: what ``alert_json`` made.
        form: what the webhook takes.

    Returns:
        All of it, or the one key that a chat takes.
    """
    value: dict[str, Any] = json.loads(message)
    if form is WebhookFormat.SLACK:
        # Its own markup would let a server call everybody.
        return {"text": escape(value["text"], quote=False)}
    if form is WebhookFormat.DISCORD:
        return {"content": value["content"], "allowed_mentions": {"parse": []}}
    return value
