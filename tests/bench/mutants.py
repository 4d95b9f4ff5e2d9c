"""The mutants of both cores: which modules are cores, and what can be wrong in their code.

The operators are those of cosmic-ray that change behaviour and not merely crash, and three of
our own: a call whose value nobody takes is dropped, a function gives way to its neighbour (ceil to
floor, min to max), and an exception is not caught. One position gets one mutant.
``mutation_score.py`` runs them.
"""

from __future__ import annotations

import random
from collections import defaultdict
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

import click
import parso
from cosmic_ray.ast import ast_nodes
from cosmic_ray.mutating import mutate_code
from cosmic_ray.operators.operator import Operator
from cosmic_ray.plugins import get_operator

if TYPE_CHECKING:
    from collections.abc import Iterable, Iterator

    from parso.tree import NodeOrLeaf

HERE = Path(__file__).parents[2]

# Modules that carry rules and need no input or output, and the folders of tests that mirror them.
CORES = {
    "mock": (
        "mockserver/backends/a1111/generation/*.py",
        "mockserver/backends/a1111/infotext/*.py",
        *(
            f"mockserver/backends/a1111/{name}.py"
            for name in ("checkpoints", "options", "progress")
        ),
        *(f"mockserver/backends/a1111/{name}.py" for name in ("prompt_syntax", "state", "styles")),
        "mockserver/core/*.py",
        "mockserver/faults/*.py",
        "mockserver/http/answers.py",
        *(f"mockserver/imaging/{name}.py" for name in ("decode", "exif", "masking")),
        *(f"mockserver/imaging/{name}.py" for name in ("metadata", "resize")),
        *(f"mockserver/journal/{name}.py" for name in ("call", "journal", "verification")),
        "mockserver/pydantic_compat/*.py",
        *(f"mockserver/redaction/{name}.py" for name in ("hosts", "names", "paths", "redactor")),
    ),
    "judge": (
        *(f"conformance/{name}.py" for name in ("error_body", "exchange", "gateway", "verdict")),
        *(f"conformance/client/{name}.py" for name in ("address", "answers", "curl")),
        *(f"conformance/client/{name}.py" for name in ("fields", "image", "info", "options")),
        *(f"conformance/client/{name}.py" for name in ("payload", "redaction", "scripts")),
        "conformance/deployment/expectations/*.py",
        "conformance/deployment/limits/*.py",
        *(f"conformance/deployment/{name}.py" for name in ("table", "waivers")),
        "conformance/deployment/undo_journal/journal_text.py",
        "conformance/detection/*.py",
        *(f"conformance/load/{name}.py" for name in ("capacity", "figures", "judging", "ramp")),
        "conformance/load/workload.py",
        *(f"conformance/report/{name}.py" for name in ("causes", "comparison", "programs")),
        *(f"conformance/report/{name}.py" for name in ("proofs", "redacted", "summary")),
        "conformance/requirements/*.py",
        *(f"conformance/runner/{name}.py" for name in ("budget", "judge", "long_jobs", "watch")),
        *(f"conformance/runner/{name}.py" for name in ("option_guard", "option_record", "others")),
        *(f"conformance/runner/{name}.py" for name in ("plan", "registry", "retries", "sections")),
        *(f"conformance/watch/{name}.py" for name in ("changes", "transitions")),
    ),
}

_PAIRS = {
    "ReplaceBinaryOperator": (
        *("Add_Sub", "Sub_Add", "Mul_Div", "Div_Mul", "FloorDiv_Div", "Mod_FloorDiv", "Pow_Mul"),
        *("BitOr_BitAnd", "BitAnd_BitOr", "BitXor_BitOr", "LShift_RShift", "RShift_LShift"),
    ),
    "ReplaceComparisonOperator": (
        *("Eq_NotEq", "NotEq_Eq", "Lt_LtE", "LtE_Lt", "Gt_GtE", "GtE_Gt", "Is_IsNot", "IsNot_Is"),
    ),
    "ReplaceUnaryOperator": ("USub_UAdd", "Delete_Not", "Delete_USub"),
}
_OPERATORS = (
    *(f"core/{name}_{pair}" for name, pairs in _PAIRS.items() for pair in pairs),
    *("core/AddNot", "core/NumberReplacer", "core/ZeroIterationForLoop"),
    *("core/ReplaceAndWithOr", "core/ReplaceOrWithAnd", "core/ReplaceBreakWithContinue"),
    *("core/ReplaceTrueWithFalse", "core/ReplaceFalseWithTrue", "core/ReplaceContinueWithBreak"),
)
_NEIGHBOURS = {"ceil": "floor", "floor": "ceil", "min": "max", "max": "min", "any": "all"}
_NEIGHBOURS |= {"all": "any", "round": "int", "lstrip": "rstrip", "removeprefix": "removesuffix"}
_NEIGHBOURS |= {"startswith": "endswith", "endswith": "startswith"}


def _leaf(text: str, prefix: str) -> NodeOrLeaf:
    made = parso.parse(text).children[0]
    made.get_first_leaf().prefix = prefix
    return made


class Neighbour(Operator):
    """A function gives way to the one that is mistaken for it."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple[object, object]]:
        following = node.get_next_leaf() if node.type == "name" else None
        if following is not None and following.value == "(" and node.value in _NEIGHBOURS:
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, _index: int) -> NodeOrLeaf:
        node.value = _NEIGHBOURS[node.value]
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class DroppedCall(Operator):
    """A call whose value nobody takes does not happen."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple[object, object]]:
        if node.type == "simple_stmt" and node.children[0].type in {"power", "atom_expr"}:
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, _index: int) -> NodeOrLeaf:
        node.children[0] = _leaf("pass", node.get_first_leaf().prefix)
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


