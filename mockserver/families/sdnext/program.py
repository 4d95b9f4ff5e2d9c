"""Program: what differs between versions of SD.Next."""

from __future__ import annotations

from dataclasses import dataclass


@dataclass(frozen=True)
class Program:
    """Keys of ``[program]`` in a profile of this family.

    Attributes:
        scheduler: class of the scheduler that the model brings with it, which infotexts name;
            "" for a version whose infotexts name no schedulers.
        undrawn: samplers whose steps fail with the recorded model: the answer has no picture.
        templates: whether infotexts show the prompts as they were sent, and prompts lose blanks
            around them and braces within.
        rounds_up: whether img2img resizes an odd picture to the next multiples of 8, which the
            infotext names, instead of the last ones, which it doesn't.
        draws_anything: whether img2img draws with no steps and no denoising strength.
        strict_seed: whether null for a seed is an error.
        optional_texts: whether null passes for a negative prompt and a hires upscaler.
        lenient_uris: whether half a data URI is taken for base64.
        comments: whether png-info reads what ComfyUI and InvokeAI leave in a picture, and names
            neither its size nor its mode.
        html_info: whether extras have a text for ``html_info``; without one they fail.
        names_progress: whether progress begins with an ``id``.
        lists_refreshed: whether refresh-loras answers with the LoRAs.
        broken_scripts: scripts that fail whatever they are given.
        compares_sizes: whether resize mode and scale are only named for a picture of another
            size, and the scale only where it is not 1.
        finite: whether an answer with NaN or an infinity is an error; else they become null.
        nameless_guidance: guidance up to this one is not named.
    """

    scheduler: str = ""
    undrawn: tuple[str, ...] = ()
    templates: bool = False
    rounds_up: bool = False
    draws_anything: bool = False
    strict_seed: bool = False
    optional_texts: bool = False
    lenient_uris: bool = False
    comments: bool = False
    html_info: bool = True
    names_progress: bool = False
    lists_refreshed: bool = False
    broken_scripts: tuple[str, ...] = ()
    compares_sizes: bool = False
    finite: bool = True
    nameless_guidance: int = 1
