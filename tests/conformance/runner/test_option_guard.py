from __future__ import annotations

import json
from typing import TYPE_CHECKING, Any

import pytest
from doubles import Ask, Reply, Server, broken, instead, mock, reply, served
from judging import make_context

from conformance.errors import AnswerError, RestoreError
from conformance.runner.option_record import describe_differences as in_words
from conformance.runner.option_record import differences

if TYPE_CHECKING:
    from collections.abc import Iterable, Mapping


_TINY = {"width": 64, "height": 64, "steps": 1}


def _options(server: Server) -> dict[str, Any]:
    return server(Ask("GET", "/sdapi/v1/options")).json


class _Journal:
    """A journal that remembers in which order it was called."""

    def __init__(self, server: Server) -> None:
        self.lines: list[tuple[str, Any]] = []
        self._server = server

    @property
    def remedy(self) -> str:
        return "sdapi-check restore FILE"

    def opened(self, before: Mapping[str, Any]) -> None:
        self.lines.append(("opened", (before["send_seed"], _options(self._server)["send_seed"])))

    def writing(self, names: Iterable[str]) -> None:
        self.lines.append(("writing", (tuple(names), _options(self._server)["send_seed"])))

    def closed(self) -> None:
        self.lines.append(("closed", _options(self._server)["send_seed"]))

    def left(self) -> None:
        self.lines.append(("left", _options(self._server)["send_seed"]))


def test_what_is_changed_inside_is_put_back_outside() -> None:
    server = mock()
    before = _options(server)
    with served(server):
        with make_context("a1111").options.changed(send_seed=False, jpeg_quality=33) as exchange:
            assert exchange.status == 200
            assert _options(server)["jpeg_quality"] == 33
        assert _options(server) == before


def test_it_is_put_back_after_an_exception_too() -> None:
    server = mock()
    before = _options(server)
    with (
        served(server),
        pytest.raises(ZeroDivisionError),
        make_context("a1111").options.changed(send_seed=False),
    ):
        raise ZeroDivisionError
    assert _options(server) == before


def test_old_values_are_written_down_before_the_first_write_and_closed_when_they_hold() -> None:
    server = mock()
    journal = _Journal(server)
    with served(server):
        options = make_context("a1111", journal=journal).options
        with options.changed(send_seed=False):
            pass
        with options.changed(send_seed=False):
            pass
        options.close()
    assert journal.lines == [
        ("opened", (True, True)),
        ("writing", (("send_seed",), True)),
        ("closed", True),
    ]


@pytest.mark.parametrize(
    ("path", "body", "names"),
    [
        pytest.param("options", {"send_seed": False}, ("send_seed",), id="options written"),
        pytest.param("options", [1], (), id="options written, oddly"),
        pytest.param(
            "txt2img", _TINY | {"override_settings": {"send_seed": False}}, ("send_seed",), id="t2i"
        ),
        pytest.param("img2img", {"override_settings": {"a": 1}}, ("a",), id="i2i"),
        pytest.param("txt2img", _TINY | {"infotext": "x"}, ("*",), id="an infotext"),
    ],
)
def test_whoever_may_change_options_has_them_noted_before(
    path: str, body: Any, names: tuple[str, ...]
) -> None:
    server = mock()
    journal = _Journal(server)
    with served(server):
        context = make_context("a1111", journal=journal)
        context.client.exchange("POST", f"/sdapi/v1/{path}", json=body)
    assert context.options.unsettled
    kept = [line[1][0] for line in journal.lines if line[0] == "writing"]
    assert journal.lines[0][0] == "opened"
    assert kept == ([names] if names else [])


@pytest.mark.parametrize(
    ("method", "path", "body"),
    [
        pytest.param("GET", "options", None, id="options read"),
        pytest.param("POST", "txt2img", {"steps": "x"}, id="a generation"),
        pytest.param("POST", "txt2img", {"override_settings": {}, "steps": "x"}, id="nothing over"),
        pytest.param("POST", "png-info", {"override_settings": {"a": 1}}, id="another route"),
    ],
)
def test_what_changes_no_options_has_none_noted(method: str, path: str, body: Any) -> None:
    server = mock()
    journal = _Journal(server)
    with served(server):
        context = make_context("a1111", journal=journal)
        context.client.exchange(method, f"/sdapi/v1/{path}", json=body)
    assert (journal.lines, context.options.wrote) == ([], False)