class Uncaught(Operator):
    """An exception is not caught."""

    def mutation_positions(self, node: NodeOrLeaf) -> Iterator[tuple[object, object]]:
        if node.type == "except_clause":
            yield node.start_pos, node.end_pos

    def mutate(self, node: NodeOrLeaf, _index: int) -> NodeOrLeaf:
        node.children[1] = _leaf("()", " ")
        return node

    @classmethod
    def examples(cls) -> tuple[()]:
        return ()


_OWN = {"own/Uncaught": Uncaught, "own/Neighbour": Neighbour, "own/DroppedCall": DroppedCall}


@dataclass(frozen=True)
class Mutant:
    """One change of the code, and what became of it.

    Attributes:
        module: its file, from the top of the tree on.
        operator: which operator changes it.
        occurrence: its number among the operator's in the module.
        line: the first line that changes, from 1.
        last: the last one.
        before: text of the first line.
        column: of the change within ``before`` without its indentation.
        outcome: ``killed``, ``survived``, ``untested`` (no near test runs the line) or "".
    """

    module: str
    operator: str
    occurrence: int
    line: int
    last: int
    before: str
    column: int
    outcome: str = ""

    @property
    def place(self) -> tuple[str, str, int, int]:
        """What finds it again where lines moved; a number has two mutants, up and down."""
        variant = self.occurrence % 2 if self.operator == "core/NumberReplacer" else 0
        return self.operator, self.before, self.column, variant

    @property
    def code(self) -> str:
        """The whole module with the change."""
        code = HERE.joinpath(self.module).read_text()
        changed = mutate_code(code, _operator(self.operator), self.occurrence)
        assert changed is not None
        return changed

    @property
    def after(self) -> str:
        """The line as it is with the change."""
        lines = HERE.joinpath(self.module).read_text().splitlines()
        changed = zip(lines, self.code.splitlines(), strict=False)
        return next((new.strip() for old, new in changed if old != new), "")


def _operator(name: str) -> Operator:
    return _OWN[name]() if name in _OWN else get_operator(name)()


def _changes_nothing(node: NodeOrLeaf) -> bool:
    """Whether a node is part of an annotation, a decorator, or a guard of imports of types.

    Nor are asterisks that unpack or end positional parameters an operator.
    """
    if node.type == "operator" and getattr(node.get_previous_leaf(), "value", "") in {*"([{,:"}:
        return True
    outer = node
    while (inner := outer).parent is not None:
        outer = inner.parent
        if inner.type in {"decorator", "annassign", "tfpdef"} and _is_type(node, inner):
            return True
        if outer.type == "funcdef" and inner.type not in {"parameters", "suite", "simple_stmt"}:
            return True
        if inner.type == "if_stmt" and inner.children[1].get_code().strip() == "TYPE_CHECKING":
            return True
    return False


def _is_type(node: NodeOrLeaf, inside: NodeOrLeaf) -> bool:
    """Whether a node comes before the equals sign of the annotation that it is inside of."""
    equals = [child for child in inside.children if getattr(child, "value", "") == "="]
    return not equals or node.start_pos < equals[0].start_pos


def mutants_of(module: str) -> Iterator[list[Mutant]]:
    """The mutants of a module, those of one position together."""
    code = HERE.joinpath(module).read_text()
    lines, nodes = code.splitlines(), list(ast_nodes(parso.parse(code)))
    places: dict[object, list[Mutant]] = defaultdict(list)
    for name in (*_OPERATORS, *_OWN):
        operator, occurrence = _operator(name), -1
        for node in nodes:
            for start, end in operator.mutation_positions(node):
                occurrence += 1
                if _changes_nothing(node):
                    continue
                text, key = lines[start[0] - 1], (start, end, name.partition("_")[0])
                column = start[1] - (len(text) - len(text.lstrip()))
                place = start[0], end[0], text.strip(), column
                places[key].append(Mutant(module, name, occurrence, *place))
    yield from (places[key] for key in sorted(places, key=str))


def modules_of(half: str) -> list[str]:
    """The modules of a core."""
    found = (path for pattern in CORES[half] for path in sorted(HERE.glob(pattern)))
    return [str(path.relative_to(HERE)) for path in found if path.name != "__init__.py"]


def sampled(half: str, each: int, seed: int) -> Iterator[Mutant]:
    """So many mutants of each module, or all where it has fewer."""
    for module in modules_of(half):
        chance = random.Random(f"{seed} {module}")  # noqa: S311 - a sample
        places = list(mutants_of(module))
        for place in chance.sample(places, min(each, len(places))):
            yield chance.choice(place)


def found_again(kept: Iterable[Mutant]) -> Iterator[Mutant]:
    """The same mutants in the code as it is now; it names those whose line is gone."""
    known: dict[str, list[Mutant]] = {}
    for mutant in kept:
        for module in _likely(mutant.module):
            if module not in known:
                known[module] = [each for place in mutants_of(module) for each in place]
            same = [each for each in known[module] if each.place == mutant.place]
            if same:
                yield min(same, key=lambda each: abs(each.line - mutant.line))
                break
        else:
            click.echo(f"gone: {mutant.module}:{mutant.line} {mutant.before}")


def _likely(module: str) -> Iterator[str]:
    """Where the code of a module may be by now: there, near it, or anywhere in its half."""
    if (HERE / module).exists():
        yield module
    folder = (HERE / module).parent
    half = HERE / module.partition("/")[0]
    for path in (*sorted(folder.glob("*.py")), *sorted(half.rglob("*.py"))):
        yield str(path.relative_to(HERE))
