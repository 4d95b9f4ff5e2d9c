"""Checks of infotexts: their lines and their values."""

from __future__ import annotations

import re
from collections import Counter
from typing import TYPE_CHECKING

from conformance.checks.support import expect
from conformance.checks.support.hires import hires
from conformance.checks.support.settings import as_sent, needs_metadata, options, written
from conformance.client.info import NEGATIVE, parse_infotext
from conformance.runner.registry import check
from conformance.verdict import Failed, Skip

if TYPE_CHECKING:
    from conformance.client.info import Infotext
    from conformance.runner.check_context import CheckContext
    from conformance.runner.generation import Generation


# Letters of several scripts, quotes and signs that are easily escaped, nothing with a meaning
# of its own in a prompt.
_LETTERS = 'Füchse, 狐 🦊, лиса “smart” "plain" it\'s 50% & more; a/b = ?'

# A value with a comma and a colon, which the infotext has to quote.
_QUOTED_PROMPT = "dog, lead: red"
# More than a chunk of 75 tokens, than 255 letters and than a line of a terminal.
_LONG = ", ".join(f"{word} {number}" for number in range(60) for word in ("red fox", "old oak"))


@check("INFO-001", needs=("one_image",))
def prompt_negative_values(context: CheckContext) -> None:
    """The three lines of the shared picture's infotext."""
    sent = context.one_image.payload
    prompt, negative, steps = (sent[name] for name in ("prompt", "negative_prompt", "steps"))
    start = f"{prompt}\n{NEGATIVE} {negative}\nSteps: {steps}, "
    text = as_sent(context, context.one_image.infotext)
    actual = f"it starts with {text[: len(start)]!r}"
    expect.that(
        text.startswith(start), f"an infotext from {start!r} on", actual, context.one_image.exchange
    )


@check("INFO-005", own_steps=1)
def no_line_without_a_negative_prompt(context: CheckContext) -> None:
    """The shared request with an empty negative prompt."""
    made = context.varied(negative_prompt="")
    found = NEGATIVE in made.infotext
    expect.that(not found, f"no {NEGATIVE!r}", f"it is {made.infotext!r}", made.exchange)
    _starts(context, made, f"{made.payload['prompt']}\nSteps: ")


@check("INFO-006", own_steps=1)
def lines_of_a_prompt_are_kept(context: CheckContext) -> None:
    """A prompt of two lines."""
    made = context.varied(prompt="cat\ndog")
    _starts(context, made, "cat\ndog\n")
    found = as_sent(context, made.info.get("prompt"))
    expect.equal(found, "cat\ndog", "info.prompt", made.exchange)


@check("INFO-011", needs=("one_image", "batch_of_two"))
def metadata_are_the_infotexts(context: CheckContext) -> None:
    """The metadata of one picture, and of two."""
    needs_metadata(context)
    for generation in (context.one_image, context.batch_of_two):
        for number in range(min(len(generation.images), len(generation.infotexts))):
            _same_text(generation, number)


@check("INFO-012", own_steps=1)
def comments_are_left_out(context: CheckContext) -> None:
    """A prompt with a comment at the end of its first line."""
    if options(context).get("enable_prompt_comments", True) is False:
        raise Skip("the option enable_prompt_comments is off")
    made = context.varied(prompt="cat # white\ndog")
    _starts(context, made, "cat \ndog\n")


@check("INFO-013", own_steps=1)
def letters_are_kept(context: CheckContext) -> None:
    """Letters of several scripts, in prompt and negative prompt."""
    made = context.varied(prompt=_LETTERS, negative_prompt=_LETTERS)
    for name in ("prompt", "negative_prompt"):
        found = as_sent(context, made.info.get(name))
        expect.equal(found, _LETTERS, f"info.{name}", made.exchange)
    _starts(context, made, f"{_LETTERS}\n{NEGATIVE} {_LETTERS}\n")
    if options(context).get("enable_pnginfo") is not False:
        _same_text(made, 0)


