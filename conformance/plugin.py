"""Pytest plugin: ``pytest --sdapi-url URL`` judges a live server.

Its options are those of ``sdapi-check`` with ``sdapi-`` in front, read by the same code. It is
loaded in every run of pytest, so nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import signal
import sys
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Any, NoReturn

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.cli.job import Job
    from conformance.properties.property import Property
    from conformance.pytest_suite.session import Session
    from conformance.requirements.requirement import Requirement


_SUITE = Path(__file__).parent / "pytest_suite"
_FILES = ("test_requirements.py", "test_properties.py")
_LIVE = pytest.StashKey["Session | None"]()
_USAGE = 2

# Name of an option of sdapi-check, what its value is called, and its help.
VALUES = (
    ("mode", "MODE", "how far to go: smoke, safe, restore or full (default: safe)"),
    ("auth", "USER:PASS", "credentials; env:NAME and file:PATH too (or set SDAPI_AUTH)"),
    ("token", "TOKEN", "a bearer token; as --sdapi-auth (or set SDAPI_TOKEN)"),
    ("second-auth", "USER:PASS", "another user, for servers with several"),
    ("ca-file", "FILE", "certificate of a private authority"),
    ("proxy", "URL", "go through this HTTP proxy, 'none' for none"),
    ("timeout", "SECONDS", "wait so long for an answer (default: 300)"),
    ("wait", "SECONDS", "wait so long for a server that is not up yet"),
    ("patience", "SECONDS", "wait so long for a server that works for somebody else"),
    ("budget", "PICTURES", "pictures to sample at most (default: 1; in mode full any number)"),
    ("rate", "NUMBER", "requests a second at most"),
    ("retry-limit", "SECONDS", "wait so long altogether for answers that ask to come later"),
    ("size", "PIXELS", "edge of the small pictures (default: 64)"),
    ("seed", "NUMBER", "seed of the random examples (default: 0)"),
    ("examples", "NUMBER", "examples of each property (default: 5)"),
    ("profile", "KIND", "what kind of server it is (default: find out)"),
    ("config", "FILE", "judge a target of this sdapi.toml"),
    ("journal", "FILE", "where to note options before they are written"),
    ("fail-on", "LEVEL", "least binding level whose failure fails a test (default: must)"),
    ("fail-on-security", "LEVEL", "least bad finding on security that makes the exit code 1"),
)
REPEATED = (
    ("header", "NAME: VALUE", "sent with every request"),
    ("target", "NAME", "the target of the file"),
    ("for", "PROGRAM", "look at what this program needs alone"),
    ("report", "FILE", "write a report: .json, .html, .xml, .md or .svg"),
)
FLAGS = (
    ("insecure", "do not check certificates"),
    ("no-generate", "ask for no picture"),
    ("security", "look at what strangers see and do, also in a part of the requirements"),
    ("no-security", "do not look at what strangers see and do"),
    ("try-fetch", "let the server be asked for a picture at an address of this machine"),
    ("certify", "fail where anything that applies to the server is left out"),
)


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options ``--sdapi-...``.

    Args:
        parser: of pytest.
    """
    group = parser.getgroup("sdapi", "conformance of stable-diffusion-webui API servers")
    group.addoption("--sdapi-url", metavar="URL", help="judge the server at this address")
    for name, metavar, text in VALUES:
        group.addoption(f"--sdapi-{name}", metavar=metavar, help=text)
    for name, metavar, text in REPEATED:
        group.addoption(f"--sdapi-{name}", metavar=metavar, action="append", help=text)
    for name, text in FLAGS:
        group.addoption(f"--sdapi-{name}", action="store_true", help=text)


def pytest_configure(config: pytest.Config) -> None:
    """With a server and no paths, collect the installed suite and nothing else.

    Args:
        config: of pytest.
    """
    config.stash[_LIVE] = None
    if not _judges(config):
        return
    if config.getoption("numprocesses", None):
        raise pytest.UsageError(
            "--sdapi-url judges one server in one process: leave out -n, or add -n 0",
        )
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(_SUITE / name) for name in _FILES]
        if "hypothesis" in sys.modules:
            # Another plugin imported it, and no test of the user's is collected.
            from conformance.properties import prepare_hypothesis  # noqa: PLC0415 - as seldom as this

            prepare_hypothesis()


