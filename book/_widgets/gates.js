// One LSTM cell of chapter 06: the reader opens and closes its three gates at each step,
// and sees what becomes of a value and of its gradient.
// Needs: panel
// book/tests/test_gates.py holds its numbers to throughtime's LSTM and to autograd.
(() => {
  const { define, html } = ThroughTime;
  const { Panel, minus, said } = ThroughTime.panel;

  const XS = [1, -0.8, 0.6, -0.4, 0.9, -0.7, 0.5];
  const T = XS.length;
  const DRIVES = [-6, 0, 6]; // what a gate's pre-activation begins with
  const LEVELS = ["closed", "half open", "open"];
  const SIGNS = ["–", "½", "○"];
  const NAMES = { i: "Input gate", f: "Forget gate", o: "Output gate" };
  const logistic = (a) => 1 / (1 + Math.exp(-a));
  const KINDS = {
    sigmoid: ["σ", logistic, (a) => logistic(a) * (1 - logistic(a))],
    hard_sigmoid: [
      "hard σ",
      (a) => Math.min(1, Math.max(0, a / 6 + 0.5)),
      (a) => (Math.abs(a) < 3 ? 1 / 6 : 0),
    ],
  };
  // Each digit is a gate's level at a step.
  const PRESETS = {
    "Store and reveal": { i: "2000000", f: "0222222", o: "0002020" },
    "Erase at step 5": { i: "2000000", f: "0222022", o: "0002020" },
    "All half open": { i: "1111111", f: "1111111", o: "1111111" },
    "All open": { i: "2222222", f: "2222222", o: "2222222" },
  };
  const read = (preset) =>
    Object.fromEntries(Object.entries(preset).map(([name, row]) => [name, [...row].map(Number)]));

  // The cell forwards, then how c_T moves with c_k: along the product of the forget
  // gates, and in full, by carrying dc_k and dh_k = o_k (1 − tanh² c_k) dc_k forwards.
  function measure({ gates, w, kind }) {
    const [, sigma, slope] = KINDS[kind];
    const steps = [];
    let [h, c] = [0, 0];
    for (let t = 0; t < T; t++) {
      const a = (name) => DRIVES[gates[name][t]] + w * h;
      const [i, f, o] = ["i", "f", "o"].map((name) => sigma(a(name)));
      const g = Math.tanh(XS[t] + w * h);
      const by_h = w * (c * slope(a("f")) + g * slope(a("i")) + i * (1 - g * g));
      c = f * c + i * g;
      const of_c = o * (1 - Math.tanh(c) ** 2);
      const past_o = w * Math.tanh(c) * slope(a("o"));
      h = o * Math.tanh(c);
      steps.push({ i, f, o, c, h, by_h, of_c, past_o });
    }
    const short = steps.map((_, k) => steps.slice(k + 1).reduce((p, { f }) => p * f, 1));
    const full = steps.map(({ of_c }, k) => {
      let [dc, dh] = [1, of_c];
      for (const step of steps.slice(k + 1)) {
        dc = step.f * dc + step.by_h * dh;
        dh = step.of_c * dc + step.past_o * dh;
      }
      return dc;
    });
    const row = (name) => steps.map((step) => step[name]);
    return { c: row("c"), h: row("h"), i: row("i"), f: row("f"), o: row("o"), short, full };
  }

  // Two decimals have room in a phone's column; the words below say more.
  function brief(v) {
    if (Math.abs(v) < 0.005) return v === 0 ? "0" : "≈0";
    return minus(v.toFixed(Math.abs(v) < 9.995 ? 2 : 0));
  }

  const ROWS = [
    ["x", "x", "input"],
    ["i", "in", "input gate"],
    ["f", "keep", "forget gate"],
    ["c", "c", "cell"],
    ["o", "out", "output gate"],
    ["h", "h", "state"],
    ["short", "short", "derivative of the last cell by this one, along the forget gates"],
    ["full", "full", "derivative of the last cell by this one, in full"],
  ];

  class Gates extends Panel {
    build(root) {
      this.options = { gates: read(PRESETS["Store and reveal"]), w: 1, kind: "sigmoid" };
      const kinds = Object.entries(KINDS).map(([key, [name]]) => [key, name]);
      const size = { min: -4, max: 4, step: 0.5, value: 1, words: (v) => minus(v.toFixed(1)) };
      const presets = Object.entries(PRESETS).map(([name, preset]) =>
        this.button(name, () => this.change({ gates: read(preset) })),
      );
      root.append(
        this.choice("Gates are", kinds, "sigmoid", (kind) => this.change({ kind })),
        this.slider("Recurrent weight w", size, (w) => this.change({ w })),
        html("div", { class: "gates-presets" }, ...presets),
        this.table(),
        html(
          "p",
          { class: "panel-key" },
          "A gate is closed (–), half open (½) or open (○): press it to change it. " +
            "“short” and “full”: how the last cell state moves with the one of this step.",
        ),
        this.readout(),
      );
      this.change({});
    }

    table() {
      const heads = XS.map((_, t) => html("th", { scope: "col" }, `${t + 1}`));
      const head = html("tr", {}, html("th", { scope: "col" }, "t"), ...heads);
      this.cells = {};
      const rows = ROWS.map(([key, name, long]) => {
        this.cells[key] = XS.map((_, t) => this.cell(key, t));
        const title = html("th", { scope: "row", title: long }, name);
        return html("tr", { class: `gates-${key}` }, title, ...this.cells[key]);
      });
      const body = html("tbody", {}, ...rows);
      body.addEventListener("keydown", (event) => this.move(event));
      const label = "The cell, its gates and its gradient, step by step";
      return html("table", { class: "gates-table", "aria-label": label }, html("thead", {}, head), body);
    }

    cell(key, t) {
      if (!(key in NAMES)) return html("td");
      const press = () => {
        const gates = structuredClone(this.options.gates);
        gates[key][t] = (gates[key][t] + 1) % LEVELS.length;
        this.change({ gates });
      };
      const button = html("button", { type: "button", "data-gate": key, "data-step": t });
      button.addEventListener("click", press);
      return html("td", {}, button);
    }

    // Arrow keys go from gate to gate.
    move(event) {
      const [across, down] = {
        ArrowLeft: [-1, 0],
        ArrowRight: [1, 0],
        ArrowUp: [0, -1],
        ArrowDown: [0, 1],
      }[event.key] ?? [0, 0];
      if (!across && !down) return;
      const { gate, step } = event.target.dataset;
      const order = Object.keys(NAMES);
      const name = order[order.indexOf(gate) + down];
      const to = name && this.cells[name][+step + across];
      if (to) to.firstChild.focus();
      event.preventDefault();
    }

    change(options) {
      Object.assign(this.options, options);
      this.result = measure(this.options);
      for (const [key] of ROWS) {
        this.cells[key].forEach((cell, t) => {
          if (key in NAMES) this.showGate(cell.firstChild, key, t);
          else this.showNumber(cell, key === "x" ? XS[t] : this.result[key][t], key);
        });
      }
      this.say(this.sentence());
    }

    showGate(button, key, t) {
      const level = this.options.gates[key][t];
      button.textContent = SIGNS[level];
      button.className = `gates-gate level-${level}`;
      button.setAttribute("aria-label", `${NAMES[key]}, step ${t + 1}: ${LEVELS[level]}`);
    }

    showNumber(cell, value, key) {
      cell.textContent = key === "x" ? minus(value) : brief(value);
      if (key === "x") return;
      cell.style.setProperty("--part", Math.min(1, Math.abs(value)).toFixed(4));
      cell.classList.toggle("below", value < 0);
    }

    sentence() {
      const { c, h, short, full } = this.result;
      const seen = h.flatMap((v, t) => (Math.abs(v) > 0.1 ? [t + 1] : []));
      const shown = seen.length
        ? `h is more than 0.1 in size at ${seen.length > 1 ? "steps" : "step"} ${seen.join(", ")}.`
        : "h is never more than 0.1 in size.";
      const far = Math.abs(short[0] - full[0]);
      const verdict =
        far <= 0.02 * Math.abs(full[0])
          ? "The short path tells nearly all."
          : "The rest goes through h and the gates.";
      return (
        `c is ${said(c[0])} after step 1 and ${said(c[T - 1])} after step ${T}. ${shown} ` +
        `Derivative of the last c by the first: ${said(short[0])} along the short path, ` +
        `${said(full[0])} in full. ${verdict}`
      );
    }
  }

  define("gates", Gates);
})();
