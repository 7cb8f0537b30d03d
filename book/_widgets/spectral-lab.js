// The laboratory of chapter 05: a recurrent matrix with a wanted spectral radius and
// largest singular value, and what a gradient does on its way back through the steps.
// Needs: matrices, panel
// book/tests/test_spectral_lab.py holds its numbers to throughtime.spectrum.
(() => {
  const { define, html } = ThroughTime;
  const { Panel, chart, legend, said } = ThroughTime.panel;
  const M = ThroughTime.matrices;

  const H = 8;
  const KINDS = {
    identity: ["identity", (a) => a, () => 1],
    tanh: ["tanh", Math.tanh, (a) => 1 - Math.tanh(a) ** 2],
    relu: ["ReLU", (a) => Math.max(0, a), (a) => (a > 0 ? 1 : 0)],
  };

  // W = Q (D + s N) Qᵀ: the blocks [[x, −y], [y, x]] of D have the eigenvalues x ± iy;
  // N, above the blocks, leaves them as they are and makes W stretch more than they say.
  function draw(seed) {
    const next = M.normals(seed);
    const Q = M.orthogonal(H, next);
    const blocks = M.vector(H / 2, () => M.vector(2, next));
    const size = Math.max(...blocks.map(M.norm));
    const block = (i) => i >> 1;
    const D = M.make(H, (i, j) => {
      if (block(i) !== block(j)) return 0;
      const [x, y] = blocks[block(i)];
      return (i === j ? x : i < j ? -y : y) / size;
    });
    const N = M.make(H, (i, j) => (block(i) < block(j) ? next() : 0));
    const [h_0, u] = [M.vector(H, next), M.vector(H, next)];
    return { Q, D, N, h_0, u: M.scale([u], 1 / M.norm(u))[0] };
  }

  // The norm of rho D + s N grows with s from rho on, as it is convex and never less.
  function weights({ Q, D, N }, rho, sigma) {
    const inner = (s) => M.add(M.scale(D, rho), M.scale(N, s));
    let [low, high] = [0, 1];
    while (M.spectralNorm(inner(high)) < sigma) high *= 2;
    for (let i = 0; i < 50 && sigma > rho; i++) {
      const middle = (low + high) / 2;
      if (M.spectralNorm(inner(middle)) < sigma) low = middle;
      else high = middle;
    }
    const W = M.product(M.product(Q, inner(low)), M.transpose(Q));
    return { W, departure: low * M.norm(N.flat()) };
  }

  // Norms by the number of steps back: of ∂h_T/∂h_k, of one gradient, and the bound.
  function measure({ rho, sigma, kind, T, seed }) {
    const [drawn, [, f, slope]] = [draw(seed), KINDS[kind]];
    const { W, departure } = weights(drawn, rho, sigma);
    const Js = [];
    let h = drawn.h_0;
    for (let t = 1; t <= T; t++) {
      const a = M.times(W, h);
      h = a.map(f);
      Js.push(W.map((row, i) => row.map((w) => slope(a[i]) * w)));
    }
    let [P, g] = [M.identity(H), drawn.u];
    const [largest, one] = [[1], [1]];
    for (const J of Js.reverse()) {
      P = M.product(P, J);
      g = M.times(M.transpose(J), g);
      largest.push(M.spectralNorm(P));
      one.push(M.norm(g));
    }
    const powers = (base) => largest.map((_, k) => base ** k);
    const eigenvalues = M.eigenvalues(W);
    return { W, departure, eigenvalues, largest, one, bound: powers(sigma), trend: powers(rho) };
  }

  // Which of the two numbers decides, and what is seen.
  function verdict({ rho, sigma, kind, T }, { largest, bound }) {
    const [end, peak] = [largest[T], Math.max(...largest)];
    const seen = `After ${T} steps back the norm of ∂h_T/∂h_0 is ${said(end)}; the bound allows ${said(bound[T])}.`;
    const rise = `It rose to ${said(peak)} after ${largest.indexOf(peak)} steps first`;
    if (sigma < 1)
      return `${seen} σ_max < 1 decides: the bound goes to 0, and no gradient can be above it.`;
    if (kind === "identity" && rho > 1) {
      return `${seen} ρ > 1 decides, as the network is linear: the norm of a power of W is never below that power of ρ.`;
    }
    if (kind === "identity" && rho < 1) {
      const before = peak > 1.005 ? ` ${rise}, as W is not normal.` : "";
      return `${seen} ρ < 1 decides, as the network is linear: in the long run the powers of W vanish. The bound does not show it.${before}`;
    }
    if (kind === "identity") {
      return `${seen} ρ = 1, and the network is linear: the norm never falls below 1, and it stays bounded.`;
    }
    const against =
      rho > 1 && end < 1
        ? ` ρ > 1, and yet it shrank.`
        : rho < 1 && end > 1
          ? ` ρ < 1, and yet it grew.`
          : "";
    const allows =
      sigma > 1
        ? "σ_max > 1 allows growth and does not force it"
        : "σ_max = 1 forbids growth and does not force vanishing";
    return `${seen} Neither decides: ${allows}, and ρ rules the powers of W, not a product with slopes in it.${against}`;
  }

  // The plane of eigenvalues: unit circle, the ring of σ_max, a dot for each.
  function plane({ width, height }, { sigma }, eigenvalues) {
    const [x, y] = [width / 2, height / 2];
    const unit = (height / 2 - 8) / Math.max(1.15, sigma * 1.04);
    const ring = (kind, r) => `<circle class="${kind}" cx="${x}" cy="${y}" r="${r * unit}"/>`;
    const axis = `M${x - y + 4} ${y}h${2 * y - 8}M${x} 4v${2 * y - 8}`;
    const dots = eigenvalues.map(([re, im]) => {
      const place = `cx="${(x + re * unit).toFixed(2)}" cy="${(y - im * unit).toFixed(2)}"`;
      return `<circle class="lab-value ${Math.hypot(re, im) > 1 ? "outside" : ""}" ${place} r="4.5"/>`;
    });
    const name = `<text x="${x + 4}" y="${y - unit - 4}">1</text>`;
    return `<path class="panel-grid" d="${axis}"/>${ring("lab-unit", 1)}${ring("lab-sigma", sigma)}${name}${dots.join("")}`;
  }

  class SpectralLab extends Panel {
    build(root) {
      this.options = { rho: 0.9, sigma: 2, kind: "identity", T: 50, seed: 1 };
      const fixed = (v) => v.toFixed(2);
      const size = { min: 0.1, step: 0.05, words: fixed };
      const { rho, sigma, T, seed } = this.options;
      // σ_max is never below ρ: who is moved past the other takes it along.
      this.rho = this.slider("Spectral radius ρ", { ...size, max: 1.6, value: rho }, (v) => {
        this.change({ rho: v, sigma: Math.max(v, this.options.sigma) });
      });
      this.sigma = this.slider(
        "Largest singular value σ_max",
        { ...size, max: 4, value: sigma },
        (v) => {
          this.change({ sigma: v, rho: Math.min(v, this.options.rho) });
        },
      );
      const length = { min: 5, max: 100, step: 5, value: T };
      const kinds = Object.entries(KINDS).map(([kind, [name]]) => [kind, name]);
      this.plane = this.stage(240, (room) => plane(room, this.options, this.result.eigenvalues));
      this.chart = this.stage(280, (room) =>
        chart(room, this.lines(), "steps back, T − k", "norm (log axis)"),
      );
      this.table = this.numbers("Norms step by step");
      root.append(
        this.choice("Activation", kinds, "identity", (kind) => this.change({ kind })),
        html(
          "div",
          { class: "panel-controls" },
          this.rho,
          this.sigma,
          this.slider("Length T", length, (v) => this.change({ T: v })),
          this.seed(seed, (v) => this.change({ seed: v })),
        ),
        html("div", { class: "lab-views" }, this.plane, this.chart),
      );
      this.result = measure(this.options);
      const key =
        "The plane: eigenvalues of W, which is 8 by 8, the unit circle, and a dashed ring at σ_max. The bound takes 1 for the largest slope of the activation.";
      root.append(
        legend(this.lines()),
        html("p", { class: "panel-key" }, key),
        this.readout(),
        this.table,
      );
      this.change({});
    }

    lines() {
      const { largest, one, bound, trend } = this.result;
      return [
        { name: "bound: σ_max to the power T − k", kind: "bound", values: bound },
        { name: "ρ to the power T − k", kind: "trend", values: trend },
        { name: "one gradient of norm 1 at T", kind: "one", values: one },
        { name: "largest gradient: norm of ∂h_T/∂h_k", kind: "largest", values: largest },
      ];
    }

    change(options) {
      Object.assign(this.options, options);
      this.rho.set(this.options.rho);
      this.sigma.set(this.options.sigma);
      this.result = measure(this.options);
      this.plane.redraw();
      this.chart.redraw();
      const { largest, one, bound, departure } = this.result;
      const rows = largest.map((v, k) => [k, v, one[k], bound[k]]);
      this.table.fill(["steps back", "largest", "one gradient", "bound"], rows);
      this.say(
        `${verdict(this.options, this.result)} W departs from normality by ${said(departure)}.`,
      );
    }
  }

  define("spectral-lab", SpectralLab);
})();
