"""What a request shows to be let in."""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass, field

from conformance.errors import AddressError


@dataclass(frozen=True)
class Basic:
    """HTTP Basic credentials, as ``--api-auth`` of the webui asks for.

    Args:
        user: user name; may not contain a colon.
        password: may be empty.
    """

    user: str
    password: str = field(repr=False)

    def __post_init__(self) -> None:
        if ":" in self.user:
            raise AddressError("a user name for basic auth cannot contain a colon")

    @classmethod
    def parse(cls, text: str) -> Basic:
        """Read ``user:password``; the password may contain colons.

        Raises:
            AddressError: no colon.
        """
        user, colon, password = text.partition(":")
        if not colon:
            raise AddressError("credentials have the form user:password")
        return cls(user, password)

    @property
    def header(self) -> str:
        """Value of the Authorization header."""
        return f"Basic {self._token}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown: the password and its encoded form."""
        return (self.password, self._token)

    @property
    def _token(self) -> str:
        return b64encode(f"{self.user}:{self.password}".encode()).decode("ascii")


@dataclass(frozen=True)
class Bearer:
    """A bearer token.

    Args:
        token: the token alone, without ``Bearer``.
    """

    token: str = field(repr=False)

    @property
    def header(self) -> str:
        """Value of the Authorization header."""
        return f"Bearer {self.token}"

    @property
    def secrets(self) -> tuple[str, ...]:
        """What must not be shown."""
        return (self.token,)


Credentials = Basic | Bearer


def read_credentials(auth: Credentials | tuple[str, str] | str | None) -> Credentials | None:
    """Take credentials in any form a caller has them: object, pair, or ``user:password``.

    Raises:
        AddressError: a text without a colon.
    """
    if isinstance(auth, str):
        return Basic.parse(auth)
    if isinstance(auth, tuple):
        return Basic(*auth)
    return auth
