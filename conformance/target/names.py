"""The names a server offers: samplers, models, styles and so on."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from conformance.target.probe import API

if TYPE_CHECKING:
    from collections.abc import Callable

# Samplers that give a picture in one or two steps, best first; UniPC fails below four.
QUICK_SAMPLERS = ("Euler", "Euler a", "euler", "euler_a", "DDIM", "LMS", "Heun", "DPM2")


class Names:
    """The names of a server's own lists; an absent or malformed list has none.

    Args:
        read: the JSON of a path, None where there is none.
    """

    def __init__(self, read: Callable[[str], Any]) -> None:
        self._read = read

    @property
    def samplers(self) -> tuple[str, ...]:
        """Names of the samplers."""
        return self._of("samplers", "name")

    @property
    def quick_sampler(self) -> str | None:
        """A sampler that needs few steps; the first one if none is known to, None without any."""
        known = [name for name in QUICK_SAMPLERS if name in self.samplers]
        return next(iter([*known, *self.samplers]), None)

    def other_sampler(self, than: str | None) -> str | None:
        """A sampler that needs few steps and is not ``than``; None if there is none."""
        return next((n for n in QUICK_SAMPLERS if n in self.samplers and n != than), None)

    @property
    def schedulers(self) -> tuple[str, ...]:
        """Names of the schedulers."""
        return self._of("schedulers", "name")

    @property
    def models(self) -> tuple[dict[str, Any], ...]:
        """The entries of sd-models."""
        return self._items("sd-models")

    @property
    def upscalers(self) -> tuple[str, ...]:
        """Names of the upscalers."""
        return self._of("upscalers", "name")

    @property
    def latent_modes(self) -> tuple[str, ...]:
        """Names of the latent upscale modes."""
        return self._of("latent-upscale-modes", "name")

    @property
    def styles(self) -> tuple[dict[str, Any], ...]:
        """The entries of prompt-styles."""
        return self._items("prompt-styles")

    @property
    def loras(self) -> tuple[str, ...]:
        """Names of the LoRAs."""
        return self._of("loras", "name")

    def scripts(self, tab: str = "txt2img") -> tuple[str, ...]:
        """Names of the scripts of a tab, ``txt2img`` or ``img2img``."""
        value = self._read(f"{API}/scripts")
        names = value.get(tab) if isinstance(value, dict) else None
        return tuple(n for n in names if isinstance(n, str)) if isinstance(names, list) else ()

    def always_on_scripts(self, *, always: bool = True, img2img: bool = False) -> tuple[str, ...]:
        """Names of the scripts that are always on, or of those that are selected by name."""
        return tuple(
            item["name"]
            for item in self._items("script-info")
            if item.get("is_alwayson") is always
            and item.get("is_img2img") is img2img
            and isinstance(item.get("name"), str)
        )

    def _items(self, name: str) -> tuple[dict[str, Any], ...]:
        value = self._read(f"{API}/{name}")
        return tuple(i for i in value if isinstance(i, dict)) if isinstance(value, list) else ()

    def _of(self, name: str, key: str) -> tuple[str, ...]:
        values = (item.get(key) for item in self._items(name))
        return tuple(value for value in values if isinstance(value, str) and value)
