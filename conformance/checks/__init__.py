"""The checks: one small function for each requirement.

A check takes the bench and returns if the requirement holds, returns ``Loose`` if it holds in
meaning only, and raises a signal otherwise, most often through a word of ``expect``::

    @check("TXT2IMG-007", needs=("r1",))
    def seed_is_told(lab: Lab) -> None:
        \"\"\"The seed of the shared picture.\"\"\"
        info = lab.r1.info
        expect.equal(info.get("seed"), 7, "info.seed", lab.r1.exchange)
        expect.equal(info.get("all_seeds"), [7], "info.all_seeds", lab.r1.exchange)

Every module of this package is found by itself. Names come from ``lab.names``, requests go
through ``lab.get``, ``lab.post`` and ``lab.generate``, options are written with
``lab.options.changed`` or ``lab.options.post``.
"""

from conformance.checks.registry import Check, all_checks, check

__all__ = ["Check", "all_checks", "check"]
