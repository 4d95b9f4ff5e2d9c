"""``sdapi-check [URL]``."""

from __future__ import annotations

import sys
from contextlib import ExitStack
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import options as read
from conformance.cli.options import Number, connection_of, connection_options, look_options
from conformance.cli.program import HELP_OPTIONS, PROGRAM, DefaultCommand, exit_on_error, write
from conformance.client.address import Address
from conformance.deployment import FILE_NAME
from conformance.report.document import ExitCode
from conformance.runner.plan import Mode
from conformance.runner.retries import LIMIT

if TYPE_CHECKING:
    from collections.abc import Callable, Sequence
    from contextlib import AbstractContextManager
    from typing import TextIO

    from conformance.cli.job import Job
    from conformance.cli.session import RunOptions


_EPILOG = """\b
Other commands, each with --help:
  init       write an annotated sdapi.toml, the expectations of a deployment
  restore    put back the options that a run which was killed left changed
  security   what strangers see and do on a server, read-only
  clients    the known programs, and what each needs
  report     write other formats of a report in JSON, without a run
  matrix     requirements by servers, on one page
  diff       what changed from one report to another
  watch      look every so often for weeks, and alert where something changes
  load       how many users the servers can serve, with Locust
  example    files for GitHub, Docker, Kubernetes, systemd and Prometheus

\b
Examples:
  sdapi-check                                   judge the embedded mock
  sdapi-check http://127.0.0.1:7860             judge a server: reads and tiny pictures
  sdapi-check URL --mode restore --only OPT     also write options, and put them back
  sdapi-check URL --only TXT2IMG-007            one requirement; LIST, MUST, OPT-01 work too
  sdapi-check URL --plan                        what would be looked at, and what it costs
  sdapi-check restore FILE                      repair what a run that was killed left
  sdapi-check --config FILE --target live       what a file says of a deployment
  sdapi-check URL --report run.html             a page of what is not met, and which programs work
  sdapi-check --explain OPT-010                 what a requirement means, and who needs it

\b
Exit codes:
  0 conformant
  1 a MUST failed
  2 wrong usage
  3 server not reached, no sdapi, or busy
  4 the suite failed, options could not be put back, more than one server answers at the
    address, or a report was not written
  5 nothing was looked at, or a gateway hid too much
"""


def _show_version(ctx: click.Context, _: click.Parameter, value: bool) -> None:
    """The version, and the end."""
    if value:
        from conformance.report.document import suite_version  # noqa: PLC0415 - reads the package

        click.echo(f"{PROGRAM} {suite_version()}")
        ctx.exit()


