"""JSON as nlohmann::json 3.11 reads and writes it, with its words for what it refuses."""

from mockserver.families.sdcpp.nlohmann.fields import Fields, as_text
from mockserver.families.sdcpp.nlohmann.parser import JsonError, parse
from mockserver.families.sdcpp.nlohmann.text import dump

__all__ = ["Fields", "JsonError", "as_text", "dump", "parse"]
