"""Agent Scheduler: tasks wait, run in order, and are asked for later."""

from __future__ import annotations

import io
import zipfile
from typing import Any

import pytest
from extended import SMALL, Extended, decoded, encoded, picture

from mockserver import ManualClock

API = "/agent-scheduler/v1"


@pytest.fixture
def webui() -> Extended:
    return Extended("all")


def queued(webui: Extended, kind: str = "txt2img", **fields: Any) -> str:
    task_id: str = webui.post(f"{API}/queue/{kind}", **(SMALL | fields))["task_id"]
    return task_id


def task(webui: Extended, task_id: str) -> Any:
    return webui.get(f"{API}/task/{task_id}")["data"]


def test_a_task_waits_and_is_done_when_somebody_asks(webui: Extended) -> None:
    task_id = queued(webui)
    place = webui.get(f"{API}/task/{task_id}/position")
    found = task(webui, task_id)

    assert place == {"success": True, "data": {"status": "pending", "position": 0}}
    assert (found["status"], found["position"]) == ("done", None)
    assert found["params"]["sampler_index"] == "DPM++ 2M"
    assert found["created_at"].endswith("+00:00")


def test_results_are_data_uris_with_their_infotexts(webui: Extended) -> None:
    (result,) = webui.get(f"{API}/task/{queued(webui)}/results")["data"]

    assert result["image"].startswith("data:image/png;base64,")
    assert decoded(result["image"]).size == (64, 64)
    assert "Sampler: DPM++ 2M, Schedule type: Karras" in result["infotext"]


def test_results_come_as_a_zip_file_too(webui: Extended) -> None:
    task_id = queued(webui, batch_size=2)
    answer = webui.client.get(f"{API}/task/{task_id}/results?zip=true")

    names = zipfile.ZipFile(io.BytesIO(answer.data)).namelist()
    assert len(names) == 3
    assert all(name.endswith(("-1234.png", "-1235.png")) for name in names)
    assert answer.headers["Content-Disposition"].endswith(f"results-{task_id}.zip")


def test_img2img_is_queued_with_its_pictures(webui: Extended) -> None:
    task_id = queued(webui, "img2img", init_images=[encoded(picture())], denoising_strength=0.5)

    assert task(webui, task_id)["status"] == "done"
    assert "init_images" not in task(webui, task_id)["params"]


def test_a_sampler_is_taken_by_either_of_its_names(webui: Extended) -> None:
    by_name = task(webui, queued(webui, sampler_name="Euler"))

    assert "Sampler: Euler" in by_name["result"]


def test_a_checkpoint_is_looked_up_and_reported_by_its_title(webui: Extended) -> None:
    found = task(webui, queued(webui, checkpoint="sunriseMix_v30"))

    assert found["params"]["checkpoint"] == "sunriseMix_v30.safetensors [4535f21d6e]"
    assert found["status"] == "done"


def test_names_of_scripts_that_do_not_exist_are_dropped(webui: Extended) -> None:
    task_id = queued(webui, alwayson_scripts={"nope": {"args": [1]}})

    assert task(webui, task_id)["status"] == "done"


def test_scripts_are_found_in_any_case(webui: Extended) -> None:
    scripts = {"Dynamic Thresholding (CFG Scale Fix)": {"args": [True]}}

    assert "Mimic scale" in task(webui, queued(webui, alwayson_scripts=scripts))["result"]


def test_controlnet_wants_its_picture_as_an_object(webui: Extended) -> None:
    unit = {"enabled": True, "image": encoded(picture()), "module": "canny"}
    answer = webui.answer(
        f"{API}/queue/txt2img", {**SMALL, "alwayson_scripts": {"controlnet": {"args": [unit]}}}
    )
    taken = {**unit, "image": {"image": unit["image"], "mask": None}}
    scripts = {"controlnet": {"args": [taken]}}

    assert answer.get_json()["errors"] == "string indices must be integers, not 'str'"
    assert task(webui, queued(webui, alwayson_scripts=scripts))["status"] == "done"


def test_a_failed_task_says_why_and_is_queued_again(webui: Extended) -> None:
    task_id = queued(webui, steps=0)
    failed = task(webui, task_id)
    message = webui.get(f"{API}/task/{task_id}/results")["message"]
    again = webui.post(f"{API}/task/requeue-failed")

    assert (failed["status"], failed["result"]) == ("failed", "integer division or modulo by zero")
    assert (message, again["message"]) == ("Task is failed", "Requeued 1 failed tasks")
    assert webui.get(f"{API}/queue")["total_pending_tasks"] == 1


