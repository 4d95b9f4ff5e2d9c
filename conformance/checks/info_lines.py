"""Checks of an infotext as text: INFO-001, -005, -006, -011 to -013, -017.

Source: modules/processing.py, create_infotext, at v1.10.1; recorded in every t2i case.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.checks import expect
from conformance.checks.facts import needs_metadata, options, written
from conformance.checks.registry import check
from conformance.client.infotext import NEGATIVE
from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from conformance.lab import Generation, Lab

# Letters of several scripts, quotes and signs that are easily escaped, nothing with a meaning
# of its own in a prompt.
_LETTERS = 'Füchse, 狐 🦊, лиса “smart” "plain" it\'s 50% & more; a/b = ?'

# More than a chunk of 75 tokens, than 255 letters and than a line of a terminal.
_LONG = ", ".join(f"{word} {number}" for number in range(60) for word in ("red fox", "old oak"))


@check("INFO-001", needs=("r1",))
def prompt_negative_values(lab: Lab) -> None:
    """The three lines of the shared picture's infotext."""
    sent = lab.r1.payload
    prompt, negative, steps = (sent[name] for name in ("prompt", "negative_prompt", "steps"))
    start = f"{prompt}\n{NEGATIVE} {negative}\nSteps: {steps}, "
    text = lab.r1.infotext
    actual = f"it starts with {text[: len(start)]!r}"
    expect.that(text.startswith(start), f"an infotext from {start!r} on", actual, lab.r1.exchange)


@check("INFO-005", own_steps=1)
def no_line_without_a_negative_prompt(lab: Lab) -> None:
    """The shared request with an empty negative prompt."""
    made = lab.varied(negative_prompt="")
    found = NEGATIVE in made.infotext
    expect.that(not found, f"no {NEGATIVE!r}", f"it is {made.infotext!r}", made.exchange)
    _starts(made, f"{made.payload['prompt']}\nSteps: ")


@check("INFO-006", own_steps=1)
def lines_of_a_prompt_are_kept(lab: Lab) -> None:
    """A prompt of two lines."""
    made = lab.varied(prompt="cat\ndog")
    _starts(made, "cat\ndog\n")
    expect.equal(made.info.get("prompt"), "cat\ndog", "info.prompt", made.exchange)


@check("INFO-011", needs=("r1", "r2"))
def metadata_are_the_infotexts(lab: Lab) -> None:
    """The metadata of one picture, and of two."""
    needs_metadata(lab)
    for generation in (lab.r1, lab.r2):
        for number in range(min(len(generation.images), len(generation.infotexts))):
            _same_text(generation, number)


@check("INFO-012", own_steps=1)
def comments_are_left_out(lab: Lab) -> None:
    """A prompt with a comment at the end of its first line."""
    if options(lab).get("enable_prompt_comments", True) is False:
        raise Skip("the option enable_prompt_comments is off")
    _starts(lab.varied(prompt="cat # white\ndog"), "cat \ndog\n")


@check("INFO-013", own_steps=1)
def letters_are_kept(lab: Lab) -> None:
    """Letters of several scripts, in prompt and negative prompt."""
    made = lab.varied(prompt=_LETTERS, negative_prompt=_LETTERS)
    for name in ("prompt", "negative_prompt"):
        expect.equal(made.info.get(name), _LETTERS, f"info.{name}", made.exchange)
    _starts(made, f"{_LETTERS}\n{NEGATIVE} {_LETTERS}\n")
    if options(lab).get("enable_pnginfo") is not False:
        _same_text(made, 0)


@check("INFO-017", own_steps=1)
def a_long_prompt_is_whole(lab: Lab) -> None:
    """A prompt and a negative prompt of a thousand letters and more."""
    made = lab.varied(prompt=_LONG, negative_prompt=_LONG)
    for name in ("prompt", "negative_prompt"):
        expect.equal(made.info.get(name), _LONG, f"info.{name}", made.exchange)
        expect.equal(made.info.get(f"all_{name}s"), [_LONG], f"info.all_{name}s", made.exchange)
    whole = made.infotext.startswith(f"{_LONG}\n{NEGATIVE} {_LONG}\n")
    actual = f"its first lines are {[len(line) for line in made.infotext.splitlines()[:2]]} long"
    expected = f"an infotext with both prompts of {len(_LONG)} letters"
    expect.that(whole, expected, actual, made.exchange)
    if options(lab).get("enable_pnginfo") is not False:
        _same_text(made, 0)


def _starts(generation: Generation, start: str) -> None:
    __tracebackhide__ = True
    text = generation.infotext
    if not text.startswith(start):
        actual = f"it starts with {text[: len(start)]!r}"
        raise Failed(f"an infotext from {start!r} on", actual, generation.exchange)


def _same_text(generation: Generation, number: int) -> None:
    __tracebackhide__ = True
    what = f"the text in the metadata of images[{number}]"
    wanted = generation.infotexts[number]
    expect.equal(written(generation, number), wanted, what, generation.exchange)
