"""X/Y/Z plot: a picture for every combination of values, in grids with legends.

Source: scripts/xyz_grid.py, at v1.10.1; recorded: t2i-script/xyz, xyz-empty.
"""

from __future__ import annotations

import copy
from dataclasses import dataclass, field
from itertools import product
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.generation.finish import Processed
from mockserver.backends.a1111.generation.resolve import fix_seeds, fixed_seed
from mockserver.backends.a1111.generation.run import process_images
from mockserver.backends.a1111.infotext.build import Subject, build
from mockserver.backends.a1111.scripts.xyz_axes import Axis, axes, axis_values, joined_list
from mockserver.backends.a1111.scripts.xyz_grids import Grids
from mockserver.core.errors import ServerError, UpstreamError, raises_upstream, require

if TYPE_CHECKING:
    from collections.abc import Iterator, Sequence

    from mockserver.backends.a1111.generation.context import GenerationContext
    from mockserver.backends.a1111.generation.processing import Processing
    from mockserver.backends.a1111.scripts.catalogue import ScriptEntry


_TITLE = "X/Y/Z plot"
_SEEDS = ("Seed", "Var. seed")
_NOTHING = "Nothing"
_MEGAPIXEL = 1_000_000


@dataclass
class _Line:
    """One of the three axes as a request wants it.

    Attributes:
        name: ``X``, ``Y`` or ``Z``.
        axis: its kind.
        written: its values as the infotext shows them.
        values: its values.
        fixed: values that the server chose are shown too.
        vary: add the place on this axis to the seed.
    """

    name: str
    axis: Axis
    written: Any
    values: list[Any]
    vary: Any = False
    fixed: bool = False

    @property
    def labels(self) -> list[str]:
        """The legend's texts."""
        return [self.axis.legend(value) for value in self.values]

    def note(self, params: dict[str, Any]) -> None:
        """Show the axis in the extra parameters of a grid."""
        if self.axis.label == _NOTHING:
            return
        params[f"{self.name} Type"] = self.axis.label
        params[f"{self.name} Values"] = self.written
        if self.axis.label in _SEEDS and self.fixed:
            params[f"Fixed {self.name} Values"] = ", ".join(map(str, self.values))


@dataclass
class _Plot:
    """A whole plot.

    Attributes:
        lines: its three axes.
        infotexts: of the whole grid and of those of each Z value, as far as there are any.
    """

    lines: tuple[_Line, _Line, _Line]
    infotexts: list[str | None] = field(default_factory=list)

    @property
    def lengths(self) -> tuple[int, int, int]:
        """How many values each axis has."""
        x, y, z = self.lines
        return len(x.values), len(y.values), len(z.values)

    def cells(self) -> Iterator[tuple[int, int, int]]:
        """Places of all cells, the axis that is dearest to change changing least."""
        order = _order([line.axis.cost for line in self.lines])
        for places in product(*(range(self.lengths[axis]) for axis in order)):
            at = dict(zip(order, places, strict=True))
            yield at[0], at[1], at[2]

    def index(self, place: tuple[int, int, int]) -> int:
        """Number of a cell, X counting first."""
        columns, rows, _ = self.lengths
        return place[0] + place[1] * columns + place[2] * columns * rows


def _order(costs: Sequence[float]) -> tuple[int, int, int]:
    """The three axes, the one to change least first."""
    x, y, z = costs
    if x > y and x > z:
        return (0, 1, 2) if y > z else (0, 2, 1)
    if y > x and y > z:
        return (1, 0, 2) if x > z else (1, 2, 0)
    if z > x and z > y:
        return (2, 0, 1) if x > y else (2, 1, 0)
    return 2, 1, 0


@raises_upstream
def _chosen(offered: list[Axis], kind: Any) -> Axis:
    found: Axis = offered[kind]
    return found


@raises_upstream
def _values(axis: Axis, text: Any, chosen: Any, *, as_text: Any) -> tuple[Any, list[Any]]:
    """What the infotext says of an axis, and its values."""
    if axis.chosen and not as_text:
        text = joined_list(chosen)
    return text, axis_values(axis, text, chosen, as_text=as_text)


def _lines(server: GenerationContext, entry: ScriptEntry, given: Sequence[Any]) -> _Plot:
    """The axes of a request, their values confirmed."""
    offered = axes(entry.choices[0] or ())
    no_fixed, vary, as_text = given[12], given[13:16], given[17]
    found = []
    for number, name in enumerate("XYZ"):
        kind, text, chosen = given[number * 3 : number * 3 + 3]
        axis = _chosen(offered, kind or 0)
        written, values = _values(axis, text, chosen, as_text=as_text)
        if axis.confirm is not None:
            _confirm(server, axis, values)
        found.append(_Line(name, axis, written, values, vary[number], fixed=not no_fixed))
    return _Plot((found[0], found[1], found[2]))


