"""gradio's own routes: the page, its config, log-in, files."""

from __future__ import annotations

import hashlib
import json
import posixpath
from functools import cache
from typing import TYPE_CHECKING, Any

from flask import Response

from mockserver.core.errors import HTTPError, RequestValidationError
from mockserver.http.answers import (
    PositionalArgumentsError,
    Prepared,
    json_response,
    render_standard,
)
from mockserver.http.routing import FORM, QUERY, Call, Route
from mockserver.pydantic_compat.errors import missing

if TYPE_CHECKING:
    from collections.abc import Callable

    from mockserver.backends.a1111.server import Webui


_FORBIDDEN = (403, "File not allowed")
_ABSENT = (404, "File not found")


def gradio_config(webui: Webui) -> dict[str, Any]:
    """The answer of /config: the controls whose choices clients read, and no more.

    The real one describes the whole page in some megabytes.

    Args:
        webui: the simulated server.
    """
    fixtures = webui.fixtures
    upscalers = [item["name"] for item in webui.listed("latent-upscale-modes")]
    upscalers = upscalers or list(webui.profile.generation.unlisted_latent_modes)
    upscalers += [item["name"] for item in fixtures.get("upscalers")]
    samplers = [item["name"] for item in fixtures.get("samplers")]
    controls = [
        ("setting_sd_model_checkpoint", "Stable Diffusion checkpoint", webui.checkpoints.names),
        ("txt2img_sampling", "Sampling method", samplers),
        ("txt2img_hr_upscaler", "Upscaler", upscalers),
        ("img2img_sampling", "Sampling method", samplers),
    ]
    return {
        "version": "3.41.2",
        "mode": "blocks",
        "dev_mode": False,
        "analytics_enabled": False,
        "components": [_dropdown(number, *control) for number, control in enumerate(controls, 1)],
        "css": None,
        "title": "Stable Diffusion",
        "is_space": False,
        "enable_queue": True,
        "show_error": True,
        "show_api": True,
        "is_colab": False,
        "stylesheets": [],
        "theme": "default",
        "layout": {"id": 0, "children": [{"id": n} for n in range(1, len(controls) + 1)]},
        "dependencies": [],
        "root": "",
    }


def _dropdown(number: int, elem_id: str, label: str, choices: list[str]) -> dict[str, Any]:
    return {
        "id": number,
        "type": "dropdown",
        "props": {
            "choices": [[choice, choice] for choice in choices],
            "value": choices[0] if choices else None,
            "label": label,
            "interactive": True,
            "visible": True,
            "elem_id": elem_id,
            "name": "dropdown",
        },
        "serializer": "StringSerializable",
    }


def simulated_file(webui: Webui, name: str) -> tuple[int, str]:
    """Status and words with which gradio refuses a file of the simulated server.

    Inside the webui's folder a file is not found; dot files, folders and whatever lies
    outside are not allowed.

    Args:
        webui: the simulated server.
        name: path that the client asks for.
    """
    root = _folder(webui)
    path = posixpath.normpath(posixpath.join(root, name))
    inside = path.startswith(f"{root}/")
    hidden = any(part.startswith(".") for part in path.split("/"))
    return _ABSENT if inside and not hidden else _FORBIDDEN


def _folder(webui: Webui) -> str:
    """The webui's own folder; in 2022 there was no flag for it, and the settings lay in it."""
    return str(webui.flags.get("data_dir") or posixpath.dirname(_settings_file(webui)))


def _settings_file(webui: Webui) -> str:
    return str(webui.flags.get("ui_settings_file", "/webui/config.json"))


def uploaded_path(content: bytes, name: str) -> str:
    """Where gradio puts an uploaded file, in a folder named after its content.

    Args:
        content: of the file.
        name: the file's own name.
    """
    plain = posixpath.basename(name.replace("\\", "/"))
    return f"/tmp/gradio/{hashlib.sha1(content, usedforsecurity=False).hexdigest()}/{plain}"  # noqa: S108 - a path on the simulated server


_PAGE = """<!doctype html>
<html lang="en">
<head><meta charset="utf-8"><title>Stable Diffusion</title></head>
<body>
<h1>Stable Diffusion</h1>
<p>A mock of the stable-diffusion-webui HTTP API. It has no web UI;
its routes are described at <a href="/docs">/docs</a>, and what is asked of it is shown, as it
happens, at <a href="/_mock/">/_mock/</a>.</p>
</body>
</html>
"""
_ICON = """<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 2 2">
<rect width="2" height="2" fill="#fb6"/><circle cx="1" cy="1" r=".6" fill="#c40"/></svg>
"""
_ROBOTS = "User-agent: *\nDisallow: "
#: gradio's estimate with nothing in its queue.
_IDLE_QUEUE = {
    "msg": "estimation",
    "rank": None,
    "queue_size": 0,
    "avg_event_process_time": 0.0,
    "avg_event_concurrent_process_time": None,
    "rank_eta": None,
    "queue_eta": 1.0,
}


