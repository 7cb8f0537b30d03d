// The 5x5 network that courses show: a drawn matrix, ReLU, and a random gradient sent
// back through the steps; then the same for a thousand seeds.
// Needs: matrices, panel
// book/tests/test_relu_demo.py holds its numbers to throughtime and autograd.
(() => {
  const { define, html } = ThroughTime;
  const { Panel, chart, edges, legend, said } = ThroughTime.panel;
  const M = ThroughTime.matrices;

  const [H, SEEDS] = [5, 1000];
  const ENDS = ["grows", "shrinks", "exactly 0"];
  const drawn = new Map();

  // The draw of a seed: W, its spectral radius, h_0 and the gradient at h_T.
  function draw(seed) {
    if (!drawn.has(seed)) {
      const next = M.normals(seed);
      const W = M.matrix(H, next);
      const [h_0, g_T] = [M.vector(H, next), M.vector(H, next)];
      drawn.set(seed, { W, rho: M.radius(W), h_0, g_T });
    }
    return drawn.get(seed);
  }

  // The gradient's norm 0, 1, ..., T steps back, and which units were on at t = T, ..., 1.
  function measure({ seed, T, wanted, relu }) {
    const { W: raw, rho, h_0, g_T } = draw(seed);
    const W = wanted === null ? raw : M.scale(raw, wanted / rho);
    const on = [];
    let h = h_0;
    for (let t = 1; t <= T && relu; t++) {
      h = M.times(W, h);
      on.unshift(h.map((a) => a > 0));
      h = h.map((a) => Math.max(0, a));
    }
    const back = M.transpose(W);
    const norms = [M.norm(g_T)];
    let g = g_T;
    for (let k = 0; k < T; k++) {
      g = M.times(back, relu ? g.map((x, i) => (on[k][i] ? x : 0)) : g);
      norms.push(M.norm(g));
    }
    return { W, rho: wanted ?? rho, norms, on, end: ending(norms) };
  }

  const ending = (norms) => (norms.at(-1) === 0 ? 2 : norms.at(-1) > norms[0] ? 0 : 1);

  // How the seeds 0 to 999 end: for rho > 1, rho < 1 and rho = 1, how many end how.
  function survey(options) {
    const counts = [
      [0, 0, 0],
      [0, 0, 0],
      [0, 0, 0],
    ];
    for (let seed = 0; seed < SEEDS; seed++) {
      const { rho, end } = measure({ ...options, seed });
      counts[rho > 1 ? 0 : rho < 1 ? 1 : 2][end] += 1;
    }
    return counts;
  }

  // Rows of small boxes below the chart: filled where a unit was on at that step.
  function units({ width }, top, on) {
    if (!on.length) return "";
    const [left, right] = edges(width);
    const size = (right - left) / on.length;
    const boxes = on.flatMap((step, k) =>
      step.map(
        (is, i) =>
          `<rect class="demo-unit ${is ? "on" : "off"}" x="${(left + k * size).toFixed(2)}"` +
          ` y="${top + 9 * i}" width="${Math.max(1, size - 1).toFixed(2)}" height="8"/>`,
      ),
    );
    return `<text x="4" y="${top + 26}">units</text>${boxes.join("")}`;
  }

  class ReluDemo extends Panel {
    build(root) {
      this.options = { seed: 1, T: 50, wanted: null, relu: true };
      this.radius = 0.9;
      this.wanted = this.slider(
        "Wanted spectral radius",
        { min: 0.5, max: 1.5, step: 0.05, value: 0.9, words: (v) => v.toFixed(2) },
        (v) => this.change({ wanted: (this.radius = v) }),
      );
      this.chart = this.stage(320, (room) => {
        const drawing = chart(
          { ...room, height: 270 },
          this.lines(),
          "steps back, T − k",
          "gradient norm (log axis)",
        );
        return drawing + units(room, 274, this.result.on);
      });
      this.shares = html("table", { class: "demo-shares" });
      this.table = this.numbers("Norms step by step");
      this.result = measure(this.options);
      const scales = [
        ["drawn", "as drawn"],
        ["scaled", "rescaled"],
      ];
      const slopes = [
        ["relu", "ReLU"],
        ["none", "none"],
      ];
      root.append(
        this.choice("Matrix", scales, "drawn", (kind) => {
          this.change({ wanted: kind === "scaled" ? this.radius : null });
        }),
        this.choice("Activation", slopes, "relu", (kind) => this.change({ relu: kind === "relu" })),
        html(
          "div",
          { class: "panel-controls" },
          this.slider("Length T", { min: 5, max: 100, step: 5, value: 50 }, (T) =>
            this.change({ T }),
          ),
          this.wanted,
          this.seed(1, (seed) => this.change({ seed })),
        ),
        this.chart,
        legend(this.lines()),
        this.readout(),
        this.shares,
        this.table,
      );
      this.change({});
    }

    lines() {
      const { norms, rho } = this.result;
      return [
        {
          name: "what the rule expects: ρ to the power T − k",
          kind: "trend",
          values: norms.map((_, k) => norms[0] * rho ** k),
        },
        { name: "the gradient", kind: "gradient", values: norms },
      ];
    }

    change(options) {
      Object.assign(this.options, options);
      this.wanted.querySelector("input").disabled = this.options.wanted === null;
      this.result = measure(this.options);
      this.counts = survey(this.options);
      this.chart.redraw();
      this.table.fill(
        ["steps back", "gradient norm"],
        this.result.norms.map((v, k) => [k, v]),
      );
      this.fillShares();
      this.say(this.sentence());
    }

    sentence() {
      const { rho, norms, end } = this.result;
      const { seed, T } = this.options;
      const zero = norms.indexOf(0);
      const went = [
        `grows from ${said(norms[0])} to ${said(norms[T])}`,
        `shrinks from ${said(norms[0])} to ${said(norms[T])}`,
        `is exactly 0 from ${zero} ${zero === 1 ? "step" : "steps"} back on, where no unit is on`,
      ][end];
      const expected = rho > 1 ? end === 0 : end !== 0;
      const rule =
        rho === 1 ? "the rule is silent" : expected ? "as the rule says" : "against the rule";
      const [above, below, one] = this.counts;
      const right = above[0] + below[1] + below[2];
      const silent = one.some(Boolean)
        ? "With ρ = 1 the rule says nothing."
        : `The rule holds for ${right} of ${SEEDS} seeds.`;
      return `Seed ${seed}: ρ = ${said(rho)}, and over ${T} steps the gradient ${went}: ${rule}. ${silent}`;
    }

    fillShares() {
      const heads = [`${SEEDS} seeds`, ...ENDS].map((head) => html("th", { scope: "col" }, head));
      const rows = ["ρ > 1", "ρ < 1", "ρ = 1"].map((name, i) => {
        if (!this.counts[i].some(Boolean)) return null;
        const cells = this.counts[i].map((n, end) =>
          html(
            "td",
            { "data-count": `${name} ${ENDS[end]}`, style: `--share: ${(100 * n) / SEEDS}%` },
            n,
          ),
        );
        return html("tr", {}, html("th", { scope: "row" }, name), ...cells);
      });
      this.shares.replaceChildren(
        html("thead", {}, html("tr", {}, ...heads)),
        html("tbody", {}, ...rows.filter(Boolean)),
      );
    }
  }

  define("relu-demo", ReluDemo);
})();
