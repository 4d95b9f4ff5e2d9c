"""Names that give secrets away, and what stands where something was redacted."""

from __future__ import annotations

import re

#: Instead of a password, a token, a cookie.
SECRET = "REDACTED"  # noqa: S105 - the opposite of a password
#: Instead of a host; ``.invalid`` is reserved for names that never exist (RFC 2606).
HOST = "host.invalid"
#: Instead of an address of a network; 192.0.2.0/24 is reserved for documentation (RFC 5737).
ADDRESS = "192.0.2.1"
#: Instead of a user's name.
USER = "someone"
#: Instead of the webui's own folder, as in the packaged recordings.
WEBUI = "/webui"
#: Instead of any other folder, with a number.
FOLDER = "/folder-"

_STANDING = re.compile(r"(?:[A-Za-z]:)?(?:webui|folder-\d+)")


def is_stand_in(first: str) -> bool:
    """Whether the first segment of a path already is a stand-in."""
    return _STANDING.fullmatch(first) is not None


_WORDS = (
    r"auth|authorization|authtoken|auth[_-]?token|password|passwd|passphrase|pwd"
    r"|secrets?|tokens?|api[_-]?keys?|apikeys?|access[_-]?keys?|private[_-]?keys?"
    r"|credentials?|cookies?|session[_-]?(?:id|key)|ngrok|signature|bearer"
)
_NAME = re.compile(rf"(?:.*[_\-. ])?(?:{_WORDS})|(?:user[_-])?pass", re.IGNORECASE)
_HUMP = re.compile(r"(?<=[a-z0-9])(?=[A-Z])")
#: Response headers that say nothing about who runs the server; all others are left out.
KEPT_HEADERS = frozenset(
    {
        "access-control-allow-credentials",
        "access-control-allow-headers",
        "access-control-allow-methods",
        "access-control-allow-origin",
        "access-control-max-age",
        "allow",
        "content-type",
        "location",
        "vary",
        "www-authenticate",
    }
)
#: Request headers that change how the API answers; all others are left out.
KEPT_REQUEST_HEADERS = frozenset(
    {
        "accept",
        "access-control-request-headers",
        "access-control-request-method",
        "authorization",
        "content-type",
        "origin",
    }
)


def is_secret_name(name: str) -> bool:
    """Whether what stands under this name is a secret (``api_auth``, ``civitaiToken``)."""
    return _NAME.fullmatch(_HUMP.sub("_", name.strip("-"))) is not None


#: Texts that are tokens by their look, whatever they are called.
TOKENS = re.compile(
    r"\b(?:hf_[A-Za-z0-9]{16,}|sk-[A-Za-z0-9_-]{16,}|gh[pousr]_[A-Za-z0-9]{20,}"
    r"|github_pat_\w{20,}|glpat-[\w-]{16,}|xox[abprs]-[\w-]{10,}|AKIA[0-9A-Z]{16}"
    r"|AIza[\w-]{30,}|r8_[A-Za-z0-9]{20,}|npm_[A-Za-z0-9]{30,}|rpa_[A-Z0-9]{20,}"
    r"|eyJ[\w-]{8,}\.[\w-]{8,}\.[\w-]*)"
)
#: A scheme of the Authorization header and what it carries.
AUTHORIZATION = re.compile(r"\b(Basic|Bearer)(\s+)([A-Za-z0-9+/=._~-]{4,})", re.IGNORECASE)
#: ``password=...``, ``"token": "..."``, ``?key=...``.
ASSIGNED = re.compile(
    rf"(?P<name>(?<!\w)(?:[\w-]*[_-])?(?:{_WORDS})|(?<=[?&])(?:key|sig|code))"
    r"(?P<between>\\*[\"']?\s*[=:]\s*\\*[\"']?)"
    r"(?P<value>(?![{(\[])[^\s&;,\"'\\<>\])}]+)",
    re.IGNORECASE,
)
#: ``--api-auth VALUE``: an option of a command line, its value behind a space or a comma.
OPTION = re.compile(
    rf"(?P<name>--(?:[\w-]*-)?(?:{_WORDS}))(?P<between>\\*[\"']?,?\s+\\*[\"']?)"
    r"(?P<value>[^\s\"',\\]+)",
    re.IGNORECASE,
)
#: What stands where a secret could, and is none.
PLAIN_VALUES = frozenset(
    {"basic", "bearer", "digest", "none", "null", "true", "false", "string", "str", "redacted"}
)
