"""Every stage's output in a folder: the frame to go on from, a picture to look at, and the page of them all."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from isp.core import Chain, Frame


def write_page(chain: Chain, frame: Frame, traced: dict[str, Frame], path: Path, source: str, command: str) -> None:
    """The page of a traced frame."""
    from isp.io.place import put
    from isp.report import page
    from isp.spec import cite

    text = page(chain, frame, traced, source=source, command=command, papers={p.key: str(p) for p in cite(chain)})
    put(path, text.encode())


def write_stages(chain: Chain, frame: Frame, traced: dict[str, Frame], folder: Path, source: str, command: str) -> None:
    """`NN-stage.npz` and `NN-stage.jpg` of the input and of every stage, and `index.html`."""
    from isp.io import save_frame, write
    from isp.report.preview import preview

    folder.mkdir(parents=True, exist_ok=True)
    for number, (name, one) in enumerate(_frames(frame, traced)):
        stem = folder / f"{number:02d}-{name}"
        save_frame(one, stem.with_name(stem.name + ".npz"))
        write(preview(one, side=max(one.array.shape)), stem.with_name(stem.name + ".jpg"))
    write_page(chain, frame, traced, folder / "index.html", source, command)


def _frames(frame: Frame, traced: dict[str, Frame]) -> Iterator[tuple[str, Frame]]:
    yield "file", frame
    yield from traced.items()
