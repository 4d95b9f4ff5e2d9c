"""txt2img and img2img, from a valid request to the parts of its answer."""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.pipeline import Generated
from mockserver.backends.a1111.generation.resolve import fixed_seed
from mockserver.backends.a1111.styles import AppliedStyles
from mockserver.backends.sdnext import infotext
from mockserver.backends.sdnext.drawing import draw, draws, networks_of
from mockserver.backends.sdnext.images import (
    check_alwayson,
    check_selected,
    encoded,
    load,
    read_picture,
    shorten,
)
from mockserver.backends.sdnext.infotext import info
from mockserver.backends.sdnext.job import Job, Source, check_numbers, check_prompts
from mockserver.backends.sdnext.options import Overrides
from mockserver.core.errors import HTTPError, raises_upstream

if TYPE_CHECKING:
    import random

    from mockserver.backends.sdnext.server import SdNext
    from mockserver.imaging.formats import EncodedPicture
    from mockserver.imaging.painted import Painted


_NOT_FOUND = 404


def txt2img(server: SdNext, values: dict[str, Any]) -> Generated:
    """Answer ``POST /sdapi/v1/txt2img``; waits its turn.

    Args:
        server: the simulated server.
        values: the validated body; it is the answer's ``parameters``.

    Raises:
        HTTPError: 404 for an unknown sampler, 422 for an unknown always-on script.
        ServerError: everything else that SD.Next fails on.
    """
    job = Job(values, _sampler(server, values))
    with server.queue:
        return _generate(server, job, "txt2img")


def img2img(server: SdNext, values: dict[str, Any]) -> Generated:
    """Answer ``POST /sdapi/v1/img2img``; its pictures are decoded when its turn comes.

    Args:
        server: the simulated server.
        values: the validated body, with init images; without the pictures, unless they are
            asked for, it is the answer's ``parameters``.

    Raises:
        HTTPError: as `txt2img`, and 500 for a picture that cannot be decoded.
        ServerError: everything else that SD.Next fails on.
    """
    lenient = server.program.lenient_uris
    mask = load(read_picture(values["mask"], lenient=lenient)) if values["mask"] else None
    job = Job(values, _sampler(server, values))
    with server.queue:
        pictures = [load(read_picture(image, lenient=lenient)) for image in values["init_images"]]
        job.source = Source(pictures[0], mask) if pictures else None
        made = _generate(server, job, "img2img")
    if not values["include_init_images"]:
        values["init_images"] = values["mask"] = None
    return made


def _sampler(server: SdNext, values: dict[str, Any]) -> str:
    """The name counts, and has a default; sampler_index only where the name is empty.

    Recorded: t2i-field/sampler_index-0, sampler_name-2.
    """
    name: str = values["sampler_name"] or values["sampler_index"]
    if name not in server.sampler_names:
        raise HTTPError(_NOT_FOUND, "Sampler not found")
    return name


@raises_upstream
def _first(items: list[Any]) -> Any:
    return items[0]


def _generate(server: SdNext, job: Job, tab: str) -> Generated:
    state, values = server.state, job.values
    state.begin(f"api-{tab}")
    try:
        check_alwayson(server, tab, values["alwayson_scripts"])
        check_selected(server, tab, values["script_name"])
        restore = bool(values["override_settings_restore_afterwards"])
        with Overrides(server.options, values["override_settings"], restore=restore):
            _set_up(server, job)
            pictures, texts = _draw_all(server, job)
            info_text = info(server, job, texts)
    finally:
        state.end()
    shorten(values)
    return Generated(_encoded(server, job, pictures, texts), values, info_text)


def _set_up(server: SdNext, job: Job) -> None:
    """One prompt and one seed a picture."""
    values = job.values
    program = server.program
    job.rounds_up = program.rounds_up
    check_prompts(values, optional_texts=program.optional_texts)
    check_numbers(values, strict_seed=program.strict_seed, optional_texts=program.optional_texts)
    count = max(values["batch_size"] * values["n_iter"], 0)
    _set_prompts(server, job, count)
    seed = fixed_seed(values["seed"], server.random)
    subseed = fixed_seed(values["subseed"], server.random)
    step = 1 if values["subseed_strength"] == 0 else 0
    job.seeds = [seed + number * step for number in range(count)]
    job.subseeds = [subseed + number for number in range(count)]
    _first(job.seeds)  # no picture at all: recorded in t2i-batch/b0n1


def _set_prompts(server: SdNext, job: Job, count: int) -> None:
    """Prompts with styles; newer versions take one of each braces' choices for each picture."""
    values = job.values
    styles = AppliedStyles(values["styles"] or (), server.styles)
    sent = (values["prompt"], values["negative_prompt"])
    prompt = styles.prompt(sent[0])
    negative: Any = None if sent[1] is None else styles.negative_prompt(sent[1])
    job.networks = networks_of(server, prompt)
    job.prompts, job.negative_prompts = [prompt] * count, [negative] * count
    if server.program.templates:
        job.templates, job.negative_templates = [sent[0]] * count, [sent[1] or ""] * count
        job.prompts = [_resolved(text, server.random) for text in job.prompts]
        job.negative_prompts = [_resolved(text, server.random) for text in job.negative_prompts]


def _draw_all(server: SdNext, job: Job) -> tuple[list[Painted], list[str]]:
    """All pictures and their infotexts; one infotext where there is no picture.

    Recorded: t2i-size/-64x64.
    """
    state = server.state
    state.count(job.values["n_iter"])
    pictures: list[Painted] = []
    texts: list[str] = []
    for iteration in range(job.values["n_iter"] if draws(server, job) else 0):
        job.iteration = iteration
        state.skipped = False
        if state.ends_job:
            break
        made = draw(server, job)
        first = job.batch.start
        texts += [infotext.build(server, job, first + n) for n in range(len(made))]
        pictures += made
        state.next_job()
    return pictures, texts or [infotext.build(server, job, 0)]


def _encoded(
    server: SdNext, job: Job, pictures: list[Painted], texts: list[str]
) -> list[EncodedPicture]:
    if not job.values["send_images"]:
        return []
    return [
        encoded(server, picture, {"parameters": text})
        for picture, text in zip(pictures, texts, strict=False)
    ]


_BRACES = re.compile(r"\{([^{}]*)\}")
_WEIGHT = re.compile(r"^\s*([\d.]+)::")


def _chosen(choices: list[str], source: random.Random) -> str:
    """One of several, by the weights that stand before them (``2::fox``)."""
    weights = [_WEIGHT.match(choice) for choice in choices]
    found = [float(match[1]) if match and match[1] != "." else 1.0 for match in weights]
    plain = [_WEIGHT.sub("", choice) for choice in choices]
    return source.choices(plain, found)[0] if any(found) else plain[0]


def _resolved(text: Any, source: random.Random) -> Any:
    """A prompt with its braces resolved, the innermost first, without blanks around it.

    Source: modules/styles.py, apply_curly_braces_to_prompt; recorded: t2i-prompt/leading-space,
    style-brace, percent of sdnext-2026-07.

    Args:
        text: the prompt; null stays null.
        source: chooses.
    """
    if not isinstance(text, str):
        return text
    while match := _BRACES.search(text):
        text = text[: match.start()] + _chosen(match[1].split("|"), source) + text[match.end() :]
    return text.strip()
