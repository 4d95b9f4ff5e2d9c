"""The line that the terminal shows for a request."""

from __future__ import annotations

import time
from io import StringIO

from mockserver.journal.call import Call, Message
from mockserver.journal.har import Console, line_of
from mockserver.lint import Finding

NOON = time.mktime((2026, 11, 29, 12, 0, 0, 0, 0, -1))
BODY = Message((), b'{"prompt": "cat", "steps": 20, "sampler_name": "Euler a"}')


def test_a_generation_is_reported_with_its_size_steps_and_sampler() -> None:
    call = Call(1, "POST", "/sdapi/v1/txt2img", "", BODY, 200, Message((), b""), NOON, 1.25)

    assert line_of(call) == (
        "12:00:00 POST /sdapi/v1/txt2img 200 1.25 s  512x512, 20 steps, Euler a"
    )


def test_faults_and_lint_are_reported_and_nothing_else_gets_into_the_line() -> None:
    got = Message((), b"")
    call = Call(
        1,
        "GET",
        "/a\x1b[31m",
        "b=1",
        got,
        None,
        got,
        NOON,
        0.002,
        lambda: (Finding("x", "refused", "", "no route"),),
        ("reset",),
    )

    assert line_of(call) == "12:00:00 GET /a?[31m?b=1 no answer 2 ms  fault: reset  lint: no route"


def test_a_console_writes_lines_on_its_own_time() -> None:
    stream = StringIO()
    console = Console(stream)
    console(Call(1, "GET", "/", "", BODY, 200, Message((), b""), NOON, 0.0))
    while "\n" not in stream.getvalue():
        time.sleep(0)

    assert stream.getvalue().startswith("12:00:00 GET / 200")
