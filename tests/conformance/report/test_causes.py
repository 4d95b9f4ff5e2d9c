"""Each cause is reported once, and no fault is hidden below a cause that is not its own."""

from __future__ import annotations

import io
import json
from typing import Any
from xml.etree import ElementTree as ET

import pytest
from reports import document, exchange, failure, result

from conformance.report.causes import Cause, causes
from conformance.report.console import Console
from conformance.report.html_report import render_html
from conformance.report.json_report import document_json, read_document, render_json
from conformance.report.junit import render_junit
from conformance.report.markdown import render_markdown
from conformance.requirements.requirement import Level
from conformance.runner.events import CheckFinished, RunFinished
from conformance.verdict import Result, Verdict


def _txt2img(answer: dict[str, Any], route: str = "txt2img") -> Any:
    whole = {"images": ["x"], "parameters": {}, "info": "{}"} | answer
    path = f"/sdapi/v1/{route}"
    return exchange(path=path, status=200, body=json.dumps(whole).encode(), request_body=b"{}")


def _answered(path: str, status: int, body: object = None) -> Any:
    sent = b"" if body is None else json.dumps(body).encode()
    return exchange(path=f"/sdapi/v1/{path}", status=status, body=sent, request_body=None)


def _unmet(name: str, actual: str, shown: Any = None, expected: str = "a picture") -> Result:
    exchanges = () if shown is None else (shown,)
    return failure(name, expected=expected, actual=actual, exchanges=exchanges)


_EMPTY = _txt2img({"images": []})
_NO_IMAGES = (
    _unmet("TXT2IMG-003", "no images", _EMPTY, "one image"),
    _unmet("TXT2IMG-005", "images is empty", _EMPTY, "at least one image"),
    _unmet("TXT2IMG-018", "no images", _EMPTY, "2 images"),
    _unmet("TXT2IMG-008", "the number of infotexts is 1", _EMPTY),
    _unmet("IMG2IMG-001", "the number is 0", _txt2img({"images": []}, "img2img")),
    _unmet("QUEUE-001", "0 images", _EMPTY),
)


def _ids(*results: Result) -> list[list[str]]:
    return [[each.id for each in cause.results] for cause in causes(document(*results))]


def test_what_follows_from_an_answer_without_images_is_one_cause() -> None:
    (ids,) = _ids(*_NO_IMAGES)
    assert ids[0] == "TXT2IMG-003"
    assert set(ids) == {each.id for each in _NO_IMAGES}


def test_a_fault_of_its_own_in_the_same_answers_is_a_cause_of_its_own() -> None:
    wrong = _unmet("TXT2IMG-009", "info has no all_prompts", _EMPTY, "the keys of info")
    assert ["TXT2IMG-009"] in _ids(*_NO_IMAGES, wrong)


def test_a_fault_elsewhere_is_a_cause_of_its_own() -> None:
    samplers = _unmet("LIST-001", "an object", _answered("samplers", 200, {}), "a JSON array")
    assert ["LIST-001"] in _ids(*_NO_IMAGES, samplers)


def test_what_is_empty_within_a_list_ties_nothing_together() -> None:
    listed = _answered("samplers", 200, [{"name": "UniPC", "options": {}}])
    keys = _unmet("LIST-001", "it has name, options", listed, "item 0 to have aliases")
    text = _unmet("LIST-019", "1", listed, "option flow_shift of a sampler to be text")
    assert _ids(keys, text) == [["LIST-001"], ["LIST-019"]]


def test_empty_answers_of_several_routes_are_one_cause() -> None:
    routes = {
        "INTERRUPT-001": "interrupt",
        "INTERRUPT-004": "skip",
        "MISC-003": "refresh-checkpoints",
        "MISC-012": "unload-checkpoint",
        "MISC-018": "reload-checkpoint",
    }
    found = [
        _unmet(name, "204 with an empty body", _answered(route, 204), "status 200")
        for name, route in routes.items()
    ]
    media = _unmet("HTTP-001", "none", _answered("interrupt", 204), "the media type")
    (cause,) = causes(document(media, *found))
    assert cause.head.id == "INTERRUPT-001"
    assert len(cause.follows) == len(cause.routes) == 5


