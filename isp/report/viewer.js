// One viewer for every page: pictures under a line that moves, side by side, or as a map of their difference, with one zoom and one place for all.
//
// A page holds elements of the class "viewer", each with a model in JSON. Its pictures are pyramids of tiles, which lie as text in inert script elements and are
// decoded when they come into view; or the <img> of a page, by their ids. Nothing is fetched. Lengths are device pixels unless said otherwise.
"use strict";
{
  const KEPT = 160; // decoded tiles of a picture
  const NEAR = 18; // CSS pixels around the line in which it is grasped
  const CLOSEST = 32; // device pixels of a picture's pixel at the highest zoom
  const make = (tag, attributes = {}, ...inside) => {
    const made = document.createElement(tag);
    for (const [name, value] of Object.entries(attributes))
      if (name.startsWith("on")) made.addEventListener(name.slice(2), value);
      else if (value === true) made.setAttribute(name, "");
      else if (value !== false) made.setAttribute(name, value);
    made.append(...inside);
    return made;
  };
  const held = (value, low, high) => Math.max(low, Math.min(high, value));

  // ---------------------------------------------------------------- pictures
  const decoded = (text, kind) => {
    const bytes = atob(text), array = new Uint8Array(bytes.length);
    for (let i = 0; i < bytes.length; i++) array[i] = bytes.charCodeAt(i);
    return createImageBitmap(new Blob([array], { type: kind }));
  };

  // Levels from the finest on; a level says its size, that of its tiles, and how many pixels of the picture each of its pixels covers.
  class Tiles {
    constructor({ id, kind, tile, levels }, changed) {
      Object.assign(this, { id, kind, changed, pending: 0, kept: new Map() });
      this.levels = levels.map(([columns, rows], i) => ({ columns, rows, tile, across: 2 ** i, down: 2 ** i }));
    }
    // What can be drawn of a tile now; if nothing yet, it is on its way.
    piece(level, row, column) {
      const name = `${this.id}-${level}-${row}-${column}`, found = this.kept.get(name);
      if (found) {
        this.kept.delete(name); // the youngest stand last
        this.kept.set(name, found);
        return found.picture && this.shown(found);
      }
      const kept = {};
      this.kept.set(name, kept);
      this.pending++;
      decoded(document.getElementById(name).textContent, this.kind).then(picture => {
        kept.picture = picture;
        this.pending--;
        for (const [old, one] of this.kept) {
          if (this.kept.size <= KEPT) break;
          if (one.picture && !old.startsWith(`${this.id}-${this.levels.length - 1}-`)) this.kept.delete(old);
        }
        this.changed();
      });
    }
    shown(found) { return found.picture; }
    // Red, green and blue at a place of the picture, from 0 to 255; of what lies finest among the decoded.
    values(x, y) {
      for (const [i, { tile, across, down }] of this.levels.entries()) {
        const px = Math.floor(x / across), py = Math.floor(y / down);
        const found = this.kept.get(`${this.id}-${i}-${Math.floor(py / tile)}-${Math.floor(px / tile)}`);
        if (found?.picture) return pixel(found.picture, px % tile, py % tile);
      }
    }
  }

  // An image that the page shows anyway.
  class Whole {
    constructor({ img }, width, height, changed) {
      this.img = document.getElementById(img);
      this.pending = 0;
      const { naturalWidth: columns, naturalHeight: rows } = this.img;
      this.levels = [{ columns, rows, tile: Math.max(columns, rows), across: width / columns, down: height / rows }];
    }
    piece() { return this.img; }
    values(x, y) { return pixel(this.img, Math.floor(x / this.levels[0].across), Math.floor(y / this.levels[0].down)); }
  }

  const one = Object.assign(document.createElement("canvas"), { width: 1, height: 1 }).getContext("2d", { willReadFrequently: true });
  const pixel = (picture, x, y) => {
    one.drawImage(picture, x, y, 1, 1, 0, 0, 1, 1);
    return one.getImageData(0, 0, 1, 1).data.subarray(0, 3);
  };

  // ---------------------------------------------------------------- maps of differences
  // From black over violet and orange to a pale yellow: each step is lighter than the one before, so that a map can be read without its hues.
  const HEAT = [[0, 0, 0], [36, 14, 74], [94, 24, 112], [156, 38, 104], [212, 66, 76], [244, 118, 46], [252, 178, 60], [250, 226, 130], [252, 252, 222]];
  const heat = share => {
    const at = held(share, 0, 1) * (HEAT.length - 1), i = Math.min(Math.floor(at), HEAT.length - 2);
    return HEAT[i].map((value, c) => Math.round(value + (at - i) * (HEAT[i + 1][c] - value)));
  };

  // Tiles hold codes: the value is `top` (code / 255)^2. `full` is the value that gets the last colour.
  class Difference extends Tiles {
    constructor(said, changed) {
      super(said, changed);
      Object.assign(this, { metric: said.metric, unit: said.unit, top: said.top, full: said.full, pair: said.pair });
    }
    value(code) { return this.top * (code / 255) ** 2; }
    set full(value) {
      this.scale = value;
      this.colours = new Uint32Array(256);
      const bytes = new Uint8Array(this.colours.buffer);
      for (let code = 0; code < 256; code++) bytes.set([...heat(this.value(code) / value), 255], 4 * code);
    }
    get full() { return this.scale; }
    shown(found) {
      if (found.colours === this.colours) return found.canvas;
      if (!found.codes) {
        const { width, height } = found.picture;
        found.canvas = Object.assign(document.createElement("canvas"), { width, height });
        found.context = found.canvas.getContext("2d", { willReadFrequently: true });
        found.context.drawImage(found.picture, 0, 0);
        const data = found.context.getImageData(0, 0, width, height);
        found.codes = Uint8Array.from({ length: width * height }, (_, i) => data.data[4 * i]);
        found.data = data;
      }
      const out = new Uint32Array(found.data.data.buffer);
      for (let i = 0; i < out.length; i++) out[i] = this.colours[found.codes[i]];
      found.context.putImageData(found.data, 0, 0);
      found.colours = this.colours;
      return found.canvas;
    }
  }

  // ---------------------------------------------------------------- the viewer
  const KEYS = [
    ["← →", "move the line"], ["⇧ + arrows", "move the picture"], ["+ −", "zoom"], ["0", "fit"], ["1 2 4 8", "zoom to 100, 200, 400, 800 %"],
    ["B", "blink: one picture, then the other"], ["W S D", "wipe, side by side, difference"], ["M", "next metric"], ["[ ]", "finer or coarser full scale"],
    ["N P", "next or previous picture"], ["F", "full screen"],
  ];
  const MODES = { wipe: "Wipe", sides: "Side by side", difference: "Difference" };

  class Viewer {
    constructor(root) {
      this.root = root;
      this.model = JSON.parse(root.querySelector("script").textContent);
      this.small = this.model.tools === "line";
      this.mode = "wipe";
      this.cuts = { wipe: this.model.cut ?? 0.5, difference: 0 };
      this.fingers = new Map();
      this.build();
      this.enter(0);
      new ResizeObserver(() => this.resized()).observe(this.stage);
    }
    get cut() { return this.cuts[this.mode] ?? 0.5; }
    set cut(value) {
      this.cuts[this.mode === "sides" ? "wipe" : this.mode] = held(value, 0, 1);
      this.draw();
    }
    get map() { return this.maps.find(m => m.metric === this.metric && m.pair.includes(this.left) && m.pair.includes(this.right)); }

    // ---- what stands around the pictures
    build() {
      const { small } = this;
      this.canvas = make("canvas", { tabindex: 0, role: "application", "aria-roledescription": "picture comparison" });
      this.context = this.canvas.getContext("2d", { alpha: false });
      this.tags = make("div", { class: "tags", "aria-hidden": "true" });
      this.stage = make("div", { class: "stage" }, this.canvas, this.tags);
      this.line = make("input", { type: "range", min: 0, max: 1, step: 0.005, "aria-label": "line between the pictures", oninput: () => (this.cut = +this.line.value) });
      this.root.querySelector(".still")?.remove();
      this.root.prepend(this.stage);
      this.root.classList.add("live");
      if (small) {
        this.line.classList.add("unseen");
        this.stage.append(this.line);
        this.canvas.tabIndex = -1;
      } else this.stage.after(...this.bar());
      const on = (name, call) => this.canvas.addEventListener(name, call, { passive: false });
      on("pointerdown", e => this.pressed(e));
      on("pointermove", e => this.moved(e));
      for (const name of ["pointerup", "pointercancel"]) on(name, e => this.released(e));
      on("pointerleave", () => { this.place = null; this.told(); });
      on("dblclick", e => this.zoom(this.scale > this.least * 1.01 ? this.least : Math.max(1, this.least * 2), this.at(e)));
      on("wheel", e => this.rolled(e));
      this.root.addEventListener("keydown", e => this.key(e));
    }
    bar() {
      const button = (text, label, call) => make("button", { type: "button", title: label, "aria-label": label, onclick: call }, text);
      const name = `mode${document.querySelectorAll(".viewer.live").length}`;
      this.choices = Object.entries(MODES).map(([mode, text]) =>
        make("label", {}, make("input", { type: "radio", name, value: mode, checked: mode === this.mode, onchange: () => this.turn(mode) }), make("span", {}, text)));
      const chosen = call => make("select", { onchange: e => { call(+e.target.value); this.draw(); } });
      this.lefts = chosen(i => (this.left = i));
      this.rights = chosen(i => (this.right = i));
      this.metrics = make("select", { onchange: e => { this.metric = e.target.value; this.draw(); } });
      this.fulls = make("input", { type: "range", min: -1, max: 0, step: 0.01, oninput: () => { this.map.full = this.map.top * 10 ** (2 * +this.fulls.value); this.draw(); } });
      this.legend = make("span", { class: "legend" }, make("canvas", { width: 256, height: 1, "aria-hidden": "true" }), make("output"));
      const bar = this.legend.firstChild.getContext("2d");
      for (let i = 0; i < 256; i++) { bar.fillStyle = `rgb(${heat(i / 255)})`; bar.fillRect(i, 0, 1, 1); }
      this.much = make("output", { "aria-label": "zoom" });
      this.probe = make("output", { class: "probe" });
      this.said = make("output", { class: "unseen", "aria-live": "polite" });
      this.pairs = make("span", { class: "pair" }, make("label", {}, "left ", this.lefts), make("label", {}, "right ", this.rights));
      this.lines = make("label", { class: "line" }, "line ", this.line);
      this.scales = make("span", { class: "pair" }, make("label", {}, "metric ", this.metrics), make("label", { class: "line" }, "full scale ", this.fulls), this.legend);
      this.scenes = make("div", { class: "scenes", role: "group", "aria-label": "pictures" });
      this.help = make("dialog", { class: "keys", onclick: () => this.help.close() }, make("h3", {}, "Keys"),
        make("dl", {}, ...KEYS.flatMap(([key, does]) => [make("dt", {}, make("kbd", {}, key)), make("dd", {}, does)])),
        make("p", {}, "Drag the line, or the picture where it is larger than its frame. Wheel, pinch or double-click to zoom."), button("Close", "close", () => this.help.close()));
      const modes = make("fieldset", { class: "modes" }, make("legend", { class: "unseen" }, "how to compare"), ...this.choices);
      const zooms = make("span", { class: "zooms" }, button("−", "zoom out", () => this.step(-1)), this.much, button("+", "zoom in", () => this.step(1)),
        button("Fit", "fit the whole picture", () => this.zoom(this.least)), button("1:1", "one pixel of the picture for each of the screen", () => this.zoom(1)));
      this.blinks = button("Blink", "one picture, then the other", () => this.blink());
      const wide = button("Full screen", "full screen", () => this.widen());
      if (!document.fullscreenEnabled) wide.hidden = true;
      return [make("div", { class: "bar" }, modes, this.pairs, this.lines, this.scales, zooms, this.blinks, wide, button("Keys", "what the keys do", () => this.help.showModal()), this.help),
        make("p", { class: "probes" }, this.probe, this.said), this.scenes];
    }
    enter(index) {
      const scene = this.model.scenes[index], before = this.scene, changed = () => this.later();
      this.scene = scene;
      this.index = index;
      scene.made ??= scene.pictures.map(p => (p.img ? new Whole(p, scene.width, scene.height, changed) : new Tiles(p, changed)));
      scene.maps ??= [];
      scene.drawn ??= scene.maps.map(m => new Difference(m, changed));
      Object.assign(this, { pictures: scene.made, maps: scene.drawn, left: Math.min(this.left ?? 0, scene.made.length - 1), right: Math.min(this.right ?? 1, scene.made.length - 1) });
      this.metric = this.maps.some(m => m.metric === this.metric) ? this.metric : this.maps[0]?.metric;
      if (!before || before.width !== scene.width || before.height !== scene.height) {
        this.stage.style.setProperty("--ratio", scene.width / scene.height);
        Object.assign(this, { scale: 0, x: scene.width / 2, y: scene.height / 2 });
      }
      if (!this.small) this.listed();
      this.resized();
    }
    listed() {
      const names = this.scene.pictures.map(p => p.name);
      for (const [list, chosen] of [[this.lefts, this.left], [this.rights, this.right]])
        list.replaceChildren(...names.map((name, i) => make("option", { value: i, selected: i === chosen }, name)));
      this.pairs.hidden = names.length < 3;
      this.choices[2].hidden = !this.maps.length;
      this.scenes.hidden = this.model.scenes.length < 2;
      this.scenes.replaceChildren(...this.model.scenes.map((s, i) =>
        make("button", { type: "button", "aria-pressed": String(i === this.index), onclick: () => this.enter(i) }, make("img", { src: document.getElementById(s.thumb)?.src ?? "data:,", alt: "" }), make("span", {}, s.name))));
    }
    turn(mode) {
      if (mode === "difference" && !this.maps.length) return;
      this.mode = mode;
      if (mode === "difference" && !this.map) [this.left, this.right] = this.maps[0].pair;
      for (const choice of this.choices ?? []) choice.firstChild.checked = choice.firstChild.value === mode;
      this.zoom(Math.max(this.scale, this.least));
    }

    // ---- where we look
    get panes() {
      const { width, height } = this.canvas, count = this.mode === "sides" ? this.pictures.length : 1;
      let best = { size: 0 };
      for (let columns = 1; columns <= count; columns++) {
        const rows = Math.ceil(count / columns), size = Math.min(width / columns / this.scene.width, height / rows / this.scene.height);
        if (size > best.size) best = { size, columns, rows };
      }
      const w = Math.floor(width / best.columns), h = Math.floor(height / best.rows);
      return Array.from({ length: count }, (_, i) => ({ x: (i % best.columns) * w, y: Math.floor(i / best.columns) * h, w, h }));
    }
    get least() {
      const [{ w, h }] = this.panes;
      return Math.min(w / this.scene.width, h / this.scene.height);
    }
    resized() {
      const { width, height } = this.stage.getBoundingClientRect(), ratio = devicePixelRatio || 1, fitted = this.scale <= (this.fit ?? 0) * 1.001;
      if (!width || !height) return;
      this.canvas.width = Math.round(width * ratio);
      this.canvas.height = Math.round(height * ratio);
      this.ratio = ratio;
      this.zoom(fitted ? this.least : this.scale);
    }
    // Zoom so that the place `at` of the picture stays where it is on the screen.
    zoom(scale, at) {
      const least = (this.fit = this.least), before = this.scale || least;
      this.scale = held(scale, least, Math.max(CLOSEST, least));
      if (at) for (const axis of ["x", "y"]) this[axis] = at[axis] + (this[axis] - at[axis]) * (before / this.scale);
      const [{ w, h }] = this.panes;
      for (const [axis, room, size] of [["x", w, this.scene.width], ["y", h, this.scene.height]]) {
        const half = room / 2 / this.scale;
        this[axis] = half * 2 >= size ? size / 2 : held(this[axis], half, size - half);
      }
      this.canvas.style.touchAction = this.scale > least * 1.001 ? "none" : "pan-y";
      this.draw();
    }
    step(by, at) { this.zoom(this.scale * 1.5 ** by, at); }
    pan(across, down) {
      this.x -= across / this.scale;
      this.y -= down / this.scale;
      this.zoom(this.scale);
    }
    blink() {
      if (this.mode === "sides") this.turn("wipe");
      this.cut = this.cut >= 0.999 ? 0 : 1;
    }
    widen() { document.fullscreenElement ? document.exitFullscreen() : this.root.requestFullscreen(); }

    // ---- hands
    at(event) {
      const box = this.canvas.getBoundingClientRect();
      return this.placed((event.clientX - box.left) * this.ratio, (event.clientY - box.top) * this.ratio);
    }
    placed(px, py) {
      const pane = this.panes.find(({ x, y, w, h }) => px >= x && px < x + w && py >= y && py < y + h) ?? this.panes[0];
      return { x: this.x + (px - pane.x - pane.w / 2) / this.scale, y: this.y + (py - pane.y - pane.h / 2) / this.scale, px, py };
    }
    pressed(e) {
      if (e.button) return;
      this.canvas.setPointerCapture(e.pointerId);
      if (e.pointerType === "mouse" && !this.small) this.canvas.focus({ preventScroll: true });
      this.fingers.set(e.pointerId, { x: e.clientX, y: e.clientY });
      const { px } = this.at(e), near = Math.abs(px - this.cut * this.canvas.width) < NEAR * this.ratio;
      this.wiping = this.mode !== "sides" && (near || this.scale <= this.fit * 1.001);
      if (this.wiping && this.fingers.size === 1) this.cut = px / this.canvas.width;
      this.moved(e);
    }
    moved(e) {
      const finger = this.fingers.get(e.pointerId);
      this.place = this.at(e);
      if (finger) {
        const before = this.spread();
        const [dx, dy] = [e.clientX - finger.x, e.clientY - finger.y];
        Object.assign(finger, { x: e.clientX, y: e.clientY });
        if (this.fingers.size === 2) {
          const after = this.spread();
          this.pan((dx / 2) * this.ratio, (dy / 2) * this.ratio);
          this.zoom((this.scale * after.apart) / Math.max(before.apart, 1), this.at({ clientX: after.x, clientY: after.y }));
        } else if (this.wiping) this.cut = this.place.px / this.canvas.width;
        else if (dx || dy) this.pan(dx * this.ratio, dy * this.ratio);
      } else {
        const near = this.mode !== "sides" && Math.abs(this.place.px - this.cut * this.canvas.width) < NEAR * this.ratio;
        this.canvas.style.cursor = near || (this.mode !== "sides" && this.scale <= this.fit * 1.001) ? "ew-resize" : "grab";
      }
      this.told();
    }
    spread() {
      const [a, b = a] = this.fingers.values();
      return { x: (a.x + b.x) / 2, y: (a.y + b.y) / 2, apart: Math.hypot(a.x - b.x, a.y - b.y) };
    }
    released(e) { this.fingers.delete(e.pointerId); }
    rolled(e) {
      const out = e.deltaY > 0 && this.scale <= this.fit * 1.001;
      if (out || (this.small && !e.ctrlKey)) return; // the page scrolls on
      e.preventDefault();
      this.zoom(this.scale * Math.exp(-held(e.deltaY, -120, 120) / (e.ctrlKey ? 100 : 400)), this.at(e));
    }
    key(e) {
      if (e.altKey || e.ctrlKey || e.metaKey || this.help?.open || (e.target !== this.canvas && e.target.matches?.("input, select") && e.target !== this.line)) return;
      const by = { ArrowLeft: [-1, 0], ArrowRight: [1, 0], ArrowUp: [0, -1], ArrowDown: [0, 1] }[e.key];
      if (by && (e.shiftKey || by[1])) {
        if (!e.shiftKey && this.scale <= this.fit * 1.001) return;
        this.pan(-by[0] * 0.1 * this.canvas.width, -by[1] * 0.1 * this.canvas.height);
      } else if (by) this.cut += by[0] * 0.02;
      else {
        const does = { "+": () => this.step(1), "=": () => this.step(1), "-": () => this.step(-1), 0: () => this.zoom(this.least), b: () => this.blink() };
        for (const times of [1, 2, 4, 8]) does[times] = () => this.zoom(times);
        if (!this.small) Object.assign(does, {
          w: () => this.turn("wipe"), s: () => this.turn("sides"), d: () => this.turn("difference"), m: () => this.measure(), f: () => this.widen(),
          "[": () => this.rescale(-0.1), "]": () => this.rescale(0.1), n: () => this.next(1), p: () => this.next(-1), "?": () => this.help.showModal(),
        });
        const call = does[e.key.length === 1 ? e.key.toLowerCase() : e.key];
        if (!call) return;
        call();
      }
      e.preventDefault();
      e.stopPropagation();
    }
    measure() {
      const some = [...new Set(this.maps.map(m => m.metric))];
      if (this.mode !== "difference") return this.turn("difference");
      this.metric = some[(some.indexOf(this.metric) + 1) % some.length];
      this.draw();
    }
    rescale(by) {
      if (!this.map) return;
      this.map.full = held(this.map.full * 10 ** by, this.map.top / 100, this.map.top);
      this.draw();
    }
    next(by) {
      const count = this.model.scenes.length;
      if (count > 1) this.enter((this.index + by + count) % count);
    }

    // ---- drawing
    draw() {
      if (!this.ratio) return;
      this.root.dataset.settled = "no";
      if (!this.asked) this.asked = requestAnimationFrame(() => { this.asked = 0; this.paint(); });
    }
    later() { this.draw(); }
    paint() {
      const { context, canvas, pictures, map } = this, { width, height } = canvas;
      context.fillStyle = getComputedStyle(this.stage).backgroundColor;
      context.fillRect(0, 0, width, height);
      const panes = this.panes, at = Math.round(this.cut * width);
      if (this.mode === "sides") panes.forEach((pane, i) => this.lay(pictures[i], pane));
      else {
        const [pane] = panes, [below, above] = this.mode === "wipe" ? [pictures[this.right], pictures[this.left]] : [map, pictures[this.right]];
        if (below && at < width) this.lay(below, pane, at, width);
        if (above && at > 0) this.lay(above, pane, 0, at);
        if (at > 0 && at < width) {
          context.fillStyle = "#000a";
          context.fillRect(at - 1.5 * this.ratio, 0, 3 * this.ratio, height);
          context.fillStyle = "#fff";
          context.fillRect(at - 0.5 * this.ratio, 0, this.ratio, height);
          context.beginPath();
          context.arc(at, height / 2, 9 * this.ratio, 0, 7);
          context.fill();
          context.fillStyle = "#333";
          for (const side of [-1, 1]) {
            context.beginPath();
            context.moveTo(at + side * 6 * this.ratio, height / 2);
            for (const end of [-1, 1]) context.lineTo(at + side * 2 * this.ratio, height / 2 + end * 3.5 * this.ratio);
            context.fill();
          }
        }
      }
      this.labelled(panes);
      this.told();
      const pending = [...pictures, ...this.maps].reduce((sum, p) => sum + p.pending, 0);
      this.root.dataset.settled = pending ? "no" : "yes";
    }
    // One picture in a pane, between two columns of the canvas: what is decoded, from coarse to the level that this zoom needs.
    lay(picture, pane, from = pane.x, to = pane.x + pane.w) {
      const { context, scale, scene } = this;
      const left = pane.x + pane.w / 2 - this.x * scale, top = pane.y + pane.h / 2 - this.y * scale;
      context.save();
      context.beginPath();
      const x0 = Math.max(from, pane.x, Math.round(left)), y0 = Math.max(pane.y, Math.round(top));
      const x1 = Math.min(to, pane.x + pane.w, Math.round(left + scene.width * scale)), y1 = Math.min(pane.y + pane.h, Math.round(top + scene.height * scale));
      context.rect(x0, y0, x1 - x0, y1 - y0);
      context.clip();
      const coarsest = picture.levels.length - 1;
      let needed = coarsest;
      while (needed > 0 && picture.levels[needed].across * scale > 1.2) needed--;
      for (let i = coarsest; i >= needed; i--) {
        const { columns, rows, tile, across, down } = picture.levels[i], w = tile * across * scale, h = tile * down * scale;
        context.imageSmoothingEnabled = across * scale < 2;
        context.imageSmoothingQuality = "medium";
        for (let r = Math.max(0, Math.floor((y0 - top) / h)); r * tile < rows && top + r * h < y1; r++)
          for (let c = Math.max(0, Math.floor((x0 - left) / w)); c * tile < columns && left + c * w < x1; c++) {
            if (i !== needed && i !== coarsest && !picture.kept.has(`${picture.id}-${i}-${r}-${c}`)) continue;
            const piece = picture.piece(i, r, c);
            if (!piece) continue;
            const [a, b] = [Math.round(left + c * w), Math.round(top + r * h)];
            const end = Math.round(left + Math.min((c + 1) * tile, columns) * across * scale), foot = Math.round(top + Math.min((r + 1) * tile, rows) * down * scale);
            context.drawImage(piece, a, b, end - a, foot - b);
          }
      }
      context.restore();
    }
    labelled(panes) {
      const name = i => this.scene.pictures[i]?.name ?? "", { left, right, ratio, cut } = this;
      const shown = this.mode === "sides" ? panes.map((pane, i) => [name(i), pane.x / ratio, pane.y / ratio, "l"])
        : [[this.mode === "wipe" ? name(left) : name(right), 0, 0, "l", cut > 0], [this.mode === "wipe" ? name(right) : this.map ? `${this.metric}: ${name(left)}, ${name(right)}` : "no map of this pair", 0, 0, "r", cut < 1]];
      this.tags.replaceChildren(...shown.filter(s => s[4] ?? true).map(([text, x, y, side]) => {
        const tag = make("b", { class: side }, text);
        if (this.mode === "sides") Object.assign(tag.style, { left: `${x + 6}px`, top: `${y + 6}px`, bottom: "auto" });
        return tag;
      }));
      this.line.value = cut;
      this.line.setAttribute("aria-valuetext", `${Math.round(100 * cut)} % ${shown[0][0]}`);
      const percent = `${this.scale * 100 < 10 ? (this.scale * 100).toFixed(1) : Math.round(this.scale * 100)} %`;
      this.canvas.setAttribute("aria-label", `${MODES[this.mode]}: ${shown.map(s => s[0]).join(", ")}; ${percent}`);
      if (this.small) return;
      this.much.textContent = percent;
      this.lines.hidden = this.blinks.hidden = this.mode === "sides";
      this.scales.hidden = this.mode !== "difference";
      this.lefts.value = left;
      this.rights.value = right;
      const { map } = this;
      this.said.textContent = `${MODES[this.mode]}, ${percent}`;
      if (this.mode !== "difference" || !map) return;
      const metrics = this.maps.filter(m => m.pair.includes(left) && m.pair.includes(right)).map(m => m.metric);
      this.metrics.replaceChildren(...metrics.map(m => make("option", { selected: m === this.metric }, m)));
      this.fulls.value = Math.log10(map.full / map.top) / 2;
      this.fulls.setAttribute("aria-valuetext", `${number(map.full)} ${map.unit}`);
      this.legend.lastChild.textContent = `0 to ${number(map.full)} ${map.unit}`;
    }
    // What lies under the pointer: the place, and the values of the pictures there.
    told() {
      if (this.small) return;
      const { scene } = this, place = this.place && this.placed(this.place.px, this.place.py); // of the view as it is now
      if (!place || place.x < 0 || place.y < 0 || place.x >= scene.width || place.y >= scene.height) {
        this.probe.textContent = "";
        return;
      }
      const x = Math.floor(place.x), y = Math.floor(place.y), parts = [`column ${x}, row ${y}`];
      const shown = this.mode === "sides" ? scene.pictures.map((_, i) => i) : [this.left, this.right];
      for (const i of shown) {
        const rgb = this.pictures[i].values(place.x, place.y);
        if (rgb) parts.push(`${scene.pictures[i].name} ${[...rgb].join(" ")}`);
      }
      const code = this.mode === "difference" && this.map?.values(place.x, place.y);
      if (code) parts.push(`${this.metric} ${number(this.map.value(code[0]))} ${this.map.unit}`);
      this.probe.textContent = parts.join(" · ");
    }
  }
  const number = value => (value >= 100 ? value.toFixed(0) : value >= 10 ? value.toFixed(1) : value.toPrecision(2));

  // ---------------------------------------------------------------- begin
  const viewers = [], wake = new IntersectionObserver(found => {
    for (const { target, isIntersecting } of found) {
      if (!isIntersecting) continue;
      wake.unobserve(target);
      const images = JSON.parse(target.querySelector("script").textContent).scenes.flatMap(s => s.pictures).map(p => p.img && document.getElementById(p.img)).filter(Boolean);
      Promise.all(images.map(img => img.decode().catch(() => {}))).then(() => viewers.push(new Viewer(target)));
    }
  }, { rootMargin: "600px" });
  for (const root of document.querySelectorAll(".viewer")) wake.observe(root);
  addEventListener("keydown", e => {
    if (viewers.length === 1 && !viewers[0].small && [document.body, document.documentElement].includes(e.target)) viewers[0].key(e);
  });
}
