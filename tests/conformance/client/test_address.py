"""The base address of a server."""

from __future__ import annotations

import pytest

from conformance.client import Address
from conformance.errors import AddressError


@pytest.mark.parametrize(
    ("text", "base"),
    [
        pytest.param("http://127.0.0.1:7860", "http://127.0.0.1:7860", id="as it is"),
        pytest.param("127.0.0.1:7860", "http://127.0.0.1:7860", id="without a scheme"),
        pytest.param("  http://host ", "http://host", id="white space around it"),
        pytest.param("http://host/", "http://host", id="a slash at the end"),
        pytest.param("https://host/sd/", "https://host/sd", id="a path prefix"),
        pytest.param("https://host/a/b", "https://host/a/b", id="a deep prefix"),
        pytest.param("http://host/sdapi/v1/", "http://host", id="the API's own path"),
        pytest.param("http://host/sd/sdapi/v1", "http://host/sd", id="both"),
        pytest.param("http://[::1]:7860", "http://[::1]:7860", id="IPv6"),
        pytest.param("[::1]:7860", "http://[::1]:7860", id="IPv6 without a scheme"),
        pytest.param("http://u:p@host:1", "http://host:1", id="credentials are taken out"),
    ],
)
def test_an_address_is_read_as_users_type_it(text: str, base: str) -> None:
    assert Address.parse(text).base == base


def test_a_path_is_added_below_the_prefix() -> None:
    address = Address.parse("https://host/sd/")
    assert address.url("/sdapi/v1/samplers") == "https://host/sd/sdapi/v1/samplers"


def test_credentials_of_the_address_are_decoded() -> None:
    assert Address.parse("http://user:p%40ss@host").credentials == ("user", "p@ss")


def test_a_user_without_a_password_has_an_empty_one() -> None:
    assert Address.parse("http://user@host").credentials == ("user", "")


def test_credentials_do_not_show_in_the_repr() -> None:
    assert "hunter2" not in repr(Address.parse("http://user:hunter2@host"))


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("", "empty", id="nothing"),
        pytest.param("ftp://host", "use http:// or https://", id="another scheme"),
        pytest.param("http://", "names no host", id="no host"),
        pytest.param("http://a host", "names no host", id="white space in the host"),
        pytest.param("http://host:port", "not an address", id="a port that is no number"),
        pytest.param("http://host:99999", "not an address", id="a port out of range"),
        pytest.param("http://::1:7860", "brackets", id="IPv6 without brackets"),
        pytest.param("http://host/?__theme=dark", "query", id="a query"),
        pytest.param("http://host/#top", "query or fragment", id="a fragment"),
    ],
)
def test_what_is_no_address_is_refused_in_words(text: str, words: str) -> None:
    with pytest.raises(AddressError, match=words):
        Address.parse(text)


@pytest.mark.parametrize("text", ["ftp://u:hunter2@host", "http://u:hunter2@host:port"])
def test_a_refusal_does_not_repeat_the_password(text: str) -> None:
    with pytest.raises(AddressError) as caught:
        Address.parse(text)
    assert "hunter2" not in str(caught.value)


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("http://127.0.0.1", True),
        ("http://127.9.9.9", True),
        ("http://localhost:1", True),
        ("http://sd.localhost", True),
        ("http://[::1]", True),
        ("http://192.168.0.2", False),
        ("http://localhost.example", False),
    ],
)
def test_this_machine_is_known_by_its_names(text: str, expected: bool) -> None:
    assert Address.parse(text).is_loopback is expected
