"""Samplers and schedulers: which one a name means, and what is particular to each."""

from __future__ import annotations

from dataclasses import dataclass, field
from functools import cached_property
from typing import TYPE_CHECKING, Any

from mockserver.core.errors import HTTPError, ServerError

if TYPE_CHECKING:
    from collections.abc import Mapping, Sequence


AUTOMATIC = "Automatic"
NORMAL = "Normal"
#: Forge answers booleans, the webui their names.
_TRUE = (True, "True")
#: Samplers that work on timesteps instead of sigmas: the scheduler means nothing to them.
TIMESTEP_SAMPLERS = frozenset({"DDIM", "DDIM CFG++", "PLMS", "UniPC"})
#: Samplers that take only the first level and the last but one, and go their own way between.
SPAN_SAMPLERS = frozenset({"DPM fast", "DPM adaptive"})
#: Samplers whose function takes ``eta``. Source: k_diffusion.sampling, modules/sd_samplers_*.
_ETA = frozenset(
    {
        "DPM++ SDE",
        "DPM++ 2M SDE",
        "DPM++ 2M SDE Heun",
        "DPM++ 2S a",
        "DPM++ 3M SDE",
        "Euler a",
        "DPM2 a",
        "DPM fast",
        "DPM adaptive",
        "DDIM",
        "DDIM CFG++",
    }
)
_CHURN = ("s_churn", "s_tmin", "s_tmax", "s_noise")
#: Which of the sigma options a sampler takes. Source: ``sampler_extra_params``.
_SIGMA_OPTIONS: Mapping[str, tuple[str, ...]] = {
    "Euler": _CHURN,
    "Heun": _CHURN,
    "DPM2": _CHURN,
    "DPM fast": ("s_noise",),
    "DPM2 a": ("s_noise",),
    "DPM++ 2S a": ("s_noise",),
    "DPM++ SDE": ("s_noise",),
    "DPM++ 2M SDE": ("s_noise",),
    "DPM++ 2M SDE Heun": ("s_noise",),
    "DPM++ 3M SDE": ("s_noise",),
}


@dataclass(frozen=True)
class Sampler:
    """One sampler of the server's list.

    Attributes:
        name: display name, the one that requests are matched against.
        aliases: other names; the API does not look at them, some scripts do.
        scheduler: internal name of the scheduler that ``Automatic`` stands for, or None.
        second_order: the model is asked twice a step.
        uses_ensd: ``eta_noise_seed_delta`` changes its pictures.
        discards_penultimate: one more step is scheduled and the last but one left out.
        brownian: its noise comes from a Brownian tree, which takes no negative seed.
        normal: its schedule is "Normal" unless a scheduler's label is given (see
            `SamplerRules.normal_after`).
    """

    name: str
    aliases: tuple[str, ...] = ()
    scheduler: str | None = None
    second_order: bool = False
    uses_ensd: bool = False
    discards_penultimate: bool = False
    brownian: bool = False
    normal: bool = False

    @classmethod
    def of(cls, listed: Mapping[str, Any], *, normal: bool = False) -> Sampler:
        """A sampler from an item of ``/sdapi/v1/samplers``, whose booleans may be texts.

        Args:
            listed: the item.
            normal: whether its schedule is "Normal" unless a scheduler is named,
                default not.
        """
        options = listed.get("options") or {}
        return cls(
            name=listed["name"],
            aliases=tuple(listed.get("aliases") or ()),
            scheduler=options.get("scheduler"),
            second_order=options.get("second_order") in _TRUE,
            uses_ensd=options.get("uses_ensd") in _TRUE,
            discards_penultimate=options.get("discard_next_to_last_sigma") in _TRUE,
            brownian=options.get("brownian_noise") in _TRUE,
            normal=normal,
        )

    @cached_property
    def by_timesteps(self) -> bool:
        """Whether it works on timesteps."""
        return self.name in TIMESTEP_SAMPLERS

    @cached_property
    def takes_eta(self) -> bool:
        """Whether eta means anything to it."""
        return self.name in _ETA

    @cached_property
    def sigma_options(self) -> tuple[str, ...]:
        """Names of the sigma options that it takes."""
        return _SIGMA_OPTIONS.get(self.name, ())

    @cached_property
    def churns(self) -> bool:
        """Whether it adds noise on the way, as far as s_churn says."""
        return "s_churn" in self.sigma_options

    def total_steps(self, steps: int) -> int:
        """How often the model is asked in `steps` steps (``SamplerData.total_steps``).

        Args:
            steps: of one pass.
        """
        return steps * 2 if self.second_order else steps


