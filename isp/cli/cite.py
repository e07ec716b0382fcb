"""`isp cite PIPELINE`: whose work a picture rests on."""

from __future__ import annotations

from typing import Annotated

import typer

from isp.cli import complete, say


def cite(
    pipeline: Annotated[
        str, typer.Argument(metavar="PIPELINE", help="A YAML file, or the name of a shipped pipeline.", autocompletion=complete.pipelines)
    ],
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Print the papers behind a pipeline, as BibTeX."""
    from isp.spec import cite as papers
    from isp.spec import load_spec

    chain = load_spec(pipeline).chain
    found = papers(chain)
    if json:
        stages = {p.key: [n for n, s in zip(chain.names, chain, strict=True) if s.paper == p.key] for p in found}
        say.document([{"key": p.key, "reference": str(p), "stages": stages[p.key], "bibtex": p.bibtex} for p in found])
    else:
        print("\n\n".join(p.bibtex for p in found))
