// Temperature, top-k and nucleus on real next-character distributions (chapter 03).
// temperature.json, made by lib/train/source.py, holds log-probabilities of a network;
// book/tests/test_temperature.py holds what is shown to throughtime.decode.distribution.
(() => {
  const { Widget, define, html, shape } = ThroughTime;
  const [ROWS, START] = [12, 3]; // rows shown; the place shown first
  const MARKS = { " ": "␣", "\n": "↵" };

  // As decode.distribution: the largest is taken off first, then what is cut is scaled.
  function distribution(logs, temperature, k, mass) {
    const top = Math.max(...logs);
    const power = (v) => (temperature ? Math.exp((v - top) / temperature) : +(v === top));
    let p = scaled(logs.map(power));
    const order = p.map((_, i) => i).sort((a, b) => p[b] - p[a] || a - b);
    order.slice(k).forEach((i) => (p[i] = 0));
    p = scaled(p);
    let before = 0;
    for (const i of order) {
      const now = p[i];
      if (mass < 1 && before >= mass - 1e-12) p[i] = 0; // 1 cuts nothing
      before += now;
    }
    return scaled(p);
  }

  function scaled(p) {
    const sum = p.reduce((a, b) => a + b, 0);
    return p.map((v) => v / sum);
  }

  const bits = (p) => p.reduce((sum, v) => (v ? sum - v * Math.log2(v) : sum), 0);
  const mark = (c) => MARKS[c] ?? c;
  const shown = (text) => [...text].map(mark).join("");
  const share = (v) => (v === 0 ? "0" : v < 0.001 ? "< 0.001" : v.toFixed(3));

  class Temperature extends Widget {
    build(root, { symbols, places }) {
      Object.assign(this, { symbols, places, at: START });
      this.wish = { temperature: 1, k: symbols.length, mass: 1 };
      this.bars = html("div", { class: "temperature-bars" });
      this.drawn = html("p", { class: "temperature-drawn" });
      this.drawn.append("\u00a0");
      const legend = html("p", { class: "temperature-legend" });
      legend.append("Bar: what is drawn from. Tick: the network's own probability.");
      const sliders = html("div", { class: "temperature-sliders" });
      sliders.append(
        ...this.slider("temperature", "Temperature τ", 0, 2, 0.05, (v) => v.toFixed(2)),
        ...this.slider("k", "Top-k", 1, symbols.length, 1, (v) =>
          v === symbols.length ? "all" : String(v)),
        ...this.slider("mass", "Nucleus P", 0.05, 1, 0.05, (v) =>
          v === 1 ? "all" : v.toFixed(2)),
      );
      const buttons = html("div", { class: "temperature-buttons" });
      for (const tau of [0.2, 0.5, 1, 1.2]) {
        buttons.append(this.button(`τ = ${tau}`, () => this.set("temperature", tau)));
      }
      buttons.append(this.button("Draw 20", () => this.draw20()));
      root.append(this.chooser(), this.bars, legend, sliders, buttons, this.readout(), this.drawn);
      this.show();
    }

    chooser() {
      const options = this.places.map(({ read }, i) =>
        html("option", { value: i, selected: i === START ? "" : null }, `… ${shown(read.slice(-16))}`));
      const select = html("select", {}, ...options);
      select.addEventListener("change", () => {
        this.at = Number(select.value);
        this.show();
      });
      return html("label", { class: "temperature-read" }, "The network has read", select);
    }

    slider(name, label, min, max, step, text) {
      const value = this.wish[name];
      const input = html("input", { type: "range", min, max, step, value, name });
      const output = html("output", {}, text(value));
      const update = () => {
        this.wish[name] = Number(input.value);
        output.textContent = text(this.wish[name]);
        input.setAttribute("aria-valuetext", output.textContent);
      };
      input.addEventListener("input", () => {
        update();
        this.show();
      });
      (this.inputs ??= {})[name] = input;
      update();
      return [html("label", {}, html("span", {}, label), input, output)];
    }

    set(name, value) {
      this.inputs[name].value = value;
      this.inputs[name].dispatchEvent(new Event("input"));
    }

    show() {
      const logs = this.places[this.at].log_p;
      const own = distribution(logs, 1, logs.length, 1);
      const { temperature, k, mass } = this.wish;
      this.p = distribution(logs, temperature, k, mass);
      const order = own.map((_, i) => i).sort((a, b) => own[b] - own[a] || a - b);
      this.bars.replaceChildren(this.picture(order, own));
      const left = this.p.filter((v) => v > 0).length;
      this.drawn.textContent = "\u00a0";
      this.say(
        `${left} of ${logs.length} characters can come. The most probable, ` +
          `${this.named(order[0])}, has ${share(this.p[order[0]])}; the network gave it ` +
          `${share(own[order[0]])}. Entropy ${bits(this.p).toFixed(2)} bits; the ` +
          `network's own ${bits(own).toFixed(2)}.`,
      );
    }

    named(i) {
      return { " ": "the space", "\n": "the end of the line" }[this.symbols[i]] ??
        `“${this.symbols[i]}”`;
    }

    // A row a character, the network's favourites first; a tick is its own probability.
    picture(order, own) {
      const [width, high, from] = [360, 22, 34];
      const long = (v) => v * (width - from - 62);
      const svg = this.svg(width, (ROWS + 1) * high, "");
      const row = (i, n) => {
        const y = n * high;
        const text = (x, kind, body, data) =>
          shape("text", { x, y: y + 16, class: kind, "data-p": data }, body);
        svg.append(
          text(20, "symbol", mark(this.symbols[i])),
          shape("rect", { x: from, y: y + 4, width: long(this.p[i]), height: 14 }),
          shape("path", { d: `M${from + long(own[i])} ${y + 2}v18`, class: "own" }),
          text(width - 2, "share", share(this.p[i]), `${i} ${this.p[i]}`),
        );
      };
      order.slice(0, ROWS).forEach(row);
      const rest = order.slice(ROWS).reduce((sum, i) => sum + this.p[i], 0);
      const y = ROWS * high + 16;
      svg.append(
        shape("text", { x: from, y, class: "rest" }, `the other ${order.length - ROWS}`),
        shape("text", { x: width - 2, y, class: "share", "data-p": `rest ${rest}` },
          share(rest)),
      );
      return svg;
    }

    draw20() {
      const one = () => {
        let u = Math.random();
        const i = this.p.findIndex((v) => (u -= v) < 0);
        return i < 0 ? this.p.indexOf(Math.max(...this.p)) : i;
      };
      const drawn = Array.from({ length: 20 }, () => mark(this.symbols[one()]));
      this.drawn.textContent = drawn.join(" ");
      this.say(`Twenty draws of the next character: ${drawn.join(" ")}`);
    }
  }

  define("temperature", Temperature);
})();
