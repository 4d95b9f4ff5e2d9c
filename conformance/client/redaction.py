"""Secrets taken out of what is shown."""

from __future__ import annotations

import json
import re
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator, Mapping


REDACTED = "***"

# A shorter secret would blot out ordinary words; where it is alone its name gives it away.
_SHORTEST_LITERAL = 4

_SECRET_HEADER = re.compile(
    r"authorization|cookie|token|secret|api-?key|access-key|password|signature",
    re.IGNORECASE,
)
# Options and flags of the webui and its forks that hold credentials:
# gradio_auth, api_auth, ngrok (a token), huggingface_token, civitai_token, auth.
_SECRET_NAME = re.compile(
    r"(?:[\w-]*[_-])?(?:auth|password|passwd|secret|token|api[_-]?key)|authorization|ngrok",
    re.IGNORECASE,
)
_IN_TEXT = re.compile(
    rf"(\"(?:{_SECRET_NAME.pattern})\"\s*:\s*)\"(?:[^\"\\]|\\.)+\"",
    re.IGNORECASE,
)


def is_secret_header(name: str) -> bool:
    """Whether a header of this name holds a secret.

    Args:
        name: of the header, in any case.
    """
    return _SECRET_HEADER.search(name) is not None


def is_secret_name(name: str) -> bool:
    """Whether a JSON key of this name holds a secret, such as ``api_auth``.

    Args:
        name: the JSON key, in any case.
    """
    return _SECRET_NAME.fullmatch(name) is not None


def shown_secrets(value: Any, under: str = "") -> Iterator[str]:
    """The names under which a JSON value shows secrets in clear, dotted; never the secrets.

    Args:
        value: any JSON.
        under: the name that it is under; empty for none.
    """
    if isinstance(value, dict):
        for name, item in value.items():
            path = f"{under}.{name}" if under else str(name)
            if is_secret_name(str(name)) and isinstance(item, str) and _is_clear(item):
                yield path
            else:
                yield from shown_secrets(item, path)
    elif isinstance(value, list):
        for item in value:
            yield from shown_secrets(item, under)


def _is_clear(value: str) -> bool:
    """Whether a text is a value, not stars or the word for none."""
    return bool(value.strip("*• ")) and value not in {"None", "null"}


def redact_text(text: str, secrets: Iterable[str] = ()) -> str:
    """Take out known secrets, however they are encoded, and JSON values named like a secret.

    Args:
        text: to be shown.
        secrets: known ones; those below four letters are ignored.
    """
    for secret in _literals(secrets):
        text = text.replace(secret, REDACTED)
    return _IN_TEXT.sub(rf'\1"{REDACTED}"', text)


def redact_headers(headers: Mapping[str, str], secrets: Iterable[str] = ()) -> dict[str, str]:
    """Take secrets out of headers; the scheme of an Authorization stays.

    Args:
        headers: name -> value.
        secrets: known ones.
    """
    secrets = tuple(secrets)
    return {
        name: _blot(value) if is_secret_header(name) else redact_text(value, secrets)
        for name, value in headers.items()
    }


def redact_json(value: Any, secrets: Iterable[str] = ()) -> Any:
    """Take secrets out of a JSON value: those known, and texts under the name of a secret.

    Args:
        value: any JSON.
        secrets: known ones.

    Returns:
        A copy.
    """
    secrets = tuple(secrets)
    if isinstance(value, str):
        return redact_text(value, secrets)
    if isinstance(value, list):
        return [redact_json(item, secrets) for item in value]
    if isinstance(value, dict):
        return {
            name: REDACTED
            if is_secret_name(name) and isinstance(item, str) and item
            else redact_json(item, secrets)
            for name, item in value.items()
        }
    return value


def _blot(value: str) -> str:
    scheme, space, _ = value.partition(" ")
    return f"{scheme} {REDACTED}" if space and scheme.isalpha() else REDACTED


def _literals(secrets: Iterable[str]) -> list[str]:
    plain = {secret for secret in secrets if len(secret) >= _SHORTEST_LITERAL}
    encoded = {quote(secret, safe="") for secret in plain}
    encoded |= {json.dumps(secret)[1:-1] for secret in plain}
    encoded |= {json.dumps(secret, ensure_ascii=False)[1:-1] for secret in plain}
    # Longest first, so that no part of a long secret is left over.
    return sorted(plain | encoded, key=len, reverse=True)