@dataclass(frozen=True)
class Scheduler:
    """One scheduler of the server's list; `default_rho` is -1.0 where it has none."""

    name: str
    label: str
    aliases: tuple[str, ...] = ()
    default_rho: float = -1.0

    @classmethod
    def of(cls, listed: Mapping[str, Any]) -> Scheduler:
        """A scheduler from an item of ``/sdapi/v1/schedulers``.

        Args:
            listed: the item.
        """
        return cls(
            name=listed["name"],
            label=listed["label"],
            aliases=tuple(listed.get("aliases") or ()),
            default_rho=listed.get("default_rho", -1.0),
        )

    @property
    def spellings(self) -> tuple[str, ...]:
        """What may follow a sampler's name to choose this scheduler."""
        return (self.label, self.name, *self.aliases)


_NO_SCHEDULER = Scheduler("automatic", AUTOMATIC)


@dataclass(frozen=True)
class Samplers:
    """The server's samplers and schedulers and the rules by which names choose them.

    Args:
        listed: samplers in list order.
        schedulers: schedulers in list order; empty on servers that have none.
        unknown: what a request's unknown name means: ``first``: the first sampler; ``400``: it
            is refused; ``404``: it is, and the scheduler's name stays as it was sent.
        named_by: the request's field that names it, where sampler_name does not win.
        any_case: names are taken in any case where unknown ones are refused; elsewhere a
            scheduler's name at the end of the sampler's is.
        eta_in_params: eta is among the extra parameters, of samplers that take one.

    Attributes:
        by_name: samplers by display name; None means the first one.
        scheduler_by_name: schedulers by internal name and by label.

    Source: modules/sd_samplers.py ``get_sampler_and_scheduler``; recorded: group t2i-sampler.
    """

    listed: tuple[Sampler, ...]
    schedulers: tuple[Scheduler, ...] = ()
    unknown: str = "first"
    named_by: str = "sampler_name"
    any_case: bool = False
    eta_in_params: bool = True
    by_name: dict[str | None, Sampler] = field(init=False, repr=False, compare=False)
    scheduler_by_name: dict[str | None, Scheduler] = field(init=False, repr=False, compare=False)
    _resolved: dict[tuple[str | None, str | None, bool], tuple[str, str]] = field(
        init=False, repr=False, compare=False, default_factory=dict
    )

    def __post_init__(self) -> None:
        by_name = {sampler.name: sampler for sampler in self.listed}
        known = {s.name: s for s in self.schedulers} | {s.label: s for s in self.schedulers}
        first = {None: self.listed[0]} if self.listed else {}
        object.__setattr__(self, "by_name", first | by_name)
        object.__setattr__(self, "scheduler_by_name", known)

    @classmethod
    def of(
        cls,
        samplers: Sequence[Mapping[str, Any]],
        schedulers: Sequence[Mapping[str, Any]] = (),
        normal_after: str = "",
        **rules: Any,
    ) -> Samplers:
        """From the server's two lists; `rules` as in the class.

        Args:
            samplers: the answer of ``/sdapi/v1/samplers``.
            schedulers: the answer of ``/sdapi/v1/schedulers``.
            normal_after: the sampler behind which those of schedule "Normal" are listed.
            rules: further fields of the class.
        """
        names = [item["name"] for item in samplers]
        first = names.index(normal_after) + 1 if normal_after in names else len(names)
        return cls(
            tuple(Sampler.of(s, normal=i >= first) for i, s in enumerate(samplers)),
            tuple(Scheduler.of(item) for item in schedulers),
            **rules,
        )

    def known(self, name: str | None, scheduler: str | None) -> tuple[str, str]:
        """As `resolve`.

        Args:
            name: as for `resolve`.
            scheduler: likewise.

        Raises:
            HTTPError: 400: an unknown sampler, where such are refused.
        """
        if self.unknown == "400" and self._normal(name) is None:
            wanted, _ = self._without_suffix(name or self.listed[0].name)
            if wanted not in self.by_name:
                raise HTTPError(400, "Sampler not found")
        return self.resolve(name, scheduler)

    def validated(self, name: str) -> str:
        """The display name itself, where a server looks at samplers alone.

        Args:
            name: as the request has it.

        Raises:
            HTTPError: 404: none of that display name. Source: ``validate_sampler_name``.
        """
        for known in self.listed:
            if self._cased(name) == self._cased(known.name):
                return known.name
        raise HTTPError(404, "Sampler not found")

    def _cased(self, name: str) -> str:
        return name.lower() if self.any_case else name

    def create(self, name: str | None) -> Sampler:
        """The sampler to sample with (``create_sampler``).

        Args:
            name: display name; None means the first one.

        Raises:
            ServerError: AssertionError: there is none of that display name.
        """
        found = self.by_name.get(name)
        if found is None:
            raise ServerError("AssertionError", f"bad sampler name: {name}")
        return found

    def by_any_name(self, name: str) -> str | None:
        """Display name for a name or alias in any case; None if unknown (``samplers_map``).

        Args:
            name: display name or alias.
        """
        wanted = name.lower()
        for sampler in reversed(self.listed):
            if wanted == sampler.name.lower() or wanted in map(str.lower, sampler.aliases):
                return sampler.name
        return None

    def resolve(
        self, name: str | None, scheduler: str | None, *, convert_automatic: bool = True
    ) -> tuple[str, str]:
        """Sampler and scheduler label that a request's two names mean.

        Args:
            name: sampler, maybe with a scheduler's name at its end; empty: the first sampler.
            scheduler: internal name or label; anything else means Automatic.
            convert_automatic: give the sampler's own default scheduler as Automatic.
        """
        key = (name, scheduler, convert_automatic)
        found = self._resolved.get(key)
        if found is None:
            found = self._resolve(name, scheduler, convert_automatic=convert_automatic)
            if len(self._resolved) < _MOST_RESOLVED:
                self._resolved[key] = found
        return found

    def _resolve(
        self, name: str | None, scheduler: str | None, *, convert_automatic: bool
    ) -> tuple[str, str]:
        automatic = self.schedulers[0] if self.schedulers else _NO_SCHEDULER
        own = self._normal(name)
        if own is not None:
            labels = [s.label for s in self.schedulers if s is not automatic]
            return own.name, scheduler if scheduler in labels else NORMAL
        chosen = self.scheduler_by_name.get(scheduler) or automatic
        wanted, suffix = self._without_suffix(name or self.listed[0].name)
        chosen = suffix or chosen
        sampler = self.by_name.get(wanted)
        if sampler is None:
            sampler = self.listed[0]
        if convert_automatic and sampler.scheduler == chosen.name:
            chosen = automatic
        return sampler.name, chosen.label

    def _normal(self, name: str | None) -> Sampler | None:
        """The sampler with a schedule of its own that is called so, in any case."""
        wanted = (name or "").lower()
        return next((s for s in self.listed if s.normal and s.name.lower() == wanted), None)

    def _without_suffix(self, name: str) -> tuple[str, Scheduler | None]:
        """Cut scheduler names off the end, in list order; the last one cut is chosen."""
        found = None
        for scheduler in self.schedulers:
            for spelling in scheduler.spellings:
                if self._cased(name).endswith(self._cased(f" {spelling}")):
                    found, name = scheduler, name[: -len(spelling) - 1]
                    break
        return name, found


#: So many combinations of names are remembered; a hostile client cannot fill the memory.
_MOST_RESOLVED = 1024
