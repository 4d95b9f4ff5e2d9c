"""What kinds of servers may do otherwise over HTTP; broken ones are in the family."""

from __future__ import annotations

from doubles import broken, deaf, instead, mock, reply
from judging import judged
from recorded import Recorded

from conformance.verdict import Verdict

_NOT_FOUND = reply({"detail": "Not Found"}, 404)


def test_http_017_acquits_a_server_that_answers_with_the_detail_alone() -> None:
    assert judged(Recorded("a1111-47a44c7"), "HTTP-017", "a1111-47a44c7").verdict is Verdict.PASS


def test_http_018_knows_what_sdnext_may_write() -> None:
    answer = reply("TypeError: no", 500)
    server = broken(mock(), instead(answer), route="img2img", status=404)
    assert judged(server, "HTTP-018", "sdnext").verdict is Verdict.PASS
    assert judged(server, "HTTP-018").verdict is Verdict.FAIL


def test_http_023_is_not_looked_at_where_there_is_no_document() -> None:
    server = deaf(mock(), route="openapi.json", method="GET", answer=_NOT_FOUND)
    result = judged(server, "HTTP-023")
    assert (result.verdict, result.reason) == (Verdict.UNSUPPORTED, "GET /openapi.json is absent")