_OOM = {"error": "OutOfMemoryError", "detail": "", "errors": "CUDA out of memory. Tried 20 MiB"}
_LATER = {**_OOM, "errors": "CUDA out of memory. Tried 36 MiB"}


def test_the_same_error_is_one_cause_whatever_the_numbers_in_it_and_the_route() -> None:
    one = _unmet("TXT2IMG-001", "500 OutOfMemoryError", _answered("txt2img", 500, _OOM))
    two = _unmet("IMG2IMG-001", "500 OutOfMemoryError", _answered("img2img", 500, _LATER))
    assert len(_ids(one, two)) == 1


@pytest.mark.parametrize(
    ("body", "path"),
    [
        pytest.param({"detail": "KeyError: the key sampler is not there"}, "txt2img", id="error"),
        pytest.param({"detail": "Internal Server Error"}, "extra-single-image", id="no text"),
    ],
)
def test_another_error_is_another_cause(body: object, path: str) -> None:
    one = _unmet("TXT2IMG-001", "500 it said", _answered("txt2img", 500, _OOM))
    known = _unmet(
        "IMG2IMG-001",
        "500 Internal Server Error",
        _answered("img2img", 500, {"detail": "Internal Server Error"}),
    )
    other = _unmet("EXTRAS-001", "500 it said", _answered(path, 500, body))
    assert len(_ids(one, known, other)) == 3


def _same_picture(name: str, what: str) -> Result:
    return _unmet(name, "the picture stays the same", _txt2img({}), f"another picture for {what}")


def test_a_picture_that_never_changes_is_one_cause() -> None:
    seed, prompt = _same_picture("TXT2IMG-017", "a seed"), _same_picture("TXT2IMG-076", "a prompt")
    more = [_same_picture("TXT2IMG-077", "negative"), _same_picture("TXT2IMG-078", "CFG scale")]
    assert _ids(seed, prompt, *more)[0] == ["TXT2IMG-017", "TXT2IMG-077", "TXT2IMG-078"]


def test_two_fields_that_are_not_obeyed_are_two_causes() -> None:
    found = [_same_picture("TXT2IMG-077", "negative"), _same_picture("TXT2IMG-078", "CFG scale")]
    assert len(_ids(*found)) == 2
    assert len(_ids(_same_picture("TXT2IMG-017", "a seed"), *found)) == 3


def test_black_pictures_obey_nothing_for_one_cause() -> None:
    black = _unmet("IMG-006", "images[0] is 0 to 0 of 255 bright", _txt2img({}))
    found = [_same_picture("TXT2IMG-077", "negative"), _same_picture("IMG2IMG-026", "strength")]
    assert _ids(black, *found) == [["IMG-006", "TXT2IMG-077", "IMG2IMG-026"]]


def test_a_waiver_and_an_error_of_the_suite_are_causes_of_their_own() -> None:
    waived = result("TXT2IMG-005", Verdict.WAIVED, actual="images is empty", exchanges=(_EMPTY,))
    failed = result("TXT2IMG-006", Verdict.ERROR, reason="the suite failed")
    assert len(_ids(*_NO_IMAGES, failed)) == 2
    assert causes(document(*_NO_IMAGES, waived))[0].verdict is Verdict.FAIL


def test_the_worst_cause_comes_first_and_then_the_largest() -> None:
    may = failure("LIST-009", Verdict.INFO, actual="odd", exchanges=())
    alone = _unmet("LIST-002", "an object", _answered("sd-models", 200, {}), "an array")
    assert [ids[0] for ids in _ids(may, alone, *_NO_IMAGES)] == [
        "TXT2IMG-003",
        "LIST-002",
        "LIST-009",
    ]


