"""What the text encoder is asked, and when."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from typing import Any

import pytest
from generations import txt2img

from mockserver import Webui
from mockserver.backends.a1111.generation.conds import chunks, embeddings_in
from mockserver.core.errors import ServerError


@dataclass(frozen=True)
class Embeddings:
    loaded: dict[str, Any] = field(default_factory=lambda: {"bad-hands": {}, "EasyNegative": {}})


@dataclass(frozen=True)
class Networks:
    embeddings: Embeddings = Embeddings()


@pytest.mark.parametrize(
    ("prompt", "count"),
    [
        pytest.param("", 1, id="nothing"),
        pytest.param("a red fox", 1, id="a few words"),
        pytest.param(", ".join(["detailed"] * 40), 2, id="more than 75 tokens"),
        pytest.param("fox BREAK cat", 2, id="a BREAK"),
        pytest.param("fox BREAK", 1, id="nothing behind a BREAK"),
        pytest.param("BREAK fox", 2, id="nothing before a BREAK"),
    ],
)
def test_a_prompt_takes_chunks_of_75_tokens(prompt: str, count: int) -> None:
    assert chunks(prompt) == count


@pytest.mark.parametrize(
    ("text", "found"),
    [
        pytest.param("easynegative, BAD-HANDS", ["EasyNegative", "bad-hands"], id="in any case"),
        pytest.param("O'Neileasynegative style", ["EasyNegative"], id="at the end of a word"),
        pytest.param("easynegative easynegative", ["EasyNegative"], id="each once"),
        pytest.param("easynegatives", [], id="not within a word"),
    ],
)
def test_embeddings_are_found_by_their_tokens(text: str, found: list[str]) -> None:
    server = replace(Webui().context, networks=Networks())

    assert embeddings_in(server, [text]) == found


@pytest.mark.parametrize(
    ("clip_skip", "error"),
    [
        pytest.param("2", "TypeError: bad operand type for unary -: 'str'", id="a text"),
        pytest.param(None, "TypeError: bad operand type for unary -: 'NoneType'", id="none"),
        pytest.param(14, "IndexError: tuple index out of range", id="more layers than there are"),
    ],
)
def test_a_clip_skip_that_is_no_layer_is_a_500(clip_skip: Any, error: str) -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(override_settings={"CLIP_stop_at_last_layers": clip_skip})

    assert str(caught.value) == error


def test_emphasis_of_another_kind_is_reported_where_it_is_used() -> None:
    options = {"emphasis": "No norm"}

    assert "Emphasis: No norm" in txt2img(prompt="(fox)", override_settings=options).line
    assert "Emphasis" not in txt2img(prompt="fox", override_settings=options).line


def test_what_was_asked_last_is_not_encoded_again() -> None:
    webui = Webui()
    webui.options.put("emphasis", "No norm")
    first, second = txt2img(webui, prompt="(fox)"), txt2img(webui, prompt="(fox)")

    assert "Emphasis" in first.line
    assert "Emphasis" not in second.line


def test_nothing_is_remembered_where_an_option_says_so() -> None:
    webui = Webui()
    webui.options.put("emphasis", "No norm")
    webui.options.put("persistent_cond_cache", value=False)
    first, second = txt2img(webui, prompt="(fox)"), txt2img(webui, prompt="(fox)")

    assert first.line == second.line


def test_old_prompt_editing_is_reported_where_it_reads_a_prompt_otherwise() -> None:
    options = {"use_old_scheduling": True}

    told = txt2img(prompt="[a:b:2.5]", override_settings=options)
    same = txt2img(prompt="[a:b:0.5]", override_settings=options)

    assert "Old prompt editing timelines: True" in told.line
    assert "Old prompt editing timelines" not in same.line
