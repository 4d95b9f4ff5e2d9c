"""``sdapi-mock replay``: how far an answer of the mock is from what was recorded."""

from __future__ import annotations

import sys
from dataclasses import replace
from functools import partial
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.core.errors import FixtureError

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.replay.replayer import Outcome, Sender


_HELP = """Replay recorded cases in order and print how many are answered alike.

RECORDING is the name of a packaged recording or a file. Without it all packaged ones are
replayed (with --profile those of its server), each on a mock of its own, under the profile of
its server; with --url only the first of them.
Exit code 1: a case differs that is not exempt, or an exempt one no longer does.

\b
Examples:
  sdapi-mock replay
  sdapi-mock replay --profile a1111-1.6.0
  sdapi-mock replay a1111-1.10.1-fresh --first-difference
  sdapi-mock replay --url http://127.0.0.1:7860
"""


@click.command("replay", help=_HELP)
@click.argument("recording", required=False)
@click.option("--url", help="Replay against this server instead of a fresh mock.")
@click.option("--profile", help="Server to simulate; the recording's own by default.")
@click.option("--first-difference", is_flag=True, help="Print the first difference of each case.")
@click.option(
    "--exemptions",
    "exemption_files",
    multiple=True,
    type=click.Path(exists=True, dir_okay=False, path_type=Path),
    help="TOML file of cases that may differ, several times; the exit code then tells what is new.",
)
@click.pass_context
def replay_command(ctx: click.Context, /, **choices: Any) -> None:
    """Replay and print; see the help.

    Args:
        ctx: of the command line.
        choices: further options by name.
    """
    from mockserver.replay.packaged import profile_of  # noqa: PLC0415 - --help starts faster
    from mockserver.replay.tally import Exemptions, read_exemptions, render, tally  # noqa: PLC0415 - --help starts faster

    url, profile = choices["url"], choices["profile"]
    exemptions = Exemptions.of(map(read_exemptions, choices["exemption_files"]))
    everything: list[Outcome] = []
    rows: list[Any] = []
    problems: list[str] = []
    chosen = _chosen(choices["recording"], profile)
    for path in chosen[:1] if url else chosen:
        start = partial(_fresh, profile or profile_of(path.stem), path.stem)
        outcomes = _run(path, _live(url)) if url else _run(path, start(), start)
        everything += outcomes
        problems += exemptions.problems(path.stem, outcomes)
        table = tally(outcomes)
        rows.append(replace(table[-1], group=path.stem))
        click.echo(f"{path.stem}\n{render(table)}\n")
        if choices["first_difference"]:
            _print_differences(path.stem, outcomes, exemptions)
    click.echo(render([*rows, tally(everything)[-1]], "recording"))
    ctx.exit(1 if problems else 0)


def _chosen(recording: str | None, profile: str | None) -> list[Path]:
    from mockserver.fixtures.fixture_set import fixtures_root  # noqa: PLC0415 - as above
    from mockserver.profiles.loader import load_profile, profile_names  # noqa: PLC0415 - as above
    from mockserver.replay.packaged import packaged_recordings  # noqa: PLC0415 - as above

    if recording is None:
        names = [profile] if profile else profile_names()
        sets = dict.fromkeys(load_profile(name).fixtures for name in names)
        return [path for fixtures in sets for path in packaged_recordings(fixtures)]
    packaged = fixtures_root() / "recordings" / f"{recording}.jsonl"
    path = packaged if packaged.is_file() else Path(recording)
    if not path.is_file():
        raise FixtureError(
            path, "", "no such recording", f"name one of {packaged.parent}, or a file"
        )
    return [path]


def _run(path: Path, send: Sender, start: Callable[[], Sender] | None = None) -> list[Outcome]:
    from mockserver.fixtures.recording import read_recording  # noqa: PLC0415 - as above
    from mockserver.replay.packaged import preludes_of, starts_anew  # noqa: PLC0415 - as above
    from mockserver.replay.replayer import replay  # noqa: PLC0415 - as above

    cases = read_recording(path)
    renew = start if starts_anew(path.stem) else None
    outcomes = replay(cases, send, preludes_of(path.stem), renew)
    if not sys.stderr.isatty():
        return list(outcomes)
    with click.progressbar(outcomes, len(cases), path.stem, file=sys.stderr) as shown:
        return list(shown)


def _print_differences(recording: str, outcomes: list[Outcome], exemptions: Any) -> None:
    for outcome in outcomes:
        if not outcome.differences:
            continue
        step, difference = outcome.differences[0]
        reason = exemptions.reason(recording, outcome.case.id)
        why = f"  (exempt: {reason})" if reason else ""
        click.echo(f"{outcome.case.id}, step {step}: {difference}{why}")


def _fresh(profile: str, recording: str) -> Sender:
    """Sends to a mock of its own, started as the recording's server was."""
    from mockserver.backends.registry import create_app, simulate  # noqa: PLC0415
    from mockserver.core.config import Config  # noqa: PLC0415 - as above
    from mockserver.http.in_process import sender_to  # noqa: PLC0415 - as above
    from mockserver.replay.packaged import start_of  # noqa: PLC0415 - as above

    return sender_to(create_app(simulate(profile, Config(**start_of(recording)))))


def _live(url: str) -> Sender:
    """Sends to a running server, and takes its answers as they come."""
    import requests  # noqa: PLC0415 - as above

    from mockserver.recording.live_server import LiveServer  # noqa: PLC0415 - as above

    # Without a server each case would differ, which would say nothing.
    LiveServer(url).get("/sdapi/v1/samplers")
    session = requests.Session()
    session.trust_env = False
    session.headers.clear()

    def send(
        method: str, path: str, headers: dict[str, str], body: bytes | None
    ) -> tuple[int | None, dict[str, str], bytes]:
        address = url.rstrip("/") + path
        try:
            answer = session.request(
                method, address, headers=headers, data=body, allow_redirects=False, timeout=300
            )
        except requests.RequestException:
            return None, {}, b""
        return answer.status_code, {k.lower(): v for k, v in answer.headers.items()}, answer.content

    return send
