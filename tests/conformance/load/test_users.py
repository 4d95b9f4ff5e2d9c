from __future__ import annotations

import time
from threading import Thread
from typing import TYPE_CHECKING

import pytest
from balancer import Balancer

from conformance.deployment.connection import Connection
from conformance.load.plan import Budget, Habits
from conformance.load.samples import Collector, Outcome, Seen
from conformance.load.users import Users
from conformance.load.workload import Mix

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.testing import Webui

# Of 64x64 with 20 steps: a few tenths of a second.
_SLOW = pytest.mark.sdapi_mock(step_time=0.8)


class Setup:
    """Users of one server, with their collector and their budget."""

    def __init__(self, url: str, *, budget: float = 100.0, **habits: object) -> None:
        self.collector = Collector()
        self.budget = Budget(budget)
        behaviour = {"mix": Mix.parse("64x64x20"), "poll": 0.02, "task_ids": True, **habits}
        connection = Connection(url=url, timeout=20)
        self.users = Users(
            Habits(**behaviour), [connection], self.budget.take, self.collector, seed=1
        )


@_SLOW
def test_a_user_gets_a_picture_and_sees_the_work_on_it_begin(webui_server: Webui) -> None:
    setup = Setup(webui_server.url)
    user = setup.users.user()
    user.arrive()
    sample = user.picture()
    user.close()
    assert sample is not None
    assert (sample.outcome, sample.seen, sample.problem) == (Outcome.WHOLE, Seen.TASK, "")
    report = setup.collector.report()
    assert report.samples == (sample,)
    assert report.tallies["options"].count == 1
    assert report.tallies["progress"].failed == 0


@_SLOW
def test_a_picture_that_waits_for_another_job_has_a_wait(webui_server: Webui) -> None:
    setup = Setup(webui_server.url)
    webui_server.other_job(0.4)
    sample = setup.users.user().picture()
    assert sample is not None
    assert sample.wait is not None
    assert sample.wait > 0.25
    assert sample.service is not None
    assert sample.wait + sample.service == pytest.approx(sample.total)


@_SLOW
def test_an_impatient_user_interrupts_the_own_picture_alone(webui_server: Webui) -> None:
    setup = Setup(webui_server.url, interrupts=1.0, mix=Mix.parse("64x64x150"))
    sample = setup.users.user().picture()
    assert sample is not None
    assert (sample.outcome, sample.problem) == (Outcome.INTERRUPTED, "")
    # Once more where the job had not begun to sample when the first one came.
    webui_server.verify("interrupt", times=range(1, 4))


@_SLOW
def test_users_who_are_to_leave_give_up_what_is_being_made(webui_server: Webui) -> None:
    setup = Setup(webui_server.url, mix=Mix.parse("64x64x150"))
    made: list[object] = []
    both = [Thread(target=lambda: made.append(setup.users.user().picture())) for _ in range(2)]
    for each in both:
        each.start()
    while len(setup.collector.report().running) < 2:
        time.sleep(0.01)
    setup.users.shared.leaving.set()
    for each in both:
        each.join(10)
    assert [sample.outcome for sample in made] == [Outcome.INTERRUPTED] * 2


@_SLOW
@pytest.mark.parametrize("named", [True, False])
def test_behind_a_balancer_nobody_is_interrupted(
    named: bool, make_webui_server: Callable[..., Webui]
) -> None:
    servers = [make_webui_server(step_time=0.8) for _ in range(2)]
    with Balancer([server.url for server in servers], least=False).running() as url:
        setup = Setup(url, mix=Mix.parse("64x64x50"), aimed=not named)
        made: list[object] = []
        waiting = Thread(target=lambda: made.append(setup.users.user().picture()))
        waiting.start()
        setup.users.shared.leaving.set()
        waiting.join(10)
    assert [sample.outcome for sample in made] == [Outcome.WHOLE]
    for server in servers:
        server.never("interrupt")


def test_a_user_without_a_budget_asks_for_nothing(webui_server: Webui) -> None:
    setup = Setup(webui_server.url, budget=0.001)
    assert setup.users.user().picture() is None
    webui_server.never("txt2img")


def test_a_server_that_is_gone_is_a_failure_in_words() -> None:
    sample = Setup("http://127.0.0.1:9").users.user().picture()
    assert sample is not None
    assert sample.outcome is Outcome.FAILED
    assert "cannot be reached" in sample.problem


def test_an_error_of_the_server_is_a_failure(webui_server: Webui) -> None:
    webui_server.faults.add("oom")
    sample = Setup(webui_server.url).users.user().picture()
    assert sample is not None
    assert sample.outcome is Outcome.FAILED
    assert "HTTP 500" in sample.problem


def test_users_are_spread_over_the_servers_in_turn(webui_server: Webui) -> None:
    connections = [Connection(url=webui_server.url) for _ in range(3)]
    habits = Habits(mix=Mix.parse("64x64x1"))
    users = Users(habits, connections, Budget(10).take, Collector(), seed=1)
    users = [users.user() for _ in range(6)]
    samples = [user.picture() for user in users]
    assert [sample.server for sample in samples if sample] == [0, 1, 2, 0, 1, 2]


def test_users_come_at_random_until_nobody_is_to_come(webui_server: Webui) -> None:
    setup = Setup(webui_server.url, mix=Mix.parse("64x64x1"))
    setup.users.rate = 3000
    coming = Thread(target=setup.users.arrivals)
    coming.start()
    found: list[object] = []
    end = time.monotonic() + 10
    while len(found) < 5 and time.monotonic() < end:
        time.sleep(0.02)
        found += setup.collector.report().samples
    setup.users.close()
    coming.join(5)
    assert not coming.is_alive()
    assert len(found) >= 5


def test_failures_of_one_cause_are_counted_together(webui_server: Webui) -> None:
    webui_server.faults.add("closed", route="txt2img")
    user = Setup(webui_server.url).users.user()
    problems = {sample.problem for sample in (user.picture(), user.picture()) if sample}
    assert problems == {f"{webui_server.url} closed the connection without an answer"}
