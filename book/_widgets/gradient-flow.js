// Gradients in stacked tanh cells through time: how much of a loss reaches each state.
// Needs: matrices, panel
// book/tests/test_gradient_flow.py holds its numbers to autograd.
(() => {
  const { define, html } = ThroughTime;
  const { Panel, minus, said } = ThroughTime.panel;
  const M = ThroughTime.matrices;

  const [H, LAYERS, T] = [8, 4, 12];
  const STARTS = {
    small: ["0.01 randn", (next) => M.scale(M.matrix(H, next), 0.01)],
    unit: ["randn", (next) => M.matrix(H, next)],
    root: ["randn / √H", (next) => M.scale(M.matrix(H, next), 1 / Math.sqrt(H))],
    orthogonal: ["orthogonal", (next) => M.orthogonal(H, next)],
    identity: ["identity", () => M.identity(H)],
  };
  const LOSSES = { last: "at the last step", each: "at each step" };

  const sum = (u, v) => u.map((x, i) => x + v[i]);
  const slopes = (h, g) => g.map((x, i) => x * (1 - h[i] ** 2));
  const zero = () => M.vector(H, () => 0);

  // The norms of ∂L/∂h_t of each layer, the lowest first; L is the sum of u_t · h_t of
  // the highest, over the last step or all of them, with u_t of norm 1.
  function measure({ start, scale, seed, loss }) {
    const next = M.normals(seed);
    const xs = Array.from({ length: T }, () => M.vector(H, next));
    const us = xs.map(() => {
      const u = M.vector(H, next);
      return M.scale([u], 1 / M.norm(u))[0];
    });
    const draw = () => M.scale(STARTS[start][1](next), scale);
    const layers = Array.from({ length: LAYERS }, () => ({ W_xh: draw(), W_hh: draw() }));
    let below = xs;
    for (const layer of layers) {
      let h = zero();
      below = layer.hs = below.map(
        (x) => (h = sum(M.times(layer.W_xh, x), M.times(layer.W_hh, h)).map(Math.tanh)),
      );
    }
    let above = us.map((u, t) => (loss === "each" || t === T - 1 ? u : zero()));
    const norms = [];
    for (const { W_xh, W_hh, hs } of [...layers].reverse()) {
      let later = zero();
      const gradients = [];
      for (let t = T - 1; t >= 0; t--) {
        const g = sum(above[t], later);
        const da = slopes(hs[t], g);
        later = M.times(M.transpose(W_hh), da);
        gradients[t] = g;
        above[t] = M.times(M.transpose(W_xh), da);
      }
      norms.unshift(gradients.map(M.norm));
    }
    return norms;
  }

  // Full colour at norm 1 and nothing at 10⁻⁵; more than 1 is of the other colour.
  function tint(norm) {
    const log = Math.log10(norm);
    if (log > 0.005) return ["large", Math.min(1, 0.35 + log / 4)];
    return ["", Math.max(0, 1 + log / 5)];
  }

  const logarithm = (norm, digits) =>
    minus((+Math.log10(norm).toFixed(digits) || 0).toFixed(digits));
  const path = (kind, d) => `<path class="${kind}" d="${d}"/>`;
  const text = (x, y, body, anchor = "middle") =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${body}</text>`;

  function picture({ width }, norms, loss) {
    const [left, top, high] = [26, 40, 52];
    const wide = (width - left - 4) / T;
    const narrow = wide < 40; // a phone has room for whole numbers only
    const [w, h] = [wide * (narrow ? 0.92 : 0.82), 34];
    const [X, Y] = [(t) => left + t * wide, (l) => top + (LAYERS - 1 - l) * high];
    const parts = [
      text(2, 14, "layer", "start"),
      text(left + (width - left) / 2, top + LAYERS * high + 26, "step t"),
    ];
    norms.forEach((row, l) => {
      parts.push(text(8, Y(l) + 22, l + 1, "start"));
      row.forEach((norm, t) => {
        const [x, y] = [X(t), Y(l)];
        const [kind, part] = tint(norm);
        if (t > 0) parts.push(path("flow-edge", `M${x} ${y + h / 2}h${w - wide}`));
        if (l > 0) parts.push(path("flow-edge", `M${x + w / 2} ${y + h}v${high - h}`));
        if (l === LAYERS - 1 && (loss === "each" || t === T - 1)) {
          parts.push(path("flow-edge", `M${x + w / 2} ${y}v-14`), text(x + w / 2, y - 18, "L"));
        }
        const place = `x="${x.toFixed(2)}" y="${y}" width="${w.toFixed(2)}" height="${h}" rx="5"`;
        parts.push(
          `<rect class="flow-cell ${kind}" style="--part: ${(100 * part).toFixed(1)}%" ${place}/>`,
        );
        parts.push(
          `<text class="flow-power ${part > 0.66 ? "on" : ""}" x="${x + w / 2}" y="${y + 22}" text-anchor="middle" data-norm="${l + 1},${t + 1}">${norm > 0 ? logarithm(norm, narrow ? 0 : 1) : "none"}</text>`,
        );
        if (l === 0) parts.push(text(x + w / 2, top + LAYERS * high + 6, t + 1));
      });
    });
    return parts.join("");
  }

  class GradientFlow extends Panel {
    build(root) {
      this.options = { start: "root", scale: 0.5, seed: 1, loss: "last" };
      this.picture = this.stage(280, (room) => picture(room, this.result, this.options.loss));
      this.table = this.numbers("Norms of all states");
      const starts = Object.entries(STARTS).map(([key, [name]]) => [key, name]);
      const scale = { min: 0.3, max: 2, step: 0.05, value: 0.5, words: (v) => `× ${v.toFixed(2)}` };
      root.append(
        this.choice("Weights", starts, "root", (start) => this.change({ start })),
        this.choice("Loss", Object.entries(LOSSES), "last", (loss) => this.change({ loss })),
        html(
          "div",
          { class: "panel-controls" },
          this.slider("Scale of all weights", scale, (v) => this.change({ scale: v })),
          this.seed(1, (seed) => this.change({ seed })),
        ),
        this.picture,
        html(
          "p",
          { class: "panel-key" },
          "The stronger the colour, the larger the gradient. The number is the decimal logarithm of its norm.",
        ),
        this.readout(),
        this.table,
      );
      this.change({});
    }

    change(options) {
      Object.assign(this.options, options);
      this.result = measure(this.options);
      this.picture.redraw();
      const heads = this.result.map((_, l) => `layer ${l + 1}`);
      const rows = this.result[0].map((_, t) => [t + 1, ...this.result.map((row) => row[t])]);
      this.table.fill(["step t", ...heads], rows);
      this.say(this.sentence());
    }

    sentence() {
      const { start, scale, loss } = this.options;
      const [first, last] = [this.result[0], this.result.at(-1)];
      const made = `${STARTS[start][0]} × ${scale.toFixed(2)}, loss ${LOSSES[loss]}.`;
      const ratio = first[0] / last[T - 1];
      const verdict =
        ratio < 0.01
          ? "it vanishes on the way"
          : ratio > 100
            ? "it explodes on the way"
            : "it arrives within a factor of 100";
      return `${made} The gradient's norm is ${said(last[T - 1])} at the last state of layer ${LAYERS}, ${said(last[0])} at the first of that layer and ${said(first[0])} at the first of layer 1: ${verdict}.`;
    }
  }

  define("gradient-flow", GradientFlow);
})();
