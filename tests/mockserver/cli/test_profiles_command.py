"""``sdapi-mock profiles``."""

from __future__ import annotations

import pytest
from click.testing import CliRunner

from mockserver.cli.main import cli
from mockserver.core.errors import ProfileError
from mockserver.profiles.loader import profile_names


def told(*arguments: str) -> list[str]:
    done = CliRunner().invoke(cli, ["profiles", *arguments], catch_exceptions=False)
    assert done.exit_code == 0
    return done.output.splitlines()


def test_the_list_names_every_profile_and_where_it_is_from() -> None:
    rows = {line.split()[0]: line for line in told("list")[1:]}

    assert tuple(sorted(rows)) == profile_names()
    assert rows["a1111-1.6.0"].endswith("recordings")
    assert rows["forge"].endswith("recordings")
    assert rows["a1111-2022-10"].endswith("derived from its source")
    assert rows["ersatzforge"].endswith("derived from its source")


def test_show_lists_the_rules_of_the_file_and_those_of_its_base() -> None:
    lines = told("show", "a1111-1.6.0")

    assert lines[0] == "from: recordings"
    assert "version = 'v1.6.0'" in lines
    assert "training.preview_sampler = 'preview_sampler_index'" in lines
    assert "samplers.unknown = '404'" in lines


def test_show_says_that_a_profile_was_not_recorded() -> None:
    assert told("show", "forge-neo")[0] == "from: derived from its source"


def test_diff_says_rules_routes_fields_samplers_and_options() -> None:
    lines = told("diff", "a1111-1.9.0", "a1111-1.10.1")

    assert "  ~ samplers.unknown: 404 -> first" in lines
    assert "  - generation.infotext_keys NGMS" in lines
    assert "  + GET /sdapi/v1/schedulers" in lines
    assert "  + DDIM CFG++" in lines
    assert "scripts: alike" in lines
    assert any(line.startswith("  ~ extra-single-image.upscaling_resize: ") for line in lines)
    assert any(line.startswith("  + skip_early_cond: ") for line in lines)


def test_diff_of_a_profile_with_itself_is_empty() -> None:
    lines = told("diff", "forge", "forge")
    assert all(line.endswith(": alike") for line in lines)


def test_diff_goes_across_families_also_where_one_has_no_document() -> None:
    lines = told("diff", "a1111-1.10.1", "koboldcpp-1.111")

    assert "  ~ family: a1111 -> koboldcpp" in lines
    assert "  - GET /sdapi/v1/progress" in lines


@pytest.mark.parametrize("arguments", [("show", "nope"), ("diff", "forge", "nope")])
def test_an_unknown_profile_is_refused_with_the_names_there_are(
    arguments: tuple[str, ...],
) -> None:
    with pytest.raises(ProfileError, match=r"no profile 'nope'; there are a1111-1\.10\.1, "):
        told(*arguments)
