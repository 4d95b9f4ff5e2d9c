"""Selected scripts: their arguments are counted as Python counts them."""

from __future__ import annotations

from typing import TYPE_CHECKING

import pytest
from generations import txt2img

from mockserver import Webui
from mockserver.backends.a1111.scripts import run
from mockserver.core.errors import ServerError

if TYPE_CHECKING:
    from mockserver.backends.a1111.scripts.catalogue import ScriptCatalogue


def test_missing_arguments_are_reported_by_name() -> None:
    with pytest.raises(ServerError) as caught:
        txt2img(script_name="x/y/z plot", script_args=[0, "", "", 0, "", "", 0, "", "", True])

    assert caught.value.text == (
        "Script.run() missing 8 required positional arguments: 'include_lone_images', "
        "'include_sub_grids', 'no_fixed_seeds', 'vary_seeds_x', 'vary_seeds_y', "
        "'vary_seeds_z', 'margin_size', and 'csv_mode'"
    )


def test_every_selectable_script_of_the_server_is_known_with_all_its_arguments() -> None:
    catalogue: ScriptCatalogue = Webui().context.scripts
    entries = [entry for tab in ("txt2img", "img2img") for entry in catalogue.tab(tab).entries]
    selectable = {e.name: len(e.defaults) for e in entries if not e.alwayson}

    known = {name: len(script.arguments) for name, script in run._SCRIPTS.items()}  # noqa: SLF001 - what is held against the server's list

    assert selectable == known
