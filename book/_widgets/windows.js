// Truncated windows of chapter 04: which terms of the gradient of a unit with one
// weight survive, h_t = w h_{t-1} + x_t with L_t = (h_t - y_t)^2 / 2.
// It computes from windows.json, the file that the chapter's cells read;
// book/tests/test_windows.py holds its numbers to those of throughtime.
(() => {
  const { Widget, define, html } = ThroughTime;

  const BORDERS = { carried: "carried", zero: "starts at 0" };

  // Row t and column k, from 0: what copy k receives from the loss at step t. A term
  // is kept if both are in one window; "zero" makes each window start from h = 0.
  function terms({ xs, ys, h_0 }, w, length, border) {
    let h = h_0;
    const before = [];
    const rows = xs.map((x, t) => {
      const start = t - (t % length);
      before.push(border === "zero" && t === start && t > 0 ? 0 : h);
      h = w * before[t] + x;
      const error = h - ys[t];
      const copies = before.map((h_prev, k) =>
        ({ k, kept: k >= start, value: error * w ** (t - k) * h_prev, h_prev }));
      return { t, h, error, copies };
    });
    return rows;
  }

  const total = (rows, all) =>
    rows.flatMap((row) => row.copies).reduce((s, c) => s + (all || c.kept ? c.value : 0), 0);
  const number = (v, digits = 4) => {
    const shown = String(+v.toFixed(digits)).replace("-", "−");
    return shown === "−0" ? "0" : shown;
  };
  const short = (v, digits) => (v === 0 ? "0" : v.toFixed(digits).replace("-", "−"));
  const small = (t) => String(t).replace(/\d/g, (d) => "₀₁₂₃₄₅₆₇₈₉"[d]);
  const raised = (t) => String(t).replace(/\d/g, (d) => "⁰¹²³⁴⁵⁶⁷⁸⁹"[d]);

  const PHONE = { width: 320, left: 58, side: 32.5, high: 30, digits: 1 };
  const PAGE = { width: 640, left: 92, side: 68, high: 32, digits: 2 };
  const TOP = 44;

  const text = (x, y, kind, body, more = "") =>
    `<text x="${x}" y="${y}" class="${kind}" ${more}>${body}</text>`;

  class Windows extends Widget {
    build(root, net) {
      [this.net, this.length, this.w, this.border] = [net, 4, 0.9, "carried"];
      this.T = this.row = net.xs.length;
      this.stage = html("div", { class: "windows-stage" });
      this.sums = html("div", { class: "windows-sums" });
      this.shorter = this.button("Shorter", () => this.resize(-1), { title: "Key: ArrowLeft" });
      this.longer = this.button("Longer", () => this.resize(1), { title: "Key: ArrowRight" });
      this.size = html("span", { class: "windows-size" });
      const weights = net.ws.map((w) => [String(w), String(w)]);
      root.append(
        html("div", { class: "windows-length" }, html("b", {}, "Windows"),
          this.shorter, this.size, this.longer),
        this.choice("State at a border:", Object.entries(BORDERS), this.border,
          (border) => this.set({ border })),
        this.choice("Weight w:", weights, String(this.w), (w) => this.set({ w: +w })),
        this.stage, this.readout(),
        html("div", { class: "windows-rows" },
          this.button("Earlier loss", () => this.choose(-1), { title: "Key: ArrowUp" }),
          this.button("Later loss", () => this.choose(1), { title: "Key: ArrowDown" })),
        this.sums);
      this.keys({
        ArrowLeft: () => this.resize(-1),
        ArrowRight: () => this.resize(1),
        ArrowUp: () => this.choose(-1),
        ArrowDown: () => this.choose(1),
      });
      this.stage.addEventListener("click", ({ target }) => {
        const row = target.closest("[data-row]");
        if (row) this.choose(+row.dataset.row - this.row);
      });
      this.set({});
      new ResizeObserver(() => this.place === this.room() || this.draw()).observe(this.stage);
    }

    resize(by) {
      this.set({ length: Math.max(1, Math.min(this.T, this.length + by)) });
    }

    set(change) {
      Object.assign(this, change);
      this.rows = terms(this.net, this.w, this.length, this.border);
      this.size.textContent = `${this.length} step${this.length > 1 ? "s" : ""}`;
      this.draw();
      this.explain();
      this.say(this.verdict());
    }

    verdict() {
      const whole = total(terms(this.net, this.w, this.T, "carried"), true);
      const ours = total(this.rows);
      const kept = this.rows.flatMap((row) => row.copies).filter((copy) => copy.kept).length;
      const all = (this.T * (this.T + 1)) / 2;
      const begin = `${kept} of ${all} terms survive, w\u00a0=\u00a0${this.w}. `;
      if (this.length === this.T) return `${begin}The gradient is whole: ${number(whole)}.`;
      const way = ours * whole > 0 ? "The sign is right." : "The sign is wrong.";
      return `${begin}The gradient is ${number(ours)} instead of ${number(whole)}. ${way}`;
    }

    choose(by) {
      this.row = Math.max(1, Math.min(this.T, this.row + by));
      this.draw();
      this.explain();
      const { t, error, copies } = this.rows[this.row - 1];
      const reached = copies.filter((copy) => copy.kept).map((copy) => copy.k + 1);
      const which = reached.length > 1 ? `copies ${reached[0]} to ${t + 1}` : `copy ${t + 1} alone`;
      const now = small(t + 1);
      this.say(`The loss at step ${t + 1} reaches ${which}. ` +
        `h${now} − y${now}\u00a0=\u00a0${number(error)}.`);
    }

    // The products of the chosen loss: error, power of w, and the state before copy k.
    explain() {
      const { t, error, copies } = this.rows[this.row - 1];
      const lines = copies.filter((copy) => copy.kept).map(({ k, value, h_prev }) => {
        const factors = `${number(error)} · ${this.w}${raised(t - k)} · ${number(h_prev)}`;
        return html("div", {}, `copy ${k + 1}: ${factors} = `, html("b", {}, number(value)));
      });
      this.sums.replaceChildren(...lines);
    }

    room() {
      return this.stage.clientWidth >= 540 ? PAGE : PHONE;
    }

    field({ t }, { k, kept, value }) {
      const { left, side, high, digits } = this.place;
      const [x, y] = [left + k * side, TOP + t * high];
      const gone = !kept && this.border === "zero";
      const shown = gone ? "·" : short(value, digits);
      const kind = kept ? "kept" : "cut";
      return `<rect class="term ${kind}" x="${x + 1}" y="${y + 1}" width="${side - 2}" height="${high - 2}"/>` +
        text(x + side / 2, y + high / 2 + 5, kind, shown, `data-value="${t + 1},${k + 1}"`) +
        (kept || gone ? "" : `<path class="strike" d="M${x + 4} ${y + high / 2}H${x + side - 4}"/>`);
    }

    fields(row) {
      const { left, high, width, digits } = this.place;
      const y = TOP + row.t * high;
      const chosen = row.t + 1 === this.row ? "chosen" : "";
      return `<g class="loss ${chosen}" data-row="${row.t + 1}">` +
        `<rect class="back" x="0" y="${y}" width="${width}" height="${high}"/>` +
        text(12, y + high / 2 + 5, "name", `L<tspan dy="3" class="index">${row.t + 1}</tspan>`) +
        text(left - 6, y + high / 2 + 5, "error", short(row.error, digits)) +
        row.copies.map((copy) => this.field(row, copy)).join("") + `</g>`;
    }

    borders() {
      const { left, side, high } = this.place;
      const lines = [];
      for (let t = this.length; t < this.T; t += this.length) {
        const [x, y] = [left + t * side, TOP + t * high];
        lines.push(`<path class="border" d="M${left} ${y}H${x}V${TOP + this.T * high}"/>`);
      }
      return lines.join("");
    }

    draw() {
      const { width, left, side, high } = (this.place = this.room());
      const svg = this.svg(width, TOP + this.T * high + 2, ""); // the words say it all
      const heads = this.net.xs.map((_, k) => text(left + (k + 0.5) * side, 36, "head", k + 1));
      svg.innerHTML = text(left, 16, "head start", "what copy k of w receives") +
        text(left - 6, 36, "head end", "h − y") + heads.join("") +
        this.rows.map((row) => this.fields(row)).join("") + this.borders();
      this.stage.replaceChildren(svg);
    }
  }

  define("windows", Windows);
})();
