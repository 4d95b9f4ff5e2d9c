"""Dynamic Prompts v2.17.1: templates in prompts, expanded in every request.

It is on without being asked for: ``{red|blue}``, ``{2$$a|b}`` and wildcards in the prompt and
the negative prompt are expanded wherever it is installed. Its title carries its version.
"""

from mockserver.extensions.dynamic_prompts.extension import EXTENSION

__all__ = ["EXTENSION"]
