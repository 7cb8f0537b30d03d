// The walk backwards of chapter 04: each press does one operation of backpropagation
// through time, and the table keeps what each copy of each weight has received.
// It computes from unroller.json, the file that the chapter's cells read;
// book/tests/test_backwards.py holds its numbers to autograd's.
(() => {
  const { Widget, define, html } = ThroughTime;

  const dot = (row, v) => row.reduce((sum, w, j) => sum + w * v[j], 0);
  const affine = (W, v, b) => W.map((row, i) => dot(row, v) + b[i]);
  const transposed = (W) => W[0].map((_, j) => W.map((row) => row[j]));
  const outer = (d, v) => d.map((di) => v.map((vj) => di * vj));

  const number = (v) => String(+v.toFixed(4)).replace("-", "−");
  const list = (v) => v.map(number).join(",\u00a0");
  const vector = (v) => (v.length > 1 ? `(${list(v)})` : list(v));
  const small = (t) => "₀₁₂₃₄₅₆₇₈₉"[t];
  const product = (w, v) => `${number(w)}·${number(v)}`;
  const products = (row, v) => row.map((w, j) => product(w, v[j])).join(" + ");

  function forward(net) {
    const hs = [net.h_0];
    const steps = net.xs.map((x, i) => {
      const a = affine(net.W_xh, x, affine(net.W_hh, hs[i], net.b_h));
      hs.push(a.map((v) => Math.max(0, v)));
      return { a, o: affine(net.W_hy, hs[i + 1], net.b_y) };
    });
    return { hs, steps };
  }

  // A moment is one operation: what it computes (part of step t, values), what copies
  // of weights receive (copies), and its arithmetic, a line [where, sum, result] each.
  function moments(net) {
    const [{ hs, steps }, T] = [forward(net), net.xs.length];
    const [W_hyT, W_hhT] = [transposed(net.W_hy), transposed(net.W_hh)];
    const all = [{ t: T, copies: {}, lines: [] }];
    let later = null; // da of the step that comes after in time
    const back = (i) => (later ? products(W_hhT[i], later) : "0");
    for (let t = T; t >= 1; t--) {
      const [{ a, o }, x, y, h, before] =
        [steps[t - 1], net.xs[t - 1], net.ys[t - 1], hs[t], hs[t - 1]];
      const dO = o.map((v, i) => v - y[i]);
      const returns = later ? W_hhT.map((row) => dot(row, later)) : h.map(() => 0);
      const dh = W_hyT.map((row, i) => dot(row, dO) + returns[i]);
      const slope = a.map((v) => (v > 0 ? 1 : 0));
      const da = dh.map((v, i) => slope[i] * v);
      const rows = (name, d, v) =>
        d.map((di, i) => [`${name}${d.length > 1 ? `, row ${i + 1}` : ""}`,
          `${number(di)}·${vector(v)}`, vector(v.map((vj) => di * vj))]);
      const units = (d, sum) =>
        d.map((v, i) => [d.length > 1 ? `unit ${i + 1}` : "", sum(i), number(v)]);
      all.push(
        { part: "do", t, values: dO, copies: {},
          lines: units(dO, (i) => `${number(o[i])} − ${vector([y[i]])}`) },
        { t, copies: { W_hy: outer(dO, h), b_y: dO.map((v) => [v]) },
          what: "W_hy", lines: [...rows("W_hy", dO, h), ["b_y", "do", vector(dO)]] },
        { part: "dh", t, values: dh, copies: {},
          lines: units(dh, (i) => `${products(W_hyT[i], dO)} + ${back(i)}`) },
        { part: "da", t, values: da, copies: {},
          lines: units(da, (i) => product(slope[i], dh[i])) },
        { t, copies: { W_hh: outer(da, before) }, what: "W_hh",
          lines: rows("W_hh", da, before) },
        { t, copies: { W_xh: outer(da, x), b_h: da.map((v) => [v]) }, what: "W_xh",
          lines: [...rows("W_xh", da, x), ["b_h", "da", vector(da)]] },
      );
      later = da;
    }
    const dh_0 = W_hhT.map((row) => dot(row, later));
    all.push({ part: "dh", t: 0, values: dh_0, copies: {},
      lines: dh_0.map((v, i) => [`unit ${i + 1}`, back(i), number(v)]) });
    return { all, hs };
  }

  function sentence({ part, t, values, what, lines }, T) {
    if (!lines.length) return "The forward pass is done. The walk begins at the last step.";
    const [now, next, past] = [small(t), small(t + 1), small(Math.max(0, t - 1))];
    const is = part && `${part}${now}\u00a0=\u00a0${vector(values)}`;
    const from = t < T ? `W_hyᵀ do${now} + W_hhᵀ da${next}` : `W_hyᵀ do${now}, and nothing from later`;
    const words = {
      do: `The loss pushes on the output: o${now} − y${now}, so ${is}.`,
      W_hy: `Its copies of W_hy and b_y receive do${now} h${now}ᵀ and do${now}.`,
      dh: t ? `The state collects ${from}: ${is}.` : `What is left for the start is W_hhᵀ da₁: ${is}.`,
      da: `Through ReLU: the slope is 1 where the unit was on, else 0. ${is}.`,
      W_hh: `Its copy of W_hh receives da${now} h${past}ᵀ.`,
      W_xh: `Its copies of W_xh and b_h receive da${now} x${now}ᵀ and da${now}.`,
    };
    return `Time t = ${t}. ${words[part ?? what]}`;
  }

  const Y = { o: 22, cell: 126, half: 52, time: 200, height: 210 };
  const PHONE = { width: 320, first: 44, cell: 74, name: Y.time };
  const PAGE = { width: 640, first: 72, cell: 128, name: Y.cell - 14 };
  const ROWS = ["W_hy", "b_y", "W_hh", "W_xh", "b_h"];

  const text = (x, y, kind, body, more = "") =>
    `<text x="${x}" y="${y}" class="${kind}" ${more}>${body}</text>`;
  const letter = (name, t) => `${name}<tspan dy="4" class="index">${t}</tspan>`;
  const path = (kind, d) => `<path class="edge ${kind}" d="${d}"/>`;
  const weight = (x, y, name, side = "") =>
    text(x, y, `weight ${name} ${side}`, `${letter("W", name.slice(2))}<tspan dy="-9" class="index">T</tspan>`);

  class Backwards extends Widget {
    build(root, net) {
      this.net = net;
      ({ all: this.list, hs: this.hs } = moments(net));
      this.stage = html("div", { class: "backwards-stage" });
      this.sums = html("div", { class: "backwards-sums" });
      this.table = html("table", { class: "backwards-table" });
      const moves = {
        Home: ["Start", () => 0],
        ArrowLeft: ["Back", () => this.at - 1],
        ArrowRight: ["Next", () => this.at + 1],
        End: ["End", () => Infinity],
      };
      const [buttons, actions] = [html("div", { class: "backwards-buttons" }), {}];
      for (const [key, [name, to]] of Object.entries(moves)) {
        actions[key] = () => this.go(to());
        buttons.append(this.button(name, actions[key], { title: `Key: ${key}` }));
      }
      this.keys(actions);
      root.append(this.stage, buttons, this.readout(), this.sums, this.table);
      this.go(0);
      new ResizeObserver(() => this.place === this.room() || this.draw()).observe(this.stage);
    }

    go(at) {
      this.at = Math.max(0, Math.min(this.list.length - 1, at));
      const moment = this.list[this.at];
      this.draw();
      this.tabulate(moment);
      this.sums.replaceChildren(...moment.lines.map(([where, sum, result]) =>
        html("div", {}, where ? `${where}: ` : "", `${sum} = `, html("b", {}, result))));
      const words = sentence(moment, this.net.xs.length);
      this.say(`Operation ${this.at} of ${this.list.length - 1}. ${words}`);
    }

    // What the copy of a weight at step t has received by now, or null.
    received(name, t) {
      const done = this.list.slice(0, this.at + 1);
      return done.find((moment) => moment.t === t && name in moment.copies)?.copies[name] ?? null;
    }

    tabulate(moment) {
      const steps = this.net.xs.map((_, i) => i + 1);
      const head = ["copy of", ...steps.map((t) => `step ${t}`), "sum"];
      const rows = ROWS.map((name) => {
        const W = this.net[name].map((row) => [row].flat());
        const copies = steps.map((t) => this.received(name, t));
        const sum = W.map((row, i) => row.map((_, j) =>
          copies.reduce((s, copy) => s + (copy ? copy[i][j] : 0), 0)));
        const now = (t) => (moment.t === t && name in moment.copies ? "now" : "");
        return html("tr", {},
          html("th", { scope: "row", class: name }, name),
          ...steps.map((t, i) => this.entries(`${name}_${t}`, W, copies[i], now(t))),
          this.entries(`${name}_sum`, W, sum, "sum"));
      });
      this.table.replaceChildren(
        html("caption", {}, "What each copy has received, and the sum so far"),
        html("thead", {}, html("tr", {}, ...head.map((h) => html("th", { scope: "col" }, h)))),
        html("tbody", {}, ...rows));
    }

    entries(name, W, values, kind) {
      const one = (i, j) => {
        const shown = values ? number(values[i][j]) : "·";
        return html("span", { "data-value": `${name}[${i}][${j}]` }, shown);
      };
      const spans = W.flatMap((row, i) => row.map((_, j) => one(i, j)));
      const columns = `--columns: ${W[0].length}`;
      return html("td", { class: kind }, html("div", { style: columns }, ...spans));
    }

    room() {
      return this.stage.clientWidth >= 540 ? PAGE : PHONE;
    }

    // Where the cell of step t begins: dh_0 and T cells share the width evenly.
    left(t) {
      const { width, first, cell } = this.place;
      const gap = (width - 2 - first - this.net.xs.length * cell) / this.net.xs.length;
      return 1 + first + gap + (t - 1) * (cell + gap);
    }

    state(part, t) {
      const at = this.list.findIndex((moment) => moment.part === part && moment.t === t);
      if (at === this.at) return "now";
      return at < this.at ? "done" : "waiting";
    }

    numbers(part, t, x, y) {
      const state = this.state(part, t);
      const { values } = this.list.find((moment) => moment.part === part && moment.t === t);
      const one = (v, i) => text(x, y + 20 * i, `value ${state}`,
        state === "waiting" ? "·" : number(v), `data-value="${part}_${t}[${i}]"`);
      return values.map(one).join("");
    }

    column(part, t, x) {
      return text(x, Y.cell - 28, "name", letter(part, t)) + this.numbers(part, t, x, Y.cell);
    }

    box(state, x, y, width, height) {
      const place = `x="${x}" y="${y}" width="${width}" height="${height}"`;
      return `<rect class="box ${state}" ${place} rx="8"/>`;
    }

    step(t) {
      const { first, cell, name } = this.place;
      const [x, top] = [this.left(t), Y.cell - Y.half];
      const mid = x + cell / 2;
      const before = t > 1 ? this.left(t - 1) + cell : 1 + first;
      const [down, left] = [this.state("dh", t), this.state("dh", t - 1)];
      const both = down === "now" ? "now" : this.state("da", t);
      return [
        path(`W_hy ${down}`, `M${mid} ${Y.o + 17}L${mid} ${top}M${mid - 4} ${top - 6}L${mid} ${top}L${mid + 4} ${top - 6}`),
        weight(mid - 7, top - 13, "W_hy", "beside"),
        path(`W_hh ${left}`, `M${x} ${Y.cell}L${before} ${Y.cell}M${before + 6} ${Y.cell - 4}L${before} ${Y.cell}L${before + 6} ${Y.cell + 4}`),
        weight((before + x) / 2, name, "W_hh"),
        this.box(this.state("do", t), mid - 38, Y.o - 17, 76, 34),
        text(mid - 18, Y.o + 5, "name", letter("do", t)),
        this.numbers("do", t, mid + 16, Y.o + 5),
        this.box(both, x, top, cell, 2 * Y.half),
        this.column("dh", t, x + 0.27 * cell),
        this.column("da", t, x + 0.75 * cell),
        text(mid, Y.cell + Y.half - 10, "past", `h = ${vector(this.hs[t])}`),
        text(mid, Y.time, "time", `t = ${t}`),
      ].join("");
    }

    draw() {
      const { first, width } = (this.place = this.room());
      const svg = this.svg(width, Y.height, ""); // the words and the table say it all
      const start = this.box(this.state("dh", 0), 1, Y.cell - Y.half, first, 2 * Y.half) +
        this.column("dh", 0, 1 + first / 2);
      svg.innerHTML = start + this.net.xs.map((_, i) => this.step(i + 1)).join("");
      this.stage.replaceChildren(svg);
    }
  }

  define("backwards", Backwards);
})();
