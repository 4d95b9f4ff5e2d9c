"""``sdapi-mock serve``."""

from __future__ import annotations

import gc
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from mockserver.cli.options import Number
from mockserver.core.config import read_secret
from mockserver.core.errors import BadInput
from mockserver.profiles.loader import profile_names

if TYPE_CHECKING:
    from mockserver.faults import Fault
    from mockserver.faults.latency import Latency
    from mockserver.http.app import MockApp
    from mockserver.profiles.profile import Profile


_HOST = "127.0.0.1"
_PORT = 7860
_HIGHEST = 65_535
_LOOPBACK = ("127.0.0.1", "localhost", "::1")
_EXPOSED = (
    "sdapi-mock: on {host} other machines can reach the mock; its journal holds what was asked "
    "(--auth asks for credentials there too, --no-admin keeps others from steering)"
)
#: Credentials of a stand-in: those of the recorded server are in no recording.
_STAND_IN_USERS = (("user", "pass"),)
_ASKS_FOR_CREDENTIALS = (
    "the recorded server asked for credentials, and so does its stand-in: user:pass; "
    "--auth USER:PASS names others"
)


def _users(_: click.Context, __: click.Parameter, text: str | None) -> tuple[tuple[str, str], ...]:
    """``user:pass[,user2:pass2]`` as pairs; a password holds neither colon nor comma."""
    try:
        text = read_secret(text) if text else None
    except BadInput as error:
        raise click.BadParameter(str(error)) from error
    pairs = []
    for part in (text or "").split(",") if text else ():
        user, colon, password = part.partition(":")
        if not colon or ":" in password or not user:
            message = "that is not user:password (a password holds no colon and no comma)"
            raise click.BadParameter(message)
        pairs.append((user, password))
    return tuple(pairs)