def test_a_crash_blocks_the_queue_until_something_else_has_run(webui: Extended) -> None:
    task(webui, queued(webui, steps=0))
    blocked = queued(webui)

    assert webui.get(f"{API}/queue")["current_task_id"].startswith("task(txt2img-")
    assert task(webui, blocked)["status"] == "pending"

    webui.txt2img()
    queued(webui)
    assert task(webui, blocked)["status"] == "done"


def test_a_paused_queue_keeps_its_tasks_in_their_order(webui: Extended) -> None:
    webui.post(f"{API}/queue/pause")
    first, second = queued(webui), queued(webui)
    webui.post(f"{API}/task/{second}/move/top")
    told = webui.get(f"{API}/queue")

    assert [one["id"] for one in told["pending_tasks"]] == [second, first]
    assert [one["position"] for one in told["pending_tasks"]] == [0, 1]
    assert told["paused"] is True

    webui.post(f"{API}/queue/resume")
    assert task(webui, first)["status"] == "done"


@pytest.mark.parametrize(
    ("where", "order"), [("top", "cab"), ("bottom", "abc"), ("a", "cab"), ("b", "acb")]
)
def test_a_task_is_moved(webui: Extended, where: str, order: str) -> None:
    webui.post(f"{API}/queue/pause")
    ids = {name: queued(webui) for name in "abc"}
    names = {task_id: name for name, task_id in ids.items()}
    webui.post(f"{API}/task/{ids['c']}/move/{ids.get(where, where)}")

    pending = webui.get(f"{API}/queue")["pending_tasks"]
    assert "".join(names[one["id"]] for one in pending) == order


def test_history_has_the_newest_first_and_times_in_milliseconds(webui: Extended) -> None:
    ids = [queued(webui) for _ in range(3)]
    task(webui, ids[-1])
    told = webui.get(f"{API}/history?limit=2")

    assert told["total"] == 3
    assert len(told["tasks"]) == 2
    assert isinstance(told["tasks"][0]["created_at"], int)


def test_a_task_is_named_marked_and_found_by_its_mark(webui: Extended) -> None:
    task_id = queued(webui)
    task(webui, task_id)
    webui.post(f"{API}/task/{task_id}/rename?name=fox")
    webui.post(f"{API}/task/{task_id}/bookmark")
    marked = webui.get(f"{API}/history?status=bookmarked")["tasks"]
    webui.post(f"{API}/task/{task_id}/unbookmark")

    assert [(one["name"], one["bookmarked"]) for one in marked] == [("fox", True)]
    assert webui.get(f"{API}/history?status=bookmarked")["tasks"] == []


def test_a_task_is_changed_and_deleted(webui: Extended) -> None:
    task_id = queued(webui)
    task(webui, task_id)
    changed = webui.client.put(f"{API}/task/{task_id}", json={"name": "vixen"}).get_json()
    name = task(webui, task_id)["name"]
    deleted = webui.client.delete(f"{API}/task/{task_id}").get_json()

    assert (changed["message"], name) == ("Task updated.", "vixen")
    assert deleted == {"success": True, "message": "Task deleted"}
    assert webui.get(f"{API}/task/{task_id}") == {"success": False, "message": "Task not found"}


def test_an_unknown_task_is_a_200_but_for_its_deletion(webui: Extended) -> None:
    assert webui.post(f"{API}/task/nope/bookmark")["message"] == "Task not found"
    assert webui.client.delete(f"{API}/task/nope").get_json()["errors"] == (
        "Task with id nope not found"
    )


def test_what_was_exported_is_imported(webui: Extended) -> None:
    webui.post(f"{API}/queue/pause")
    queued(webui)
    content = webui.client.get(f"{API}/export").get_data(as_text=True)
    webui.post(f"{API}/queue/clear")
    imported = webui.post(f"{API}/import", content=content)

    assert imported["message"] == "Queue imported"
    assert webui.get(f"{API}/queue")["total_pending_tasks"] == 1
    assert webui.post(f"{API}/import", content="[1]")["message"] == "Import Failed"


def test_its_routes_ask_for_credentials_where_the_source_does() -> None:
    webui = Extended("agent-scheduler", auth=(("user", "pass"),))

    assert webui.client.get(f"{API}/queue").status_code == 401
    assert webui.client.get(f"{API}/samplers").status_code == 200


def test_a_task_queued_just_after_the_last_waits_for_the_next_one() -> None:
    clock = ManualClock()
    webui = Extended("agent-scheduler", clock=clock, step_time=0.01)

    first = queued(webui)
    assert clock.wait_for_sleepers()
    while task(webui, first)["status"] != "done":
        clock.advance_to_next()
        assert clock.wait_for_sleepers()
    late = queued(webui)
    clock.advance(60)

    assert task(webui, late)["status"] == "pending"