@check("INFO-017", own_steps=1)
def a_long_prompt_is_whole(context: CheckContext) -> None:
    """A prompt and a negative prompt of a thousand letters and more."""
    made = context.varied(prompt=_LONG, negative_prompt=_LONG)
    for name in ("prompt", "negative_prompt"):
        found, every = (as_sent(context, made.info.get(key)) for key in (name, f"all_{name}s"))
        expect.equal(found, _LONG, f"info.{name}", made.exchange)
        expect.equal(every, [_LONG], f"info.all_{name}s", made.exchange)
    whole = as_sent(context, made.infotext).startswith(f"{_LONG}\n{NEGATIVE} {_LONG}\n")
    actual = f"its first lines are {[len(line) for line in made.infotext.splitlines()[:2]]} long"
    expected = f"an infotext with both prompts of {len(_LONG)} letters"
    expect.that(whole, expected, actual, made.exchange)
    if options(context).get("enable_pnginfo") is not False:
        _same_text(made, 0)


@check("INFO-010", own_steps=10)
def a_value_with_a_comma_is_quoted(context: CheckContext) -> None:
    """A prompt of the second pass with a comma and a colon."""
    made = hires(context, hr_prompt=_QUOTED_PROMPT)
    text = made.infotext.rpartition("\n")[2]
    quoted = f'Hires prompt: "{_QUOTED_PROMPT}"'
    actual = f"the values are {text!r}"
    expect.that(quoted in text, f"{quoted} in the infotext", actual, made.exchange)


def _starts(context: CheckContext, generation: Generation, start: str) -> None:
    __tracebackhide__ = True
    text = as_sent(context, generation.infotext)
    if not text.startswith(start):
        actual = f"it starts with {text[: len(start)]!r}"
        raise Failed(f"an infotext from {start!r} on", actual, generation.exchange)


def _same_text(generation: Generation, number: int) -> None:
    __tracebackhide__ = True
    what = f"the text in the metadata of images[{number}]"
    wanted = generation.infotexts[number]
    expect.equal(written(generation, number), wanted, what, generation.exchange)


_ORDER = (
    "Steps",
    "Sampler",
    "Schedule type",
    "CFG scale",
    "Seed",
    "Size",
    "Model hash",
    "Model",
)
_SWITCHED = {
    "Model hash": "add_model_hash_to_info",
    "Model": "add_model_name_to_info",
    "Version": "add_version_to_infotext",
}
_KEY = re.compile(r"(?:^|, )([A-Z][\w \-/]*): ")
_QUOTED = re.compile(r'"(?:[^"\\]|\\.)*"')


@check("INFO-002", needs=("one_image",), own_steps=2)
def values_say_what_was_asked_for(context: CheckContext) -> None:
    """The five values of a square picture, and of one that is wider than high."""
    for generation in (
        context.one_image,
        context.varied(width=2 * context.settings.size, cfg_scale=6.5),
    ):
        _says_what_was_sent(generation, generation.values)


@check("INFO-003", needs=("one_image",))
def order_of_the_values(context: CheckContext) -> None:
    """The order of the first eight values, and the last one."""
    restored = options(context).get("face_restoration") is True
    left_out = {"Face restoration"} if restored else set()
    # With --no-hashing a model has no hash.
    unknown = {"Model hash"} if context.one_image.info.get("sd_model_hash") is None else set()
    found = [key for key in context.one_image.values.parameters if key not in left_out]
    wanted = [key for key in _ORDER if _written(context, key) and key not in unknown]
    actual = f"they are {', '.join(found)}"
    first = found[: len(wanted)] == wanted
    expect.that(first, f"first the values {', '.join(wanted)}", actual, context.one_image.exchange)
    named = options(context).get("add_user_name_to_info") is True
    if _written(context, "Version") and not named:
        expect.that(
            found[-1] == "Version", "Version at the end", actual, context.one_image.exchange
        )


@check("INFO-004", needs=("one_image",))
def guidance_has_a_decimal_point(context: CheckContext) -> None:
    """CFG scale of the shared picture."""
    reported = context.one_image.values.value("CFG scale") or ""
    fits = re.fullmatch(r"\d+\.\d+", reported) is not None
    expected = "CFG scale with a decimal point"
    expect.that(fits, expected, f"it is {reported!r}", context.one_image.exchange)


