"""What stands where something was redacted.

Each is a form that the redactor knows again and leaves alone, so that redacting twice
changes nothing.
"""

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
