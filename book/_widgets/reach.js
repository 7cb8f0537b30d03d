// The reach of chapter 08: choose a state or an output of a deep network, and see on
// which inputs and states it depends. book/tests/test_reach.py holds what is lit to
// the gradients of networks of throughtime.
(() => {
  const { Widget, define, html } = ThroughTime;
  const T = 5;

  const KINDS = {
    forwards: "forwards only",
    both: "both ways",
    apart: "two stacks",
  };
  const WORDS = { f: "forward", b: "backward" };

  // A node is layer, step, direction; layer 0 holds the inputs, layer L + 1 the outputs.
  const ways = (kind) => (kind === "forwards" ? ["f"] : ["f", "b"]);
  const named = ([layer, t, way]) => `${layer},${t},${way}`;

  // What a node is computed from: its neighbour in time, and what lies below.
  function parents([layer, t, way], { kind, L }) {
    if (layer === 0) return [];
    if (layer > L) return ways(kind).map((below) => [L, t, below]);
    const before = way === "f" ? t - 1 : t + 1;
    const along = before >= 1 && before <= T ? [[layer, before, way]] : [];
    if (layer === 1) return [...along, [0, t, ""]];
    const read = kind === "both" ? ways(kind) : [way];
    return [...along, ...read.map((below) => [layer - 1, t, below])];
  }

  function seenBy(node, net) {
    const found = new Map();
    const waiting = [node];
    while (waiting.length) {
      const here = waiting.pop();
      if (found.has(named(here))) continue;
      found.set(named(here), here);
      waiting.push(...parents(here, net));
    }
    return found;
  }

  // The rows that can be chosen, from the lowest.
  function rowsOf({ kind, L }) {
    const layers = Array.from({ length: L }, (_, i) => i + 1);
    return [...layers.flatMap((layer) => ways(kind).map((way) => [layer, way])), [L + 1, ""]];
  }

  function sentence(node, net) {
    const [layer, t, way] = node;
    const inputs = [...seenBy(node, net).values()].filter(([l]) => l === 0).map(([, s]) => s);
    const [first, last] = [Math.min(...inputs), Math.max(...inputs)];
    const layered = net.L > 1 ? ` of layer ${layer}` : "";
    const who = layer > net.L ? `Output ${t}` : `The ${WORDS[way]} state at step ${t}${layered}`;
    const span = first === last ? `input ${first}` : `inputs ${first} to ${last}`;
    const all = inputs.length === T ? ", which is all there is" : ` of ${T}`;
    return `${who} can see ${span}${all}.`;
  }

  // The drawing, in units of the picture.
  const [R, LEFT, ASIDE, RISE] = [13, 46, 14.5, 31];
  const PHONE = { width: 336 };
  const PAGE = { width: 560 };

  const text = (x, y, kind, body) => `<text x="${x}" y="${y}" class="${kind}">${body}</text>`;
  const index = (letter, t) => `${letter}<tspan dy="3" class="index">${t}</tspan>`;

  function arrow(kind, [x1, y1], [x2, y2]) {
    const long = Math.hypot(x2 - x1, y2 - y1);
    const [dx, dy] = [(x2 - x1) / long, (y2 - y1) / long];
    const [x, y] = [x2 - dx * (R + 2), y2 - dy * (R + 2)];
    const wing = (side) =>
      `${(x - 6 * dx + 3.5 * side * dy).toFixed(1)} ${(y - 6 * dy - 3.5 * side * dx).toFixed(1)}`;
    const start = `${(x1 + dx * R).toFixed(1)} ${(y1 + dy * R).toFixed(1)}`;
    const tip = `${x.toFixed(1)} ${y.toFixed(1)}`;
    return `<path class="edge ${kind}" d="M${start}L${tip}M${wing(1)}L${tip}L${wing(-1)}"/>`;
  }

  class Reach extends Widget {
    build(root) {
      this.net = { kind: "both", L: 2 };
      this.stage = html("div", { class: "reach-stage" });
      const moves = {
        ArrowLeft: ["Earlier", 0, -1],
        ArrowRight: ["Later", 0, 1],
        ArrowUp: ["Up", 1, 0],
        ArrowDown: ["Down", -1, 0],
      };
      const [buttons, actions] = [html("div", { class: "reach-buttons" }), {}];
      for (const [key, [name, up, right]] of Object.entries(moves)) {
        actions[key] = () => this.move(up, right);
        buttons.append(this.button(name, actions[key], { title: `Key: ${key}` }));
      }
      this.keys(actions);
      this.stage.addEventListener("click", (event) => {
        const place = event.target.closest("[data-node]");
        if (!place) return;
        const [layer, t, way] = place.dataset.node.split(",");
        if (+layer > 0) this.look([+layer, +t, way]);
      });
      const kinds = Object.entries(KINDS);
      const depths = ["1", "2", "3"].map((L) => [L, L]);
      root.append(
        this.choice("Network", kinds, "both", (kind) => this.change({ ...this.net, kind })),
        this.choice("Layers", depths, "2", (L) => this.change({ ...this.net, L: +L })),
        this.stage, buttons, this.readout(),
      );
      this.look([2, 2, "f"]);
      new ResizeObserver(() => this.place === this.room() || this.draw()).observe(this.stage);
    }

    // Another network: an output stays one, and a state stays as near as it can.
    change(net) {
      const [layer, t, way] = this.node;
      const top = layer > this.net.L || layer > net.L;
      this.net = net;
      this.look(top ? [net.L + 1, t, ""] : [layer, t, ways(net.kind).includes(way) ? way : "f"]);
    }

    move(up, right) {
      const [layer, t, way] = this.node;
      const rows = rowsOf(this.net);
      const at = rows.findIndex(([l, w]) => l === layer && w === way);
      const [l, w] = rows[Math.max(0, Math.min(rows.length - 1, at + up))];
      this.look([l, Math.max(1, Math.min(T, t + right)), w]);
    }

    look(node) {
      this.node = node;
      this.draw();
      const { kind, L } = this.net;
      const name = `${KINDS[kind]}, ${L} layer${L > 1 ? "s" : ""}`;
      this.say(`${name[0].toUpperCase()}${name.slice(1)}. ${sentence(node, this.net)}`);
    }

    room() {
      return this.stage.clientWidth >= 480 ? PAGE : PHONE;
    }

    // Where a node lies: a layer of two directions is higher than one of one.
    at([layer, t, way]) {
      const { kind, L } = this.net;
      const two = kind !== "forwards";
      const cell = (this.place.width - LEFT) / T;
      const x = LEFT + (t - 0.5) * cell;
      const high = 62 + (two ? RISE : 0);
      const y = this.height - R - 6 - layer * high;
      if (layer === 0) return [x, y];
      if (layer > L) return [x, y + (two ? RISE : 0)];
      return two ? [x + (way === "b" ? ASIDE : -ASIDE), y + (way === "b" ? 0 : RISE)] : [x, y];
    }

    label([layer, t, way]) {
      if (layer === 0) return index("x", t);
      if (layer > this.net.L) return index("o", t);
      return way === "b" ? "←" : "→";
    }

    names() {
      const { kind, L } = this.net;
      const lines = [["input", [0, 1, ""]], ["output", [L + 1, 1, ""]]];
      for (let layer = 1; layer <= L; layer++) lines.push([`layer ${layer}`, [layer, 1, "f"]]);
      return lines.map(([name, node]) => {
        const inner = node[0] > 0 && node[0] <= L;
        const lift = kind !== "forwards" && inner ? RISE / 2 : 0;
        return text(2, this.at(node)[1] - lift + 4, "row", name);
      });
    }

    draw() {
      this.place = this.room();
      const { kind, L } = this.net;
      const two = kind !== "forwards";
      this.height = (L + 1) * 62 + (two ? L * RISE : 0) + 2 * R + 14;
      const seen = seenBy(this.node, this.net);
      const rows = [[0, ""], ...rowsOf(this.net)];
      const nodes = rows.flatMap(([layer, way]) =>
        Array.from({ length: T }, (_, i) => [layer, i + 1, way]),
      );
      const edges = nodes.flatMap((node) =>
        parents(node, this.net).map((parent) =>
          arrow(seen.has(named(node)) ? "lit" : "", this.at(parent), this.at(node)),
        ),
      );
      const circles = nodes.map((node) => {
        const [x, y] = this.at(node);
        const chosen = named(node) === named(this.node) ? "chosen" : "";
        const lit = seen.has(named(node)) ? "lit" : "";
        const circle = `<circle cx="${x}" cy="${y}" r="${R}"/>`;
        const name = text(x, y + 5, "name", this.label(node));
        return `<g class="node ${lit} ${chosen}" data-node="${named(node)}">${circle}${name}</g>`;
      });
      const svg = this.svg(this.place.width, this.height, ""); // the words below say it all
      svg.innerHTML = [...this.names(), ...edges, ...circles].join("");
      this.stage.replaceChildren(svg);
    }
  }

  define("reach", Reach);
})();
