"""create/* and train/*: calls with keyword arguments from a request."""

from __future__ import annotations

from typing import Any

import pytest

from mockserver import Webui
from mockserver.backends.a1111.training import (
    create_embedding,
    create_hypernetwork,
    train_embedding,
    train_hypernetwork,
)
from mockserver.core.errors import ServerError

EMBEDDING = {"name": "new", "num_vectors_per_token": 2, "overwrite_old": False}
HYPERNETWORK = {
    "name": "net",
    "enable_sizes": [],
    "overwrite_old": False,
    "layer_structure": [1, 1],
}
DONE = "train embedding complete: filename:  error: "


@pytest.fixture
def webui() -> Webui:
    return Webui()


def test_a_new_embedding_is_listed_in_order_of_names(webui: Webui) -> None:
    answer = create_embedding(webui, {**EMBEDDING, "name": "Zed"})

    loaded = webui.networks.embeddings.listed()["loaded"]
    assert answer == {"info": "create embedding filename: /webui/embeddings/Zed.pt"}
    assert list(loaded) == ["tiny-emb", "Zed"]
    assert loaded["Zed"]["vectors"] == 2


def test_an_existing_embedding_is_an_error_inside_a_good_answer(webui: Webui) -> None:
    create_embedding(webui, EMBEDDING)

    assert create_embedding(webui, EMBEDDING) == {
        "info": "create embedding error: file /webui/embeddings/new.pt already exists"
    }
    assert "filename" in create_embedding(webui, {**EMBEDDING, "overwrite_old": True})["info"]


def test_letters_that_file_names_should_not_have_are_left_out(webui: Webui) -> None:
    answer = create_embedding(webui, {**EMBEDDING, "name": "../a/b*c d"})

    assert answer["info"].endswith("/webui/embeddings/..abc d.pt")


@pytest.mark.parametrize(
    ("body", "text"),
    [
        pytest.param(
            {"num_vectors_per_token": 2},
            "create_embedding() missing 2 required positional arguments: "
            "'name' and 'overwrite_old'",
            id="two missing",
        ),
        pytest.param(
            {"name": "x", "overwrite_old": True},
            "create_embedding() missing 1 required positional argument: 'num_vectors_per_token'",
            id="one missing",
        ),
        pytest.param(
            {},
            "create_embedding() missing 3 required positional arguments: "
            "'name', 'num_vectors_per_token', and 'overwrite_old'",
            id="all missing",
        ),
        pytest.param(
            {"foo": 2, "bar": 1},
            "create_embedding() got an unexpected keyword argument 'foo'",
            id="unknown",
        ),
        pytest.param({1: 2}, "keywords must be strings", id="no text as key"),
        pytest.param({**EMBEDDING, "name": 5}, "'int' object is not iterable", id="name"),
    ],
)
def test_wrong_arguments_are_type_errors_in_pythons_words(
    webui: Webui, body: dict[Any, Any], text: str
) -> None:
    with pytest.raises(ServerError) as caught:
        create_embedding(webui, body)

    assert (caught.value.name, caught.value.text) == ("TypeError", text)
    assert webui.state.job == ""


def test_a_hypernetwork_is_listed_though_its_name_is_not_reported(webui: Webui) -> None:
    answer = create_hypernetwork(webui, HYPERNETWORK)

    assert answer == {"info": "create hypernetwork filename: None"}
    assert {"name": "net", "path": "/webui/models/hypernetworks/net.pt"} in (
        webui.networks.listed_hypernetworks()
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({"name": ""}, "Name cannot be empty!", id="no name"),
        pytest.param({"name": "*"}, "Name cannot be empty!", id="nothing left of the name"),
        pytest.param(
            {"name": "tiny-hyper"},
            "file /webui/models/hypernetworks/tiny-hyper.pt already exists",
            id="exists",
        ),
        pytest.param(
            {"enable_sizes": ["320"], "layer_structure": "2,1"},
            "Multiplier Sequence should start with size 1!",
            id="first layer",
        ),
    ],
)
def test_a_hypernetworks_errors_are_inside_a_good_answer(
    webui: Webui, changed: dict[str, Any], words: str
) -> None:
    answer = create_hypernetwork(webui, {**HYPERNETWORK, **changed})

    assert answer == {"info": f"create hypernetwork error: {words}"}


def test_a_hypernetwork_without_layers_trips_the_webui(webui: Webui) -> None:
    with pytest.raises(ServerError) as caught:
        create_hypernetwork(webui, {**HYPERNETWORK, "layer_structure": None})

    assert caught.value.text == "object of type 'NoneType' has no len()"


def test_training_answers_well_whatever_it_was_given(webui: Webui) -> None:
    assert train_embedding(webui, {"x": 1})["info"] == (
        f"{DONE}train_embedding() got an unexpected keyword argument 'x'"
    )
    assert train_hypernetwork(webui, {})["info"].startswith(
        f"{DONE}train_hypernetwork() missing 29 required positional arguments: 'id_task', "
    )


@pytest.mark.parametrize(
    ("changed", "words"),
    [
        pytest.param({}, "Dataset directory doesn't exist", id="no data set"),
        pytest.param({"data_root": ""}, "Dataset directory is empty", id="no folder"),
        pytest.param({"embedding_name": ""}, "embedding not selected", id="no name"),
        pytest.param({"learn_rate": 0}, "Learning rate is empty or 0", id="no rate"),
        pytest.param({"batch_size": "1"}, "Batch size must be integer", id="batch size"),
        pytest.param(
            {"gradient_step": 0}, "Gradient accumulation step must be positive", id="steps"
        ),
    ],
)
def test_training_ends_at_the_first_bad_input(
    webui: Webui, changed: dict[str, Any], words: str
) -> None:
    missing = train_embedding(webui, {})["info"].split("arguments: ")[1]
    names = missing.replace("and ", "").replace("'", "").split(", ")
    body = dict.fromkeys(names, 1) | changed

    assert train_embedding(webui, body)["info"] == DONE + words
