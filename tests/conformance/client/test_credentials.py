"""What a request shows to be let in."""

from __future__ import annotations

from base64 import b64decode

import pytest

from conformance.client import Basic, Bearer
from conformance.client.address import read_credentials
from conformance.errors import AddressError


def test_basic_credentials_are_written_as_the_header_wants_them() -> None:
    scheme, _, token = Basic("user", "pä:ss").header.partition(" ")
    assert (scheme, b64decode(token).decode()) == ("Basic", "user:pä:ss")


def test_a_bearer_token_is_written_as_the_header_wants_it() -> None:
    assert Bearer("t0k").header == "Bearer t0k"


@pytest.mark.parametrize(
    ("given", "expected"),
    [
        pytest.param("user:pass:word", Basic("user", "pass:word"), id="text"),
        pytest.param(("user", "pass"), Basic("user", "pass"), id="a pair"),
        pytest.param(Bearer("t"), Bearer("t"), id="an object"),
        pytest.param(None, None, id="nothing"),
    ],
)
def test_credentials_are_taken_in_any_form(given: object, expected: object) -> None:
    assert read_credentials(given) == expected  # type: ignore[arg-type]


@pytest.mark.parametrize("make", [lambda: Basic.parse("user"), lambda: Basic("a:b", "c")])
def test_credentials_that_cannot_be_written_are_refused(make: object) -> None:
    with pytest.raises(AddressError, match=r"user:password|colon"):
        make()  # type: ignore[operator]


@pytest.mark.parametrize("credentials", [Basic("user", "hunter2"), Bearer("hunter2")])
def test_secrets_do_not_show_in_the_repr(credentials: Basic | Bearer) -> None:
    assert "hunter2" not in repr(credentials)
    assert "hunter2" in credentials.secrets