@raises_upstream
def _confirm(server: GenerationContext, axis: Axis, values: list[Any]) -> None:
    if axis.confirm is not None:
        axis.confirm(server, values)


@raises_upstream
def _check_size(server: GenerationContext, p: Processing, plot: _Plot) -> None:
    columns, rows, grids = plot.lengths
    size = round(columns * rows * grids * p.width * p.height / _MEGAPIXEL)
    most = server.options["img_max_size_mp"]
    require(
        size < most,
        f"Error: Resulting grid would be too large ({size} MPixels) "
        f"(max configured size is {most} MPixels)",
    )


@raises_upstream
def _check_steps(p: Processing, plot: _Plot) -> None:
    """The webui counts all steps before it begins."""
    if all(line.axis.label != "Steps" for line in plot.lines):
        p.steps * plot.lengths[0] * p.n_iter


def _fix_seeds(server: GenerationContext, plot: _Plot) -> None:
    for line in plot.lines:
        if line.axis.label in _SEEDS:
            line.values = [fixed_seed(value, server.random) for value in line.values]


@raises_upstream
def _changed(
    server: GenerationContext, p: Processing, plot: _Plot, place: tuple[int, int, int]
) -> Processing:
    """The generation of one cell."""
    changed = copy.copy(p)
    changed.styles = changed.styles[:]
    step = 1
    for line, at in zip(plot.lines, place, strict=True):
        line.axis.apply(server, changed, line.values[at], line.values)
    for line, at in zip(plot.lines, place, strict=True):
        if line.vary:
            changed.seed += at * step
            step *= len(line.values)
    return changed


def _cell(
    server: GenerationContext, p: Processing, plot: _Plot, place: tuple[int, int, int]
) -> Processed:
    """What comes of one cell; one that fails is empty."""
    if server.state.ends_job:
        return Processed(server, p, [], p.seed, "")
    changed = _changed(server, p, plot, place)
    try:
        processed = process_images(server, changed)
    except UpstreamError:
        processed = Processed(server, p, [], p.seed, "")
    if place[:2] == (0, 0):
        _note(server, changed, plot, place[2])
    return processed


def _note(server: GenerationContext, p: Processing, plot: _Plot, number: int) -> None:
    """The infotexts of a grid that begins, and of the whole with the first of them."""
    if not p.all_prompts:
        raise ServerError("TypeError", "'NoneType' object is not subscriptable")
    params = p.extra_generation_params = dict(p.extra_generation_params)
    x, y, z = plot.lines
    params["Script"] = _TITLE
    x.note(params)
    y.note(params)
    plot.infotexts[1 + number] = build(server, p, Subject.first_of(p))
    if number == 0:
        params = p.extra_generation_params = dict(params)
        z.note(params)
        plot.infotexts[0] = build(server, p, Subject.first_of(p))


def run(
    server: GenerationContext, p: Processing, entry: ScriptEntry, given: Sequence[Any]
) -> Processed:
    """The grid of all cells; the grids of each Z value and the cells if they are wanted.

    Args:
        server: the server.
        p: the generation.
        given: the script's arguments, in the order of its interface.
        entry: the script as the tab lists it.
    """
    draw_legend, lone_images, sub_grids, no_fixed_seeds = given[9:13]
    if not no_fixed_seeds:
        fix_seeds(p, server.random)
    if not server.options["return_grid"]:
        p.batch_size = 1
    plot = _lines(server, entry, given)
    _check_size(server, p, plot)
    if not no_fixed_seeds:
        _fix_seeds(server, plot)
    _check_steps(p, plot)
    plot.infotexts = [None] * (1 + plot.lengths[2])
    labels = [line.labels for line in plot.lines] if draw_legend else None
    grids = Grids(server, plot.lengths, labels, given[16])
    processed = _all_cells(server, p, plot)
    server.checkpoints.reload_for_job()
    if processed is None:
        return Processed(server, p, [])
    grids.add(processed)
    processed.infotexts[: len(plot.infotexts)] = plot.infotexts
    if not lone_images:
        del processed.images[len(plot.infotexts) :]
    if not sub_grids:
        grids.drop_parts(processed)
    return processed


@raises_upstream
def _job_count(plot: _Plot, n_iter: Any) -> Any:
    columns, rows, grids = plot.lengths
    return columns * rows * grids * n_iter


def _all_cells(server: GenerationContext, p: Processing, plot: _Plot) -> Processed | None:
    """The first cell's result with the pictures of all in it; None without any cell."""
    state, result = server.state, None
    columns, rows, grids = plot.lengths
    count = columns * rows * grids
    state.count(_job_count(plot, p.n_iter))
    for place in plot.cells():
        at = plot.index(place)
        state.job = f"{at + 1} out of {count}"
        processed = _cell(server, p, plot, place)
        if result is None:
            result = copy.copy(processed)
            result.clear(count)
        result.take(at, processed)
    return result
