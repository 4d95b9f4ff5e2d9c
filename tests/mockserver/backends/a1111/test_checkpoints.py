"""Checkpoints by all their names."""

from __future__ import annotations

import pytest

from mockserver import Config, Webui
from mockserver.backends.a1111.checkpoints import Checkpoint, CheckpointList

TINY_B = "f75f886628a1d236fc8c560735a3196c38a27c0495ced542535858b6d9bf7c22"


@pytest.fixture
def webui() -> Webui:
    return Webui()


@pytest.mark.parametrize(
    "alias",
    [
        pytest.param("tiny-b.safetensors [f75f886628]", id="title"),
        pytest.param("tiny-b", id="model name"),
        pytest.param("tiny-b.safetensors", id="file name"),
        pytest.param("f75f886628", id="short hash"),
        pytest.param(TINY_B, id="whole hash"),
        pytest.param("tiny-b [f75f886628]", id="stem and hash"),
    ],
)
def test_a_checkpoint_is_posted_by_any_of_its_names(webui: Webui, alias: str) -> None:
    webui.options.post({"sd_model_checkpoint": alias}, webui.knows_model)

    answer = webui.options.answer()
    assert answer["sd_model_checkpoint"] == "tiny-b.safetensors [f75f886628]"
    assert answer["sd_checkpoint_hash"] == TINY_B


def test_a_checkpoint_in_a_folder_has_names_without_it(webui: Webui) -> None:
    found = webui.checkpoints.find("tiny c")

    assert found is not None
    assert (found.name, found.model_name) == ("sub/tiny c.ckpt", "sub_tiny c")


def test_an_alias_of_the_loaded_checkpoint_is_stored_as_it_came(webui: Webui) -> None:
    webui.options.post({"sd_model_checkpoint": "tiny-a"}, webui.knows_model)

    assert webui.options["sd_model_checkpoint"] == "tiny-a"


def test_null_loads_the_first_checkpoint(webui: Webui) -> None:
    webui.options.post({"sd_model_checkpoint": "tiny-b"}, webui.knows_model)
    webui.options.post({"sd_model_checkpoint": None}, webui.knows_model)

    assert webui.checkpoints.current.model_name == "tiny-a"
    assert webui.options["sd_model_checkpoint"] == "tiny-a.safetensors [a9f628e616]"


def test_a_checkpoint_for_a_while_changes_only_the_hash(webui: Webui) -> None:
    found = webui.checkpoints.find("tiny-b")
    assert found is not None

    webui.checkpoints.switch(found)

    assert webui.options["sd_model_checkpoint"] == "tiny-a.safetensors [a9f628e616]"
    assert webui.options["sd_checkpoint_hash"] == TINY_B
    webui.checkpoints.reload()
    assert webui.checkpoints.current.model_name == "tiny-a"


@pytest.mark.parametrize(
    ("text", "model_name"),
    [
        pytest.param("tiny-b", "tiny-b", id="exactly"),
        pytest.param("iny-b", "tiny-b", id="part of a title"),
        pytest.param("tiny", "sub_tiny c", id="the shortest title first"),
        pytest.param("tiny-b.safetensors [0123456789]", "tiny-b", id="another hash"),
        pytest.param("zzz", None, id="nothing"),
        pytest.param("", None, id="no text"),
        pytest.param(None, None, id="null"),
    ],
)
def test_the_closest_checkpoint_is_found(
    webui: Webui, text: str | None, model_name: str | None
) -> None:
    found = webui.checkpoints.closest(text)

    assert (found and found.model_name) == model_name


def test_a_file_gets_its_hash_when_it_is_loaded() -> None:
    unhashed = {"title": "a.ckpt", "model_name": "a", "hash": None, "sha256": None}
    options = Webui(config=Config(fresh=True)).options
    checkpoints = CheckpointList([{**unhashed, "filename": "/m/a.ckpt", "config": None}], options)

    assert checkpoints.listed()[0]["title"] == "a.ckpt"
    checkpoints.reload()

    item = checkpoints.listed()[0]
    assert item["title"] == f"a.ckpt [{item['hash']}]"
    assert item["sha256"].startswith(item["hash"])
    assert options["sd_checkpoint_hash"] == item["sha256"]


def test_listing_gives_back_what_was_listed(webui: Webui) -> None:
    listed = webui.fixtures.get("sd-models")

    assert [Checkpoint.of(item).listed() for item in listed] == listed


def test_after_a_refresh_the_loaded_checkpoint_is_another_entry_until_one_is_loaded() -> None:
    checkpoints = Webui().checkpoints
    first, other, *_ = [checkpoints.current, *(c for c in checkpoints if c != checkpoints.current)]
    assert checkpoints.is_loaded(first)
    assert not checkpoints.is_loaded(other)

    checkpoints.refresh()
    assert not checkpoints.is_loaded(first)

    checkpoints.switch(other)
    assert checkpoints.is_loaded(checkpoints.current)


def test_what_an_option_names_is_loaded_again_after_another_was_loaded_for_a_while() -> None:
    webui = Webui()
    checkpoints, named = webui.checkpoints, webui.checkpoints.current
    checkpoints.reload()
    other = next(c for c in checkpoints if c.name != named.name)

    checkpoints.switch(other)
    assert checkpoints.current.name == other.name

    checkpoints.reload()
    assert checkpoints.current.name == named.name
