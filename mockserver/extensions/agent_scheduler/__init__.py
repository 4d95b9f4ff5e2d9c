"""Agent Scheduler: generations that wait in a queue of their own and are asked for later."""

from mockserver.extensions.agent_scheduler.extension import EXTENSION

__all__ = ["EXTENSION"]
