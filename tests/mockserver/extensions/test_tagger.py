"""WD14 tagger: tags above a threshold, four ratings, models by name."""

from __future__ import annotations

import pytest
from extended import Extended, encoded, flat, picture

PICTURE = encoded(picture())
MODEL = "wd14-vit.v2"


@pytest.fixture
def webui() -> Extended:
    return Extended("tagger")


def test_tags_and_ratings_come_with_their_scores(webui: Extended) -> None:
    found = webui.post("/tagger/v1/interrogate", image=PICTURE, model=MODEL)["caption"]

    assert found["tag"]["1girl"] == pytest.approx(0.62)
    assert list(found["rating"]) == ["general", "sensitive", "questionable", "explicit"]


def test_some_tags_follow_the_picture(webui: Extended) -> None:
    red = webui.post("/tagger/v1/interrogate", image=PICTURE, model=MODEL)["caption"]["tag"]
    grey = webui.post("/tagger/v1/interrogate", image=encoded(flat()), model=MODEL)
    assert red["red_theme"] > grey["caption"]["tag"]["red_theme"]


@pytest.mark.parametrize("threshold", [0.3, 0.5, 2])
def test_only_tags_that_reach_the_threshold_are_reported(webui: Extended, threshold: float) -> None:
    found = webui.post("/tagger/v1/interrogate", image=PICTURE, model=MODEL, threshold=threshold)[
        "caption"
    ]

    assert all(score >= threshold for score in found["tag"].values())
    assert len(found["rating"]) == 4


def test_an_unknown_model_is_not_found(webui: Extended) -> None:
    answer = webui.answer("/tagger/v1/interrogate", {"image": PICTURE, "model": "wd14-vit-v2"})

    assert (answer.status_code, answer.get_json()) == (
        404,
        {
            "error": "HTTPException",
            "detail": "Model not found",
            "body": "",
            "errors": "(404, 'Model not found')",
        },
    )


def test_unloading_says_how_many_models_were_loaded(webui: Extended) -> None:
    webui.post("/tagger/v1/interrogate", image=PICTURE, model=MODEL)

    told = [webui.post("/tagger/v1/unload-interrogators") for _ in range(2)]
    assert told == [f"Successfully unload {count} model(s)" for count in (1, 0)]


def test_the_list_names_every_model_that_is_taken(webui: Extended) -> None:
    models = webui.get("/tagger/v1/interrogators")["models"]

    answers = [
        webui.answer("/tagger/v1/interrogate", {"image": PICTURE, "model": model})
        for model in models
    ]
    assert [answer.status_code for answer in answers] == [200] * 9
