"""The fuzzer schemathesis over the mock's own document: it finds what it finds on the webui too."""

from __future__ import annotations

import logging
import re
from typing import TYPE_CHECKING, Any

import pytest
import schemathesis
from hypothesis import HealthCheck, settings

from mockserver import create_app
from mockserver.backends.a1111.routes.documents import openapi_document

if TYPE_CHECKING:
    from collections.abc import Iterator

    from schemathesis.schemas import BaseSchema

#: (operation, what is found, why the webui does the same).
EXEMPTIONS = [
    (
        r"POST /sdapi/v1/(txt2img|img2img|create/.*|interrogate|png-info|options|extra-.*)",
        "ServerError",
        "values that pass validation trip the webui, and its answer is 500",
    ),
    (
        r"POST /(api|run)/.*",
        "ServerError",
        "gradio answers 500 for an endpoint that it does not have",
    ),
    (
        r"POST /internal/progress",
        "ServerError",
        "asking about no task trips it before the first job",
    ),
    (
        r"GET /sd_extra_networks/get-single-card",
        "ServerError",
        "a page that does not exist trips the webui",
    ),
    (
        r".*",
        "UndefinedStatusCode",
        "FastAPI documents 200 and 422 alone, no refusals, redirects and crashes",
    ),
    (
        r"POST /.*",
        "AcceptedNegativeData",
        "pydantic 1 coerces: text to numbers, numbers to booleans, numbers to text",
    ),
    (
        r"POST /(login/?|upload)|(GET|HEAD) /proxy=.*",
        "RejectedPositiveData",
        "empty fields count as missing, and no address may be proxied",
    ),
    (
        r"GET /(user/?|queue/status|sdapi/v1/.*)|POST /internal/progress",
        "JsonSchemaError",
        "pydantic 1 documents Optional fields without null",
    ),
    (
        r"POST /sdapi/v1/(txt2img|img2img)",
        "RejectedPositiveData",
        "an unknown script is refused",
    ),
    (
        r"POST /sdapi/v1/(txt2img|img2img)",
        "JsonSchemaError",
        "an unknown script is a 422 too, in the shape of the webui's own errors",
    ),
    (
        r"GET /(theme\.css|favicon\.ico|internal/sysinfo.*)",
        "UndefinedContentType",
        "a style sheet, a picture and a text are documented as text and JSON",
    ),
    (
        r"(GET|POST) /sdapi/v1/options",
        "AllowHeaderMismatch",
        "405 names the first of the two routes alone; recorded: http/delete-options",
    ),
]
#: Fields that make a generation large; the fuzzer is about answers, not about memory.
LARGE = ("width", "height", "batch_size", "n_iter", "steps", "hr_second_pass_steps")
LARGE += ("hr_resize_x", "hr_resize_y", "firstphase_width", "firstphase_height", "hr_scale")
LARGE += ("upscaling_resize", "upscaling_resize_w", "upscaling_resize_h")
#: Routes that end the server.
ENDING = r"server-(kill|stop|restart)"


def readable(value: Any) -> Any:
    """The document with bounds as OpenAPI 3.0 writes them, which FastAPI 0.94 does not."""
    if isinstance(value, list):
        return [readable(item) for item in value]
    if not isinstance(value, dict):
        return value
    found = {key: readable(item) for key, item in value.items()}
    if isinstance(found.get("exclusiveMinimum"), float):
        found |= {"minimum": found["exclusiveMinimum"], "exclusiveMinimum": True}
    return found


@pytest.fixture(scope="module")
def schema() -> BaseSchema:
    app = create_app()
    found = schemathesis.openapi.from_dict(readable(openapi_document(app.webui)))
    found.app = app
    return found


@pytest.fixture
def document(schema: BaseSchema, request: pytest.FixtureRequest) -> BaseSchema:
    # Schemathesis 4.32 looks for a name that items of pytest 9.2 no longer have.
    request.node._nodeid = request.node.nodeid  # noqa: SLF001 - see above
    return schema


def tamed(body: Any) -> Any:
    """A body whose generation stays small."""
    if isinstance(body, dict):
        for name in LARGE:
            if isinstance(body.get(name), int | float) and body[name] > 1:
                body[name] = type(body[name])(2 if name == "hr_scale" else 1)
    return body


@pytest.fixture(autouse=True)
def quiet() -> Iterator[None]:
    """The server's errors are what is looked for; its log need not tell them again."""
    logging.disable(logging.CRITICAL)
    yield
    logging.disable(logging.NOTSET)


def exempt(operation: str, found: BaseException) -> bool:
    name = type(found).__name__
    return any(kind == name and re.fullmatch(place, operation) for place, kind, _ in EXEMPTIONS)


def fits(case: schemathesis.Case) -> None:
    """Ask, and compare the answer with the document."""
    if not isinstance(case.body, bytes):
        case.body = tamed(case.body)
    response = case.call(headers={"Accept-Encoding": "identity"})
    try:
        case.validate_response(response)
    except BaseExceptionGroup as group:
        found = [type(failure).__name__ for failure in group.exceptions]
        new = [str(f) for f in group.exceptions if not exempt(case.operation.label, f)]
        assert new == [], found


#: Cases are thought up when a test runs, not when tests are collected; and in parts, which
#: processes share among them.
WHOLE = schemathesis.pytest.from_fixture("document").exclude(path_regex=ENDING)
TEN = settings(
    max_examples=10, deadline=None, derandomize=True, suppress_health_check=list(HealthCheck)
)
PARTS: dict[str, dict[str, Any]] = {
    "txt2img": {"path": "/sdapi/v1/txt2img"},
    "img2img": {"path": "/sdapi/v1/img2img"},
    "other posts": {"path_regex": "^/sdapi/v1/(?!(txt|img)2img$)", "method": "POST"},
    "lists and state": {"path_regex": "^/sdapi/v1/", "method": "GET"},
    "web page": {"path_regex": "^/(?!sdapi/)"},
}


@WHOLE.include(**PARTS["txt2img"]).parametrize()
@TEN
def test_answers_of_txt2img_fit_the_document(case: schemathesis.Case) -> None:
    fits(case)


@WHOLE.include(**PARTS["img2img"]).parametrize()
@TEN
def test_answers_of_img2img_fit_the_document(case: schemathesis.Case) -> None:
    fits(case)


@WHOLE.include(**PARTS["other posts"]).parametrize()
@TEN
def test_answers_of_other_posts_fit_the_document(case: schemathesis.Case) -> None:
    fits(case)


@WHOLE.include(**PARTS["lists and state"]).parametrize()
@TEN
def test_lists_and_state_fit_the_document(case: schemathesis.Case) -> None:
    fits(case)


# The page's routes take what gradio sends them; most take nothing.
@WHOLE.include(**PARTS["web page"]).parametrize()
@settings(TEN, max_examples=3)
def test_answers_beside_the_api_fit_the_document(case: schemathesis.Case) -> None:
    fits(case)


def test_each_operation_is_in_one_part(schema: BaseSchema) -> None:
    found = [
        each.ok().label
        for part in PARTS.values()
        for each in schema.include(**part).get_all_operations()
    ]

    assert sorted(found) == sorted(each.ok().label for each in schema.get_all_operations())
