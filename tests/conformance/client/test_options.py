"""Options changed for a while, and put back."""

from __future__ import annotations

import json
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from conformance.client import Client, Exchange, changed_options, put_back, same_value
from conformance.client.options import as_stored
from conformance.error_body import parse_error_body
from conformance.errors import OptionError, RestoreError, ServerRefused, Unreachable
from conformance.properties import property_strategies

EXCHANGE = Exchange(method="POST", path="/sdapi/v1/options", url="http://host", status=500)


class Server:
    """Stores options as v1.10.1 does: key by key, and shows whole numbers as floats."""

    def __init__(self, **stored: Any) -> None:
        self.stored = stored
        self.writes: list[dict[str, Any]] = []
        self.refused: set[str] = set()
        self.deaf: set[str] = set()
        self.dead = False

    def options(self) -> dict[str, Any]:
        if self.dead:
            raise Unreachable("the server is gone", EXCHANGE)
        return {
            name: float(value) if type(value) is int and value else value
            for name, value in self.stored.items()
        }

    def set_options(self, values: dict[str, Any]) -> None:
        if self.dead:
            raise Unreachable("the server is gone", EXCHANGE)
        self.writes.append(values)
        for name, value in values.items():
            if name in self.refused:
                raise ServerRefused(500, parse_error_body(500, {}, b'"no"'), EXCHANGE)
            if name not in self.deaf:
                self.stored[name] = value


def test_options_are_changed_inside_and_put_back_after() -> None:
    server = Server(a=1, b="x")
    with changed_options(server, {"a": 2, "b": "y"}) as before:
        assert server.stored == {"a": 2, "b": "y"}
        assert before == {"a": 1.0, "b": "x"}
    assert server.stored == {"a": 1, "b": "x"}


def test_options_are_put_back_after_an_exception() -> None:
    server = Server(a=1)
    with pytest.raises(ZeroDivisionError), changed_options(server, {"a": 2}):
        _ = 1 / 0
    assert server.stored == {"a": 1}


def test_options_are_put_back_after_an_interrupt() -> None:
    server = Server(a=1)
    with pytest.raises(KeyboardInterrupt), changed_options(server, {"a": 2}):
        raise KeyboardInterrupt
    assert server.stored == {"a": 1}


def test_what_was_written_before_a_refusal_is_put_back() -> None:
    server = Server(a=1, b=2)
    server.refused = {"b"}
    with pytest.raises(ServerRefused), changed_options(server, {"a": 5, "b": 6}):
        pytest.fail("the body must not run")
    assert server.stored == {"a": 1, "b": 2}


def test_an_option_that_is_not_listed_is_refused_before_anything_is_written() -> None:
    server = Server(samples_format="png")
    with (
        pytest.raises(OptionError, match=r"sample_format: .*did you mean 'samples_format'\?"),
        changed_options(server, {"samples_format": "jpg", "sample_format": "jpg"}),
    ):
        pytest.fail("the body must not run")
    assert server.writes == []


def test_whole_numbers_go_back_as_integers() -> None:
    server = Server(CLIP_stop_at_last_layers=2, eta=0.5)
    with changed_options(server, {"CLIP_stop_at_last_layers": 3, "eta": 0.7}):
        pass
    assert server.stored == {"CLIP_stop_at_last_layers": 2, "eta": 0.5}
    assert type(server.stored["CLIP_stop_at_last_layers"]) is int


def test_nothing_is_written_where_nothing_differs() -> None:
    server = Server(a=1)
    put_back(server, {"a": 1.0})
    assert server.writes == []


def test_options_go_back_in_reverse_order() -> None:
    server = Server(a=1, b=2, c=3)
    with changed_options(server, {"a": 5, "b": 6, "c": 7}):
        pass
    assert list(server.writes[-1]) == ["c", "b", "a"]


def test_an_alias_that_turns_into_a_title_is_written_twice() -> None:
    class Loading(Server):
        loaded = "b.ckpt"

        def set_options(self, values: dict[str, Any]) -> None:
            self.writes.append(values)
            named = values["sd_model_checkpoint"]
            title = {"a": "a.ckpt"}.get(named, named)
            self.stored["sd_model_checkpoint"] = named if title == self.loaded else title
            self.loaded = title

    server = Loading(sd_model_checkpoint="a")
    server.loaded = "a.ckpt"
    with changed_options(server, {"sd_model_checkpoint": "b.ckpt"}):
        pass
    assert server.stored == {"sd_model_checkpoint": "a"}
    assert len(server.writes) == 3


def test_an_option_that_does_not_go_back_is_reported_with_both_values() -> None:
    server = Server(a=1, b=2)

    def change() -> None:
        with changed_options(server, {"a": 5, "b": 6}):
            server.deaf = {"a"}

    with pytest.raises(RestoreError, match=r"a was 1\.0 and is 5\.0") as caught:
        change()
    assert caught.value.left == {"a": (1.0, 5.0)}
    assert server.stored["b"] == 2


