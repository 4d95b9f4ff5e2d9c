"""How big the house is, and how far a request and a check walk through it.

Run it by hand: ``python tests/bench/house_counts.py [FOLDER]``, where FOLDER is a checkout (this
one by default). It counts modules, lines and imports of both halves, and the files and calls of

* one txt2img of the mock, from its WSGI app on. Its picture was drawn before, as drawing is
  counted by ``picture_speed.py``, but its body was not seen before, as what is asked again is
  answered from what was kept;
* one check of the judge, from its command line on.

A call is one of a function or a method; comprehensions and generator expressions are part of the
function that holds them. A file is entered when the call before was in another file.
"""

from __future__ import annotations

import ast
import gc
import inspect
import statistics
import sys
import tempfile
import threading
from collections import Counter
from contextlib import contextmanager
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING

import click
from click.testing import CliRunner
from werkzeug.test import Client

if TYPE_CHECKING:
    from collections.abc import Iterator
    from types import FrameType
    from wsgiref.types import WSGIApplication

HERE = Path(__file__).parents[2]
HALVES = ("mockserver", "conformance")
TXT2IMG = "/sdapi/v1/txt2img"
BODY = {"prompt": "a red fox", "steps": 4, "width": 64, "height": 64, "seed": 1}
CHECK = "TXT2IMG-005"
_INLINE = {"<genexpr>", "<listcomp>", "<dictcomp>", "<setcomp>"}


@dataclass(frozen=True)
class Size:
    """How big one half is.

    Attributes:
        modules: Python files.
        lines: lines of all of them.
        imports: share of the lines that belong to import statements.
        median: lines of the module in the middle.
        largest: lines of the largest module.
        short: modules below 40 lines that are no ``__init__``.
    """

    modules: int
    lines: int
    imports: float
    median: int
    largest: int
    short: int

    @classmethod
    def of(cls, folder: Path) -> Size:
        lengths, imported, short = [], 0, 0
        for path in folder.rglob("*.py"):
            source = path.read_text(encoding="utf-8")
            length = len(source.splitlines())
            lengths.append(length)
            short += length < 40 and path.name != "__init__.py"
            for node in ast.walk(ast.parse(source)):
                if isinstance(node, ast.Import | ast.ImportFrom):
                    imported += (node.end_lineno or node.lineno) - node.lineno + 1
        total = sum(lengths)
        median = int(statistics.median(lengths))
        return cls(len(lengths), total, imported / total, median, max(lengths), short)


@dataclass
class Walk:
    """The calls of our own functions, in order.

    Attributes:
        files: the file of each call.
    """

    files: list[str] = field(default_factory=list)

    @property
    def calls(self) -> int:
        return len(self.files)

    @property
    def entries(self) -> Counter[str]:
        """How often each file was entered."""
        before = ["", *self.files]
        return Counter(
            after for earlier, after in zip(before, self.files, strict=False) if after != earlier
        )

    @property
    def again(self) -> int:
        """How many files were entered again after they had been left."""
        return sum(count > 1 for count in self.entries.values())


@contextmanager
def watched(folder: Path) -> Iterator[Walk]:
    """Notes every call of a function below a folder, whatever the thread."""
    walk, root = Walk(), f"{folder}/"

    def note(frame: FrameType, event: str, _: object) -> None:
        code = frame.f_code
        # Modules and class bodies run once, when they are imported.
        function = code.co_flags & inspect.CO_OPTIMIZED and code.co_name not in _INLINE
        if event == "call" and function and code.co_filename.startswith(root):
            walk.files.append(code.co_filename.removeprefix(root))

    # A generator that the collector ends would count as a call of its file.
    gc.collect()
    gc.disable()
    threading.setprofile(note)
    sys.setprofile(note)
    try:
        yield walk
    finally:
        sys.setprofile(None)
        threading.setprofile(None)
        gc.enable()


def txt2img_walk() -> Walk:
    """One txt2img of the mock, wherever it is installed."""
    import mockserver  # noqa: PLC0415 - of the folder that was asked for

    client = Client(mockserver.create_app(mockserver.Webui()))

    def send(**fields: object) -> None:
        assert client.post(TXT2IMG, json=BODY | fields).status_code == 200

    send()
    send(save_images=True)
    with watched(Path(mockserver.__file__).parent) as walk:
        send(save_images=False)
    return walk


@contextmanager
def _served() -> Iterator[str]:
    import mockserver  # noqa: PLC0415 - of the folder that was asked for

    app: WSGIApplication = mockserver.create_app(mockserver.Webui())
    server = mockserver.ThreadedServer(app)  # type: ignore[arg-type]
    thread = threading.Thread(target=server.run, daemon=True)
    thread.start()
    try:
        yield server.url
    finally:
        server.end()
        thread.join(5)


def check_walk() -> Walk:
    """One check of the judge against the mock, wherever it is installed."""
    import conformance  # noqa: PLC0415 - of the folder that was asked for
    from conformance.cli import commands  # noqa: PLC0415 - likewise

    with _served() as url, tempfile.TemporaryDirectory() as state:
        environment = {"XDG_STATE_HOME": state, "LOCALAPPDATA": state}
        with watched(Path(conformance.__file__).parent) as walk:
            result = CliRunner().invoke(commands, [url, "--only", CHECK], env=environment)
    assert result.exit_code == 0, result.output
    return walk


@click.command()
@click.argument("folder", type=click.Path(path_type=Path, exists=True), default=HERE)
@click.option("-v", "--verbose", is_flag=True, help="List the files of both walks.")
def main(folder: Path, *, verbose: bool) -> None:
    """Print the counts of a checkout."""
    folder = folder.resolve()
    sys.path.insert(0, str(folder))
    click.echo("half          modules   lines  imports  median  largest  below 40")
    for half in HALVES:
        size = Size.of(folder / half)
        click.echo(
            f"{half:<12} {size.modules:>8} {size.lines:>7} {size.imports:>8.1%}"
            f" {size.median:>7} {size.largest:>8} {size.short:>9}"
        )
    click.echo("\nwalk           files   calls  entered again  most entries")
    for name, walk in (("txt2img", txt2img_walk()), (CHECK, check_walk())):
        entries = walk.entries
        most, times = entries.most_common(1)[0]
        click.echo(
            f"{name:<12} {len(entries):>7} {walk.calls:>7} {walk.again:>14}  {times} ({most})"
        )
        if verbose:
            calls = Counter(walk.files)
            for file, count in entries.most_common():
                click.echo(f"  {file:<60} entered {count:>3}, calls {calls[file]:>3}")


if __name__ == "__main__":
    main()
