"""Extensions of the webui: what they add to its lists, its routes and its generations.

An extension is a package in this folder and a folder of fixtures; nothing else names it.

* ``mockserver/extensions/<name>/__init__.py`` exports ``EXTENSION``, a subclass of `Extension`
  (dashes of the name are underscores in the package's). It has ``name``, ``folder``, ``versions``
  (the newest first), ``summary``, ``imports_api``, and overrides ``make_scripts``, ``routes``,
  ``paste`` (the request's ``infotext``), ``infotext_pasted`` (png-info), ``lint`` and
  ``add_models`` as far as it needs. ``of`` names another class for a version that is another
  program; a profile's ``built_in`` has an extension that nobody has to ask for.
* ``fixtures/extensions/<name>/`` holds its lists, listed in `Extension`. They are composed into
  the lists of the webui: GET scripts, script-info, extensions, cmd-flags, options, openapi.json.
* A `Script` overrides the places of a generation where it acts, which are the webui's own:
  ``begin`` (may refuse the request), ``before_process``, ``process``, ``before_process_batch``,
  ``process_batch``, ``before_every_sampling``, ``sample`` (may refuse), ``postprocess_image``,
  ``postprocess``, and ``run`` for a selectable script. Each gets a `Run`: the server, the
  generation, the arguments.

What a script does with a generation ``p``:

* ``p.extra_generation_params[key] = value`` adds a key to the infotext,
* ``p.script_effects[key] = value`` changes the pixels by the value (``p.note(key, value)`` does
  both),
* ``p.all_prompts``, ``p.all_seeds``, ``p.n_iter``... are changed in ``process``,
* ``Picture(Painted(make))`` is a picture that is drawn when somebody looks.

`ExtensibleWebui.extensions` adds and removes extensions while the server runs.
"""

from mockserver.extensions.base import Extension, Run, Script
from mockserver.extensions.extensible import ExtensibleWebui, extension_routes
from mockserver.extensions.installed import InstalledExtensions, packaged

__all__ = [
    "ExtensibleWebui",
    "Extension",
    "InstalledExtensions",
    "Run",
    "Script",
    "extension_routes",
    "packaged",
]