def test_one_refusal_does_not_keep_the_others_from_going_back() -> None:
    server = Server(a=1, b=2, c=3)

    def change() -> None:
        with changed_options(server, {"a": 5, "b": 6, "c": 7}):
            server.refused = {"c"}

    with pytest.raises(RestoreError, match="the server answered 500: no") as caught:
        change()
    assert list(caught.value.left) == ["c"]
    assert (server.stored["a"], server.stored["b"]) == (1, 2)


def test_a_server_that_is_gone_is_reported_and_the_first_error_kept() -> None:
    server = Server(a=1)

    def change() -> None:
        with changed_options(server, {"a": 5}):
            server.dead = True
            raise ValueError("first")

    with pytest.raises(RestoreError, match="the server is gone") as caught:
        change()
    assert isinstance(caught.value.__cause__, Unreachable)
    assert caught.value.left == {"a": (1.0, "unknown")}


class Journal:
    """Remembers what it was asked to note, and what the server had then."""

    def __init__(self, server: Server) -> None:
        self.server = server
        self.events: list[Any] = []

    def opened(self, before: Any) -> None:
        self.events.append(("opened", dict(before), dict(self.server.stored)))

    def writing(self, names: Any) -> None:
        self.events.append(("writing", list(names), dict(self.server.stored)))

    def closed(self) -> None:
        self.events.append(("closed", dict(self.server.stored)))


def test_a_journal_is_reported_before_the_first_write_and_after_the_last() -> None:
    server = Server(a="x")
    journal = Journal(server)
    with changed_options(server, {"a": "y"}, journal):
        pass
    assert journal.events == [
        ("opened", {"a": "x"}, {"a": "x"}),
        ("writing", ["a"], {"a": "x"}),
        ("closed", {"a": "x"}),
    ]


def test_a_journal_stays_open_where_options_could_not_be_put_back() -> None:
    server = Server(a="x")
    journal = Journal(server)

    def change() -> None:
        with changed_options(server, {"a": "y"}, journal):
            server.deaf = {"a"}

    with pytest.raises(RestoreError):
        change()
    assert [event[0] for event in journal.events] == ["opened", "writing"]


OPTIONS = {"flag": True, "count": 3, "share": 0.25, "name": "x", "list": ["a"], "zero": 0}


@given(property_strategies.option_changes(OPTIONS), st.booleans())
def test_any_options_with_any_values_are_put_back(changes: dict[str, Any], fails: bool) -> None:
    server = Server(**OPTIONS)

    def change() -> None:
        with changed_options(server, changes):
            assert all(same_value(server.options()[name], changes[name]) for name in changes)
            if fails:
                raise LookupError

    if fails:
        with pytest.raises(LookupError):
            change()
    else:
        change()
    assert server.stored == OPTIONS


@pytest.mark.parametrize(
    ("one", "other", "expected"),
    [
        (1, 1.0, True),
        (True, 1, False),
        (True, True, True),
        (False, 0, False),
        ("1", 1, False),
        (["a"], ["a"], True),
        (None, None, True),
        ("a", "b", False),
    ],
)
def test_values_are_compared_as_json_means_them(one: Any, other: Any, expected: bool) -> None:
    assert same_value(one, other) is expected


@pytest.mark.parametrize(
    ("value", "stored"), [(2.0, 2), (2.5, 2.5), (True, True), ("2.0", "2.0"), (None, None), (3, 3)]
)
def test_values_go_back_in_the_form_that_is_stored(value: Any, stored: Any) -> None:
    assert as_stored(value) == stored
    assert type(as_stored(value)) is type(stored)


def test_a_client_changes_options_on_the_wire(serve: Any) -> None:
    stored = {"CLIP_stop_at_last_layers": 1, "samples_format": "png"}

    def script(seen: Any) -> dict[str, Any]:
        if seen.method == "POST":
            stored.update(json.loads(seen.body))
            return {"body": None}
        return {"body": dict(stored)}

    client = Client(serve(script).url)
    with client.options_set(CLIP_stop_at_last_layers=2):
        assert stored["CLIP_stop_at_last_layers"] == 2
    assert stored == {"CLIP_stop_at_last_layers": 1, "samples_format": "png"}


@pytest.mark.parametrize(
    ("value", "stored"),
    [
        pytest.param(2.0, 2, id="a whole number"),
        pytest.param(2.5, 2.5, id="a fraction"),
        pytest.param(2.0**53 - 1, 2**53 - 1, id="the largest that is exact"),
        pytest.param(2.0**53, 2.0**53, id="one that may stand for another"),
        pytest.param(-(2.0**53), -(2.0**53), id="likewise below nought"),
        pytest.param(True, True, id="a boolean"),
        pytest.param("2.0", "2.0", id="a text"),
    ],
)
def test_a_float_without_a_fraction_goes_back_as_an_integer(value: object, stored: object) -> None:
    assert (as_stored(value), type(as_stored(value))) == (stored, type(stored))
