"""``sdapi-check watch``."""

from __future__ import annotations

import signal
from contextlib import ExitStack, contextmanager, suppress
from datetime import UTC, datetime, timedelta
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from conformance.cli import options as read
from conformance.cli.program import INTERRUPTED, exit_on_error, handling, write
from conformance.cli.run_command import run_command
from conformance.cli.watch_servers import jobs_to_watch, state_file, watched_by
from conformance.client.fields import did_you_mean
from conformance.report.destination import check_destination, write_whole
from conformance.report.document import ExitCode
from conformance.report.matrix import Outcome, worst
from conformance.runner.plan import Mode
from conformance.watch.loop import Watch
from conformance.watch.messages import WebhookFormat
from conformance.watch.page import render_watch
from conformance.watch.snapshot import Facet
from conformance.watch.store import Store
from conformance.watch.watched import WatchSettings
from conformance.watch.webhook import Webhook

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator, Sequence

    from conformance.watch.watched import Watched


def _facets(_: click.Context, __: click.Parameter, values: tuple[str, ...]) -> frozenset[Facet]:
    names = [word.strip() for value in values for word in value.split(",") if word.strip()]
    for name in names:
        if name not in set(Facet):
            known = [facet.value for facet in Facet]
            hint = did_you_mean(name, known) or f"there are {', '.join(known)}"
            raise click.BadParameter(f"{name!r} is nothing that drifts; {hint}")
    return frozenset(map(Facet, names))


_EPILOG = """\b
Examples:
  sdapi-check watch http://127.0.0.1:7860
  sdapi-check watch URL --every 15m --no-generate    reads, and no picture
  sdapi-check watch URL --metrics 9464               page and metrics
  sdapi-check watch --webhook env:CHAT               all of sdapi.toml
  sdapi-check watch URL --once --page status.html    one look, for cron
  sdapi-check example watch                          a unit of systemd
  sdapi-check example watch-compose                  Compose, Prometheus

An alert goes out where something changes: down and up, conformant or not, a requirement newly
unmet or met again, and drift: version, options, endpoints, fields and lists against the last
good state. The first look alerts about what is wrong. What is worse has to be seen twice.

Nobody's work is disturbed: progress is asked for first, and a server at work is left alone.

\b
Exit codes:
  0 stopped by Ctrl-C or SIGTERM
  2 wrong usage
  3 another watch uses the state
  4 the state cannot be used
  with --once those of a run over the worst server
"""


@click.command("watch", epilog=_EPILOG)
@click.argument("urls", nargs=-1, metavar="[URL]...")
@click.option(
    "--every",
    default="5m",
    show_default=True,
    metavar="DURATION",
    callback=read.duration(1, 30 * read.DAY),
    help="From the beginning of a look to that of the next.",
)
@click.option(
    "--mode",
    type=click.Choice([mode.value for mode in Mode]),
    default="smoke",
    help="How far each look goes, as for a run. smoke: some reads and one tiny picture. Default: "
    "smoke, or what sdapi.toml says of the target.",
)
@click.option("--once", is_flag=True, help="Look once at each server, and end; for cron.")
@click.option(
    "--confirm",
    default="10s",
    show_default=True,
    metavar="DURATION",
    callback=read.duration(0, 3600),
    help="Look again after so long before a change for the worse is reported; 0: report at once.",
)
@click.option(
    "--webhook",
    callback=read.token,
    metavar="URL",
    envvar="SDAPI_WEBHOOK",
    help="POST every alert there as JSON, again until it is taken. Hidden as credentials are: "
    "env:NAME and file:PATH are read from there, and so is the variable SDAPI_WEBHOOK.",
)
@click.option(
    "--webhook-format",
    type=click.Choice([form.value for form in WebhookFormat]),
    default=WebhookFormat.AUTO.value,
    show_default=True,
    help="What it takes; auto: by its host.",
)
@click.option(
    "--metrics",
    metavar="HOST:PORT",
    help="Serve /metrics for Prometheus, the page at / and /healthz there; a bare PORT is on the "
    "loopback.",
)
@click.option("--page", metavar="FILE", help="Write the page (.html) after every look.")
@click.option(
    "--state",
    type=click.Path(dir_okay=False, path_type=Path),
    help="File of the state and the history (SQLite). Default: one in the user's state folder, "
    "named after the servers.",
)
@click.option(
    "--keep",
    default="30d",
    show_default=True,
    metavar="DURATION",
    callback=read.duration(3600, 3650 * read.DAY),
    help="How long history is kept.",
)
@click.option(
    "--ignore",
    multiple=True,
    callback=_facets,
    metavar="WHAT",
    help=f"Drift that does not matter: {', '.join(Facet)}.",
)
@click.option("-v", "--verbose", is_flag=True, help="A line for every look, not for changes alone.")
@click.pass_context
def watch_command(ctx: click.Context, /, **given: Any) -> None:
    """Watch servers for weeks, and report what changes.

    Without URL all targets of sdapi.toml are watched.
    """
    with exit_on_error(ctx):
        ctx.exit(_watch(ctx, given))


