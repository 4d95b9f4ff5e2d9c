"""What progress tells: share, time left, previews."""

from __future__ import annotations

from typing import Any

import pytest
from generations import Watched, opened, running, slow

from mockserver import Webui
from mockserver.backends.a1111.progress import internal_progress, progress

LONG = {"steps": 20, "sampler_name": "Euler"}


def watch(step_time: float = 64.0, /, **fields: Any) -> Watched:
    watched = Watched(slow(step_time))
    watched.start(**{**LONG, **fields})
    watched.finish()
    return watched


def previews(watched: Watched) -> list[str]:
    """The different previews that were shown, in their order."""
    shown = [poll["current_image"] for poll in watched.polls if poll["current_image"]]
    return list(dict.fromkeys(shown))


def with_option(**options: Any) -> dict[str, Any]:
    return {"override_settings": options}


def test_an_idle_server_says_noughts() -> None:
    told = progress(Webui())

    assert (told["progress"], told["eta_relative"]) == (0.0, 0.0)
    assert (told["current_image"], told["textinfo"]) == (None, None)


def test_progress_begins_at_one_in_a_hundred_and_never_falls() -> None:
    shares = [poll["progress"] for poll in watch(n_iter=2).polls][:-1]

    assert shares[0] == 0.01
    assert shares == sorted(shares)
    assert max(shares) <= 1


def test_the_time_left_follows_from_the_share_that_is_done() -> None:
    with running(slow(), **LONG) as watched:
        watched.step(times=12)
        told = progress(watched.webui)
        elapsed = watched.clock.now() - watched.webui.state.time_start

    assert told["eta_relative"] == pytest.approx(elapsed / told["progress"] - elapsed)


def test_a_preview_comes_every_ten_steps() -> None:
    assert len(previews(watch())) == 1
    assert len(previews(watch(steps=31))) == 3


def test_a_preview_comes_with_each_step_where_an_option_says_so() -> None:
    shown = previews(watch(**with_option(show_progress_every_n_steps=1)))

    assert len(shown) == 19


def test_a_preview_comes_after_each_pass_alone_where_an_option_says_so() -> None:
    watched = watch(n_iter=3, **with_option(show_progress_every_n_steps=-1))

    assert len(previews(watched)) == 2


def test_no_preview_comes_where_previews_are_off() -> None:
    assert previews(watch(**with_option(live_previews_enable=False))) == []


@pytest.mark.parametrize(
    ("method", "size"),
    [
        pytest.param("Approx NN", (16, 16), id="approx"),
        pytest.param("Approx cheap", (8, 8), id="cheap"),
        pytest.param("TAESD", (64, 64), id="taesd"),
        pytest.param("Full", (64, 64), id="full"),
    ],
)
def test_a_preview_has_the_size_of_its_method(method: str, size: tuple[int, int]) -> None:
    shown = previews(watch(**with_option(show_progress_type=method)))

    assert opened(shown[0]).size == size


def test_the_preview_of_a_batch_is_a_grid_unless_an_option_says_otherwise() -> None:
    grid = previews(watch(batch_size=2))
    alone = previews(watch(batch_size=2, **with_option(show_progress_grid=False)))

    assert (opened(grid[0]).size, opened(alone[0]).size) == ((32, 16), (16, 16))


def test_a_preview_can_be_left_out() -> None:
    with running(slow(), **LONG) as watched:
        watched.step(times=16)
        told = progress(watched.webui, skip_current_image=True)
        shown = progress(watched.webui)

    assert told["current_image"] is None
    assert shown["current_image"] is not None


def test_the_pages_own_progress_says_only_of_the_running_task() -> None:
    with running(slow(), **LONG, force_task_id="task(a)") as watched:
        watched.step(times=16)
        mine = internal_progress(watched.webui, "task(a)")
        again = internal_progress(watched.webui, "task(a)", mine["id_live_preview"])
        other = internal_progress(watched.webui, "task(b)")

    assert mine["active"] is True
    assert mine["live_preview"].startswith("data:image/png;base64,")
    assert again["live_preview"] is None
    assert (other["active"], other["textinfo"]) == (False, "Waiting...")


def test_an_interrupted_job_answers_what_it_has() -> None:
    webui = slow()
    watched = Watched(webui)

    def at_step_five(poll: dict[str, Any]) -> bool:
        if poll["state"]["sampling_step"] == 5:
            webui.state.interrupt()
        return False

    watched.start(**LONG, n_iter=3, seed=1)
    watched.finish(at_step_five)

    (made,) = watched.made
    assert (len(made.sizes), made.info["all_seeds"]) == (1, [1, 2, 3])
    assert webui.state.interrupted is True


def test_a_job_that_is_to_stop_ends_after_its_iteration() -> None:
    webui = slow()
    watched = Watched(webui)

    def in_the_second(poll: dict[str, Any]) -> bool:
        if poll["state"]["job_no"] == 1:
            webui.state.stop_generating()
        return False

    watched.start(**LONG, n_iter=4)
    watched.finish(in_the_second)

    assert len(watched.made[0].sizes) == 2


def test_a_picture_that_was_interrupted_is_another_one() -> None:
    webui = slow()
    watched = Watched(webui)
    watched.start(**LONG)
    watched.finish()

    def at_step_five(poll: dict[str, Any]) -> bool:
        if poll["state"]["sampling_step"] == 5:
            webui.state.skip()
        return False

    watched.start(**LONG)
    watched.finish(at_step_five)

    whole, skipped = watched.made
    assert whole.pixels != skipped.pixels
    assert whole.infotexts == skipped.infotexts


@pytest.mark.parametrize(
    ("fields", "times"),
    [
        pytest.param({"batch_size": 2}, 2, id="two pictures"),
        pytest.param({"width": 128, "height": 128}, 4, id="four times the area"),
        pytest.param({"sampler_name": "Heun"}, 2, id="a second order sampler"),
        pytest.param({"steps": 40}, 2, id="twice the steps"),
    ],
)
def test_time_follows_steps_area_and_pictures(fields: dict[str, Any], times: float) -> None:
    def seconds(**more: Any) -> float:
        watched = Watched(slow())
        begun = watched.clock.now()
        watched.start(**{**LONG, **more})
        watched.finish()
        return watched.clock.now() - begun

    assert seconds(**fields) == pytest.approx(times * seconds(), rel=0.1)


def test_the_pages_own_progress_has_no_preview_where_none_is_wanted() -> None:
    with running(slow(), **LONG, force_task_id="task(a)") as watched:
        watched.step(times=16)
        unwanted = internal_progress(watched.webui, "task(a)", live_preview=False)
        watched.webui.options.put("live_previews_enable", value=False)
        switched_off = internal_progress(watched.webui, "task(a)")

    assert unwanted["active"] is switched_off["active"] is True
    assert unwanted["live_preview"] is switched_off["live_preview"] is None
