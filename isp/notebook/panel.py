"""The widgets of an explorer: they know where things stand on the screen, and nothing of developing."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from contextlib import contextmanager
from html import escape
from typing import Any

from isp.core import Declared, PlaceError, Stage
from isp.notebook.knob import Knob, knobs
from isp.notebook.state import State

OFF = "off"
STEPS = 200
"""Steps of a slider from end to end."""
PLOT = "<style>.isp-seen .histogram{width:100%;background:#161616}.isp-seen .histogram text{fill:#949494;font-size:13px}</style>"


def widgets() -> Any:
    """ipywidgets. Raises PlaceError where it is not installed."""
    try:
        import ipywidgets
    except ImportError as error:
        raise PlaceError("ipywidgets", "is not installed", "pip install 'isp[notebook]'") from error
    return ipywidgets


class Panel:
    """`box` holds it all. `sliders`, `options` and `menus` as the explorer says; `where` is the slot and the knob of each slider."""

    def __init__(self, explorer: Any):
        self.explorer, self.w, self.quiet = explorer, widgets(), False
        w, state = self.w, explorer.history.now
        self.sliders: dict[str, Any] = {}
        self.options: dict[str, Any] = {}
        self.where: dict[str, tuple[int, Knob]] = {}
        self.of: dict[str, type[Stage]] = {}
        wide = w.Layout(width="100%")
        self.picture = w.Image(format="jpeg", layout=wide)
        self.histogram, self.words = w.HTML(), w.HTML()
        self.wipe = w.FloatSlider(value=0, min=0, max=100, step=0.5, description="before", readout=False, layout=wide)
        self.answer = w.Dropdown(options=[("the picture", "")], value="", description="show", layout=wide)
        self.undo, self.redo, self.reset = (w.Button(description=word, layout=w.Layout(width="5em")) for word in ("undo", "redo", "reset"))
        self.name = w.Text(value="mine.yaml", layout=w.Layout(width="10em"))
        self.save = w.Button(description="save", layout=w.Layout(width="5em"))
        self.slots = [w.VBox() for _ in state.whole]
        self.menus = {name: self._menu(slot, state) for slot, name in enumerate(state.whole.names)}
        self._fill(state)
        self._listen()
        bar = w.HBox([self.undo, self.redo, self.reset, self.name, self.save])
        left = w.VBox(
            [self.picture, self.wipe, self.answer, self.histogram, bar, self.words], layout=w.Layout(flex="1 1 62%", min_width="0")
        )
        right = w.VBox(self.slots, layout=w.Layout(flex="1 1 38%", max_height="860px", overflow="hidden auto", min_width="330px"))
        self.box = w.HBox([left, right], layout=w.Layout(width="100%", align_items="flex-start"))

    # ------------------------------------------------------------------ what the explorer tells
    def paint(self, jpeg: bytes) -> None:
        """Another picture."""
        self.picture.value = jpeg

    def plot(self, svg: str) -> None:
        """Another histogram."""
        self.histogram.value = f"{PLOT}<div class='isp-seen'>{svg}</div>"

    def say(self, text: str, *, wrong: bool = False) -> None:
        """A line below."""
        self.words.value = f"<span style='{'color:#d33' if wrong else 'opacity:.65'}'>{escape(text)}</span>"

    def follow(self, state: State) -> None:
        """All widgets as a state says, without moving it."""
        with self._quietly():
            for slot, menu in enumerate(self.menus.values()):
                menu.value = OFF if slot in state.off else state.whole.stages[slot].name
            self._fill(state)

    # ------------------------------------------------------------------ making
    def _menu(self, slot: int, state: State) -> Any:
        name, frame = state.whole.names[slot], self.explorer.source
        stage = state.whole.stages[slot].name
        fitting = list(dict.fromkeys([stage, *state.fitting(slot, frame)]))
        menu = self.w.Dropdown(
            options=[*([OFF] if state.may_be_off(slot) else []), *fitting], value=stage, layout=self.w.Layout(width="100%")
        )
        menu.observe(lambda change: self._moved(self._swap, slot, change["new"]), "value")
        menu.disabled = len(menu.options) == 1
        menu.tooltip = name
        return menu

    def _fill(self, state: State) -> None:
        """The sliders of each slot; those of a stage that stays are kept, and only told its values."""
        with self._quietly():
            kept = {path: one for path, one in {**self.sliders, **self.options}.items() if self.of[path] in map(type, state.whole)}
            self.sliders, self.options, self.where = {}, {}, {}
            for slot, stage in enumerate(state.whole.stages):
                name, rows = state.whole.names[slot], []
                for knob in knobs(stage):
                    path = f"{name}.{knob.word}"
                    self.where[path] = slot, knob
                    self.sliders[path] = self._slider(kept.get(path), slot, knob, knob.of(stage), path)
                    self.of[path] = type(stage)
                    rows.append(self.sliders[path])
                for d in stage.declared().values():
                    if d.kind == "option" and d.choices and not d.suffix:
                        path = f"{name}.{d.name}"
                        self.options[path] = self._option(kept.get(path), slot, d, stage)
                        self.of[path] = type(stage)
                        rows.append(self.options[path])
                self.slots[slot].children = (list(self.menus.values())[slot], *([] if slot in state.off else rows))
            shown = [("the picture", ""), *((f"which pixels answer to {path}", path) for path in self.sliders)]
            if tuple(shown) != tuple(self.answer.options):
                self.answer.options, self.answer.value = shown, ""

    def _slider(self, old: Any, slot: int, knob: Knob, value: float, path: str) -> Any:
        if old is None:
            words = (
                f"{knob.declared.doc}{f' ({knob.declared.unit})' if knob.declared.unit not in ('', '1') else ''}, {knob.declared.within}"
            )
            old = self.w.FloatSlider(
                value=value, min=knob.low, max=knob.high, step=(knob.high - knob.low) / STEPS or 1.0, description=knob.word, tooltip=words,
                readout_format=".3g", layout=self.w.Layout(width="100%"), style={"description_width": "9em"},
            )  # fmt: skip
            old.observe(lambda change: self._moved(self._turn, path, change["new"]), "value")
        elif old.value != value:
            old.min, old.max = min(old.min, value), max(old.max, value)
            old.value = value
        return old

    def _option(self, old: Any, slot: int, d: Declared, stage: Stage) -> Any:
        if old is None:
            old = self.w.Dropdown(
                options=[(str(c), c) for c in d.choices], description=d.name, tooltip=d.doc, layout=self.w.Layout(width="100%"),
                style={"description_width": "9em"}, value=getattr(stage, d.name),
            )  # fmt: skip
            old.observe(lambda change: self._moved(self.explorer.turn, slot, d.name, change["new"], ""), "value")
        elif old.value != getattr(stage, d.name):
            old.value = getattr(stage, d.name)
        return old

    # ------------------------------------------------------------------ hearing
    def _listen(self) -> None:
        explorer = self.explorer
        for button, does in ((self.undo, explorer.undo), (self.redo, explorer.redo), (self.reset, explorer.reset)):
            button.on_click(lambda _, does=does: self._moved(does))
        self.save.on_click(lambda _: self._moved(explorer.save, self.name.value))
        for widget in (self.wipe, self.answer):
            widget.observe(lambda _: self._moved(explorer.look, self.wipe.value, self.answer.value or ""), "value")

    def _moved(self, does: Callable[..., None], *arguments: Any) -> None:
        if not self.quiet:
            self.explorer.trying(does, *arguments)

    def _turn(self, path: str, value: float) -> None:
        slot, knob = self.where[path]
        stage = self.explorer.history.now.whole.stages[slot]
        self.explorer.turn(slot, knob.field, knob.turned(stage, value), path)

    def _swap(self, slot: int, name: str) -> None:
        self.explorer.swap(slot, "" if name == OFF else name)
        self._fill(self.explorer.history.now)

    @contextmanager
    def _quietly(self) -> Iterator[None]:
        before, self.quiet = self.quiet, True
        try:
            yield
        finally:
            self.quiet = before
