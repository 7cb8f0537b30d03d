// The cliff of chapter 05: the error of a network with one unit over its weight w and
// bias b, and 20 steps of gradient descent on it, plain and with a clipped gradient.
// Needs: surface, panel
// book/tests/test_cliff.py holds its numbers to throughtime.spectrum.
(() => {
  const { define, html } = ThroughTime;
  const { error, descend } = ThroughTime.surface;
  const { Panel, legend, minus, said } = ThroughTime.panel;

  const STEPS = 20;
  const MAP = { w: [3.5, 5.5], b: [-3, -1.5], columns: 240, rows: 160 };
  const LEVELS = [0.01, 0.02, 0.04, 0.06, 0.1, 0.2, 0.3, 0.4, 0.45]; // of the error
  const RATES = [0.01, 0.02, 0.05, 0.1, 0.2, 0.3, 0.5, 1, 2];
  const THRESHOLDS = [0.05, 0.1, 0.2, 0.5, 1, 2, 5, 10, 100];
  const MOVES = {
    ArrowLeft: [-0.05, 0],
    ArrowRight: [0.05, 0],
    ArrowDown: [0, -0.05],
    ArrowUp: [0, 0.05],
  };
  const START = { w: 4.5, b: -1.8, rate: 0.5, threshold: 1, shown: STEPS };

  const clamp = (v, [low, high]) => Math.min(high, Math.max(low, v));
  const inside = ({ w, b }) => w === clamp(w, MAP.w) && b === clamp(b, MAP.b);
  const fixed = (v) => minus(v.toFixed(2));

  // From numbers to places in the drawing, and back.
  function scales({ width, height }) {
    const [left, right, top, bottom] = [44, width - 10, 10, height - 40];
    const across = (right - left) / (MAP.w[1] - MAP.w[0]);
    const up = (bottom - top) / (MAP.b[1] - MAP.b[0]);
    const X = (w) => left + (w - MAP.w[0]) * across;
    const Y = (b) => bottom - (b - MAP.b[0]) * up;
    const back = (x, y) => [MAP.w[0] + (x - left) / across, MAP.b[0] + (bottom - y) / up];
    return { X, Y, back, left, right, top, bottom };
  }

  // The level of each small field of the map, computed once.
  const fields = () =>
    Array.from({ length: MAP.rows }, (_, i) => {
      const b = MAP.b[0] + ((i + 0.5) / MAP.rows) * (MAP.b[1] - MAP.b[0]);
      return Array.from({ length: MAP.columns }, (_, j) => {
        const w = MAP.w[0] + ((j + 0.5) / MAP.columns) * (MAP.w[1] - MAP.w[0]);
        const { E } = error(w, b);
        return LEVELS.filter((level) => E >= level).length;
      });
    });

  // One path a level: runs of fields of that level, row by row.
  function ground(levels, { left, right, top, bottom }) {
    const [wide, high] = [(right - left) / MAP.columns, (bottom - top) / MAP.rows];
    const paths = Array.from({ length: LEVELS.length + 1 }, () => "");
    levels.forEach((row, i) => {
      for (let j = 0, from = 0; j < row.length; j++) {
        if (row[j + 1] === row[from]) continue;
        const [x, y] = [left + from * wide, bottom - (i + 1) * high];
        paths[row[from]] +=
          `M${x.toFixed(1)} ${y.toFixed(1)}h${((j + 1 - from) * wide + 0.5).toFixed(1)}v${(high + 0.5).toFixed(1)}H${x.toFixed(1)}z`;
        from = j + 1;
      }
    });
    const tint = (k) => `style="--part: ${Math.round((78 * k) / LEVELS.length)}%"`;
    return paths.map((d, k) => `<path class="cliff-ground" ${tint(k)} d="${d}"/>`).join("");
  }

  const text = (x, y, body, anchor = "middle") =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${body}</text>`;

  function axes({ X, Y, left, right, top, bottom }) {
    const ticks = [3.5, 4, 4.5, 5, 5.5].map((w) => text(X(w), bottom + 18, w.toFixed(1)));
    for (const b of [-3, -2.5, -2, -1.5])
      ticks.push(text(left - 6, Y(b) + 4, fixed(b).slice(0, -1), "end"));
    return `${ticks.join("")}${text((left + right) / 2, bottom + 35, "weight w")}${text(8, (top + bottom) / 2 - 14, "b", "start")}`;
  }

  // A descent as a line with a mark a step; it ends where it leaves the map.
  function path(kind, points, shown, { X, Y }) {
    const gone = points.findIndex((point) => !inside(point));
    const part = points.slice(0, Math.min(shown, gone < 0 ? shown : gone) + 1);
    const places = part.map(({ w, b }) => [X(w), Y(b)]);
    const d = places.map(([x, y]) => `${x.toFixed(1)} ${y.toFixed(1)}`).join("L");
    const dots = part
      .filter(inside)
      .map(
        ({ w, b }) =>
          `<circle class="cliff-dot ${kind}" cx="${X(w).toFixed(2)}" cy="${Y(b).toFixed(2)}" r="3.4"/>`,
      );
    return `<path class="cliff-under" d="M${d}"/><path class="cliff-path ${kind}" d="M${d}"/>${dots.join("")}`;
  }

  class Cliff extends Panel {
    build(root) {
      this.options = { ...START };
      this.levels = fields();
      this.map = this.stage(330, (room) => {
        this.scales = scales(room);
        const { left, right, top, bottom } = this.scales;
        const [wide, high] = [right - left, bottom - top];
        const frame = `x="${left}" y="${top}" width="${wide}" height="${high}" viewBox="${left} ${top} ${wide} ${high}"`;
        return `${ground(this.levels, this.scales)}${axes(this.scales)}<svg class="cliff-paths" ${frame}></svg><circle class="cliff-start" r="9"/>`;
      });
      const redraw = this.map.redraw;
      this.map.redraw = () => (redraw(), this.show());
      this.map.setAttribute("tabindex", "0");
      this.map.setAttribute("role", "group");
      this.map.setAttribute("aria-label", "Map of the error. Arrow keys move the start point.");
      this.drag();
      this.map.addEventListener("keydown", (event) => this.press(event));
      const place = { step: 0.01, words: fixed };
      const among = (list, value) => ({
        min: 0,
        max: list.length - 1,
        step: 1,
        value: list.indexOf(value),
        words: (i) => String(list[i]),
      });
      this.w = this.slider(
        "Start: weight w",
        { ...place, min: MAP.w[0], max: MAP.w[1], value: START.w },
        (w) => this.change({ w }),
      );
      this.b = this.slider(
        "Start: bias b",
        { ...place, min: MAP.b[0], max: MAP.b[1], value: START.b },
        (b) => this.change({ b }),
      );
      this.table = this.numbers("Descent step by step");
      root.append(
        html(
          "div",
          { class: "panel-controls" },
          this.w,
          this.b,
          this.slider("Learning rate", among(RATES, START.rate), (i) =>
            this.change({ rate: RATES[i] }),
          ),
          this.slider("Clipping threshold", among(THRESHOLDS, START.threshold), (i) =>
            this.change({ threshold: THRESHOLDS[i] }),
          ),
          this.slider("Steps shown", { min: 0, max: STEPS, step: 1, value: STEPS }, (shown) =>
            this.change({ shown }),
          ),
        ),
        this.map,
        legend([
          { name: "without clipping", kind: "bound" },
          { name: "with clipping", kind: "largest" },
        ]),
        html(
          "p",
          { class: "panel-key" },
          "The ground is the stronger, the larger the error. Drag the ring, or press on the map.",
        ),
        this.readout(),
        this.table,
      );
      this.change({});
    }

    press(event) {
      const [w, b] = MOVES[event.key] ?? [0, 0];
      if (event.ctrlKey || event.altKey || event.metaKey || !(w || b)) return;
      event.preventDefault();
      this.change({ w: this.options.w + w, b: this.options.b + b });
    }

    // The start point follows a drag that begins on it, and comes to where the map is pressed.
    drag() {
      const to = (event) => {
        const box = this.map.getBoundingClientRect();
        const [w, b] = this.scales.back(event.clientX - box.left, event.clientY - box.top);
        this.change({ w, b });
      };
      let held = false;
      const holds = (event) => event.target.matches(".cliff-start");
      // A finger on the ring moves it and not the page; anywhere else it scrolls.
      this.map.addEventListener("touchstart", (event) => holds(event) && event.preventDefault(), {
        passive: false,
      });
      this.map.addEventListener("pointerdown", (event) => {
        held = holds(event);
        if (held) this.map.setPointerCapture(event.pointerId);
      });
      this.map.addEventListener("pointermove", (event) => held && to(event));
      for (const end of ["pointerup", "pointercancel"])
        this.map.addEventListener(end, () => (held = false));
      this.map.addEventListener("click", to);
    }

    change(options) {
      const all = Object.assign(this.options, options);
      for (const name of ["w", "b"]) all[name] = +clamp(all[name], MAP[name]).toFixed(2);
      this.w.set(all.w);
      this.b.set(all.b);
      this.result = {
        plain: descend(all, Infinity, STEPS),
        clipped: descend(all, all.threshold, STEPS),
      };
      if (!this.scales) this.map.redraw();
      this.show();
      const { plain, clipped } = this.result;
      const row = ({ w, b, E, norm }) => [w, b, E, norm];
      const heads = ["w", "b", "error", "gradient norm"];
      this.table.fill(
        ["step", ...heads, ...heads.map((head) => `${head}, clipped`)],
        plain.map((point, i) => [i, ...row(point), ...row(clipped[i])]),
      );
      this.say(this.sentence());
    }

    show() {
      const [{ plain, clipped }, { w, b, shown }] = [this.result, this.options];
      const start = this.map.querySelector(".cliff-start");
      start.setAttribute("cx", this.scales.X(w));
      start.setAttribute("cy", this.scales.Y(b));
      this.map.querySelector(".cliff-paths").innerHTML =
        path("plain", plain, shown, this.scales) + path("clipped", clipped, shown, this.scales);
    }

    sentence() {
      const [{ plain, clipped }, { w, b, threshold }] = [this.result, this.options];
      const start = `From w = ${fixed(w)}, b = ${fixed(b)}, error ${said(plain[0].E)}.`;
      const steepest = (points) => Math.max(...points.slice(0, STEPS).map(({ norm }) => norm));
      const end = ({ w, b, E }) => `w = ${said(w)}, b = ${said(b)}, error ${said(E)}`;
      const gone = plain.findIndex((point) => !inside(point));
      const away = gone < 0 ? "" : `; step ${gone} leaves the map`;
      const free = `Without clipping the longest gradient has norm ${said(steepest(plain))}${away}; after ${STEPS} steps: ${end(plain.at(-1))}.`;
      if (steepest(plain) <= threshold)
        return `${start} ${free} No gradient is longer than ${threshold}, so clipping changes nothing.`;
      return `${start} ${free} Clipped at ${threshold}: ${end(clipped.at(-1))}.`;
    }
  }

  define("cliff", Cliff);
})();
