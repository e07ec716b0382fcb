"""A chain under one's hands: a slider for each number, a menu for each slot, and the picture, which follows.

pipeline.explore(frame)

Everything is a widget whose `value` Python may set as well: `explorer.sliders["tone.filmic.contrast"].value = 1.4` moves the picture `explorer.pixels`.
"""

from __future__ import annotations

import time
from io import BytesIO
from pathlib import Path
from typing import Any

import jax.numpy as jnp
import numpy as np

from isp.core import Chain, Domain, Frame, IspError
from isp.core.compile import compiled
from isp.io.place import put
from isp.notebook.again import Again
from isp.notebook.answers import WORDS, encoded
from isp.notebook.film import thin
from isp.notebook.panel import Panel
from isp.notebook.state import History, State, found, written
from isp.notebook.view import Place, view
from isp.report import histogram, preview
from isp.report.sensitivity import tinted

SOON = 0.7
"""Seconds within which moves of one slider are one step of the history."""
QUALITY = 90
NUDGE = 0.02
"""Share of a slider's length by which a number is moved to see which pixels answer."""


class Explorer:
    """What `pipeline.explore(frame)` gives back. `chain` is what the pipeline has become, `frame` what it makes of the view, `pixels` the picture as uint8
    (rows, columns, 3); `sliders`, `options` and `menus` are widgets by the paths and slots they move; `undo`, `redo`, `reset` and `save` do what the buttons do."""

    def __init__(self, chain: Chain, frame: Frame, *, at: Place | None = None, base: str = "", soon: float = SOON):
        self.base, self.soon = base, soon
        self.start = State(chain)
        self.history = History(self.start)
        self.source = view(frame, at)
        self.again = Again(self.source)
        self.frame = self.again(chain)
        self.before = self.pixels = self.seen = _picture(self.frame)
        self.moved, self.when, self.milliseconds, self.told = "", 0.0, 0.0, ""
        self.panel = Panel(self)
        self._shown()

    # ------------------------------------------------------------------ what it has become
    @property
    def chain(self) -> Chain:
        """The chain as it is now."""
        return self.history.now.chain

    @property
    def sliders(self) -> dict[str, Any]:
        """Sliders by the path of their number: `tone.filmic.contrast`, `white_balance.apply.correction[0]`."""
        return self.panel.sliders

    @property
    def options(self) -> dict[str, Any]:
        """Menus of options by path."""
        return self.panel.options

    @property
    def menus(self) -> dict[str, Any]:
        """Menus of the stages that fit, by the name of the slot as the chain began."""
        return self.panel.menus

    # ------------------------------------------------------------------ moves
    def turn(self, slot: int, field: str, value: Any, label: str) -> None:
        """Another value in a slot."""
        now = self.history.now
        self._to(now.turned(f"{now.whole.names[slot]}.{field}", value), label)

    def swap(self, slot: int, name: str) -> None:
        """Another stage in a slot; none where `name` is empty."""
        from isp.spec import stage_class

        now = self.history.now
        self._to(now.swapped(slot, stage_class(name)()) if name else now.without(slot), "")

    def undo(self) -> None:
        """One step back."""
        self._back(-1)

    def redo(self) -> None:
        """One step forth again."""
        self._back(1)

    def reset(self) -> None:
        """As it was at first; this can be undone."""
        self._to(self.start, "")
        self.panel.follow(self.history.now)

    def save(self, path: str | Path) -> Path:
        """Write what has changed as an overlay, or the whole where other stages are in it. Raises PlaceError; no file is written over."""
        from isp.core import PlaceError

        if Path(path).exists():
            raise PlaceError("is there already", "", "give another name", file=path)
        made = put(path, written(self.history.now, self.start.chain, self.base).encode())
        self.told = f"written: {path}"
        self.panel.say(self.told)
        return made

    # ------------------------------------------------------------------ looking
    def look(self, wipe: float = 0.0, path: str = "") -> None:
        """The picture with its beginning over the left `wipe` per cent of it, or which pixels answer to the number at `path`."""
        if path:
            self.seen = self._answering(found(path, self.sliders))
        else:
            cut = round(self.pixels.shape[1] * wipe / 100)
            alike = self.before.shape == self.pixels.shape
            self.seen = np.concatenate([self.before[:, :cut], self.pixels[:, cut:]], 1) if cut and alike else self.pixels
            if cut and alike:
                self.seen[:, max(0, cut - 1) : cut + 1] = 255
        self.panel.paint(_jpeg(self.seen))

    def _answering(self, path: str) -> np.ndarray:
        """The slope of the picture along a number, by two more pictures: no program has to be compiled for it."""
        slot, knob = self.panel.where[path]
        now = self.history.now
        value, step = knob.of(now.whole.stages[slot]), NUDGE * (knob.high - knob.low)
        ends = [float(np.clip(value + s * step, knob.declared.within.low, knob.declared.within.high)) for s in (-1, 1)]
        name = f"{now.whole.names[slot]}.{knob.field}"
        low, high = (
            np.asarray(self.again.aside(now.turned(name, knob.turned(now.whole.stages[slot], v)).chain).array, np.float32) for v in ends
        )
        slope = (high - low).mean(-1) / max(ends[1] - ends[0], 1e-12) if low.ndim == 3 else high - low
        self.panel.say(f"{path}: {WORDS[False]}")
        return preview.upright(tinted(encoded((low + high) / 2), slope), self.frame)

    def _to(self, state: State, label: str) -> None:
        """A step, if it works: a chain that cannot run leaves everything as it was and says why."""
        begun = time.perf_counter()
        frame = self.again(state.chain)
        further = bool(label) and label == self.moved and begun - self.when < self.soon
        self.history.went(state, further=further)
        self.moved, self.when, self.frame = label, begun, frame
        self._developed(begun)

    def _back(self, by: int) -> None:
        begun = time.perf_counter()
        self.frame = self.again(self.history.move(by).chain)
        self.moved = ""
        self.panel.follow(self.history.now)
        self._developed(begun)

    def _developed(self, begun: float) -> None:
        self.pixels = _picture(self.frame)
        self._shown()
        self.milliseconds = 1e3 * (time.perf_counter() - begun)
        first = self.again.ran[0] if self.again.ran else "nothing"
        self.told = f"{self.milliseconds:.0f} ms, from {first} on"
        self.panel.say(self.told)

    def _shown(self) -> None:
        self.look(self.panel.wipe.value, self.panel.answer.value or "")
        self.panel.plot(histogram.svg(thin(self.frame)))

    def trying(self, move: Any, *arguments: Any) -> None:
        """Do it, or say why not and put the widgets back."""
        try:
            move(*arguments)
        except IspError as error:
            self.panel.follow(self.history.now)
            self.panel.say(str(error), wrong=True)

    # ------------------------------------------------------------------ in a notebook
    def _repr_mimebundle_(self, **kinds: Any) -> dict[str, Any]:
        """The widgets; where there are none, as in a notebook on paper, the picture."""
        shown = preview.data_uri(preview.shrunk(self.pixels, 720).astype(np.uint8))
        words = "<figcaption>A picture of the explorer's: its sliders live where the notebook runs.</figcaption>"
        return {
            **self.panel.box._repr_mimebundle_(**kinds),
            "text/html": f"<figure style='margin:0'><img src='{shown}' style='max-width:100%' alt='explorer'>{words}</figure>",
        }

    def __repr__(self) -> str:
        return f"<explorer of {self.start.chain.title or 'a chain'}: {len(self.sliders)} sliders, {len(self.menus)} menus>"


