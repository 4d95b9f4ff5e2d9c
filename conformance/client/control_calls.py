"""Calls that steer the server: its jobs, its models, its life."""

from __future__ import annotations

from typing import Any

from conformance.client.answers import Progress
from conformance.client.caller import Caller, read_json
from conformance.client.reading import read_object
from conformance.errors import MalformedAnswer


class ControlCalls(Caller):
    """Each call raises ServerRefused, MalformedAnswer or ConnectionFailed."""

    def progress(self, *, skip_current_image: bool = False) -> Progress:
        """GET progress; without the preview where ``skip_current_image``."""
        query = "?skip_current_image=true" if skip_current_image else ""
        value, exchange = self.read("GET", f"progress{query}")
        return Progress.read(value, exchange)

    def interrupt(self) -> None:
        """POST interrupt: the running job ends with what it has, whoever started it."""
        self.ask("POST", "interrupt")

    def skip(self) -> None:
        """POST skip: the running iteration ends early, whoever started it."""
        self.ask("POST", "skip")

    def set_options(self, values: dict[str, Any]) -> None:
        """POST options: change them for good; ``options_set`` puts them back."""
        self.ask("POST", "options", json=values)

    def refresh_checkpoints(self) -> None:
        """POST refresh-checkpoints: read the folder of models anew."""
        self.ask("POST", "refresh-checkpoints")

    def refresh_vae(self) -> None:
        """POST refresh-vae, from v1.6."""
        self.ask("POST", "refresh-vae")

    def refresh_embeddings(self) -> None:
        """POST refresh-embeddings, from v1.8."""
        self.ask("POST", "refresh-embeddings")

    def refresh_loras(self) -> None:
        """POST refresh-loras, from v1.3."""
        self.ask("POST", "refresh-loras")

    def unload_checkpoint(self) -> None:
        """POST unload-checkpoint: the model leaves the card."""
        self.ask("POST", "unload-checkpoint")

    def reload_checkpoint(self) -> None:
        """POST reload-checkpoint: the model comes back to the card."""
        self.ask("POST", "reload-checkpoint")

    def create_embedding(self, **arguments: Any) -> str:
        """POST create/embedding; the server's sentence, which may tell of an error."""
        return self._sentence("create/embedding", arguments)

    def create_hypernetwork(self, **arguments: Any) -> str:
        """POST create/hypernetwork; the server's sentence, which may tell of an error."""
        return self._sentence("create/hypernetwork", arguments)

    def train_embedding(self, **arguments: Any) -> str:
        """POST train/embedding; the server's sentence, which may tell of an error."""
        return self._sentence("train/embedding", arguments)

    def train_hypernetwork(self, **arguments: Any) -> str:
        """POST train/hypernetwork; the server's sentence, which may tell of an error."""
        return self._sentence("train/hypernetwork", arguments)

    def server_kill(self) -> None:
        """POST server-kill: the process ends without an answer (ConnectionBroken)."""
        self.ask("POST", "server-kill")

    def server_restart(self) -> None:
        """POST server-restart."""
        self.ask("POST", "server-restart")

    def server_stop(self) -> None:
        """POST server-stop."""
        self.ask("POST", "server-stop")

    def ping(self) -> None:
        """GET /internal/ping, which ``--nowebui`` does not serve."""
        self.ask_path("GET", "/internal/ping")

    def pending_tasks(self) -> list[str]:
        """GET /internal/pending-tasks, from v1.8: ids of the jobs that wait."""
        exchange = self.ask_path("GET", "/internal/pending-tasks")
        tasks = read_object(read_json(exchange), exchange).get("tasks")
        if not isinstance(tasks, list):
            raise MalformedAnswer("an array under 'tasks' was expected", exchange)
        return [str(task) for task in tasks]

    def internal_progress(self, id_task: str | None = None, **fields: Any) -> dict[str, Any]:
        """POST /internal/progress: what the web page knows of one job."""
        body = {"id_task": id_task, **fields}
        exchange = self.ask_path("POST", "/internal/progress", json=body)
        return read_object(read_json(exchange), exchange)

    def _sentence(self, route: str, arguments: dict[str, Any]) -> str:
        value, exchange = self.read("POST", route, json=arguments)
        info = read_object(value, exchange).get("info")
        if not isinstance(info, str):
            raise MalformedAnswer("a text under 'info' was expected", exchange)
        return info
