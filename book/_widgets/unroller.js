// The unroller of chapter 02: each press does one operation of a small network.
// It computes from unroller.json, the file that the chapter's cells read;
// book/tests/test_unroller.py holds its numbers to those of throughtime.
(() => {
  const { Widget, define, html } = ThroughTime;

  const KINDS = {
    "N-N": "an output at each step",
    "N-1": "one output, after the last step",
    "1-N": "one input, then each output comes back as the next input",
  };

  const dot = (row, v) => row.reduce((sum, w, j) => sum + w * v[j], 0);
  const affine = (W, v, b) => W.map((row, i) => dot(row, v) + b[i]);

  // A moment is one operation: part x, a, h or o of step t gets its values.
  function moments(net, kind) {
    const T = net.xs.length;
    const list = [{ part: "h", t: 0, values: net.h_0 }];
    let [h, o] = [net.h_0, null];
    for (let t = 1; t <= T; t++) {
      const fed = kind === "1-N" && t > 1;
      const x = fed ? o : net.xs[t - 1];
      const a = affine(net.W_xh, x, affine(net.W_hh, h, net.b_h));
      list.push({ part: "x", t, values: x, fed }, { part: "a", t, values: a, x, h });
      h = a.map((v) => Math.max(0, v));
      list.push({ part: "h", t, values: h, a });
      o = affine(net.W_hy, h, net.b_y);
      if (kind !== "N-1" || t === T) list.push({ part: "o", t, values: o, h });
    }
    return list;
  }

  const number = (v) => String(+v.toFixed(4)).replace("-", "−");
  const list = (v) => v.map(number).join(",\u00a0");
  const vector = (v) => (v.length > 1 ? `(${list(v)})` : list(v));
  const small = (t) => "₀₁₂₃₄₅₆₇₈₉"[t];

  function sentence({ part, t, values, fed }) {
    const is = `${part}${small(t)}\u00a0=\u00a0${vector(values)}`;
    if (t === 0) return `Before the first step the state is ${is}.`;
    const [now, before] = [small(t), small(t - 1)];
    const what = {
      x: `${fed ? `The last output, o${before}, comes back` : "The input arrives"}: ${is}.`,
      a: `The pre-activation W_xh x${now} + W_hh h${before} + b_h is ${is}.`,
      h: `ReLU turns negative numbers into 0. The new state is ${is}.`,
      o: `The readout W_hy h${now} + b_y is ${is}.`,
    };
    return `Time t = ${t}. ${what[part]}`;
  }

  // The arithmetic of one unit: [class, text] pieces, a weight's in its colour.
  function sum(net, { part, t, values, x, h, a }, i) {
    const signed = (text) => (text[0] === "−" ? ` − ${text.slice(1)}` : ` + ${text}`);
    const products = (row, v) =>
      row.map((w, j) => signed(`${number(w)}·${number(v[j])}`)).join("");
    const first = (text) => text.replace(/^ \+ /, "").replace(/^ − /, "−");
    const result = ["result", ` = ${number(values[i])}`];
    if (part === "a") {
      const [input, state] = [first(products(net.W_xh[i], x)), products(net.W_hh[i], h)];
      return [["W_xh", input], ["W_hh", state], ["", signed(number(net.b_h[i]))], result];
    }
    if (part === "o") {
      const state = first(products(net.W_hy[i], h));
      return [["W_hy", state], ["", signed(number(net.b_y[i]))], result];
    }
    return [["", a ? `max(0, ${number(a[i])})` : `${part}${small(t)}`], result];
  }

  // The drawing is strings of SVG, made anew at each press.
  const Y = { o: 22, cell: 124, x: 226, time: 268, height: 276, half: 46 };
  const PHONE = { width: 336, first: 34, cell: 70 };
  const PAGE = { width: 640, first: 64, cell: 122 };

  const text = (x, y, kind, body, more = "") =>
    `<text x="${x}" y="${y}" class="${kind}" ${more}>${body}</text>`;
  const letter = (name, index) => `${name}<tspan dy="4" class="index">${index}</tspan>`;
  const weight = (x, y, name, side = "") =>
    text(x, y, `weight ${name} ${side}`, letter("W", name.slice(2)));
  const path = (kind, d) => `<path class="edge ${kind}" d="${d}"/>`;
  const right = (x, y) => `${x} ${y}M${x - 6} ${y - 4}L${x} ${y}L${x - 6} ${y + 4}`;
  const up = (x, y) => `${x} ${y}M${x - 4} ${y + 6}L${x} ${y}L${x + 4} ${y + 6}`;

  class Unroller extends Widget {
    build(root, net) {
      this.net = net;
      this.stage = html("div", { class: "unroller-stage" });
      this.sums = html("div", { class: "unroller-sums" });
      this.folder = this.button("Fold", () => this.fold());
      const moves = {
        Home: ["Start", () => 0],
        ArrowLeft: ["Back", () => this.at - 1],
        ArrowRight: ["Next", () => this.at + 1],
        End: ["End", () => Infinity],
      };
      const [buttons, actions] = [html("div", { class: "unroller-buttons" }), {}];
      for (const [key, [name, to]] of Object.entries(moves)) {
        actions[key] = () => this.go(to());
        buttons.append(this.button(name, actions[key], { title: `Key: ${key}` }));
      }
      buttons.append(this.folder);
      this.keys(actions);
      const kinds = Object.keys(KINDS).map((kind) => [kind, kind]);
      root.append(this.choice("Graph", kinds, "N-N", (kind) => this.pick(kind)));
      root.append(this.stage, buttons, this.readout(), this.sums);
      this.pick("N-N");
      new ResizeObserver(() => this.place === this.room() || this.draw()).observe(this.stage);
    }

    pick(kind) {
      this.kind = kind;
      this.list = moments(this.net, kind);
      this.go(0);
      this.say(`${kind}: ${KINDS[kind]}. ${sentence(this.list[0])}`);
    }

    go(at) {
      this.at = Math.max(0, Math.min(this.list.length - 1, at));
      this.draw();
      const moment = this.list[this.at];
      const lines = moment.values.map((_, i, all) => {
        const span = ([kind, body]) => html("span", { class: kind }, body);
        const spans = sum(this.net, moment, i).map(span);
        return html("div", {}, all.length > 1 ? `unit ${i + 1}: ` : "", ...spans);
      });
      this.sums.replaceChildren(...lines);
      this.say(`Operation ${this.at} of ${this.list.length - 1}. ${sentence(moment)}`);
    }

    fold() {
      const folded = this.stage.classList.toggle("folded");
      this.folder.textContent = folded ? "Unfold" : "Fold";
      this.say(
        folded
          ? "Folded: one cell, and a loop that carries its state to the next step."
          : "Unfolded: a copy of the cell for each step; all copies share their weights.",
      );
    }

    room() {
      return this.stage.clientWidth >= 540 ? PAGE : PHONE;
    }

    // Where the cell of step t begins: h_0 and T cells share the width evenly.
    left(t) {
      const { width, first, cell } = this.place;
      const gap = (width - 2 - first - this.net.xs.length * cell) / this.net.xs.length;
      return 1 + first + gap + (t - 1) * (cell + gap);
    }

    find(part, t) {
      return this.list.findIndex((moment) => moment.part === part && moment.t === t);
    }

    // Of several parts the one that happens now decides, then one that is done.
    state(t, ...parts) {
      const places = parts.map((part) => this.find(part, t));
      if (places.includes(this.at)) return "now";
      return places.some((i) => i < this.at) ? "done" : "waiting";
    }

    numbers(part, t, x, y) {
      const state = this.state(t, part);
      const shown = (v) => (state === "waiting" ? "·" : number(v));
      const one = (v, i) =>
        text(x, y + 20 * i, `value ${state}`, shown(v), `data-value="${part}_${t}[${i}]"`);
      return this.list[this.find(part, t)].values.map(one).join("");
    }

    box(state, x, y, width, height) {
      const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
      return `<rect class="box ${state}" ${place} rx="8"/>`;
    }

    // An input or an output: a small box with its name and its number.
    outside(part, t, mid, y) {
      return this.box(this.state(t, part), mid - 34, y - 17, 68, 34) +
        text(mid - 18, y + 5, "name", letter(part, t)) + this.numbers(part, t, mid + 13, y + 5);
    }

    column(part, t, x, top) {
      return text(x, top + 22, "name", letter(part, t)) + this.numbers(part, t, x, top + 54);
    }

    step(t) {
      const { first, cell, width } = this.place;
      const [x, top, bottom] = [this.left(t), Y.cell - Y.half, Y.cell + Y.half];
      const mid = x + cell / 2;
      const before = t > 1 ? this.left(t - 1) + cell : 1 + first;
      const fed = this.kind === "1-N" && t > 1;
      const current = t === Math.max(1, this.list[this.at].t) ? "current" : "";
      const arrives = this.state(t, "a");
      const parts = [
        `<g class="carried">`,
        path(`W_hh ${arrives}`, `M${before} ${Y.cell}L${right(x, Y.cell)}`),
        fed ? this.feed(t, before - cell / 2 + 34, before + 9, mid - 34) : "",
        weight((before + x) / 2, Y.cell - 10, "W_hh"),
        `</g><g class="loop">${this.loop(t, x + cell, arrives)}`,
        fed ? text(x - 46, Y.cell + 5, "name", letter("o", t - 1)) : "",
        fed ? this.feed(t, mid - 34, x - 30, mid - 34) : "",
        `</g>`,
        path(`W_xh ${arrives}`, `M${mid} ${Y.x - 17}L${up(mid, bottom)}`),
        weight(mid + 8, Y.x - 30, "W_xh", "beside"),
        this.outside("x", t, mid, Y.x),
        this.box(this.state(t, "a", "h"), x, top, cell, 2 * Y.half),
        this.column("a", t, x + 0.28 * cell, top),
        text(x + 0.52 * cell, top + 21, "name", "→"),
        this.column("h", t, x + 0.76 * cell, top),
        text(mid, Y.time, "time", `t = ${t}`),
      ];
      if (this.find("o", t) >= 0) {
        parts.push(
          path(`W_hy ${this.state(t, "o")}`, `M${mid} ${top}L${up(mid, Y.o + 17)}`),
          weight(mid + 8, top - 13, "W_hy", "beside"),
          this.outside("o", t, mid, Y.o),
        );
      }
      const shift = `style="--shift:${width / 2 - mid}px"`;
      return `<g class="step ${current}" ${shift}>${parts.join("")}</g>`;
    }

    // The state's way back into its own cell, and what it brings.
    loop(t, x, arrives) {
      const y = Y.cell;
      const d = `M${x} ${y - 26}C${x + 60} ${y - 50} ${x + 60} ${y + 50} ${x} ${y + 26}` +
        `M${x + 9} ${y + 25}L${x} ${y + 26}L${x + 5} ${y + 34}`;
      const brought = vector(this.list[this.find("h", t - 1)].values);
      return path(`W_hh ${arrives}`, d) + weight(x + 52, y - 10, "W_hh", "beside") +
        text(x + 52, y + 14, "name beside", letter("h", t - 1)) +
        text(x + 70, y + 14, "value beside", `= ${brought}`);
    }

    feed(t, x1, across, x2) {
      const d = `M${x1} ${Y.o}H${across}V${Y.x}L${right(x2, Y.x)}`;
      return path(`fed ${this.state(t, "x")}`, d);
    }

    draw() {
      const [{ first, width }, top] = [(this.place = this.room()), Y.cell - Y.half];
      const svg = this.svg(width, Y.height, ""); // the words below say it all
      const start = this.box(this.state(0, "h"), 1, top, first, 2 * Y.half) +
        this.column("h", 0, 1 + first / 2, top);
      const steps = this.net.xs.map((_, i) => this.step(i + 1));
      svg.innerHTML = `<g class="step">${start}</g>${steps.join("")}`;
      this.stage.replaceChildren(svg);
    }
  }

  define("unroller", Unroller);
})();