# Options of a run that mean the same here, credentials among them.
_SHARED = (
    *("auth", "token", "headers", "ca_file", "insecure", "proxy", "timeout", "wait"),
    *("second_auth", "only", "skip", "for", "generate", "budget", "rate", "size", "patience"),
    "retry_limit",
    *("profile", "fail_on", "config", "target", "jobs"),
)
watch_command.params += [p for p in run_command.params if p.name in _SHARED]


def _watch(ctx: click.Context, given: dict[str, Any]) -> int:
    if given["page"]:
        check_destination(given["page"], (".html",))
    webhook = _webhook(given)
    jobs = jobs_to_watch(ctx, given)
    watched = watched_by(jobs, given["ignore"])
    with ExitStack() as stack:
        store = Store(state_file(given, jobs), timedelta(seconds=given["keep"]))
        stack.callback(store.close)
        watch = Watch(
            watched,
            store,
            _settings(given),
            webhook=webhook,
            say=_say,
            published=lambda: _write_page(given["page"], watch, store),
        )
        _open_port(stack, given["metrics"], watch, store)
        _say(_beginning(given, watched, store, webhook))
        ended = stack.enter_context(ended_by_signal(watch.stop))
        looks = watch.run()
    if not given["once"]:
        _say("ended")
        return int(ExitCode.CONFORMANT)
    return INTERRUPTED if ended else int(worst([Outcome(n, k.code) for n, k in looks.items()]))


def _webhook(given: dict[str, Any]) -> Webhook | None:
    if not given["webhook"]:
        return None
    return Webhook.parse(given["webhook"], WebhookFormat(given["webhook_format"]))


def _settings(given: dict[str, Any]) -> WatchSettings:
    names = ("every", "confirm", "jobs", "once", "verbose")
    return WatchSettings(**{name: given[name] for name in names})


def _say(message: str) -> None:
    # A terminal that went away does not end a watch.
    with suppress(OSError):
        write([message])


def _beginning(
    given: dict[str, Any], watched: Sequence[Watched], store: Store, webhook: Webhook | None
) -> str:
    names = ", ".join(each.subject.name for each in watched)
    often = "once" if given["once"] else f"every {read.duration_text(given['every'])}"
    alerts = f", alerts to {webhook.shown}" if webhook else ""
    return f"watching {names} {often}; state in {store.path}{alerts}"


def _write_page(name: str | None, watch: Watch, store: Store) -> None:
    if name:
        write_whole(Path(name), render_watch(store, watch.states, datetime.now(UTC)))


def _open_port(stack: ExitStack, text: str | None, watch: Watch, store: Store) -> None:
    if text is None:
        return
    from conformance.watch.metrics import WatchCollector  # noqa: PLC0415 - only for a port
    from conformance.watch.serving import Listen, listening, make_app  # noqa: PLC0415 - the same

    wanted = Listen.parse(text)
    collector = WatchCollector(lambda: watch.states, watch.outbox)
    page = lambda: render_watch(store, watch.states, datetime.now(UTC))  # noqa: E731 - one line
    app = make_app(page, collector, private=wanted.private)
    listen = stack.enter_context(listening(wanted, app))
    _say(f"page and metrics at http://{listen.shown}/ and http://{listen.shown}/metrics")
    if not listen.private:
        _say(f"whoever can ask {listen.shown} reads them, for there is no password")


_ENDINGS = tuple(
    getattr(signal, name) for name in ("SIGINT", "SIGTERM", "SIGHUP") if hasattr(signal, name)
)


@contextmanager
def ended_by_signal(stop: Callable[[], None]) -> Iterator[list[int]]:
    """Signals that end a program call ``stop`` inside the block.

    Args:
        stop: ends what runs in the block.

    Yields:
        The signals that came.
    """
    came: list[int] = []

    def handle(number: int, _frame: object) -> None:
        came.append(number)
        stop()

    with handling(_ENDINGS, handle):
        yield came
