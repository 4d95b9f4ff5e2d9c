"""gradio's config and file rules, as far as clients look at them."""

from __future__ import annotations

import hashlib
import posixpath
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.webui.server import Webui

_FORBIDDEN = (403, "File not allowed")
_ABSENT = (404, "File not found")


def gradio_config(webui: Webui) -> dict[str, Any]:
    """The answer of /config: the controls whose choices clients read, and no more.

    The real one describes the whole page in some megabytes.
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
    """
    root = str(webui.flags["data_dir"])
    path = posixpath.normpath(posixpath.join(root, name))
    inside = path.startswith(f"{root}/")
    hidden = any(part.startswith(".") for part in path.split("/"))
    return _ABSENT if inside and not hidden else _FORBIDDEN


def uploaded_path(content: bytes, name: str) -> str:
    """Where gradio puts an uploaded file, in a folder named after its content."""
    plain = posixpath.basename(name.replace("\\", "/"))
    return f"/tmp/gradio/{hashlib.sha1(content, usedforsecurity=False).hexdigest()}/{plain}"  # noqa: S108 - a path on the simulated server