@check("INFO-007", needs=("one_image",))
def model_is_that_of_info(context: CheckContext) -> None:
    """Model and Model hash, compared with sd_model_name and sd_model_hash."""
    for key, name in (("Model", "sd_model_name"), ("Model hash", "sd_model_hash")):
        wanted = context.one_image.info.get(name)
        if _written(context, key) and wanted:
            reported = context.one_image.values.value(key)
            # Until 1.7 commas and colons were left out of the name.
            plain = str(wanted).replace(",", "").replace(":", "")
            actual = f"it is {expect.shown(reported)}"
            expect.that(
                reported in (wanted, plain), f"{key} {wanted}", actual, context.one_image.exchange
            )


@check("INFO-008", needs=("one_image",))
def version_is_that_of_info(context: CheckContext) -> None:
    """Version of the shared picture."""
    if not _written(context, "Version"):
        raise Skip("the option add_version_to_infotext is off")
    wanted = context.one_image.info.get("version")
    reported = context.one_image.values.version
    known = isinstance(wanted, str) and bool(wanted)
    actual = f"it is {expect.shown(wanted)}"
    expect.that(known, "a version in info", actual, context.one_image.exchange)
    expect.equal(reported, wanted, "Version in the infotext", context.one_image.exchange)


@check("INFO-009", needs=("one_image",))
def no_denoising_strength_of_txt2img(context: CheckContext) -> None:
    """The values of the shared picture."""
    reported = context.one_image.values.value("Denoising strength")
    actual = f"it is {reported!r}"
    expect.that(reported is None, "no Denoising strength", actual, context.one_image.exchange)


@check("INFO-014", needs=("batch_of_two", "two_iterations"))
def each_infotext_has_its_seed(context: CheckContext) -> None:
    """The seeds in the infotexts of two pictures."""
    for generation in (context.batch_of_two, context.two_iterations):
        reported = [parse_infotext(text).seed for text in generation.infotexts]
        first = generation.payload["seed"]
        wanted = [first, first + 1]
        expect.equal(reported, wanted, "the seeds of the infotexts", generation.exchange)


@check("INFO-015", needs=("one_image",))
def euler_has_no_schedule_of_its_own(context: CheckContext) -> None:
    """Schedule type of the shared picture, which names no scheduler."""
    if context.one_image.info.get("sampler_name") != "Euler":
        raise Skip("the shared picture was not made with Euler")
    reported = context.one_image.values.value("Schedule type")
    expect.equal(reported, "Automatic", "Schedule type in the infotext", context.one_image.exchange)


@check("INFO-016", needs=("one_image",))
def each_value_occurs_once(context: CheckContext) -> None:
    """The keys of the shared picture's infotext."""
    line = _QUOTED.sub('""', context.one_image.infotext.rpartition("\n")[2])
    twice = [key for key, count in Counter(_KEY.findall(line)).items() if count > 1]
    actual = f"{', '.join(twice)} occurs twice: {line!r}"
    expect.that(not twice, "each value once", actual, context.one_image.exchange)


def _says_what_was_sent(generation: Generation, values: Infotext) -> None:
    __tracebackhide__ = True
    sent = generation.payload
    reported = {
        "Steps": values.steps,
        "Sampler": values.sampler,
        "CFG scale": values.cfg_scale,
        "Seed": values.seed,
        "Size": values.size,
    }
    wanted = {
        "Steps": sent["steps"],
        "Sampler": generation.info.get("sampler_name"),
        "CFG scale": sent["cfg_scale"],
        "Seed": sent["seed"],
        "Size": (sent["width"], sent["height"]),
    }
    for key, value in wanted.items():
        if reported[key] != value or reported[key] is None:
            line = generation.infotext.rpartition("\n")[2]
            raise Failed(f"{key} {value} in the infotext", f"it says {line!r}", generation.exchange)


def _written(context: CheckContext, key: str) -> bool:
    """Whether saved settings let a value be written."""
    option = _SWITCHED.get(key)
    return option is None or options(context).get(option) is not False
