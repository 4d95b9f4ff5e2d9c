"""Prompts from file or textbox: one job a line, each with its own command line.

Source: scripts/prompts_from_file.py, at v1.10.1; recorded: t2i-script/prompts-from-file.
"""

from __future__ import annotations

import copy
import shlex
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.finish import Processed, grid
from mockserver.backends.a1111.generation.resolve import fixed_seed
from mockserver.backends.a1111.generation.run import process_images
from mockserver.core.errors import raises_upstream

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.pictures import Picture
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


def _is_true(text: str) -> bool:
    return text == "true"


#: What a line may set, and the type of each.
_TAGS: dict[str, Callable[[Any], Any]] = {
    **dict.fromkeys(("sd_model", "outpath_samples", "outpath_grids", "sampler_name"), lambda t: t),
    **dict.fromkeys(("prompt_for_display", "styles"), lambda t: t),
    **dict.fromkeys(("seed", "subseed", "seed_resize_from_h", "seed_resize_from_w"), int),
    **dict.fromkeys(("sampler_index", "batch_size", "n_iter", "steps", "width", "height"), int),
    **dict.fromkeys(("subseed_strength", "cfg_scale"), float),
    **dict.fromkeys(("restore_faces", "tiling"), _is_true),
    **dict.fromkeys(("do_not_save_samples", "do_not_save_grid"), _is_true),
}
_PROMPTS = ("prompt", "negative_prompt")


class _Malformed(Exception):  # noqa: N818 - a line that is no command line
    """A line that is taken for a prompt as a whole."""


def _take_text(words: list[str]) -> str:
    """The words up to the next option; the first one whatever it is."""
    taken = [words.pop(0)]
    while words and not words[0].startswith("--"):
        taken.append(words.pop(0))
    return " ".join(taken)


def _parsed(server: GenerationContext, line: str) -> dict[str, Any]:
    """The values of a line's command line.

    Raises:
        _Malformed: an unknown option, a value missing or of the wrong type.
    """
    found: dict[str, Any] = {}
    try:
        words = shlex.split(line)
        while words:
            option = words.pop(0)
            if not option.startswith("--") or not words:
                raise _Malformed
            tag = option[2:]
            if tag in _PROMPTS:
                found[tag] = _take_text(words)
            else:
                found[tag] = _value(server, tag, words.pop(0))
    except ValueError as error:
        raise _Malformed from error
    return found


def _value(server: GenerationContext, tag: str, text: str) -> Any:
    convert = _TAGS.get(tag)
    if convert is None:
        raise _Malformed
    if tag == "sampler_name":
        return server.samplers.by_any_name(text)
    if tag == "sd_model":
        checkpoint = server.checkpoints.closest(text)
        if checkpoint is None:
            raise _Malformed
        return checkpoint.name
    return convert(text)


def _job(server: GenerationContext, line: str) -> dict[str, Any]:
    """What a line sets; a line without options is a prompt."""
    if "--" not in line:
        return {"prompt": line}
    try:
        return _parsed(server, line)
    except _Malformed:
        return {"prompt": line}


@raises_upstream
def _lines(text: Any) -> list[str]:
    return [line for line in (line.strip() for line in text.splitlines()) if line]


@raises_upstream
def _count(p: Processing, jobs: Sequence[dict[str, Any]]) -> int:
    return sum(job.get("n_iter", p.n_iter) for job in jobs)


@raises_upstream
def _with_common(own: Any, common: Any, position: Any) -> Any:
    """A line's prompt and the request's, in the order that the argument says."""
    if not own or not common:
        return own
    return own + " " + common if position == "start" else common + " " + own


@raises_upstream
def _step_seed(p: Processing) -> None:
    p.seed += p.batch_size * p.n_iter


def _changed(p: Processing, job: dict[str, Any], position: Any) -> Processing:
    """The generation of one line; overrides are shared with all that follow.

    Before 1.7 there was no position, and a line's prompt stood alone.
    """
    changed = copy.copy(p)
    for name, value in job.items():
        if name == "sd_model":
            changed.override_settings["sd_model_checkpoint"] = value
        elif name in _PROMPTS and position is not False:
            setattr(changed, name, _with_common(value, getattr(p, name), position))
        else:
            setattr(changed, name, value)
    return changed


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The pictures of all lines.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    iterate, same, position, text, combined = given[:5]
    lines = _lines(text)
    p.do_not_save_grid = True
    jobs = [_job(server, line) for line in lines]
    count = _count(p, jobs)
    if (iterate or same) and p.seed == -1:
        p.seed = fixed_seed(-1, server.random)
    state = server.state
    state.count(count)
    images: list[Picture] = []
    prompts: list[Any] = []
    infotexts: list[str] = []
    for job in jobs:
        state.job = f"{state.job_no + 1} out of {state.job_count}"
        processed = process_images(server, _changed(p, job, position))
        images += processed.images
        if iterate:
            _step_seed(p)
        prompts += processed.all_prompts
        infotexts += processed.infotexts
    if combined:
        images.insert(0, grid(server, images))
        prompts.insert(0, text)
        infotexts.insert(0, "\n".join(infotexts))
    return Processed(server, p, images, p.seed, "", all_prompts=prompts, infotexts=infotexts)
