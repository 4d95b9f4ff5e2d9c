"""Prompt matrix: every choice among the parts of a prompt.

Source: scripts/prompt_matrix.py, at v1.10.1; recorded: t2i-script/prompt-matrix, too-few-args.
"""

from __future__ import annotations

import math
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.finish import grid
from mockserver.backends.a1111.generation.pictures import put_together
from mockserver.backends.a1111.generation.resolve import fix_seeds
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.scripts import xyz_grids
from mockserver.core.errors import ServerError, raises_upstream

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.finish import Processed
    from mockserver.backends.a1111.generation.pictures import Picture
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


_TYPES = ("positive", "negative")
_DELIMITERS = {"comma": ", ", "space": " "}


def _check(prompt_type: Any, delimiter: Any) -> None:
    if prompt_type not in _TYPES:
        raise ServerError("ValueError", f"Unknown prompt type {prompt_type}")
    if delimiter not in tuple(_DELIMITERS):
        raise ServerError("ValueError", f"Unknown variations delimiter {delimiter}")


@raises_upstream
def _parts(prompt: Any) -> list[str]:
    text = prompt[0] if isinstance(prompt, list) else prompt
    found: list[str] = text.split("|")
    return found


def _combinations(parts: list[str], delimiter: str, *, first: bool) -> list[str]:
    """One prompt for every choice among the parts after the first one."""
    found = []
    for choice in range(1 << (len(parts) - 1)):
        chosen = [
            text.strip().strip(",") for place, text in enumerate(parts[1:]) if choice & (1 << place)
        ]
        chosen = [*chosen, parts[0]] if first else [parts[0], *chosen]
        found.append(delimiter.join(chosen))
    return found


@raises_upstream
def _count(p: Processing, prompts: list[str], *, different: Any) -> None:
    p.n_iter = math.ceil(len(prompts) / p.batch_size)
    p.seed = [p.seed + (i if different else 0) for i in range(len(prompts))]


def run(
    server: GenerationContext, p: Processing, _: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The pictures of all choices, and before them their grid with a legend.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
    """
    put_at_start, different_seeds, prompt_type, delimiter, margin = given[:5]
    fix_seeds(p, server.random)
    _check(prompt_type, delimiter)
    positive = prompt_type == "positive"
    parts = _parts(p.prompt if positive else p.negative_prompt)
    prompts = _combinations(parts, _DELIMITERS[delimiter], first=bool(put_at_start))
    _count(p, prompts, different=different_seeds)
    p.do_not_save_grid = True
    if positive:
        p.prompt = prompts
    else:
        p.negative_prompt = prompts
    processed = process_images(server, p)
    processed.images.insert(0, _with_legend(server, p, processed.images, parts, margin))
    processed.index_of_first_image = 1
    processed.infotexts.insert(0, processed.infotexts[0])
    return processed


def _with_legend(
    server: GenerationContext, p: Processing, pictures: list[Picture], parts: list[str], margin: Any
) -> Picture:
    bare = grid(server, pictures, p.batch_size, rows=1 << ((len(parts) - 1) // 2))
    columns, rows = xyz_grids.matrix_labels(parts[1:])
    cell = pictures[0].size
    xyz_grids.check_counts(bare.size, cell, len(columns), len(rows))
    return put_together(
        server,
        "legend",
        [bare],
        lambda: xyz_grids.annotated(server.options, bare.image, cell, columns, rows, margin),
        tuple(parts[1:]),
        repr(margin),
        *xyz_grids.colours(server.options),
    )