def routes(webui: Webui) -> list[Route]:
    """Routes of gradio; those it registers twice exist with and without the last slash.

    Args:
        webui: the simulated server.
    """

    @cache
    def config() -> Prepared:
        return Prepared(render_standard(gradio_config(webui)))

    twice: dict[str, Callable[[Call[Webui]], Any]] = {
        "/user": lambda _: None,
        "/login_check": lambda _: None,
        "/token": _token,
        "/app_id": lambda call: {"app_id": call.webui.app_id},
        "/config": lambda _: config(),
    }
    once: dict[str, Callable[..., Any]] = {
        "/queue/status": lambda _: _IDLE_QUEUE,
        "/startup-events": lambda _: False,
        "/theme.css": lambda _: Response("", mimetype="text/css"),
        "/robots.txt": lambda _: Response(_ROBOTS, mimetype="text/plain"),
        "/favicon.ico": lambda _: Response(_ICON, content_type="image/svg+xml"),
        "/static/<any_path:name>": _no_such_file,
        "/assets/<any_path:name>": _no_such_file,
        "/file/<any_path:name>": _file,
    }
    found = [
        _open("GET", path + end, answer) for path, answer in twice.items() for end in ("", "/")
    ]
    found += [_open("GET", path, answer) for path, answer in once.items()]
    found += [Route("GET", path, _info, QUERY, guarded=False) for path in ("/info", "/info/")]
    found += [_open(method, "/", _page) for method in ("GET", "HEAD")]
    for method in ("GET", "HEAD"):
        found.append(_open(method, "/file=<any_path:name>", _file))
        found.append(_open(method, "/proxy=<any_path:name>", _proxy))
    return found + _posts()


def _posts() -> list[Route]:
    found = [Route("POST", "/upload", _upload, guarded=False)]
    for end in ("", "/"):
        found.append(Route("POST", f"/reset{end}", _reset, "ResetBody", guarded=False))
        model = f"Body_login_login_{'_' if end else ''}post"
        found.append(Route("POST", f"/login{end}", _login, FORM + model, guarded=False))
        for kind in ("api", "run"):
            path = f"/{kind}/<name>{end}"
            found.append(Route("POST", path, _predict, "PredictBody", guarded=False))
    return found


def _open(method: str, path: str, answer: Callable[..., Any]) -> Route:
    return Route(method, path, answer, guarded=False)


def _page(_: Call[Webui]) -> Response:
    return Response(_PAGE)


def _info(_: Call[Webui]) -> dict[str, Any]:
    """The mock's page has no endpoints."""
    return {"named_endpoints": {}, "unnamed_endpoints": {}}


def _token(call: Call[Webui]) -> dict[str, Any]:
    """No log-in, so the token that a cookie brings belongs to nobody."""
    return {"token": call.request.cookies.get("access-token"), "user": None}


def _login(_: Call[Webui]) -> Response:
    """Without ``--gradio-auth`` anybody is sent to the page."""
    response = Response(status=302, headers={"Location": "/"})
    del response.headers["Content-Type"]
    return response


def _predict(_: Call[Webui], name: str) -> Response:
    body = {"error": f"This app has no endpoint /api/{name}/."}
    return json_response(render_standard(body), 500)


def _reset(_: Call[Webui]) -> dict[str, bool]:
    """Nothing is under way that could be reset."""
    return {"success": False}


def _upload(call: Call[Webui]) -> list[str]:
    """Where each file would lie; nothing is kept.

    Raises:
        RequestValidationError: no file was sent.
    """
    files = call.request.files.getlist("files")
    if not files:
        raise RequestValidationError([missing().at(("body", "files"))])
    return [uploaded_path(file.read(), file.filename or "") for file in files]


def _proxy(_: Call[Webui], name: str) -> None:
    """No other server's pages are shown here."""
    del name
    raise HTTPError(400, "This URL cannot be proxied.")


def _no_such_file(_: Call[Webui], name: str) -> None:
    """The mock has none of gradio's scripts and styles."""
    del name
    raise PositionalArgumentsError(404, "File not found")


def _file(call: Call[Webui], name: str) -> Response:
    """The settings, where they were saved; no other file of the simulated server can be had.

    Source: gradio/routes.py ``file`` at 3.41.2, which serves what lies in the webui's folder;
    modules/options.py ``save`` at v1.10.1.

    Args:
        call: the request.
        name: path that the client asks for.

    Raises:
        PositionalArgumentsError: 403 or 404, with where the file would lie.
    """
    webui = call.webui
    path = posixpath.normpath(posixpath.join(_folder(webui), name))
    if path == _settings_file(webui) and (webui.options.saved or not webui.config.fresh):
        saved = {key: webui.options[key] for key in webui.options.stored}
        text = json.dumps(saved, indent=4, ensure_ascii=False)
        return Response(text, mimetype="application/json")
    status, message = simulated_file(webui, name)
    raise PositionalArgumentsError(status, f"{message}: {name}.")
