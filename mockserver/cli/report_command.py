"""``sdapi-mock report``: a verdict on the client that asked a mock."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mockserver.core.errors import BadInput, Unreachable

_HELP = """Judge the client that asked a mock, by the mock's journal.

JOURNAL is a file with what GET /_mock/journal answers, or the address of a running mock. Exit
code 0: every MUST that was seen was kept; 1: one was broken; 5: nothing was asked.

\b
Examples:
  sdapi-mock report http://127.0.0.1:7860
  curl -s http://127.0.0.1:7860/_mock/journal > journal.json; sdapi-mock report journal.json
  sdapi-mock report journal.json -o client.html -o client.xml
"""
_SUFFIXES = (".html", ".xml", ".json", ".txt")


@click.command("report", help=_HELP)
@click.argument("journal", metavar="JOURNAL")
@click.option(
    "-o",
    "--output",
    "outputs",
    multiple=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="Write .html, .xml (JUnit), .json or .txt; repeatable.",
)
@click.pass_context
def report_command(ctx: click.Context, journal: str, outputs: tuple[Path, ...]) -> None:
    """Judge; see the help.

    Args:
        ctx: of the command line.
        journal: file of a journal, or address of a running mock.
        outputs: files of the report.
    """
    from mockserver.clients.report import as_text  # noqa: PLC0415 - --help starts faster
    from mockserver.clients.requirements import judge  # noqa: PLC0415 - as above

    for path in outputs:
        if path.suffix not in _SUFFIXES:
            text = f"{path}: its name ends with none of {', '.join(_SUFFIXES)}"
            raise click.BadParameter(text, ctx, param_hint="--output")
    verdict = judge(_read(journal))
    click.echo(as_text(verdict))
    for path in outputs:
        write_report(path, verdict)
    ctx.exit(verdict.exit_code)


def write_report(path: Path, verdict: Any) -> None:
    """Write a verdict in the form that the file's name says.

    Args:
        path: ends with .html, .xml, .json or .txt.
        verdict: on the client.
    """
    from mockserver.clients import report  # noqa: PLC0415 - as above

    forms = {
        ".html": lambda: report.as_html(verdict).encode(),
        ".xml": lambda: report.as_junit(verdict),
        ".json": lambda: json.dumps(report.as_json(verdict), indent=2).encode(),
        ".txt": lambda: report.as_text(verdict).encode(),
    }
    path.write_bytes(forms[path.suffix]())


def _read(journal: str) -> dict[str, Any]:
    """The journal's JSON, of a file or of a running mock.

    Raises:
        BadInput: it is no journal.
        Unreachable: no mock answers there.
    """
    if journal.startswith(("http://", "https://")):
        data = _fetched(journal.rstrip("/"))
    else:
        try:
            data = Path(journal).read_bytes()
        except OSError as error:
            raise BadInput(f"{journal}: {error.strerror}; name a file or an address") from error
    try:
        value = json.loads(data)
    except ValueError:
        value = None
    if not isinstance(value, dict) or not isinstance(value.get("calls"), list):
        raise BadInput(f"{journal}: that is no journal; save what GET /_mock/journal answers")
    return value


def _fetched(address: str) -> bytes:
    import requests  # noqa: PLC0415 - start-up time

    try:
        answer = requests.get(f"{address}/_mock/journal", timeout=10)
    except requests.RequestException as error:
        raise Unreachable(f"{address}: no mock answers there ({type(error).__name__})") from error
    return answer.content
