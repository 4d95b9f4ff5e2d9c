r"""The checks: one small function for each requirement.

A check takes the context and returns if the requirement holds, returns ``Loose`` if it holds in
meaning only, and raises a signal otherwise, most often through a word of ``expect``::

    @check("TXT2IMG-007", needs=("one_image",))
    def seed_is_reported(context: CheckContext) -> None:
        \"\"\"The seed of the shared picture.\"\"\"
        info = context.one_image.info
        expect.equal(info.get("seed"), 7, "info.seed", context.one_image.exchange)
        expect.equal(info.get("all_seeds"), [7], "info.all_seeds", context.one_image.exchange)

Every module of this package is found by itself. Names come from ``context.names``, requests go
through ``context.get``, ``context.post`` and ``context.generate``, options are written with
``context.options.changed`` or ``context.options.post``.
"""

from conformance.runner.registry import Check, all_checks, check

__all__ = ["Check", "all_checks", "check"]
