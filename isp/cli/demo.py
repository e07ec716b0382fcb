"""`isp demo`: a real raw file becomes a picture, and a page shows how."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isp.cli import say


def demo(
    output: Annotated[Path, typer.Option("--output", "-o", metavar="DIR", help="Where the picture and the page go.")] = Path("out"),
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Develop the embedded raw file, and show every stage."""
    from isp.cli import leave
    from isp.cli.keep import write_page
    from isp.cli.places import writable
    from isp.cli.progress import bar
    from isp.execute import prepare
    from isp.io import embedded, read, write
    from isp.spec import load

    chain, source = load("classic"), embedded()
    picture, page = output / "demo.png", output / "demo.html"
    writable(output)
    leave.FOLDERS.add(output)
    prepare(keep_memory=True)
    with bar(1, quiet=json) as begin:
        begin(source.name)
        frame = read(source, trusted=True)
        traced = chain.trace(frame)
        output.mkdir(parents=True, exist_ok=True)
        write(traced[chain.names[-1]], picture)
        write_page(chain, frame, traced, page, source.name, "isp demo")
    if json:
        say.document({"picture": str(picture), "page": str(page)})
    else:
        print(f"picture: {picture}\npage:    {page}")
