"""Which values of an answer change from run to run on one and the same server.

Source: the notes beside the recordings: job_timestamp; subseeds where the request left
subseed at -1, and seeds where seed was -1 (in infotexts too); app_id; memory figures;
eta_relative; the counters of an idle progress state; what a prompt template comes to where the
seed was -1; of Agent Scheduler the tasks' ids, times,
priorities and file names.
"""

from __future__ import annotations

import re
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from mockserver.fixtureset.recording import Step

_ALWAYS = (r"/job_timestamp$", r"/app_id$", r"/eta_relative$", r"/pixels$")
_MEMORY = (r"^/(ram|cuda)/",)
_IDLE = (r"^/state/(job_no|sampling_steps?|skipped|interrupted)$",)
_TASKS = (
    r"/(created_at|updated_at|priority)$",
    r"/tasks/\d+/id$",
    r"/result/\$json/images/\d+$",
    r"^/current_task_id$",
)
#: What a prompt template comes to, which Dynamic Prompts chooses by the seed.
_CHOSEN = (
    r"/(prompt|all_prompts/\d+|negative_prompt|all_negative_prompts/\d+|infotexts/\d+|parameters)$"
)
_SUBSEEDS = (r"/(subseed|all_subseeds/\d+)$",)
_SEEDS = (r"/(seed|all_seeds/\d+)$",)
_MASKS = {
    "seed": re.compile(
        r"(?<!Variation )(?<![\w])Seed: \d+"
        # stable-diffusion.cpp has JSON inside its texts, with quotes escaped once or twice.
        r"|(?<=seed)\\*\":\d+"
        r"|(?<=all_seeds)\\*\":\[[\d,]*\]"
    ),
    "subseed": re.compile(r"Variation seed: \d+"),
}


def _unset(body: Any, key: str) -> bool:
    """Whether a seed is left to the server, as it is by text that is no number (KoboldCpp)."""
    if not isinstance(body, dict):
        return True
    given = body.get(key, -1)
    if isinstance(given, str):
        return not given.strip().isdecimal()
    return given in (-1, None)


def _has_template(body: Any) -> bool:
    prompts = [body.get(key) for key in ("prompt", "negative_prompt")] if body else []
    return any(isinstance(prompt, str) and "{" in prompt for prompt in prompts)


class Volatile:
    """The volatile places of one step's answer.

    Args:
        step: the recorded step; its request tells which seeds were left to the server.
    """

    def __init__(self, step: Step) -> None:
        body = step.json
        patterns = list(_ALWAYS)
        self._masks: list[re.Pattern[str]] = []
        if step.route.endswith("/memory"):
            patterns += _MEMORY
        if step.route.endswith("/progress"):
            patterns += _IDLE
        if step.route.startswith("/agent-scheduler/"):
            patterns += _TASKS
        if _unset(body, "subseed"):
            patterns += _SUBSEEDS
            self._masks.append(_MASKS["subseed"])
        if _unset(body, "seed") and not _names_seed(body, step.answer.body):
            patterns += _SEEDS
            self._masks.append(_MASKS["seed"])
            if _has_template(body):
                patterns.append(_CHOSEN)
        self._places = re.compile("|".join(patterns))

    def ignores(self, place: str) -> bool:
        """Whether the value at JSON pointer `place` may differ (its type may not)."""
        return self._places.search(place) is not None

    def mask(self, text: str) -> str:
        """`text` with the volatile parts of an infotext blanked."""
        for pattern in self._masks:
            text = pattern.sub("<seed>", text)
        return text


def _names_seed(body: Any, answer: Any) -> bool:
    """Whether the request's infotext names a seed, to a server that knows that field."""
    echo = answer.get("parameters") if isinstance(answer, dict) else None
    if not isinstance(body, dict) or (isinstance(echo, dict) and "infotext" not in echo):
        return False
    infotext = body.get("infotext")
    return isinstance(infotext, str) and "Seed:" in infotext
