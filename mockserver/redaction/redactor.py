"""The redactor: texts, JSON, headers and pictures without what must not be written."""

from __future__ import annotations

import json
import re
from base64 import b64decode
from typing import TYPE_CHECKING, Any
from urllib.parse import quote, unquote

from mockserver.core.json_values import json_or_none
from mockserver.redaction import names
from mockserver.redaction.hosts import is_private_host, redact_hosts
from mockserver.redaction.knowledge import ORDINARY, KnownSecrets
from mockserver.redaction.names import SECRET, USER, Kind, RedactionLog
from mockserver.redaction.paths import Folders, PathRedactor
from mockserver.redaction.pictures import EMBEDDED, EncodedText, redact_picture

if TYPE_CHECKING:
    from collections.abc import Callable, Iterable, Mapping


_PERCENT = re.compile(r"[^\s\"'<>|]*%[0-9A-Fa-f]{2}[^\s\"'<>|]*")
#: ``User: name`` at the end of an infotext, where an option of the webui writes it.
_INFOTEXT_USER = re.compile(r"(?<=, User: )(?P<name>\"[^\"\n]*\"|[^,\n]+)")
#: Scripts and styles of a page.
_CODE = re.compile(
    r"<(?P<tag>script|style)\b[^>]*>(?P<code>.*?)(?=</(?P=tag)\s*>|\Z)", re.DOTALL | re.IGNORECASE
)
_DEEPEST = 8
_SHORTEST_BEARER = 8
_LONGEST_REMEMBERED = 500