def _names(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    """``controlnet,adetailer`` as names; each must be one of an extension."""
    names = tuple(name.strip() for name in (text or "").split(",") if name.strip())
    if names:
        from mockserver.extensions.installed import expand  # noqa: PLC0415 - --help starts faster

        try:
            expand(names)
        except BadInput as error:
            raise click.BadParameter(str(error)) from error
    return names


def _comma_separated(_: click.Context, __: click.Parameter, text: str | None) -> tuple[str, ...]:
    return tuple(part.strip() for part in (text or "").split(",") if part.strip())


_HELP = """Serve the mock until Ctrl-C (exit code 130), SIGTERM or server-stop (0).

The address is printed once requests are answered. With DIR, a folder that `sdapi-mock record`
has written, it answers as the recorded server: lists and defaults are the recorded ones, the
rules are those of its profile.

What it was asked is at GET /_mock/journal, and as HAR at /_mock/journal.har. Faults are added at
POST /_mock/faults, as {"fault": "oom", "times": 1}, and by a request's own header, as
X-Sdapi-Mock: fault=oom; latency=2s. `sdapi-mock faults` lists them.

\b
Examples:
  sdapi-mock --port 0 --step-time 0.05
  sdapi-mock --auth user:pass,other:word --state options.json
  sdapi-mock --fresh --no-api-server-stop
  sdapi-mock --gpu rtx-3060             take as long as that GPU
  sdapi-mock --fault oom                every generation runs out of memory
  sdapi-mock --fault "reset; route=txt2img; after=2; times=1"
  sdapi-mock serve my-webui
  sdapi-mock --extensions controlnet,adetailer
"""


@click.command("serve", help=_HELP)
@click.argument(
    "folder", metavar="[DIR]", required=False, type=click.Path(file_okay=False, path_type=Path)
)
@click.option("--host", default=_HOST, show_default=True, help="Address to listen on.")
@click.option(
    "--port",
    default=_PORT,
    show_default=True,
    type=click.IntRange(0, _HIGHEST),
    help="Port to listen on; 0 takes any free one.",
)
@click.option("--profile", default="a1111-1.10.1", show_default=True, help="Server to simulate.")
@click.option("--fresh", is_flag=True, help="Nothing was ever saved: overrides leak.")
@click.option("--nowebui", is_flag=True, help="The API alone, as with --nowebui.")
@click.option(
    "--auth",
    callback=_users,
    metavar="USER:PASS[,...]",
    help="Ask for credentials; env:NAME and file:PATH are read from there.",
)
@click.option(
    "--api-server-stop/--no-api-server-stop",
    default=True,
    show_default=True,
    help="Whether server-kill, server-restart and server-stop exist.",
)
@click.option(
    "--state",
    "state_file",
    type=click.Path(dir_okay=False, path_type=Path),
    help="Keep options in this file, so that they survive restarts.",
)
@click.option(
    "--step-time",
    default=0.0,
    show_default=True,
    type=Number(0),
    help="Seconds that a step of a 512x512 picture takes.",
)
@click.option(
    "--extensions",
    callback=_names,
    metavar="NAME[@VERSION][,...]",
    help="Extensions of the webui; sdapi-mock extensions list names them, 'all' is each of them.",
)
@click.option(
    "--extensions-late",
    default=0.0,
    show_default=True,
    type=Number(0),
    help="Seconds after the start in which the routes of extensions are 404.",
)
@click.option(
    "--disable-all-extensions", is_flag=True, help="Load no extension, not even a built-in one."
)
@click.option("--disable-extra-extensions", is_flag=True, help="Load only the built-in extensions.")
@click.option(
    "--disabled-extensions",
    callback=_comma_separated,
    metavar="FOLDER[,...]",
    help="Extensions that the option disabled_extensions switches off, e.g. Lora.",
)
@click.option("--no-hashing", is_flag=True, help="No model file has a hash.")
@click.option("--freeze-settings", is_flag=True, help="No setting can be changed or saved.")
@click.option(
    "--freeze-settings-in-sections",
    default="",
    metavar="KEY[,...]",
    help="Settings in these sections cannot be changed, e.g. saving-images,sd.",
)
@click.option(
    "--freeze-specific-settings",
    default="",
    metavar="NAME[,...]",
    help="These settings cannot be changed, e.g. samples_format.",
)
@click.option("--seed", type=int, help="Make the server's own random choices repeatable.")
@click.option(
    "--lint",
    is_flag=True,
    help="Say in the header X-Sdapi-Mock-Lint what a request's answer ignores.",
)
@click.option(
    "--strict",
    is_flag=True,
    help="Refuse with 400 what a webui would take without a word and not do as it says.",
)
@click.option(
    "--latency",
    metavar="LATENCY",
    help="How long generations take: 2s, 'lognormal 2s 0.5', none.",
)
@click.option(
    "--gpu",
    metavar="NAME",
    help="Take as long as this GPU: rtx-4090, rtx-3090, rtx-3060, a100, a10, t4, cpu.",
)
@click.option("--no-api", is_flag=True, help="As a webui without --api: no route of the API.")
@click.option(
    "--cors-allow-origins",
    "cors_origins",
    callback=_comma_separated,
    metavar="ORIGIN[,...]",
    help="Pages that may ask, as the webui's own flag; '*' for all.",
)
@click.option(
    "--cors-allow-origins-regex",
    "cors_regex",
    default="",
    metavar="PATTERN",
    help="Pages that may ask, as the webui's own flag.",
)
@click.option(
    "--keep-pictures",
    default=24,
    show_default=True,
    metavar="MB",
    type=click.IntRange(1),
    help="Memory for pictures that may be asked for again.",
)
@click.option(
    "--keep-journal",
    default=16,
    show_default=True,
    metavar="MB",
    type=click.IntRange(1),
    help="Memory for the journal; older calls are dropped.",
)
@click.option("--quiet", is_flag=True, help="Show no line for each request.")
@click.option(
    "--server",
    default="threads",
    show_default=True,
    type=click.Choice(["threads", "granian", "waitress"]),
    help="granian is faster; it comes with the extra 'fast'. waitress is an old name of threads.",
)
@click.option(
    "--fault",
    "faults",
    multiple=True,
    metavar="FAULT[; NAME=VALUE...]",
    help="Let something go wrong, e.g. 'oom; times=1'; see `sdapi-mock faults`. Repeatable.",
)
@click.option(
    "--admin/--no-admin",
    default=True,
    show_default=True,
    help="Whether the mock is steered at /_mock/ and by X-Sdapi-Mock.",
)
@click.option(
    "--admin-from-anywhere",
    is_flag=True,
    help="Let other machines steer the mock too.",
)
@click.pass_context
def serve_command(ctx: click.Context, /, **choices: Any) -> None:
    """Serve; see the help."""
    host, port, server = choices.pop("host"), choices.pop("port"), choices.pop("server")
    # What is loaded now stays: looking for garbage in it takes a tenth of the start.
    gc.disable()
    try:
        app = _made(ctx, choices)
        from mockserver.http.serve import serve  # noqa: PLC0415 - only this command loads it
    finally:
        gc.enable()
    gc.freeze()

    def announce(url: str) -> None:
        click.echo(f"sdapi-mock answers at {url}")
        if host not in _LOOPBACK:
            click.echo(_EXPOSED.format(host=host), err=True)

    ctx.exit(serve(app, host, port, server=server, ready=announce))


def _made(ctx: click.Context, choices: dict[str, Any]) -> MockApp:
    """The app that the command line asks for."""
    from mockserver.admin import AdminRules  # noqa: PLC0415 - as below
    from mockserver.backends.registry import create_app, simulate  # noqa: PLC0415
    from mockserver.core.config import Config  # noqa: PLC0415 - as above
    from mockserver.journal.har import Console  # noqa: PLC0415 - as above

    profile = _chosen_profile(ctx, choices)
    strict, quiet = choices.pop("strict"), choices.pop("quiet")
    latency = _latency(ctx, choices.pop("latency"), choices.pop("gpu"))
    lint, faults = choices.pop("lint"), _faults(ctx, choices.pop("faults"))
    pictures, journal = (choices.pop(name) << 20 for name in ("keep_pictures", "keep_journal"))
    rules = AdminRules(choices.pop("admin"), choices.pop("admin_from_anywhere"))
    app = create_app(simulate(profile, Config(**choices)))
    app.webui.gallery.max_bytes, app.journal.limit = pictures, journal
    app.journal_layer.lint_header = lint
    app.journal_layer.strict = strict
    app.journal_layer.console = None if quiet else Console()
    app.admin_layer.rules = rules
    for fault in faults:
        app.faults.arm(fault)
    app.fault_layer.latency = latency
    app.control.remember_start()
    return app


def _latency(ctx: click.Context, text: str | None, gpu: str | None) -> Latency | None:
    """How long generations take; None for --step-time."""
    from mockserver.faults.latency import latency_of, parse_latency  # noqa: PLC0415 - as above

    if text and gpu:
        raise click.UsageError("give --latency or --gpu, not both", ctx)
    try:
        return latency_of({"gpu": gpu}) if gpu else parse_latency(text) if text else None
    except BadInput as error:
        hint = "--gpu" if gpu else "--latency"
        raise click.BadParameter(str(error), ctx, param_hint=hint) from error


def _faults(ctx: click.Context, texts: tuple[str, ...]) -> list[Fault]:
    """The faults of the command line."""
    from mockserver.faults.registry import fault_of_text  # noqa: PLC0415 - as above

    try:
        return [fault_of_text(text) for text in texts]
    except BadInput as error:
        raise click.BadParameter(str(error), ctx, param_hint="--fault") from error


def _chosen_profile(ctx: click.Context, choices: dict[str, Any]) -> Profile:
    """The profile, or the recorded server's; takes what chose it out of `choices`."""
    from mockserver.profiles.loader import load_profile  # noqa: PLC0415 - as above

    folder, name = choices.pop("folder"), choices.pop("profile")
    if name not in profile_names():
        text = f"no profile {name!r}; there are {', '.join(profile_names())}"
        raise click.BadParameter(text, ctx, param_hint="--profile")
    if folder is None:
        return load_profile(name)
    if not folder.is_dir():
        text = f"no command and no folder {str(folder)!r}; commands are in sdapi-mock --help"
        raise click.BadParameter(text, ctx, param_hint="DIR")
    from mockserver.recording.stand_in import stand_in  # noqa: PLC0415 - as above

    given = ctx.get_parameter_source("profile") is click.core.ParameterSource.COMMANDLINE
    found = stand_in(folder, name if given else None)
    if found.sentence:
        click.echo(found.sentence, err=True)
    choices["nowebui"] = choices["nowebui"] or found.nowebui
    choices["cors_origins"] = choices["cors_origins"] or found.cors_origins
    if found.auth and not choices["auth"]:
        choices["auth"] = _STAND_IN_USERS
        click.echo(_ASKS_FOR_CREDENTIALS, err=True)
    return found.profile