def test_overrides_go_out_where_options_cannot_be_read_and_writes_do_not() -> None:
    server = broken(mock(), instead(reply({}, 500)), route="options", method="GET")
    with served(server):
        client = make_context("a1111").client
        overrides = _TINY | {"override_settings": {"send_seed": False}}
        assert client.exchange("POST", "/sdapi/v1/txt2img", json=overrides).ok
        with pytest.raises(AnswerError):
            client.exchange("POST", "/sdapi/v1/options", json={"send_seed": False})


def test_the_last_written_is_put_back_first() -> None:
    posts: list[Any] = []

    def watched(ask: Ask) -> Reply:
        posts.extend([list(ask.json)] if ask.method == "POST" else [])
        return server(ask)

    server = mock()
    with served(watched):
        options = make_context("a1111").options
        options.post({"send_size": False})
        options.post({"jpeg_quality": 33})
        options.post({"send_seed": False})
        options.put_back()
    assert posts[-1] == ["send_seed", "jpeg_quality", "send_size"]
    assert not options.unsettled


def test_nothing_is_written_where_nothing_was_changed() -> None:
    posts = []

    def watched(ask: Ask) -> Reply:
        posts.append(ask.method)
        return server(ask)

    server = mock()
    with served(watched):
        options = make_context("a1111").options
        assert options.before
        options.close()
    assert set(posts) == {"GET"}


def test_what_cannot_be_put_back_is_reported_by_name() -> None:
    server, posts = mock(), []

    def deaf_after_the_first(ask: Ask) -> Reply:
        posts.extend([ask] if ask.method == "POST" else [])
        return reply(None) if ask.method == "POST" and len(posts) > 1 else server(ask)

    with (
        served(deaf_after_the_first),
        pytest.raises(RestoreError, match="send_seed was True and is False"),
        make_context("a1111").options.changed(send_seed=False),
    ):
        pass


@pytest.mark.parametrize(
    "answer",
    [
        pytest.param(reply({"detail": "no"}, 500), id="an error"),
        pytest.param(reply([1]), id="a list"),
        pytest.param(Reply(200, {}, b"<html>"), id="no JSON"),
    ],
)
def test_options_that_are_not_reported_are_no_traceback(answer: Reply) -> None:
    with served(broken(mock(), instead(answer), route="options")), pytest.raises(AnswerError):
        _ = make_context("a1111").options.before


def test_80_and_80_point_0_are_one_value_and_true_is_not_1() -> None:
    before = {"a": 80, "b": True, "c": "x", "sd_checkpoint_hash": "1", "gone": 1}
    after = {"a": 80.0, "b": 1, "c": "x", "sd_checkpoint_hash": "2", "new": 2}
    assert differences(before, after) == {
        "b": (True, 1),
        "gone": (1, "<absent>"),
        "new": ("<absent>", 2),
    }


def test_a_journal_is_left_where_options_cannot_be_put_back() -> None:
    server, posts = mock(), []

    def deaf_after_the_first(ask: Ask) -> Reply:
        posts.extend([ask] if ask.method == "POST" else [])
        return reply(None) if ask.method == "POST" and len(posts) > 1 else server(ask)

    journal = _Journal(server)
    with served(deaf_after_the_first):
        options = make_context("a1111", journal=journal).options
        options.post({"send_seed": False})
        with pytest.raises(RestoreError):
            options.close()
    assert [name for name, _ in journal.lines] == ["opened", "writing", "left"]


def test_many_differences_are_reported_in_short() -> None:
    words = in_words({f"o{n}": (n, -n) for n in range(1, 9)})
    assert words.startswith("o1 was 1 and is -1; o2")
    assert words.endswith("; and 3 more")


def test_the_end_of_a_run_names_what_a_check_left_changed() -> None:
    server = mock()
    with served(server):
        options = make_context("a1111").options
        options.set_options({"send_seed": False})
        assert options.close() == {"send_seed": (True, False)}
        assert options.close() == {}


def _written_by_others(server: Server, **values: Any) -> None:
    body = json.dumps(values).encode()
    server(Ask("POST", "/sdapi/v1/options", {"Content-Type": "application/json"}, body))


def test_options_that_change_by_themselves_are_a_doubt_where_they_were_known_before() -> None:
    server = mock()
    with served(server):
        guard = make_context("a1111").options
        assert not guard.doubtful
        guard.options()
        _written_by_others(server, jpeg_quality=33)
        guard.options()
        # Nobody has noted them yet, so that there is nothing to put back.
        assert not guard.doubtful
        assert guard.before["jpeg_quality"] == 33
        assert guard.doubtful
