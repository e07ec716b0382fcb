"""`isp schema`: what an editor needs to complete and check pipelines."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isp.cli import say


def schema(output: Annotated[Path | None, typer.Option("--output", "-o", help="Write it to this file instead of stdout.")] = None) -> None:
    """Print the JSON Schema of pipelines.

    Editors read it when the first line of a YAML file names it: # yaml-language-server: $schema=schema.json
    """
    from isp.spec import schema as made
    from isp.tune.schema import schema as tune

    if output is None:
        say.document(made(tune()))
        return
    from json import dumps

    from isp.io.place import put

    put(output, (dumps(made(tune()), indent=1, ensure_ascii=False) + "\n").encode())
