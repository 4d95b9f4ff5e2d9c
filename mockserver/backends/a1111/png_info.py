"""POST png-info: what a picture's file says, as text, as items and parsed.

Source: modules/api/api.py, pnginfoapi, at v1.10.1; recorded: png-info/*.
"""

from __future__ import annotations

from pathlib import PurePosixPath
from typing import TYPE_CHECKING, Any

from mockserver.backends.a1111.infotext.grammar import HIRES, spelled
from mockserver.backends.a1111.infotext.parse import infotext_pasted, parse_generation_parameters
from mockserver.backends.a1111.infotext.versions import PARSE_RULES
from mockserver.backends.a1111.input_images import read_picture
from mockserver.backends.a1111.options import MODEL_OPTION, MODULES_OPTION
from mockserver.core.json_values import jsonable
from mockserver.imaging.metadata import MetadataRules, read_info

if TYPE_CHECKING:
    from mockserver.backends.a1111.server import Webui


_INDENT = "    "
SAME_MODULES = "Use same choices"


def sampler_names(listed: list[dict[str, Any]]) -> dict[str, str]:
    """Sampler names and aliases, in lower case, to names. Source: modules/sd_samplers.py.

    Args:
        listed: items of ``/sdapi/v1/samplers``.
    """
    return {
        alias.lower(): item["name"] for item in listed for alias in (item["name"], *item["aliases"])
    }


def told_as_modules(parsed: dict[str, Any], webui: Webui) -> None:
    """Show VAE and text encoders as Forge does; leave out the checkpoint that is chosen anyway.

    Args:
        parsed: what an infotext says; changed in place.
        webui: its modules and the checkpoint that its options name.

    Source: modules/infotext_utils.py ``parse_generation_parameters`` of Forge; recorded there:
    png-info/text-vae.
    """
    options = webui.options
    if parsed.get("Model") is not None and parsed["Model"] in options[MODEL_OPTION]:
        del parsed["Model"]
    known = {
        PurePosixPath(m["model_name"]).stem: m["model_name"] for m in webui.listed("sd-modules")
    }
    vae = parsed.pop("VAE", None)
    numbered = [value for key, value in parsed.items() if key.startswith("Module ")]
    modules = [vae] if vae else [known.get(name, name) for name in numbered]
    chosen = [PurePosixPath(path).name for path in options[MODULES_OPTION]]
    if modules and sorted(modules) != sorted(chosen):
        parsed["VAE/TE"] = modules
    parsed["Hires VAE/TE"] = _hires_modules(parsed, known)


def _hires_modules(parsed: dict[str, Any], known: dict[str, str]) -> list[str]:
    first = parsed.get("Hires Module 1", SAME_MODULES)
    if first in {SAME_MODULES, "Built-in"}:
        return [first]
    named = [value for key, value in parsed.items() if key.startswith("Hires Module ")]
    return [known[name] for name in named if name in known]


def png_info(webui: Webui, values: dict[str, Any]) -> dict[str, Any]:
    """Answer of png-info.

    Args:
        webui: the simulated server.
        values: ``image``; white space around it does not matter.

    Returns:
        ``info``, ``items`` and ``parameters``, all JSON; before 1.7 no ``parameters``, the text
        being the first item instead.

    Raises:
        HTTPError, ServerError: the picture cannot be read, or its metadata makes the server fail.
    """
    rules, options = webui.profile.png_info, webui.options
    picture = read_picture(values["image"].strip(), options, webui.profile.inputs)
    reading = MetadataRules(
        sampler_names(webui.fixtures.get("samplers")),
        rules.exif_comment_item,
        rules.text_comment,
        rules.technical_items,
        _INDENT if rules.novelai_indent else "",
    )
    text, items = read_info(picture, reading)
    text = text or ""
    if not rules.items:
        return {"info": text}
    if not rules.parsing:
        return {"info": text, "items": jsonable({"parameters": text, **items})}
    styles = tuple(webui.styles.values())
    parsed = parse_generation_parameters(text, options, styles, PARSE_RULES[rules.parsing])
    if rules.modules:
        told_as_modules(parsed, webui)
    infotext_pasted(parsed, webui.networks.lora_names)
    webui.callbacks.infotext_pasted(parsed)
    parsed = spelled(parsed, HIRES, webui.profile.generation.hires_word)
    return {"info": text, "items": jsonable(items), "parameters": jsonable(parsed)}