@pytest.hookimpl(optionalhook=True, tryfirst=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One server is judged in one process, also where a configuration has ``-n auto``.

    Args:
        config: of pytest.
    """
    return 0 if _judges(config) else None


def _drop_idle_hypothesis(config: pytest.Config) -> None:
    """Spare a run without properties the time that Hypothesis takes to load.

    Hypothesis is a dependency of this package, and its plugin imports all of it to sum up a run,
    even one in which nobody imported it and there is nothing to sum up.
    """
    plugin = config.pluginmanager.get_plugin("hypothesispytest")
    if plugin is not None and "hypothesis" not in sys.modules:
        config.pluginmanager.unregister(plugin)


@pytest.hookimpl(tryfirst=True)
def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run over a server that did not fail ends with the exit code of ``sdapi-check``.

    Args:
        session: of pytest.
    """
    _drop_idle_hypothesis(session.config)
    live = session.config.stash[_LIVE]
    if live is not None and live.document.stopped:
        # Whatever failed, it was not one server that was judged.
        session.exitstatus = int(live.document.exit_code())
        return
    collecting = session.config.getoption("collectonly")
    if session.exitstatus != pytest.ExitCode.OK or collecting or not _judges(session.config):
        return
    from conformance.report.document import ExitCode  # noqa: PLC0415 - loaded in every pytest run

    nothing = ExitCode.NOTHING_RAN
    session.exitstatus = int(nothing if live is None else live.document.exit_code())


def pytest_terminal_summary(
    terminalreporter: pytest.TerminalReporter, config: pytest.Config
) -> None:
    """What was found out beyond the requirements, as the command shows it at its end.

    Args:
        terminalreporter: of pytest.
        config: of pytest.
    """
    live = config.stash.get(_LIVE, None)
    for section in () if live is None else live.document.sections:
        if section.lines:
            terminalreporter.section(section.title, sep="-")
            for line in section.brief or section.lines:
                terminalreporter.line(line)


@pytest.fixture(scope="session")
def sdapi_live(request: pytest.FixtureRequest) -> Iterator[Session | None]:
    """The server of ``--sdapi-url``, recognised once for the whole run; None without one.

    Args:
        request: of pytest.
    """
    config = request.config
    if not _judges(config):
        yield None
        return
    session = _session(_job(_arguments(config)))
    config.stash[_LIVE] = session
    session.plan({item.callspec.id for item in request.session.items if hasattr(item, "callspec")})
    with _ended_by_signals():
        yield session
        _close(session, early=request.session.exitstatus == pytest.ExitCode.INTERRUPTED)


@pytest.fixture
def sdapi_session(
    request: pytest.FixtureRequest,
    sdapi_live: Session | None,
) -> Iterator[Session]:
    """The server under judgement: that of ``--sdapi-url``, or a fresh mock for each test.

    Args:
        request: of pytest.
        sdapi_live: the fixture of that name.
    """
    if sdapi_live is not None:
        yield sdapi_live
        return
    arguments = _arguments(request.config)
    arguments += [] if request.config.getoption("sdapi_mode") else ["--mode", "full"]
    # Nobody else uses the mock, and its options end with it.
    job = _job([request.getfixturevalue("webui_server").url, *arguments, "--patience", "0"])
    session = _session(replace(job, live=False))
    yield session
    _close(session)


@pytest.fixture
def sdapi_judge(sdapi_session: Session) -> Callable[[Requirement], None]:
    """Judges one requirement, and ends the test as the verdict says.

    Args:
        sdapi_session: the fixture of that name.
    """

    def judge(requirement: Requirement) -> None:
        __tracebackhide__ = True
        sdapi_session.end_test(sdapi_session.result(requirement))

    return judge


@pytest.fixture
def sdapi_try(sdapi_session: Session) -> Callable[[Property], None]:
    """Tries one property, and ends the test as the verdict says.

    Args:
        sdapi_session: the fixture of that name.
    """

    def attempt(item: Property) -> None:
        __tracebackhide__ = True
        sdapi_session.end_test(sdapi_session.result(item.requirement))

    return attempt


def _judges(config: pytest.Config) -> bool:
    """Whether a live server is to be judged."""
    return bool(config.getoption("sdapi_url") or config.getoption("sdapi_config"))


def _arguments(config: pytest.Config) -> list[str]:
    """The options of pytest as arguments of ``sdapi-check``."""

    def given(name: str) -> Any:
        return config.getoption(f"sdapi_{name.replace('-', '_')}")

    found = [given("url")] if given("url") else []
    for name, *_ in VALUES:
        found += [] if given(name) is None else [f"--{name}", given(name)]
    for name, *_ in REPEATED:
        found += [part for value in given(name) or () for part in (f"--{name}", value)]
    return found + [f"--{name}" for name, _ in FLAGS if given(name)]


def _job(arguments: list[str]) -> Job:
    import click  # noqa: PLC0415 - loaded in every pytest run

    from conformance.cli.program import exit_code_of  # noqa: PLC0415 - as above
    from conformance.cli.run_command import jobs_from  # noqa: PLC0415 - as above
    from conformance.errors import ConformanceError  # noqa: PLC0415 - as above

    try:
        jobs = jobs_from(arguments)
    except click.ClickException as error:
        message = error.format_message().replace("--", "--sdapi-")
        pytest.exit(f"sdapi: {message}", returncode=_USAGE)
    except ConformanceError as error:
        pytest.exit(f"sdapi: {error}", returncode=int(exit_code_of(error)))
    if any(report.to_standard_output for job in jobs for report in job.reports):
        pytest.exit("sdapi: pytest writes to the output itself; name a file", returncode=_USAGE)
    if len(jobs) > 1:
        names = ", ".join(job.name for job in jobs)
        message = f"pytest judges one target; name it with --sdapi-target ({names})"
        pytest.exit(f"sdapi: {message}", returncode=_USAGE)
    return jobs[0]


def _session(job: Job) -> Session:
    from conformance.cli.program import exit_code_of  # noqa: PLC0415 - loaded in every pytest run
    from conformance.errors import ConformanceError  # noqa: PLC0415 - as above
    from conformance.pytest_suite.session import Session  # noqa: PLC0415 - as above

    try:
        return Session(job)
    except ConformanceError as error:
        pytest.exit(f"sdapi: {error}", returncode=int(exit_code_of(error)))


def _close(session: Session, *, early: bool = False) -> None:
    left = session.close(early=early)
    if left and early:
        sys.stderr.write(f"\nsdapi: {left}\n")
    elif left:
        pytest.fail(left, pytrace=False)


@contextmanager
def _ended_by_signals() -> Iterator[None]:
    """SIGTERM ends the run as Ctrl-C does, so that options are put back."""

    def end(number: int, _frame: object) -> NoReturn:
        raise KeyboardInterrupt(f"signal {number}")

    from conformance.cli.program import handling  # noqa: PLC0415 - loaded in every pytest run

    with handling((signal.SIGTERM,), end):
        yield
