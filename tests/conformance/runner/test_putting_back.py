"""Options are put back on every server behind an address, and others' values stay."""

from __future__ import annotations

from collections import deque
from typing import TYPE_CHECKING, Any, cast

import pytest

from conformance.errors import ConnectionBroken, RestoreError
from conformance.exchange import Exchange
from conformance.runner.one_state import Kind, Sighting
from conformance.runner.option_record import OwnWrites
from conformance.runner.putting_back import caused, everywhere, left_behind

if TYPE_CHECKING:
    from collections.abc import Mapping

    from conformance.client.client import Client
    from conformance.client.options import OptionSource

_BROKEN = ConnectionBroken("it hung up", Exchange(method="POST", path="/x", url="http://x/x"))


def _own(**values: Any) -> OwnWrites:
    own = OwnWrites()
    own.write(values)
    return own


class _Servers:
    """Servers behind one address that take turns, and what is written to them."""

    def __init__(self, *servers: dict[str, Any], refuses: bool = False) -> None:
        self._servers, self._refuses = deque(servers), refuses
        self.reads = 0

    def read(self) -> dict[str, Any]:
        self.reads += 1
        self._servers.rotate(-1)
        return dict(self._servers[0])

    def set_options(self, values: Mapping[str, Any]) -> None:
        if self._refuses:
            raise _BROKEN
        self._servers.rotate(-1)
        self._servers[0].update(values)

    def everywhere(self, own: OwnWrites, before: dict[str, Any]) -> None:
        everywhere(cast("OptionSource", self), own, self.read, before)


def test_every_server_gets_its_old_value_back() -> None:
    one, other = {"a": 2, "b": 9}, {"a": 2, "b": 1}
    _Servers(one, other).everywhere(_own(a=2), {"a": 1, "b": 1})
    # Nobody here wrote b.
    assert (one, other) == ({"a": 1, "b": 9}, {"a": 1, "b": 1})


def test_a_server_that_takes_nothing_is_an_error_with_the_values_that_were_seen() -> None:
    with pytest.raises(RestoreError, match="it hung up") as caught:
        _Servers({"a": 2}, refuses=True).everywhere(_own(a=2), {"a": 1})
    assert "a was 1 and is 2" in str(caught.value)


def test_options_that_cannot_be_read_are_not_read_for_ever() -> None:
    servers = _Servers({})
    with pytest.raises(RestoreError, match="a was 1 and is 'unknown'"):
        servers.everywhere(_own(a=2), {"a": 1})
    assert servers.reads < 100


@pytest.mark.parametrize(
    ("now", "left"),
    [
        pytest.param({"a": 1}, {}, id="as before"),
        pytest.param({"a": 1.0}, {}, id="as a float"),
        pytest.param({"a": 2}, {"a": (1, 2)}, id="as it was written"),
        pytest.param({"a": 3}, {}, id="as somebody else wrote it"),
        pytest.param({}, {"a": (1, "unknown")}, id="not shown"),
    ],
)
def test_what_this_run_wrote_is_left_behind(now: dict[str, Any], left: dict[str, Any]) -> None:
    assert left_behind(_own(a=2), now, {"a": 1}) == left


class _Client:
    """A server where a write of a changes follows too; b is somebody else's."""

    def __init__(self, options: dict[str, Any], *, breaks: bool = False) -> None:
        self.options, self._breaks = options, breaks

    def set_options(self, values: Mapping[str, Any]) -> None:
        if self._breaks:
            raise _BROKEN
        self.options |= values

    def exchange(self, *_: str, json: Mapping[str, Any]) -> None:
        self.options |= json
        self.options["follows"] = 2

    def look(self) -> Sighting:
        return Sighting(Kind.ONE, options=dict(self.options))


_STRANGE = {"follows": (1, 2), "b": (1, 2), "c": (1, 2)}


def test_what_a_write_changes_again_is_its_own_and_the_rest_stays_as_others_wrote_it() -> None:
    client = _Client({"a": 5, "follows": 2, "b": 2, "c": 1})
    found = caused(cast("Client", client), client.look, {"a": 5}, _STRANGE)
    assert found == {"follows": (1, 2)}
    # A job of somebody else's held c, and gave it back.
    assert client.options == {"a": 5, "follows": 2, "b": 2, "c": 1}


def test_nothing_is_learned_from_a_server_that_breaks_off() -> None:
    client = _Client({"a": 5, "follows": 2}, breaks=True)
    assert caused(cast("Client", client), client.look, {"a": 5}, _STRANGE) == {}


@pytest.mark.parametrize("kind", [kind for kind in Kind if kind is not Kind.ONE])
def test_nothing_is_written_where_not_one_server_was_seen(kind: Kind) -> None:
    client = _Client({"follows": 2}, breaks=True)
    seen = Sighting(kind, options={"follows": 2})
    assert caused(cast("Client", client), lambda: seen, {"a": 5}, _STRANGE) == {}
