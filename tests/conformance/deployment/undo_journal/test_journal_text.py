"""What an undo journal says, and what is made of one that is cut off or damaged."""

from __future__ import annotations

from pathlib import Path

import pytest

from conformance.deployment.undo_journal import journal_text
from conformance.errors import JournalError
from conformance.runner.option_record import ANY

_SERVER = "http://host:7860/sd"
_BEFORE = {"send_seed": True, "jpeg_quality": 80.0, "ui_tab_order": ["a"], "gallery_height": "狐"}
_HEAD = journal_text.head(_SERVER, _BEFORE)
_FILE = Path("one.undo")


def _written(*names: str) -> str:
    return _HEAD + "".join(journal_text.about_to_write([name]) for name in names)


def test_what_is_written_is_read() -> None:
    text = journal_text.parse(_written("jpeg_quality", "send_seed", "jpeg_quality"), _FILE)
    assert (text.server, text.before) == (_SERVER, _BEFORE)
    assert text.options_at_risk == {"jpeg_quality": 80.0, "send_seed": True}
    assert list(text.options_at_risk) == ["jpeg_quality", "send_seed"]


def test_what_was_not_about_to_be_written_is_not_at_stake() -> None:
    assert journal_text.parse(_HEAD, _FILE).options_at_risk == {}


def test_an_infotext_puts_every_option_at_stake_the_named_ones_last() -> None:
    text = journal_text.parse(_written("send_seed", ANY), _FILE)
    assert list(text.options_at_risk) == [
        "jpeg_quality",
        "ui_tab_order",
        "gallery_height",
        "send_seed",
    ]


def test_options_that_the_server_did_not_list_and_derived_ones_are_not_put_back() -> None:
    text = _HEAD + journal_text.about_to_write(["nope", "sd_checkpoint_hash"])
    assert journal_text.parse(text, _FILE).options_at_risk == {}


def test_options_that_hold_secrets_are_not_noted() -> None:
    head = journal_text.head(_SERVER, {"api_auth": "user:planted", "send_seed": True})
    assert "planted" not in head
    assert journal_text.parse(head, _FILE).before == {"send_seed": True}


@pytest.mark.parametrize("cut", range(1, 20))
def test_a_last_line_that_was_cut_off_counts_for_nothing(cut: int) -> None:
    whole = _written("send_seed", "jpeg_quality")
    assert journal_text.parse(whole[:-cut], _FILE).written == ("send_seed",)


@pytest.mark.parametrize("length", [0, 1, 20, len(_HEAD) - 1])
def test_a_first_line_that_was_cut_off_means_that_nothing_was_written(length: int) -> None:
    text = journal_text.parse(_HEAD[:length], _FILE)
    assert (text.server, text.options_at_risk) == ("", {})


@pytest.mark.parametrize(
    ("text", "words"),
    [
        pytest.param("hello", "this is no undo journal", id="some text"),
        pytest.param("hello\nthere\n", "this is no undo journal", id="some lines"),
        pytest.param("[1]\n", "this is no undo journal", id="a list"),
        pytest.param('{"a": 1}\n', "this is no undo journal", id="another object"),
        pytest.param(
            _HEAD.replace('"version": 1', '"version": 2'), "another version", id="a later version"
        ),
        pytest.param(_HEAD.replace('"server"', '"serv"'), "line 1 is damaged", id="no server"),
        pytest.param(_HEAD + "}\n" + _HEAD, "line 2 is damaged", id="a broken line"),
        pytest.param(_HEAD + '{"writing": [1]}\n', "line 2 is damaged", id="names that are none"),
        pytest.param(_HEAD + '{"writing": "a"}\n', "line 2 is damaged", id="no list of names"),
    ],
)
def test_what_is_no_journal_is_one_line_that_names_the_place(text: str, words: str) -> None:
    with pytest.raises(JournalError) as caught:
        journal_text.parse(text, _FILE)
    assert str(caught.value).startswith("one.undo: ")
    assert words in str(caught.value)
    assert "\n" not in str(caught.value)
