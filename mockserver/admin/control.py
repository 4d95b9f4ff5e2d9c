"""Control: what can be done to a running mock, from Python and over /_mock/ alike."""

from __future__ import annotations

import base64
import json
import re
import threading
import time
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import BadInput, ProfileError
from mockserver.core.simulated import Snapshot
from mockserver.faults.latency import Latency, latency_of, parse_latency, work_of
from mockserver.http.in_process import call

if TYPE_CHECKING:
    from collections.abc import Callable, Mapping

    from mockserver.admin.middleware import AdminRequest
    from mockserver.faults import Fault
    from mockserver.http.layers import LayeredApp


_ADDRESS = "http://127.0.0.1"
_JSON = {"Content-Type": "application/json"}
#: How long a job of somebody else may take to get to its place, seconds.
_PATIENCE = 2.0


class OtherJob:
    """A generation of somebody else, under way.

    Args:
        run: makes it.
    """

    def __init__(self, run: Callable[[], int]) -> None:
        self.status: int | None = None
        self._run = run
        self._thread = threading.Thread(target=self._work, name="other-job", daemon=True)
        self._thread.start()

    def _work(self) -> None:
        self.status = self._run()

    @property
    def done(self) -> bool:
        """Whether it has been answered."""
        return not self._thread.is_alive()

    def wait(self, timeout: float | None = None) -> bool:
        """Wait until it has been answered; false after `timeout` real seconds.

        Args:
            timeout: seconds; None to wait for ever.
        """
        self._thread.join(timeout)
        return self.done