def explore(chain: Chain, frame: Frame, *, at: Place | None = None, base: str = "") -> Explorer:
    """Sliders, menus, the picture and its histogram, undone and kept at will. A frame of more than a million pixels or so is looked at as `isp.notebook.view` shows
    it: whole, or pixel for pixel around `at`. `base` is the name of the file that a saved overlay starts `from`. Raises PlaceError without ipywidgets."""
    return Explorer(chain, frame, at=at, base=base)


def _picture(frame: Frame) -> np.ndarray:
    """`preview` of all pixels; of an encoded picture in one pass."""
    if frame.domain is not Domain.DISPLAY or np.ndim(frame.pixels) != 3 or not np.issubdtype(frame.pixels.dtype, np.floating):
        return preview.preview(frame, max(np.shape(frame.array)))
    return preview.upright(np.asarray(_codes(frame.pixels)), frame)


@compiled
def _codes(pixels: Any) -> Any:
    return (255 * jnp.clip(jnp.nan_to_num(pixels), 0, 1) + 0.5).astype(jnp.uint8)


def _jpeg(pixels: np.ndarray) -> bytes:
    from PIL import Image

    stream = BytesIO()
    Image.fromarray(pixels).save(stream, "jpeg", quality=QUALITY, subsampling=0)
    return stream.getvalue()
