"""Agent Scheduler: generations that wait in a queue of their own and are asked for later.

Source: agent_scheduler/api.py at a3375332; recorded: x-agent/*, x-agent-flow/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.extensions.agent_scheduler.control import Control
from mockserver.extensions.agent_scheduler.reading import Reading
from mockserver.extensions.agent_scheduler.runner import TaskRunner
from mockserver.extensions.agent_scheduler.tasks import TaskList
from mockserver.extensions.base import Extension
from mockserver.http.routing import QUERY, Route

if TYPE_CHECKING:
    from collections.abc import Sequence

    from mockserver.backends.a1111.server import Webui


_PATH = "/agent-scheduler/v1"
#: Routes that ask for no credentials where the server has them: the source forgets them.
_OPEN = ("/samplers", "/sd-models", "/export", "/import", "/task/<id>/unbookmark")


class AgentScheduler(Extension):
    """The extension sd-webui-agent-scheduler."""

    name = "agent-scheduler"
    folder = "sd-webui-agent-scheduler"
    versions = ("a3375332",)
    summary = "a queue of generations: POST /agent-scheduler/v1/queue/txt2img"
    imports_api = True

    def __init__(self, webui: Webui, version: str) -> None:
        super().__init__(webui, version)
        tasks = TaskList(webui.clock.now)
        runner = TaskRunner(webui, tasks)
        self._read, self._do = Reading(webui, tasks, runner), Control(webui, tasks, runner)

    def routes(self) -> Sequence[Route]:
        """Its routes, some of them under an older address too."""
        read, do = self._read, self._do
        table = (
            ("GET", "/samplers", read.samplers, ""),
            ("GET", "/sd-models", read.models, ""),
            ("POST", "/queue/txt2img", do.queue_txt2img, "Txt2ImgApiTaskArgs"),
            ("POST", "/queue/img2img", do.queue_img2img, "Img2ImgApiTaskArgs"),
            ("GET", "/queue", read.queue, QUERY),
            ("GET", "/export", read.export, QUERY),
            ("POST", "/import", do.import_tasks, "StringRequestBody"),
            ("GET", "/history", read.history, QUERY),
            ("GET", "/task/<id>", read.task, ""),
            ("GET", "/task/<id>/position", read.position, ""),
            ("PUT", "/task/<id>", do.update, "UpdateTaskArgs"),
            ("POST", "/task/<id>/run", do.run, ""),
            ("POST", "/run/<id>", do.run, ""),
            ("POST", "/task/<id>/requeue", do.requeue, ""),
            ("POST", "/requeue/<id>", do.requeue, ""),
            ("POST", "/task/requeue-failed", do.requeue_failed, ""),
            ("DELETE", "/task/<id>", do.delete, ""),
            ("POST", "/delete/<id>", do.delete, ""),
            ("POST", "/task/<id>/move/<over_id>", do.move, ""),
            ("POST", "/move/<id>/<over_id>", do.move, ""),
            ("POST", "/task/<id>/bookmark", do.bookmark, ""),
            ("POST", "/bookmark/<id>", do.bookmark, ""),
            ("POST", "/task/<id>/unbookmark", do.remove_bookmark, ""),
            ("POST", "/unbookmark/<id>", do.remove_bookmark, ""),
            ("POST", "/task/<id>/rename", do.rename, QUERY),
            ("POST", "/rename/<id>", do.rename, QUERY),
            ("GET", "/task/<id>/results", read.results, QUERY),
            ("GET", "/results/<id>", read.results, QUERY),
            ("POST", "/queue/pause", do.pause, ""),
            ("POST", "/pause", do.pause, ""),
            ("POST", "/queue/resume", do.resume, ""),
            ("POST", "/resume", do.resume, ""),
            ("POST", "/queue/clear", do.clear_queue, ""),
            ("POST", "/history/clear", do.clear_history, ""),
        )
        return tuple(_route(*row) for row in table)


def _route(method: str, path: str, answer: Any, takes: str) -> Route:
    document = f"{_PATH}{path}".replace("<", "{").replace(">", "}")
    return Route(
        method,
        f"{_PATH}{path}",
        answer,
        takes,
        guarded=path not in _OPEN,
        document=document if "<" in path else "",
    )


EXTENSION = AgentScheduler