@click.command("run", cls=DefaultCommand, epilog=_EPILOG)
@click.argument("url", required=False, callback=read.url)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    help="How far to go. smoke: a readiness probe; safe: no setting is written; restore: options "
    "are written and put back; full: jobs are interrupted too. Default: safe, and full for the "
    "embedded mock.",
)
@click.option("--only", multiple=True, callback=read.split, help="Ids, areas, prefixes, levels.")
@click.option("--skip", multiple=True, callback=read.split, help="The same, to leave out.")
@connection_options
@click.option(
    "--second-auth",
    callback=read.credentials,
    metavar="USER:PASS",
    envvar="SDAPI_SECOND_AUTH",
    help="Another user, for servers with several; as --auth, with SDAPI_SECOND_AUTH.",
)
@click.option(
    "--patience",
    default=60.0,
    show_default=True,
    type=Number(0),
    help="Seconds to wait for a server that works for somebody else; 0: do not look.",
)
@click.option(
    "--generate/--no-generate",
    default=True,
    help="Whether pictures may be asked for at all.",
)
@click.option(
    "--certify",
    is_flag=True,
    help="Nothing that applies to the server may be left out; needs --mode full.",
)
@click.option(
    "--journal",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Where to note what options were before they are written. Default: a new file in the "
    "user's state folder, named after the host.",
)
@click.option("--plan", "planning", is_flag=True, help="Show what would be looked at, and stop.")
@click.option(
    "--budget",
    type=Number(0),
    help="Pictures to sample at most (512x512 at 20 steps); what is left out is listed. Default: "
    "1, and any number in mode full.",
)
@click.option("--rate", type=Number(0, min_open=True), help="Requests a second at most.")
@click.option(
    "--retry-limit",
    default=LIMIT,
    show_default=True,
    metavar="SECONDS",
    type=Number(0),
    help="Seconds to wait altogether where an answer asks to come later: 429, and 503 with "
    "Retry-After; 0: do not wait.",
)
@click.option(
    "--size",
    default=read.SMALLEST,
    show_default=True,
    type=click.IntRange(read.SMALLEST, 1024),
    callback=read.size,
    help="Edge of the small pictures, a multiple of 64.",
)
@click.option("--seed", default=0, show_default=True, help="Of the random examples.")
@click.option(
    "--examples",
    type=click.IntRange(0),
    help="Examples of each property; 0 for none. Default: 5.",
)
@click.option(
    "--profile",
    callback=read.profile,
    help="What kind of server it is (a1111-1.10.1, forge, sdnext, ...) instead of finding out.",
)
@click.option(
    "--for",
    multiple=True,
    callback=read.split,
    metavar="PROGRAM",
    help="Look at what this program needs alone, as MUSTs, and what it likes, as SHOULDs; "
    "'sdapi-check clients' lists them.",
)
@click.option(
    "--report",
    "reports",
    multiple=True,
    callback=read.reports,
    metavar="FILE",
    help="Write a report, several times: .json, .html, .xml (JUnit), .md or .svg (a badge). - is "
    "JSON on the output (-.md another form), and all else goes to the error stream. For several "
    "targets {target} in the name is replaced by each.",
)
@click.option(
    "--fail-on",
    type=click.Choice(["must", "should"]),
    default="must",
    show_default=True,
    callback=read.level,
    help="The least binding level whose failure makes exit code 1.",
)
@click.option(
    "--config",
    metavar="FILE",
    help="Judge the targets of this file, side by side. Default: sdapi.toml in the current folder "
    "where there is one and no URL is given; 'sdapi-check init' writes one. With a URL too, "
    "that address with the settings of one target.",
)
@read.target_option
@click.option(
    "--jobs",
    default=4,
    show_default=True,
    type=click.IntRange(1, 64),
    help="Targets to judge at the same time, at most.",
)
@look_options
@click.option("--list", "listing", is_flag=True, help="List the requirements and stop.")
@click.option("--markdown", is_flag=True, help="With --list: all about each, as Markdown.")
@click.option("--explain", metavar="ID", help="Explain a requirement and stop.")
@click.option("-v", "--verbose", is_flag=True, help="Show what was not looked at, and why.")
@click.option(
    "--version",
    is_flag=True,
    is_eager=True,
    expose_value=False,
    callback=_show_version,
    help="Show the version and exit.",
)
@click.pass_context
def run_command(ctx: click.Context, /, **given: Any) -> None:
    """Judge a server of the stable-diffusion-webui API at URL.

    Without URL those that sdapi.toml names, or else the embedded mock.
    """
    with exit_on_error(ctx):
        _insist_on_sense(given)
        if given["explain"] or given["listing"]:
            from conformance.cli.listing import show  # noqa: PLC0415 - only to list

            write(line for text in show(given) for line in text.split("\n"))
            return
        ctx.exit(_run(ctx, given))


def _insist_on_sense(given: dict[str, Any]) -> None:
    """Options that contradict each other are refused before anything is done."""
    ends = {"--list": "listing", "--explain": "explain", "--plan": "planning"}
    alone = [name for name, key in ends.items() if given[key]]
    if len(alone) > 1:
        raise click.UsageError(f"{' and '.join(alone)} each stop the run: give one of them")
    if alone and given["reports"]:
        raise click.UsageError(f"{alone[0]} judges nothing: go without --report")
    if given["markdown"] and not given["listing"]:
        raise click.UsageError("--markdown needs --list: add it")
    if given["insecure"] and given["ca_file"]:
        raise click.UsageError("--insecure checks no certificates: go without --ca-file")


def _console(given: dict[str, Any]) -> TextIO:
    """Where to write what happens: not to where a report goes."""
    taken = any(report.to_standard_output for report in given["reports"])
    return sys.stderr if taken else sys.stdout


