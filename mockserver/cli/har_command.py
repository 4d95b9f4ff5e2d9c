"""``sdapi-mock har``: a HAR 1.2 file out of a recording, or of a running mock's journal."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import click

from mockserver.cli.options import AUTH
from mockserver.core.errors import RecordError

_MEGABYTE = 2**20
_OK = 200
_HELP = """Write a HAR 1.2 file, for browsers and other tools to read.

SOURCE is a folder that `sdapi-mock record` has written, or the address of a running mock, whose
journal is taken. A recording is redacted already; of a journal credentials and cookies are.

\b
Examples:
  sdapi-mock har my-webui -o my-webui.har
  sdapi-mock har http://127.0.0.1:7860 -o session.har
"""


@click.command("har", help=_HELP)
@click.argument("source")
@click.option(
    "-o",
    "--output",
    required=True,
    type=click.Path(dir_okay=False, path_type=Path),
    help="File to write.",
)
@AUTH
@click.option(
    "--limit",
    default=100,
    show_default=True,
    type=click.IntRange(1),
    help="Megabytes at most; exchanges beyond are left out, and counted.",
)
def har_command(source: str, output: Path, auth: str | None, limit: int) -> None:
    """Write; see the help."""
    left_out = 0
    if "://" in source:
        found = _journal_of(source, auth)
    else:
        from mockserver.recording.exchange import har_of_recording  # noqa: PLC0415 - --help starts faster

        found, left_out = har_of_recording(Path(source), limit * _MEGABYTE)
    text = json.dumps(found, indent=1, ensure_ascii=False) + "\n"
    try:
        output.write_text(text, encoding="utf-8", errors="replace")
    except OSError as error:
        raise RecordError(f"{output}: {error.strerror}; name a file that can be written") from error
    more = f"; {left_out} left out, beyond --limit" if left_out else ""
    click.echo(f"{len(found['log']['entries'])} exchanges in {output}{more}")


def _journal_of(url: str, auth: str | None) -> Any:
    from mockserver.recording.live_server import LiveServer  # noqa: PLC0415 - as above
    from mockserver.recording.start import login  # noqa: PLC0415 - as above

    server = LiveServer(url, login(auth), 60.0)
    answer = server.get("/_mock/journal.har")
    if answer.status != _OK or not answer.is_json:
        words = f"has no journal ({answer.status}); name a running sdapi-mock, or a recording"
        raise RecordError(f"{server.shown} {words}")
    return answer.json