class Redactor:
    """Takes secrets, hosts, names and folders out of what a server says.

    Args:
        secrets: passwords and tokens that are known from the start.
        hosts: names of the server's own machine.

    Attributes:
        known: what was learned so far; it grows with every answer.
        folders: stand-ins of folders.
        ledger: what was redacted.
    """

    def __init__(self, secrets: Iterable[str] = (), hosts: Iterable[str] = ()) -> None:
        self.known = KnownSecrets(secrets)
        self.folders = Folders()
        self.ledger = RedactionLog()
        self._place = ""
        self._notes = 0
        # Texts that are written as they are, as long as nothing more is known. A set says the
        # same some hundred times: each name of a field, each type, each default.
        self._clean: set[str] = set()
        self._clean_under = self.known.patterns
        self._paths = PathRedactor(self.folders, self.known, self._note)
        for host in hosts:
            self.known.add_machine(host)

    def learn_flags(self, flags: Any) -> None:
        """Learn from an answer of cmd-flags: folders, logins, tokens, names.

        Args:
            flags: the answer of cmd-flags.
        """
        self.folders.learn_flags(flags)
        if not isinstance(flags, dict):
            return
        for name in ("api_auth", "gradio_auth"):
            self._learn_logins(flags.get(name))
        machine = flags.get("server_name")
        if isinstance(machine, str) and is_private_host(machine):
            self.known.add_machine(machine)

    def _learn_logins(self, value: Any) -> None:
        for pair in value.split(",") if isinstance(value, str) else ():
            user, colon, password = pair.strip().strip("\"'").partition(":")
            if colon:
                self.known.add_login(user, password)

    def text(self, value: str, place: str) -> str:
        """A text, maybe one that holds JSON, a picture in base64 or percent codes.

        Args:
            value: the text.
            place: where it stands, for the ledger.
        """
        self._place = place
        return self._text(value)

    def page(self, value: str, place: str) -> str:
        """A page that comes with the program, as its API's documentation does.

        Its scripts and styles are the program's own: names and paths in them say nothing of a
        server. Out of them is taken what is known of this one, tokens by their look, and homes.

        Args:
            value: the page.
            place: file, and the place inside it, for the log.
        """
        self._place = place
        parts, at = [], 0
        for code in _CODE.finditer(value):
            parts += [self._text(value[at : code.start("code")]), self._code(code["code"])]
            at = code.end("code")
        return "".join([*parts, self._text(value[at:])])

    def _code(self, value: str) -> str:
        known = self.known
        value = self._sub(names.TOKENS, Kind.CREDENTIAL, value)
        for pattern, kind, stand_in in (
            (known.secret_pattern, Kind.CREDENTIAL, SECRET),
            (known.host_pattern, Kind.HOST, names.HOST),
        ):
            value = self._sub(pattern, kind, value, stand_in) if pattern else value
        return self._users(self._paths.redact_homes(value))

    def json(self, value: Any, place: str) -> Any:
        """A JSON value; keys are redacted too.

        Args:
            value: any JSON value.
            place: file, and the place inside it, for the log.
        """
        return self._json(value, place, "", 0)

    def headers(self, given: Mapping[str, str], place: str, kept: Iterable[str]) -> dict[str, str]:
        """The headers among `kept`, redacted, names in lower case, sorted; others are left out.

        Args:
            given: by name.
            place: file, and the place inside it, for the log.
            kept: names in lower case.
        """
        wanted = set(kept)
        found = {}
        for name, value in given.items():
            plain = name.lower()
            self._place = f"{place} {plain}"
            if plain in wanted:
                found[plain] = (
                    self._secret(value) if plain == "authorization" else self._text(value)
                )
            elif names.is_secret_name(plain):
                self._note(Kind.HEADER)
        return dict(sorted(found.items()))

    def picture(self, data: bytes, place: str) -> bytes:
        """A picture's file with its metadata redacted; the same bytes where they say nothing.

        Args:
            data: the file's bytes.
            place: file, and the place inside it, for the log.
        """
        self._place = place
        return redact_picture(data, self._text, self._note)

    def leaks(self, data: bytes) -> bool:
        """Whether bytes hold a text that must not be written.

        Args:
            data: any.
        """
        return any(literal.encode() in data for literal in self.known.literals)

    def _note(self, kind: Kind) -> None:
        self._notes += 1
        self.ledger.note(kind, self._place)

    def _json(self, value: Any, place: str, name: str, depth: int) -> Any:
        if isinstance(value, dict):
            return self._object(value, place, depth)
        if isinstance(value, list):
            return [
                self._json(item, f"{place}/{number}", name, depth)
                for number, item in enumerate(value)
            ]
        if not isinstance(value, str):
            return value
        self._place = place
        if value and names.is_secret_name(name) and value.lower() not in names.PLAIN_VALUES:
            return self._secret(value)
        return self._text(value, depth)

    def _object(self, value: dict[str, Any], place: str, depth: int) -> dict[str, Any]:
        found: dict[str, Any] = {}
        for key, item in value.items():
            self._place = place
            shown = (
                self._plain(key) if not key.startswith("/") or key not in self.known.routes else key
            )
            unique, number = shown, 1
            while unique in found:
                number += 1
                unique = f"{shown} ({number})"
            found[unique] = self._json(item, f"{place}/{shown}", key, depth)
        return found

    def _secret(self, value: str) -> str:
        """What stands for a secret: its scheme is kept, its text learned."""
        if value == SECRET or value.endswith(f" {SECRET}"):
            return value
        self._note(Kind.CREDENTIAL)
        scheme, space, rest = value.partition(" ")
        if scheme.lower() == "basic":
            self._learn_logins(_basic(rest))
        self.known.add_secret(rest if space else value)
        self._learn_logins(value)
        return f"{scheme} {SECRET}" if space and scheme.isalpha() else SECRET

    def _text(self, value: str, depth: int = 0) -> str:
        if depth > _DEEPEST:
            self._note(Kind.OPAQUE)
            return SECRET
        inner = self._inner_json(value, depth)
        if inner is not None:
            return inner
        encoded = EncodedText.read(value)
        if encoded:
            return encoded.changed(self._bytes(encoded, depth))
        value = EMBEDDED.sub(lambda found: self._embedded(found[0], depth), value)
        value = _PERCENT.sub(lambda found: self._percent(found[0], depth), value)
        return self._plain(value)

    def _embedded(self, token: str, depth: int) -> str:
        encoded = EncodedText.read(token)
        return encoded.changed(self._bytes(encoded, depth)) if encoded else token

    def _bytes(self, encoded: EncodedText, depth: int) -> bytes:
        if encoded.is_picture:
            return redact_picture(encoded.data, self._text, self._note)
        text = encoded.text
        if text is None:
            if not self.leaks(encoded.data):
                return encoded.data
            self._note(Kind.OPAQUE)
            return SECRET.encode()
        return self._text(text, depth + 1).encode()

    def _inner_json(self, value: str, depth: int) -> str | None:
        """JSON text redacted inside, in the separators it had; None for any other text."""
        if not value.lstrip()[:1] or value.lstrip()[0] not in '{["':
            return None
        parsed = json_or_none(value)
        if parsed is None:
            return None
        redacted = self._json(parsed, self._place, "", depth + 1)
        if redacted == parsed:
            return value
        return _dump_like(value, parsed, redacted)

    def _percent(self, token: str, depth: int) -> str:
        decoded = unquote(token)
        if decoded == token:
            return token
        redacted = self._text(decoded, depth + 1)
        return token if redacted == decoded else quote(redacted, safe="/:?=&#,+@")

    def _plain(self, value: str) -> str:
        """A text as it stands, without a look at what may be encoded in it."""
        if self._clean_under is not self.known.patterns:
            self._clean, self._clean_under = set(), self.known.patterns
        if value in self._clean:
            return value
        noted, redacted = self._notes, value
        for change in (self._credentials, self._hosts, self._paths.redact, self._users):
            redacted = change(redacted)
        if redacted == value and self._notes == noted and len(value) < _LONGEST_REMEMBERED:
            self._clean.add(value)
        return redacted

    def _credentials(self, value: str) -> str:
        if self.known.secret_pattern:
            value = self._sub(self.known.secret_pattern, Kind.CREDENTIAL, value)
        value = names.AUTHORIZATION.sub(self._authorization, value)
        value = self._sub(names.TOKENS, Kind.CREDENTIAL, value)
        for pattern in (names.OPTION, names.ASSIGNED):
            value = pattern.sub(self._assigned, value)
        return value

    def _authorization(self, found: re.Match[str]) -> str:
        """A header's value inside a text; the words alone (``basic Fantasy``) are none."""
        login = _basic(found[3])
        basic = found[1].lower() == "basic"
        if found[3] == SECRET or (not login if basic else len(found[3]) < _SHORTEST_BEARER):
            return found[0]
        return found[1] + found[2] + self._secret(f"{found[1]} {found[3]}").split(" ")[-1]

    def _assigned(self, found: re.Match[str]) -> str:
        value = found["value"]
        plain = value.lower()
        known = plain in names.PLAIN_VALUES or plain in ORDINARY.secrets
        if known or value.replace(".", "").isdigit():
            return found[0]
        self._note(Kind.CREDENTIAL)
        self._learn_logins(value)
        return f"{found['name']}{found['between']}{SECRET}"

    def _hosts(self, value: str) -> str:
        return redact_hosts(value, self.known, self._paths.redact, self._note)

    def _users(self, value: str) -> str:
        value = _INFOTEXT_USER.sub(self._infotext_user, value)
        pattern = self.known.user_pattern
        return self._sub(pattern, Kind.USER, value, USER) if pattern else value

    def _infotext_user(self, found: re.Match[str]) -> str:
        if found["name"] == USER:
            return USER
        self._note(Kind.USER)
        self.known.add_user(found["name"].strip('"'))
        return USER

    def _sub(self, pattern: re.Pattern[str], kind: Kind, value: str, stand_in: str = SECRET) -> str:
        def change(_: re.Match[str]) -> str:
            self._note(kind)
            return stand_in

        return pattern.sub(change, value)


def _basic(token: str) -> str:
    """``user:password`` of HTTP Basic credentials; empty where they are none."""
    try:
        text = b64decode(token, validate=True).decode("utf-8")
    except ValueError:
        return ""
    return text if ":" in text and text.isprintable() else ""


def _dump_like(text: str, parsed: Any, redacted: Any) -> str:
    """`redacted` written as `text` writes `parsed`; in Python's default form if that is odd."""
    forms: tuple[Callable[[Any], str], ...] = (
        json.dumps,
        lambda v: json.dumps(v, ensure_ascii=False),
        lambda v: json.dumps(v, separators=(",", ":")),
        lambda v: json.dumps(v, ensure_ascii=False, separators=(",", ":")),
        lambda v: json.dumps(v, indent=4),
        lambda v: json.dumps(v, indent=2),
    )
    write = next((form for form in forms if form(parsed) == text), forms[0])
    return write(redacted)
