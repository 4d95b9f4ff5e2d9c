from __future__ import annotations

from typing import Any

import pytest

from conformance.detection.probe import OpenApi


def test_a_document_lists_methods_and_fields(openapi: dict[str, Any]) -> None:
    document = OpenApi.read(openapi)
    assert document.title == "FastAPI"
    assert document.lists("POST", "/sdapi/v1/txt2img")
    assert not document.lists("GET", "/sdapi/v1/txt2img")
    assert {"prompt", "scheduler", "force_task_id"} <= document.fields


@pytest.mark.parametrize(
    "document",
    [
        None,
        "text",
        [],
        {"paths": []},
        {"info": 5, "paths": {"/x": None}},
        {"components": {"schemas": {"StableDiffusionProcessingTxt2Img": []}}},
    ],
)
def test_what_is_no_document_lists_nothing(document: Any) -> None:
    read = OpenApi.read(document)
    assert (read.title, read.fields, read.lists("GET", "/x")) == ("", frozenset(), False)
