"""`isp import KIND FILE -o sensor.yaml`: other people's files become sensor profiles."""

from __future__ import annotations

from pathlib import Path
from typing import Annotated

import typer

from isp.cli import say


def import_(
    kind: Annotated[str, typer.Argument(metavar="KIND", help="libcamera (a tuning), dng (any raw file) or spectral (rawtoaces-data).")],
    file: Annotated[str, typer.Argument(metavar="FILE", help="The file of that kind.")],
    output: Annotated[Path, typer.Option("--output", "-o", help="Where the sensor goes: a YAML file.")],
    pipeline: Annotated[Path | None, typer.Option(help="Where the pipeline goes that the file suggests: a YAML file.")] = None,
    json: Annotated[bool, typer.Option("--json", help="One JSON document on stdout.")] = False,
) -> None:
    """Make a sensor profile of a libcamera tuning, a raw file or spectral sensitivities.

    Every value says where it comes from. What the file holds and a profile does not is named on stderr.
    """
    from isp.cli import places
    from isp.core import PlaceError, SpecError
    from isp.core.chain import nearest
    from isp.importing import KINDS, imported
    from isp.io.place import put

    if kind not in KINDS:
        raise SpecError(kind, "no such kind of file", nearest(kind, KINDS))
    if not Path(file).is_file():
        raise PlaceError("no such file", file=file)
    for target in (output, pipeline):
        if target is not None and target.suffix not in (".yaml", ".yml"):
            raise SpecError(f"{target} is no name of a YAML file", do="give it the suffix .yaml")
        if target is not None:
            places.writable(target.parent)
    made = imported(kind, file)
    told = list(made.left_out)
    written = [put(output, made.profile().encode(), [file])]
    if pipeline is not None and (text := made.develop()) is not None:
        written.append(put(pipeline, text.encode(), [file, output]))
    elif pipeline is not None:
        told.append(f"the file suggests no pipeline; {pipeline} is not written")
    for one in told:
        say.warning(f"{file}: {one}")
    if json:
        say.document({"written": [str(path) for path in written], "warnings": told})
        return
    for path in written:
        print(say.printable(path))