def _run(ctx: click.Context, given: dict[str, Any]) -> int:
    jobs = _jobs_of_file(ctx, given)
    if not jobs:
        return _run_one(ctx, given)
    from conformance.cli.side_by_side import judge_all  # noqa: PLC0415 - only for a file

    return judge_all(jobs, given["jobs"], _console(given))


def _jobs_of_file(ctx: click.Context, given: dict[str, Any]) -> list[Job]:
    """A job for each target of sdapi.toml; none where no such file is to be used."""
    found = given["url"] is None and Path(FILE_NAME).exists()
    if given["config"] is None and not found and not given["target"]:
        return []
    from conformance.cli.config_jobs import jobs_of  # noqa: PLC0415 - only for a file

    return jobs_of(ctx, given)


def jobs_from(args: Sequence[str]) -> list[Job]:
    """The jobs that the arguments of ``sdapi-check`` ask for, as the pytest plugin passes them.

    Args:
        args: the command line without the program's name; names an address or a file.

    Raises:
        click.UsageError: the arguments contradict each other, or one is unknown.
        ConformanceError: the file, the address or a secret cannot be used.
    """
    # A command keeps the option for help that it was first asked for.
    made = run_command.make_context(PROGRAM, list(args), help_option_names=HELP_OPTIONS)
    with made as ctx:
        return _jobs_of_file(ctx, ctx.params) or [_job(ctx, ctx.params["url"], ctx.params)]


def _job(ctx: click.Context, url: str, given: dict[str, Any]) -> Job:
    from conformance.cli.job import Job  # noqa: PLC0415 - not to read options
    from conformance.cli.session import command_of, run_options_of  # noqa: PLC0415 - the same

    # Credentials in the address stay out of what is written.
    where = Address.parse(given["url"]).base if given["url"] else ""
    return Job(
        connection=connection_of(ctx, url, given),
        run_options=run_options_of(given, live=given["url"] is not None),
        command=command_of(given, where),
        fail_on=given["fail_on"],
        verbose=given["verbose"],
        planning=given["planning"],
        live=given["url"] is not None,
        journal=given["journal"],
        reports=given["reports"],
    )


def _run_one(ctx: click.Context, given: dict[str, Any]) -> int:
    if given["planning"] and (given["profile"] or not given["url"]):
        return _show_plan(given)
    with ExitStack() as stack:
        url = given["url"]
        if url is None:
            # The judge takes as long to load as the mock takes to start.
            url = stack.enter_context(_mock(given, meanwhile=lambda: _load(ctx, given)))
        elif given["only"] or given["skip"]:
            _chosen(given).requirements()
        document = _job(ctx, url, given).run(_console(given))
    return int(document.exit_code(given["fail_on"])) if document else int(ExitCode.CONFORMANT)


def _chosen(given: dict[str, Any]) -> RunOptions:
    from conformance.cli.session import run_options_of  # noqa: PLC0415 - not to read options

    return run_options_of(given, live=given["url"] is not None)


def _load(ctx: click.Context, given: dict[str, Any]) -> None:
    """Load what judges, and make sure that the options make sense."""
    import conformance.cli.job  # noqa: F401, PLC0415 - to have it loaded

    _chosen(given).load()
    if ctx.obj is not None:
        ctx.obj()


def _show_plan(given: dict[str, Any]) -> int:
    """The plan of a server that nobody asks."""
    from conformance.cli.job import NEWEST, plan_lines  # noqa: PLC0415 - not to read options
    from conformance.cli.session import EMBEDDED_JOBS  # noqa: PLC0415 - the same

    known = EMBEDDED_JOBS if not given["url"] and given["profile"] is None else {}
    profile = given["profile"] or NEWEST
    write(plan_lines(profile, _chosen(given), verbose=given["verbose"], long_jobs=known))
    return int(ExitCode.CONFORMANT)


def _mock(
    given: dict[str, Any],
    meanwhile: Callable[[], object],
) -> AbstractContextManager[str]:
    """The embedded mock, with the users that the options name."""
    from conformance.cli.embedded import STEP_TIME, embedded_mock  # noqa: PLC0415 - only here

    options = ["--step-time", str(STEP_TIME)]
    users = [given[name] for name in ("auth", "second_auth") if given[name] is not None]
    if users:
        options += ["--auth", ",".join(f"{user.user}:{user.password}" for user in users)]
    return embedded_mock(*options, meanwhile=meanwhile)
