"""``sdapi-mock drift`` and ``har``: commands that read a recording."""

from __future__ import annotations

import json
import tempfile
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.options import AUTH, connection_options, live_server
from mockserver.core.errors import MockError, RecordError, Unreachable

if TYPE_CHECKING:
    from mockserver.drift.compare import Drift
    from mockserver.drift.differences import Weight
    from mockserver.recording.identity import Identity


_MEGABYTE = 2**20
_OK = 200
_HAR_HELP = """Write a HAR 1.2 file, for browsers and other tools to read.

SOURCE is a folder that `sdapi-mock record` has written, or the address of a running mock, whose
journal is taken. A recording is redacted already; of a journal credentials and cookies are.

\b
Examples:
  sdapi-mock har my-webui -o my-webui.har
  sdapi-mock har http://127.0.0.1:7860 -o session.har
"""


@click.command("har", help=_HAR_HELP)
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
    """Write; see the help.

    Args:
        source: folder of a recording, or address of a mock.
        output: the file.
        auth: user and password of the mock.
        limit: megabytes at most.
    """
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
    from mockserver.recording.set_folder import login  # noqa: PLC0415 - as above

    server = LiveServer(url, login(auth), 60.0)
    answer = server.get("/_mock/journal.har")
    if answer.status != _OK or not answer.is_json:
        text = f"has no journal ({answer.status}); name a running sdapi-mock, or a recording"
        raise RecordError(f"{server.shown} {text}")
    return answer.json


_DRIFT, _BAD_INPUT, _UNREACHED = 1, 2, 3
_DRIFT_HELP = """Compare the server at URL with the fixture set in DIR, field by field.

Reports added, removed, retyped and changed fields. Without DIR the set is the packaged one
of the profile that the server is nearest to; then only the API counts, not which models and
settings this installation has. What differs at each request never counts.

Lists are asked, and of the exchanges in DIR those that cost no picture; --budget allows more, and
those left out are named. Nothing on the server is changed.

Exit code 0: no drift; 1: drift; 2: bad input; 3: the server was not
reached, or is no sdapi.

\b
Examples:
  sdapi-mock drift http://127.0.0.1:7860
  sdapi-mock drift http://127.0.0.1:7860 my-webui --budget 12
  sdapi-mock drift http://127.0.0.1:7860 my-webui --api-only --json
"""


@click.command("drift", help=_DRIFT_HELP)
@click.argument("url")
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@connection_options
@click.option("--api-only", is_flag=True, help="Let models, settings and folders not count.")
@click.option(
    "--budget",
    default=0,
    show_default=True,
    type=click.IntRange(0),
    help="Pictures that the server may be asked for.",
)
@click.option("--json", "as_json", is_flag=True, help="Print one JSON object.")
@click.pass_context
def drift_command(ctx: click.Context, /, url: str, folder: Path | None, **choices: Any) -> None:
    """Compare; see the help.

    Args:
        ctx: of the command line.
        url: the server's address.
        folder: of the recording.
        choices: further options by name.
    """
    from mockserver.drift.differences import Weight  # noqa: PLC0415 - --help starts faster
    from mockserver.fixtures.check import check_set  # noqa: PLC0415 - as above

    try:
        manifest = check_set(folder) if folder else {}
        identity, base, drift = _compared(url, folder, choices)
    except MockError as error:
        # Exit code 1 means drift, and nothing else.
        click.echo(f"sdapi-mock drift: {error}", err=True)
        ctx.exit(_UNREACHED if isinstance(error, Unreachable) else _BAD_INPUT)
    counted: tuple[Weight, ...] = (Weight.API,)
    if folder and not choices["api_only"]:
        counted = (Weight.API, Weight.INSTALLATION)
    drifted = any(drift.of(weight) for weight in counted)
    if choices["as_json"]:
        _print_json(identity, base, drift, drifted)
    else:
        _print_text(identity, base, manifest.get("version", ""), drift, counted)
    ctx.exit(_DRIFT if drifted else 0)


def _compared(
    url: str, folder: Path | None, choices: dict[str, Any]
) -> tuple[Identity, Path, Drift]:
    """The live server, the set it was compared with, and what differs."""
    from mockserver.drift.compare import drift_between  # noqa: PLC0415 - as above
    from mockserver.fixtures.fixture_set import FixtureSet  # noqa: PLC0415 - as above
    from mockserver.recording.recorder import Recorder  # noqa: PLC0415 - as above
    from mockserver.recording.writer import writer_for  # noqa: PLC0415 - as above

    server = live_server(url, choices)
    with tempfile.TemporaryDirectory(prefix="sdapi-drift-") as place:
        live = Path(place) / "live"
        recorder = Recorder(server, writer_for(server, live))
        summary = recorder.record(choices["budget"]) if folder else recorder.record_lists()
        identity = summary.identity
        base = folder or FixtureSet.packaged(identity.base).folder
        return identity, base, drift_between(base, live)


def _print_json(identity: Identity, base: Path, drift: Drift, drifted: bool) -> None:
    from mockserver.drift.report import as_json  # noqa: PLC0415 - as above

    about = {
        "server": identity.server,
        "version": identity.version,
        "profile": identity.profile,
        "compared_with": base.name,
        "drift": drifted,
    }
    click.echo(as_json(drift, about))


def _print_text(
    identity: Identity, base: Path, version: str, drift: Drift, counted: tuple[Weight, ...]
) -> None:
    from mockserver.drift.report import as_text  # noqa: PLC0415 - as above

    click.echo(f"live: {identity.sentence}")
    click.echo(f"compared with: {base.name}{f', recorded at {version}' if version else ''}")
    for line in as_text(drift, counted):
        click.echo(line)
    if not any(drift.of(weight) for weight in counted):
        click.echo("no drift in what was looked at" if drift.not_asked else "no drift")
