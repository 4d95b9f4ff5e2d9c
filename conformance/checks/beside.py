"""What checks say of answers that should come while a job runs."""

from __future__ import annotations

from typing import TYPE_CHECKING

from conformance.signals import Failed, Skip

if TYPE_CHECKING:
    from collections.abc import Sequence

    from conformance.lab import Look, WatchedJob


def came_beside(job: WatchedJob, looks: Sequence[Look], usual: float) -> None:
    """Answers came while the job ran, and none waited for it to end.

    A look may overtake the job on its way and be answered before the server begins with it, so
    that one answer in time proves nothing where another had to wait.

    Args:
        job: what ran.
        looks: what was asked meanwhile.
        usual: seconds that such a request takes on the idle server.

    Raises:
        Failed: an answer waited for the job.
        Skip: the job was over too soon to tell.
    """
    __tracebackhide__ = True
    for look in looks:
        if job.held_up(look, usual):
            actual = f"it came when the job had ended, {look.took:.1f} s later"
            raise Failed("an answer while the job runs", actual, look.exchange)
    if not any(look.outlived for look in looks):
        raise Skip(f"the job was over in {job.seconds:.2f} s, too soon to look beside it")
