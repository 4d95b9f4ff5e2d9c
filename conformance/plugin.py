"""Pytest plugin: ``pytest --sdapi-url URL`` judges a live server.

It is loaded in every run of pytest, so nothing heavy is imported before it is asked for.
"""

from __future__ import annotations

import os
from pathlib import Path
from typing import TYPE_CHECKING, Any

import pytest

if TYPE_CHECKING:
    from collections.abc import Callable, Iterator

    from conformance.properties.property import Property
    from conformance.pytest_suite.session import Session
    from conformance.requirements.requirement import Requirement
    from conformance.verdict import Result


_SUITE = Path(__file__).parent / "pytest_suite"
_FILES = ("test_requirements.py", "test_properties.py")
_NOTHING_RAN = 5
_LOOKED_AT = pytest.StashKey[int]()


def pytest_addoption(parser: pytest.Parser) -> None:
    """Add the options ``--sdapi-...``."""
    group = parser.getgroup("sdapi", "conformance of stable-diffusion-webui API servers")
    group.addoption("--sdapi-url", metavar="URL", help="judge the server at this address")
    group.addoption(
        "--sdapi-mode",
        choices=("smoke", "safe", "restore", "full"),
        help="how far to go (default: safe; full for the embedded mock)",
    )
    group.addoption("--sdapi-auth", metavar="USER:PASS", help="credentials (or set SDAPI_AUTH)")
    group.addoption("--sdapi-profile", help="what kind of server it is (default: find out)")
    group.addoption("--sdapi-seed", type=int, default=0, help="seed of the random examples")
    group.addoption("--sdapi-examples", type=int, default=5, help="examples of each property")
    group.addoption(
        "--sdapi-fail-on",
        choices=("must", "should"),
        default="must",
        help="least binding level whose failure fails a test (default: must)",
    )


def pytest_configure(config: pytest.Config) -> None:
    """With an address and no paths, collect the installed suite and nothing else."""
    config.stash[_LOOKED_AT] = 0
    if not config.getoption("sdapi_url"):
        return
    if config.getoption("numprocesses", None):
        raise pytest.UsageError(
            "--sdapi-url judges one server in one process: leave out -n, or add -n 0",
        )
    if config.args_source is not pytest.Config.ArgsSource.ARGS:
        config.args = [str(_SUITE / name) for name in _FILES]


@pytest.hookimpl(optionalhook=True)
def pytest_xdist_auto_num_workers(config: pytest.Config) -> int | None:
    """One server is judged in one process, also where ``-n auto`` stands in a configuration."""
    return 0 if config.getoption("sdapi_url") else None


def pytest_sessionfinish(session: pytest.Session) -> None:
    """A run over a server that looked at nothing is no success."""
    config = session.config
    asked = config.getoption("sdapi_url") and not config.getoption("collectonly")
    if asked and session.exitstatus == pytest.ExitCode.OK and not config.stash[_LOOKED_AT]:
        session.exitstatus = _NOTHING_RAN


@pytest.fixture(scope="session")
def sdapi_live(request: pytest.FixtureRequest) -> Iterator[Session | None]:
    """The server of ``--sdapi-url``, recognised once for the whole run; None without one."""
    url = request.config.getoption("sdapi_url")
    if not url:
        yield None
        return
    from conformance.requirements.catalogue import load_catalogue  # noqa: PLC0415 - loaded in every pytest run

    session = _session(request.config, url, default_mode="safe", alone=False)
    chosen = {item.callspec.id for item in request.session.items if hasattr(item, "callspec")}
    session.plan([r for r in load_catalogue() if r.id in chosen])
    yield session
    _close(session)


@pytest.fixture
def sdapi_session(
    request: pytest.FixtureRequest,
    sdapi_live: Session | None,
) -> Iterator[Session]:
    """The server under judgement: that of ``--sdapi-url``, or a fresh mock for each test."""
    if sdapi_live is not None:
        yield sdapi_live
        return
    url = request.getfixturevalue("webui_server").url
    session = _session(request.config, url, default_mode="full", alone=True)
    yield session
    _close(session)


@pytest.fixture
def sdapi_judge(
    request: pytest.FixtureRequest,
    sdapi_session: Session,
) -> Callable[[Requirement], None]:
    """Judges one requirement, and ends the test as the verdict says."""

    def judge(requirement: Requirement) -> None:
        __tracebackhide__ = True
        _end(request.config, sdapi_session, sdapi_session.result(requirement))

    return judge


@pytest.fixture
def sdapi_try(
    request: pytest.FixtureRequest,
    sdapi_session: Session,
) -> Callable[[Property], None]:
    """Tries one property, and ends the test as the verdict says."""

    def attempt(item: Property) -> None:
        __tracebackhide__ = True
        _end(request.config, sdapi_session, sdapi_session.try_property(item))

    return attempt


def _session(config: pytest.Config, url: str, *, default_mode: str, alone: bool) -> Session:
    from conformance.errors import ConformanceError  # noqa: PLC0415 - as above
    from conformance.pytest_suite.session import Session, SessionSettings  # noqa: PLC0415 - as above
    from conformance.runner.plan import Mode  # noqa: PLC0415 - loaded in every pytest run

    option: Callable[[str], Any] = config.getoption
    settings = SessionSettings(
        url=url,
        mode=Mode(option("sdapi_mode") or default_mode),
        auth=option("sdapi_auth") or os.environ.get("SDAPI_AUTH"),
        profile=option("sdapi_profile"),
        seed=option("sdapi_seed"),
        examples=option("sdapi_examples"),
        alone=alone,
    )
    try:
        return Session(settings)
    except ConformanceError as error:
        from conformance.cli.program import exit_code_of  # noqa: PLC0415 - as above

        pytest.exit(f"sdapi: {error}", returncode=int(exit_code_of(error)))


def _end(config: pytest.Config, session: Session, result: Result) -> None:
    __tracebackhide__ = True
    from conformance.pytest_suite.session import end_test  # noqa: PLC0415 - as above
    from conformance.requirements.requirement import Level  # noqa: PLC0415 - loaded in every pytest run

    if result.verdict.looked_at:
        config.stash[_LOOKED_AT] += 1
    level = Level(config.getoption("sdapi_fail_on").upper())
    end_test(result, session.settings.url, session.settings.seed, level)


def _close(session: Session) -> None:
    left = session.close()
    if left:
        pytest.fail(left, pytrace=False)