class Control:
    """Steers one mock.

    Args:
        app: the mock.
    """

    def __init__(self, app: LayeredApp) -> None:
        self._app = app
        self._start: Snapshot | None = None
        self._config = app.webui.config
        self._faults: tuple[Fault, ...] = ()
        self._latency: Latency | None = None

    def remember_start(self) -> None:
        """Take the state as it is now for the start, with its faults and its latency."""
        self._config = self._app.webui.config
        self._start = Snapshot(self._app.webui)
        self._faults = tuple(armed.fault for armed in self._app.faults)
        self._latency = self._app.fault_layer.latency

    def reset(self) -> None:
        """Everything as at the start: options, lists, state, journal, faults, latency.

        A job that runs is interrupted; connections that wait for ever are closed.
        """
        app, webui = self._app, self._app.webui
        if webui.queue.held and hasattr(webui, "state"):
            webui.state.interrupt()
        options = getattr(webui, "options", None)
        revision = getattr(options, "revision", None)
        extensions: Any = getattr(webui, "extensions", ())
        installed = tuple(extensions)
        if self._start is not None:
            self._start.restore()
        if options is not None and revision is not None:
            options.renumber(revision + 1)
        webui.config = self._config
        forget = getattr(webui, "forget_context", None)
        if forget is not None:
            forget()
        if tuple(extensions) != installed:
            extensions.renewed()
        app.journal.clear()
        app.faults.clear()
        for fault in self._faults:
            app.faults.arm(fault)
        app.fault_layer.latency = self._latency
        app.ending_layer.release()

    def set_latency(self, latency: Latency | str | float | None) -> None:
        """How long generations take from now on.

        Args:
            latency: seconds; ``none``, ``2s``, ``lognormal 2s 0.5`` or a GPU's name; None for
                the time that the mock was started with.

        Raises:
            FaultError: it is none of these.
        """
        if isinstance(latency, str):
            latency = parse_latency(latency)
        elif isinstance(latency, int | float):
            latency = Latency(seconds=float(latency))
        self._app.fault_layer.latency = latency

    def set_auth(self, *users: tuple[str, str]) -> None:
        """Ask for other credentials from now on; for none without a pair.

        Args:
            users: pairs of user and password.
        """
        if not all(_is_pair(pair) for pair in users):
            raise BadInput('users are pairs of user and password: [["user", "pass"]]')
        webui = self._app.webui
        webui.config = replace(webui.config, auth=tuple((user, word) for user, word in users))
        vars(webui).pop("flags", None)

    def set_flags(self, **flags: Any) -> None:
        """Start flags that may change while the mock runs.

        Args:
            flags: ``no_api``, ``cors_origins``, ``cors_regex``.

        Raises:
            BadInput: another flag.
        """
        known = ("no_api", "cors_origins", "cors_regex")
        for name in flags:
            if name not in known:
                raise BadInput(f"{name!r} cannot change while it runs; these can: {known}")
        origins = flags.get("cors_origins", ())
        regex = flags.get("cors_regex", "")
        if not isinstance(origins, list | tuple) or not all(isinstance(o, str) for o in origins):
            raise BadInput("cors_origins is a list of origins")
        try:
            re.compile(regex)
        except (re.error, TypeError) as error:
            raise BadInput(f"cors_regex is no pattern: {error}") from error
        if not isinstance(flags.get("no_api", False), bool):
            raise BadInput("no_api is true or false")
        if "cors_origins" in flags:
            flags["cors_origins"] = tuple(origins)
        webui = self._app.webui
        webui.config = replace(webui.config, **flags)

    def upgrade(self, profile: str) -> None:
        """Put another program or version on the machine, as an upgrade and a restart do.

        Stored options that the new one knows stay; faults, journal and clock go on.

        Args:
            profile: its name.

        Raises:
            ProfileError: no such profile, or one that is not started as this mock was.
        """
        app, old = self._app, self._app.webui
        new = app.successor(profile)
        kept = getattr(old, "options", None)
        options = getattr(new.webui, "options", None)
        if kept is not None and options is not None:
            for name in kept.stored:
                if name in options.names:
                    options.put(name, kept[name])
        app.become(new)
        self._start = Snapshot(new.webui)
        self._config = new.webui.config

    def other_job(self, seconds: float = 1.0, **payload: Any) -> OtherJob:
        """Let somebody else generate; comes back when the job runs or waits in the queue.

        Args:
            seconds: how long it takes, on the mock's clock.
            payload: fields of txt2img; a small picture by default.
        """
        app = self._app
        body = {"prompt": "somebody else's picture", "steps": 20, **payload}
        step_time = seconds / max(work_of(body), 1e-6)
        headers = dict(_JSON)
        for user, password in app.webui.config.auth[:1]:
            pair = base64.b64encode(f"{user}:{password}".encode()).decode()
            headers["Authorization"] = f"Basic {pair}"
        data = json.dumps(body).encode()

        def run() -> int:
            with app.webui.pace.of_request(step_time):
                url = f"{_ADDRESS}/sdapi/v1/txt2img"
                return call(app.dispatcher, "POST", url, headers, data)[0]

        queue = app.webui.queue
        before = queue.waiting + queue.held
        job = OtherJob(run)
        patience = time.monotonic() + _PATIENCE
        while queue.waiting + queue.held <= before and not job.done:
            if time.monotonic() > patience:
                break
            time.sleep(0.001)
        return job

    def routes(self) -> dict[str, Callable[[AdminRequest], tuple[int, Any]]]:
        """What answers below /_mock/, by name."""
        return {
            "reset": self._reset,
            "latency": self._post_latency,
            "world": self._post_world,
            "extensions": self._post_extensions,
            "jobs": self._post_job,
            "auth": self._post_auth,
            "flags": self._post_flags,
            "profile": self._post_profile,
        }

    def _reset(self, asked: AdminRequest) -> tuple[int, Any]:
        if asked.method != "POST":
            return 405, {"error": "POST"}
        self.reset()
        return 200, {}

    def _post_latency(self, asked: AdminRequest) -> tuple[int, Any]:
        if asked.method == "POST":
            self._app.fault_layer.latency = latency_of(_object(asked.body))
        found = self._app.fault_layer.latency
        if found is None:
            return 200, {"step_time": self._app.webui.pace.default}
        return 200, {"step_time": found.step_time, "seconds": found.seconds, "sigma": found.sigma}

    def _post_world(self, asked: AdminRequest) -> tuple[int, Any]:
        world = getattr(self._app.webui, "machine", None)
        if world is None:
            return 404, {"error": f"{self._app.webui.profile.name} has no files to change"}
        if asked.method == "POST":
            world.fill(_object(asked.body))
        return 200, {
            "models": world.models.names,
            "loras": world.loras.names,
            "embeddings": world.embeddings.names,
            "styles": world.styles.names,
        }

    def _post_extensions(self, asked: AdminRequest) -> tuple[int, Any]:
        extensions = getattr(self._app.webui, "extensions", None)
        if extensions is None:
            return 404, {"error": f"{self._app.webui.profile.name} takes no extensions"}
        if asked.method == "POST":
            extensions.change(_object(asked.body))
        return 200, {"extensions": [{"name": e.name, "version": e.version} for e in extensions]}

    def _post_job(self, asked: AdminRequest) -> tuple[int, Any]:
        if asked.method != "POST":
            return 405, {"error": "POST"}
        given = dict(_object(asked.body))
        seconds = given.pop("seconds", 1.0)
        if isinstance(seconds, bool) or not isinstance(seconds, int | float) or seconds < 0:
            raise BadInput("seconds is a number from 0 on")
        self.other_job(float(seconds), **{str(name): value for name, value in given.items()})
        return 201, {}

    def _post_auth(self, asked: AdminRequest) -> tuple[int, Any]:
        if asked.method != "POST":
            return 405, {"error": "POST"}
        users = _object(asked.body).get("users", [])
        if not isinstance(users, list):
            raise BadInput('write {"users": [["user", "password"]]}')
        self.set_auth(*users)
        return 200, {}

    def _post_profile(self, asked: AdminRequest) -> tuple[int, Any]:
        if asked.method == "POST":
            name = _object(asked.body).get("profile")
            if not isinstance(name, str):
                raise BadInput('write {"profile": "a1111-1.10.1"}')
            try:
                self.upgrade(name)
            except ProfileError as error:
                raise BadInput(str(error)) from error
        return 200, {"profile": self._app.webui.profile.name}

    def _post_flags(self, asked: AdminRequest) -> tuple[int, Any]:
        if asked.method == "POST":
            self.set_flags(**_object(asked.body))
        config = self._app.webui.config
        return 200, {
            "no_api": config.no_api,
            "cors_origins": list(config.cors_origins),
            "cors_regex": config.cors_regex,
        }


def _is_pair(pair: object) -> bool:
    """Whether it is a user and a password."""
    known = ("user", "password")
    fits = isinstance(pair, list | tuple) and len(pair) == len(known)
    return fits and all(isinstance(word, str) for word in pair)  # type: ignore[attr-defined]


def _object(body: Any) -> Mapping[str, Any]:
    if not isinstance(body, dict):
        raise BadInput("send a JSON object")
    return body
