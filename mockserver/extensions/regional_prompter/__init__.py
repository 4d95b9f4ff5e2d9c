"""Regional Prompter: each region of the picture has a prompt of its own."""

from mockserver.extensions.regional_prompter.extension import EXTENSION

__all__ = ["EXTENSION"]