def test_causes_are_the_same_once_the_exchanges_are_cut() -> None:
    long = _txt2img({"parameters": {"prompt": "x" * 9000}, "images": []})
    found = document(
        _unmet("TXT2IMG-003", "no images", long, "one image"),
        _unmet("TXT2IMG-018", "no images", long, "2 images"),
    )
    read = read_document(render_json(found), "x")
    assert [c.head.id for c in causes(read)] == [c.head.id for c in causes(found)]
    assert len(causes(read)) == 1


def test_json_has_each_cause_once() -> None:
    value = document_json(document(*_NO_IMAGES))
    (cause,) = value["causes"]
    assert cause["id"] == "TXT2IMG-003"
    assert len(cause["follows"]) == len(_NO_IMAGES) - 1
    assert {each["cause"] for each in value["results"]} == {"TXT2IMG-003"}


def test_junit_has_the_story_at_the_head_and_names_it_elsewhere() -> None:
    root = ET.fromstring(render_junit(document(*_NO_IMAGES)))  # noqa: S314 - ours
    shown = {f.get("message"): f.text or "" for f in root.iter("failure")}
    assert sum("Curl:" in text for text in shown.values()) == 1
    assert "follows from TXT2IMG-003: images is empty" in shown


def test_pages_show_the_story_once_and_name_what_follows() -> None:
    page = render_html(document(*_NO_IMAGES))
    assert page.count('<details class="failure"') == 1
    assert page.count('<details class="follower"') == len(_NO_IMAGES) - 1
    assert all(f'id="failure-{each.id}"' in page for each in _NO_IMAGES)
    text = render_markdown(document(*_NO_IMAGES))
    assert text.count("<details>") == 1
    assert "and 5 more" in text


def _terminal(*results: Result, **settings: Any) -> str:
    out = io.StringIO()
    console = Console(out, lambda name: name, **settings)
    for each in results:
        console.handle(CheckFinished(each))
    console.handle(RunFinished(1.0, 0.0, None))  # type: ignore[arg-type]
    return out.getvalue()


def test_the_terminal_shows_one_cause_with_the_ids_of_what_follows() -> None:
    text = _terminal(*_NO_IMAGES)
    assert text.count("  Curl:") == 1
    assert text.count("fail ") == 1
    (shown,) = [line for line in text.splitlines() if "Follows:" in line]
    assert shown.split()[:5] == ["Follows:", "5", "MUST:", "TXT2IMG-005,", "TXT2IMG-008,"]


def test_the_terminal_shows_ten_causes_and_where_the_rest_is() -> None:
    names = [f"OPT-0{number:02}" for number in range(1, 14)]
    found = [_unmet(name, f"it is odd like {chr(97 + n) * 3}") for n, name in enumerate(names)]
    text = _terminal(*found, elsewhere=("run.html",))
    assert text.count("  Explain:") == 10
    assert text.count("\nfail OPT") == 9
    (rest,) = [line for line in text.splitlines() if "more causes" in line]
    assert rest.endswith(": run.html")
    assert _terminal(*found, verbose=True).count("  Explain:") == 13
    assert "--report all.html" in _terminal(*found)


def test_a_cause_is_as_bad_as_the_worst_of_what_follows_from_it() -> None:
    odd, bad = failure("LIST-021", Verdict.WARN), failure("LIST-001")
    assert (Cause(odd, (bad,)).verdict, Cause(odd, (bad,)).level) == (Verdict.FAIL, Level.MUST)
    assert (Cause(odd).verdict, Cause(odd).level) == (Verdict.WARN, Level.SHOULD)


def test_a_waived_requirement_does_not_hide_the_next_that_is_taken_for_granted() -> None:
    waived = result("TXT2IMG-001", Verdict.WAIVED, actual="no images", exchanges=(_EMPTY,))
    groups = _ids(waived, *_NO_IMAGES)
    assert sorted(map(len, groups)) == [1, len(_NO_IMAGES)]
    assert ["TXT2IMG-001"] in groups
