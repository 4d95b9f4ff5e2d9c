"""What is known of a server's secrets, and what is the same on everybody's machine."""

from __future__ import annotations

import json
import re
import tomllib
from base64 import b64encode
from dataclasses import dataclass
from importlib.resources import files
from typing import TYPE_CHECKING, Any
from urllib.parse import quote

from mockserver.redaction.names import SECRET, USER

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator


@dataclass(frozen=True)
class Ordinary:
    """Names that say nothing.

    Attributes:
        names: accounts and machines, in lower case.
        roots: first folders of file systems.
        hosts: public hosts; those below them count too.
        secrets: words that examples use for a password, in lower case.
    """

    names: frozenset[str]
    roots: frozenset[str]
    hosts: frozenset[str]
    secrets: frozenset[str]


def _read() -> Ordinary:
    file = files("mockserver.redaction") / "data" / "ordinary.toml"
    table = tomllib.loads(file.read_text(encoding="utf-8"))
    return Ordinary(**{name: frozenset(words) for name, words in table.items()})


ORDINARY = _read()


#: A shorter secret would blot out ordinary words; where it stands alone, its name says.
_SHORTEST_SECRET = 4
_SHORTEST_NAME = 2
#: From here on a name is looked for in any case of its letters.
_DISTINCT = 5


class KnownSecrets:
    """Literal texts that must not be written, and what stands for them.

    Args:
        secrets: passwords and tokens known from the start, such as the recorder's own.

    Attributes:
        vocabulary: words that the API itself uses; no name is made of one of them alone.
        routes: paths that the server documents; they are none of its file system.
    """

    def __init__(self, secrets: Iterable[str] = ()) -> None:
        self._secrets: set[str] = set()
        self._users: set[str] = set()
        self._hosts: set[str] = set()
        self.vocabulary: set[str] = set()
        self.routes: set[str] = set()
        self._patterns: tuple[re.Pattern[str] | None, ...] | None = None
        for secret in secrets:
            self.add_secret(secret)

    def add_secret(self, text: str) -> None:
        """A password or token, with its usual encodings; one too short to look for is not kept.

        Args:
            text: the password or token.
        """
        ordinary = text.lower() in ORDINARY.secrets or text == SECRET
        if len(text) >= _SHORTEST_SECRET and not ordinary:
            self._grow(self._secrets, text)

    def add_login(self, user: str, password: str) -> None:
        """A user and password, together and each alone.

        Args:
            user: its name.
            password: of this user.
        """
        self.add_secret(password)
        self.add_secret(f"{user}:{password}")
        self.add_secret(b64encode(f"{user}:{password}".encode()).decode("ascii"))
        self.add_user(user)

    def add_user(self, name: str) -> None:
        """The name of an account, unless everybody's is called so.

        Args:
            name: of the account.
        """
        plain = name.strip()
        if self._is_name(plain) and plain != USER:
            self._grow(self._users, plain)

    def add_host(self, name: str) -> None:
        """The name of a machine.

        Args:
            name: of the machine.
        """
        plain = name.strip().rstrip(".").lower()
        if self._is_name(plain) and not plain.replace(".", "").isdigit():
            self._grow(self._hosts, plain)

    def add_machine(self, name: str) -> None:
        """The name of the server's own machine, and its first part alone.

        Args:
            name: of the machine.
        """
        self.add_host(name)
        self.add_host(name.strip().partition(".")[0])

    def learn_document(self, document: Any) -> None:
        """Take routes and words of an OpenAPI document.

        Args:
            document: as /openapi.json answers it.
        """
        paths = document.get("paths") if isinstance(document, dict) else None
        if isinstance(paths, dict):
            self.routes.update(map(str, paths))
        self.learn_words(document)

    def learn_words(self, value: Any) -> None:
        """Take the keys of an answer into the vocabulary.

        Args:
            value: any JSON value.
        """
        self.vocabulary.update(_words(value))
        self._patterns = None

    @property
    def literals(self) -> frozenset[str]:
        """Everything that must not be found in a recording."""
        return frozenset(self._secrets | self._names(self._users) | self._names(self._hosts))

    @property
    def patterns(self) -> tuple[re.Pattern[str] | None, ...]:
        """Those of secrets, hosts and users; another tuple once more is known."""
        return self._compiled()

    @property
    def secret_pattern(self) -> re.Pattern[str] | None:
        """Matches any secret, however it is encoded; None where none is known."""
        return self._compiled()[0]

    @property
    def host_pattern(self) -> re.Pattern[str] | None:
        """Matches a known host name that stands alone."""
        return self._compiled()[1]

    @property
    def user_pattern(self) -> re.Pattern[str] | None:
        """Matches a known user's name that stands alone."""
        return self._compiled()[2]

    def _grow(self, into: set[str], text: str) -> None:
        if text not in into:
            into.add(text)
            self._patterns = None

    def _is_name(self, text: str) -> bool:
        return (
            len(text) >= _SHORTEST_NAME
            and text.lower() not in ORDINARY.names
            and not text.isdigit()
        )

    def _names(self, names: set[str]) -> set[str]:
        return {name for name in names if name.lower() not in self.vocabulary}

    def _compiled(self) -> tuple[re.Pattern[str] | None, ...]:
        if self._patterns is None:
            secrets = {form for secret in self._secrets for form in _encodings(secret)}
            self._patterns = (
                _any_of(map(re.escape, secrets)),
                _any_of(map(_alone, self._names(self._hosts))),
                _any_of(map(_alone, self._names(self._users))),
            )
        return self._patterns


def _encodings(secret: str) -> Iterator[str]:
    yield secret
    yield quote(secret, safe="")
    yield quote(secret)
    yield json.dumps(secret)[1:-1]
    yield json.dumps(secret, ensure_ascii=False)[1:-1]
    yield b64encode(secret.encode("utf-8", errors="replace")).decode("ascii").rstrip("=")


def _alone(name: str) -> str:
    pattern = rf"(?<![A-Za-z0-9]){re.escape(name)}(?![A-Za-z0-9])"
    return f"(?i:{pattern})" if len(name) >= _DISTINCT else pattern


def _any_of(patterns: Iterable[str]) -> re.Pattern[str] | None:
    """One pattern for all, the longest first, so that no part of a long one is left over."""
    found = sorted(set(patterns), key=len, reverse=True)
    return re.compile("|".join(found)) if found else None


def _words(value: Any) -> Iterator[str]:
    if isinstance(value, dict):
        for key, item in value.items():
            yield from (word.lower() for word in re.split(r"[^A-Za-z0-9-]+|_", str(key)) if word)
            yield str(key).lower()
            yield from _words(item)
    elif isinstance(value, list):
        for item in value:
            yield from _words(item)
