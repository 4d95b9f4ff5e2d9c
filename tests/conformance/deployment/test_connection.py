"""How an operator says that a server is reached."""

from __future__ import annotations

import pytest

from conformance.client import Basic, Bearer
from conformance.deployment.connection import Connection
from conformance.errors import AddressError


def test_the_base_holds_no_credentials_and_no_slash() -> None:
    assert Connection(url="https://user:pass@host/sd/").base == "https://host/sd"


def test_credentials_in_the_address_count_and_given_ones_outdo_them() -> None:
    url = "http://user:pass@host"
    assert Connection(url=url).credentials == Basic("user", "pass")
    assert Connection(url=url, auth=Bearer("token")).credentials == Bearer("token")
    assert Connection(url="http://host").credentials is None


@pytest.mark.parametrize(
    ("url", "verify", "remarks"),
    [
        pytest.param("https://host", False, 1, id="https unchecked"),
        pytest.param("HTTPS://host", False, 1, id="in capitals"),
        pytest.param("https://host", True, 0, id="https checked"),
        pytest.param("http://host", False, 0, id="http has nothing to check"),
    ],
)
def test_what_was_not_checked_is_remarked(url: str, verify: bool, remarks: int) -> None:
    assert len(Connection(url=url, verify=verify).remarks) == remarks


@pytest.mark.parametrize("proxy", ["http://proxy:3128", "none", None])
def test_proxies_that_can_be_used(proxy: str | None) -> None:
    Connection(url="http://host", proxy=proxy).insist()


@pytest.mark.parametrize(
    ("url", "proxy"),
    [
        pytest.param("http://host", "proxy:3128", id="a proxy without a scheme"),
        pytest.param("http://host", "socks5://proxy", id="a proxy of another kind"),
        pytest.param("ftp://host", None, id="an address of another kind"),
    ],
)
def test_what_cannot_be_used_is_reported_before_anything_goes_out(
    url: str, proxy: str | None
) -> None:
    with pytest.raises(AddressError):
        Connection(url=url, proxy=proxy).insist()


def test_secrets_are_not_in_its_representation() -> None:
    connection = Connection(url="http://host", auth=Basic("u", "planted"), secrets=("planted",))
    assert "planted" not in repr(connection)
