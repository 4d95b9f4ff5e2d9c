"""The plan: what a server is asked, and how many pictures that may cost it.

Nothing in it changes the server: no options are posted, nothing is overridden, nothing saved,
no model is switched. Seeds are fixed, so that two recordings can be compared.
"""

from __future__ import annotations

from base64 import b64encode
from dataclasses import dataclass
from enum import StrEnum
from functools import cache
from io import BytesIO
from itertools import islice
from json import dumps
from typing import TYPE_CHECKING, Any

from PIL import Image
from PIL.PngImagePlugin import PngInfo

if TYPE_CHECKING:
    from collections.abc import Iterable


API = "/sdapi/v1/"
#: The largest plan fits in it; pictures of 64x64.
BUDGET = 12
_SIDE = 64
#: The exchange whose infotext shows the hashes of networks.
NETWORKS = "txt2img-networks"
#: So many Loras and so many embeddings are loaded for it at most.
_MOST_NETWORKS = 16


class Kind(StrEnum):
    """What becomes of a step's answer."""

    LIST = "list"
    PAGE = "page"
    EXCHANGE = "exchange"


@dataclass(frozen=True)
class Step:
    """One request of the plan.

    Attributes:
        name: names its file.
        method: HTTP method.
        path: path with query.
        json: JSON body, unless None.
        text: raw body sent as JSON, where `json` cannot say it.
        kind: what becomes of the answer.
        pictures: how many pictures a server makes for it at most.
    """

    name: str
    method: str
    path: str
    json: Any = None
    text: str = ""
    kind: Kind = Kind.EXCHANGE
    pictures: int = 0

    @property
    def body(self) -> bytes | None:
        """The request's body; None for none."""
        if self.json is not None:
            return dumps(self.json).encode()
        return self.text.encode() if self.text else None


#: The flags and the document come first: they teach the redactor, the flags which folder is the
#: webui's own, before the document names it.
_LISTS = (
    "cmd-flags",
    "options",
    "samplers",
    "schedulers",
    "upscalers",
    "latent-upscale-modes",
    "sd-models",
    "sd-modules",
    "sd-vae",
    "hypernetworks",
    "loras",
    "embeddings",
    "face-restorers",
    "realesrgan-models",
    "prompt-styles",
    "scripts",
    "script-info",
    "extensions",
    "memory",
)


def lists() -> list[Step]:
    """Lists and pages; they cost nothing."""
    document = Step("openapi", "GET", "/openapi.json", kind=Kind.LIST)
    found = [Step(name, "GET", API + name, kind=Kind.LIST) for name in _LISTS]
    pages = [Step(name, "GET", f"/{name}", kind=Kind.PAGE) for name in ("docs", "redoc")]
    return [found[0], document, *found[1:], *pages]


def network_tags(loras: Iterable[str], embeddings: Iterable[str]) -> str:
    """A prompt's part that uses networks, so that an infotext shows the hashes of their files.

    Args:
        loras: names of Loras, as the server lists them.
        embeddings: names of embeddings.

    Returns:
        Tags and names of the first ones; "" where there are none.
    """
    tags = [f"<lora:{name}:0.1>" for name in islice(loras, _MOST_NETWORKS)]
    return ", ".join([*tags, *islice(embeddings, _MOST_NETWORKS)])


def exchanges(sampler: str, networks: str = "") -> list[Step]:
    """Generations, png-info, extras and errors; what may cost a picture on some server says so.

    Args:
        sampler: a sampler that the server lists; "" leaves the choice to it.
        networks: from `network_tags`; "" leaves out the picture that uses them.
    """
    tagged = _generation(sampler, prompt=f"a red fox in the snow, {networks}")
    used = [_ask(NETWORKS, "POST", "txt2img", tagged, 1)] if networks else []
    return [
        _ask("progress", "GET", "progress?skip_current_image=true"),
        _ask("txt2img", "POST", "txt2img", _generation(sampler), pictures=1),
        _ask("txt2img-batch", "POST", "txt2img", _generation(sampler, batch_size=2, n_iter=1), 2),
        _ask("img2img", "POST", "img2img", _from_picture(sampler), 1),
        _ask("img2img-mask", "POST", "img2img", _from_picture(sampler, mask=_mask()), 1),
        _ask("png-info", "POST", "png-info", {"image": _picture()}),
        _ask("extras", "POST", "extra-single-image", _extras(), 1),
        *used,
        *_errors(sampler),
    ]


def _errors(sampler: str) -> list[Step]:
    return [
        _ask("error-no-such-route", "GET", "no-such-route"),
        _ask("error-wrong-method", "GET", "txt2img"),
        Step("error-broken-json", "POST", f"{API}txt2img", text='{"prompt": '),
        _ask("error-wrong-type", "POST", "txt2img", _generation(sampler, width="wide"), 1),
        _ask("error-no-such-sampler", "POST", "txt2img", _generation("no such sampler"), 1),
        _ask(
            "error-no-such-script", "POST", "txt2img", _generation(sampler, script_name="none"), 1
        ),
        _ask("error-no-picture", "POST", "img2img", _generation(sampler), 1),
        _ask("error-png-info-of-text", "POST", "png-info", {"image": "no picture"}),
        _ask("error-extras-of-text", "POST", "extra-single-image", _extras(image="no picture")),
    ]


def within(steps: Iterable[Step], budget: int) -> tuple[list[Step], list[Step]]:
    """The steps that fit into `budget` pictures, and those left out, each in order.

    Args:
        steps: in their order.
        budget: pictures of 512x512 at 20 steps.
    """
    kept, left_out = [], []
    for step in steps:
        if step.pictures <= budget:
            budget -= step.pictures
            kept.append(step)
        else:
            left_out.append(step)
    return kept, left_out


def _ask(name: str, method: str, path: str, json: Any = None, pictures: int = 0) -> Step:
    return Step(name, method, API + path, json, pictures=pictures)


def _generation(sampler: str, **more: Any) -> dict[str, Any]:
    body = {
        "prompt": "a red fox in the snow",
        "negative_prompt": "blurry",
        "width": _SIDE,
        "height": _SIDE,
        "steps": 2,
        "cfg_scale": 7.0,
        "seed": 42,
        "subseed": 43,
        "save_images": False,
        "do_not_save_samples": True,
        "do_not_save_grid": True,
        **({"sampler_name": sampler} if sampler else {}),
    }
    return {**body, **more}


def _from_picture(sampler: str, **more: Any) -> dict[str, Any]:
    return _generation(sampler, init_images=[_picture()], denoising_strength=0.5, **more)


def _extras(**more: Any) -> dict[str, Any]:
    return {"image": _picture(), "upscaling_resize": 2, "upscaler_1": "None", **more}


@cache
def _picture() -> str:
    """A small PNG with an infotext, in base64."""
    info = PngInfo()
    info.add_text(
        "parameters",
        "a red fox in the snow\nNegative prompt: blurry\n"
        "Steps: 2, Sampler: Euler, CFG scale: 7.0, Seed: 42, Size: 64x64",
    )
    return _encoded(Image.linear_gradient("L").resize((_SIDE, _SIDE)).convert("RGB"), info)


@cache
def _mask() -> str:
    """A mask whose right half is repainted, in base64."""
    mask = Image.new("L", (_SIDE, _SIDE))
    mask.paste(255, (_SIDE // 2, 0, _SIDE, _SIDE))
    return _encoded(mask, None)


def _encoded(image: Image.Image, info: PngInfo | None) -> str:
    out = BytesIO()
    image.save(out, "PNG", pnginfo=info)
    return b64encode(out.getvalue()).decode("ascii")
