"""Regional Prompter: its script and what it writes.

Source: scripts/rp.py and scripts/regions.py at be623452; recorded: x-regional/*.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from mockserver.core.errors import ServerError, raises_upstream
from mockserver.extensions.base import Extension, Run, Script

if TYPE_CHECKING:
    from collections.abc import Sequence


#: One of these words in the prompt makes it act.
_WORDS = ("ADDCOMM", "ADDROW", "ADDCOL", "ADDBASE", "ADDP", "BREAK", "AND")
_NO_AND = "disable convert 'AND' to 'BREAK'"
_OPTIONS = (
    _NO_AND,
    "Use LoHa or other",
    "Use BREAK to change chunks",
    "Flip prompts",
    "Comment Out `#`",
    "Enabled only in Hires Fix",
    "Disabled in Hires Fix",
    "debug",
    "debug2",
)
_NOPE = "Nope"
_DATA_URI = "data:image/"


class RegionalPrompter(Script):
    """Writes its eighteen parameters and changes the picture.

    What it fails on later (bad ratios, a mask that is missing) is swallowed: the infotext
    claims that it acted.
    """

    title = "regional prompter"

    def process(self, run: Run) -> None:
        """Act, where it is switched on and the prompt has one of its words.

        Args:
            run: the generation, and the script's arguments.
        """
        active, debug, tab, matrix, mask_mode, prompt_mode, ratios, base_ratios = run.args[:8]
        use_base, use_common, use_negative_common, calculation, options = run.args[8:13]
        text_encoder, unet, threshold, mask, stop, hires_stop, flip = run.args[13:20]
        chosen = _options(options, debug)
        _check_mask(mask)
        if not active or not _has_word(run.p.prompt):
            return
        written = {
            "RP Active": active,
            "RP Divide mode": "Matrix" if tab == _NOPE else tab,
            "RP Matrix submode": matrix,
            "RP Mask submode": mask_mode,
            "RP Prompt submode": prompt_mode,
            "RP Calc Mode": calculation,
            "RP Ratios": ratios,
            "RP Base Ratios": base_ratios,
            "RP Use Base": use_base,
            "RP Use Common": use_common,
            "RP Use Ncommon": use_negative_common,
            "RP Options": ",".join(chosen) if chosen else "No Options",
            "RP LoRA Neg Te Ratios": text_encoder,
            "RP LoRA Neg U Ratios": unet,
            "RP threshold": threshold,
            "RP LoRA Stop Step": stop,
            "RP LoRA Hires Stop Step": hires_stop,
            "RP Flip": flip,
        }
        for key, value in written.items():
            run.p.note(key, value)


@raises_upstream
def _options(given: Any, debug: Any) -> list[str]:
    """The options that there are among those sent, in the order sent."""
    if isinstance(given, bool):
        given = [_NO_AND] if given else []
    elif isinstance(given, str):
        given = given.split(",")
    given = [*given, "debug"] if debug is True else given
    return [one for one in given if one in _OPTIONS]


@raises_upstream
def _has_word(prompt: Any) -> bool:
    text = prompt[0] if isinstance(prompt, list) else prompt
    return any(word in text for word in _WORDS)


def _check_mask(mask: Any) -> None:
    """A mask that is neither path nor base64 is passed over; a broken data URI is not."""
    if isinstance(mask, str) and mask.startswith(_DATA_URI) and not _is_data_uri(mask):
        raise ServerError("IndexError", "list index out of range")


def _is_data_uri(text: str) -> bool:
    _, semicolon, rest = text.partition(";")
    return bool(semicolon) and "," in rest


class RegionalPrompterExtension(Extension):
    """The extension sd-webui-regional-prompter."""

    name = "regional-prompter"
    folder = "sd-webui-regional-prompter"
    versions = ("be623452",)
    summary = "each region of the picture has a prompt of its own"

    def make_scripts(self) -> Sequence[Script]:
        """The script that acts; the differential one takes its arguments and does nothing."""
        return (RegionalPrompter(),)


EXTENSION = RegionalPrompterExtension
