// The taxonomy of chapter 01: T inputs, U outputs, and the wait k before the first
// output. Each output lights what it can see. book/tests/test_taxonomy.py holds what
// is lit to the gradients of a network of throughtime.
(() => {
  const { Widget, define, html } = ThroughTime;
  const MOST = 5;

  // The step of output u, and the last input that it can see; all count from 1.
  const stepOf = ({ k }, u) => k + u - 1;
  const lastSeen = ({ T, k }, u) => Math.min(T, stepOf({ k }, u));
  const stepsOf = ({ T, U, k }) => Math.max(T, k + U - 1);

  function kindOf({ T, U, k }) {
    if (T === 1) return U === 1 ? "1-1: one input, one output" : "1-N: one input, many outputs";
    if (U === 1) {
      return k === T ? "N-1: one output, after the last input" : "N-1, answered before the end";
    }
    if (k === 1) {
      return U === T ? "N-N: in step with the input" : "many to many, begun with the first input";
    }
    if (k === T) return "N-M: reads everything, then writes";
    return `in between: writes ${k - 1} step${k > 2 ? "s" : ""} behind`;
  }

  const one = (n, thing) => `${n} ${thing}${n === 1 ? "" : "s"}`;

  function sentence(kind, u) {
    const [step, last] = [stepOf(kind, u), lastSeen(kind, u)];
    const inputs = last === 1 ? "input 1" : `inputs 1 to ${last}`;
    const all = last === kind.T ? ", which is all there is" : ` of ${kind.T}`;
    const made = u > 1 && step > kind.T ? " The output before comes back as its input." : "";
    return `Output ${u} of ${kind.U} comes at step ${step} and can see ${inputs}${all}.${made}`;
  }

  // The drawing, in units of the picture.
  const Y = { o: 40, h: 104, x: 168, height: 208 };
  const R = 15;
  const PHONE = { width: 336 };
  const PAGE = { width: 640 };

  const text = (x, y, kind, body) => `<text x="${x}" y="${y}" class="${kind}">${body}</text>`;
  const named = (letter, i) => `${letter}<tspan dy="3" class="index">${i}</tspan>`;
  const path = (kind, d) => `<path class="edge ${kind}" d="${d}"/>`;
  const right = (kind, x1, x2, y) =>
    path(kind, `M${x1} ${y}H${x2}M${x2 - 6} ${y - 4}L${x2} ${y}L${x2 - 6} ${y + 4}`);
  const up = (kind, x, y1, y2) =>
    path(kind, `M${x} ${y1}V${y2}M${x - 4} ${y2 + 6}L${x} ${y2}L${x + 4} ${y2 + 6}`);

  class Taxonomy extends Widget {
    build(root, { tasks }) {
      this.tasks = tasks;
      this.stage = html("div", { class: "taxonomy-stage" });
      this.sliders = {};
      const numbers = html("div", { class: "taxonomy-numbers" });
      const names = { T: "inputs T", U: "outputs U", k: "wait k" };
      for (const [letter, name] of Object.entries(names)) {
        numbers.append(this.slider(letter, name));
      }
      const buttons = html("div", { class: "taxonomy-buttons" });
      const moves = { ArrowLeft: ["Output before", -1], ArrowRight: ["Next output", 1] };
      const actions = {};
      for (const [key, [name, by]] of Object.entries(moves)) {
        actions[key] = () => this.look(this.u + by);
        buttons.append(this.button(name, actions[key], { title: `Key: ${key}` }));
      }
      this.keys(actions);
      this.stage.addEventListener("click", (event) => {
        const place = event.target.closest("[data-output]");
        if (place) this.look(+place.dataset.output);
      });
      const options = tasks.map(({ name }, i) => [String(i), name]);
      root.append(this.choice("Task", options, "3", (i) => this.pick(+i)));
      root.append(numbers, this.stage, buttons, this.readout());
      this.pick(3);
      new ResizeObserver(() => this.place === this.room() || this.draw()).observe(this.stage);
    }

    slider(letter, name) {
      const input = html("input", { type: "range", min: 1, max: MOST, step: 1 });
      const value = html("output", {});
      input.addEventListener("input", () => this.move(letter, +input.value));
      this.sliders[letter] = { input, value };
      return html("label", {}, html("span", {}, name), input, value);
    }

    pick(i) {
      this.task = this.tasks[i];
      const [T, U, k] = this.task.kind;
      this.show({ T, U, k }, 1);
    }

    move(letter, value) {
      const kind = { ...this.kind, [letter]: value };
      kind.k = Math.min(kind.k, kind.T); // it cannot wait for more than there is
      this.task = null; // the words belonged to the task
      for (const radio of this.querySelectorAll("input[type=radio]")) radio.checked = false;
      this.show(kind, 1);
    }

    show(kind, u) {
      this.kind = kind;
      this.sliders.k.input.max = kind.T;
      for (const [letter, { input, value }] of Object.entries(this.sliders)) {
        input.value = kind[letter];
        value.textContent = kind[letter];
      }
      this.look(u);
    }

    look(u) {
      this.u = Math.max(1, Math.min(this.kind.U, u));
      this.draw();
      this.say(`${kindOf(this.kind)}. ${sentence(this.kind, this.u)}`);
    }

    room() {
      return this.stage.clientWidth >= 540 ? PAGE : PHONE;
    }

    node(letter, i, s, lit, made = false) {
      const [x, y] = [this.x(s), Y[letter]];
      const data = letter === "o" ? `data-output="${i}"` : `data-${letter}="${i}"`;
      const state = `${lit ? "lit" : ""} ${made ? "made" : ""}`;
      const label = made ? "" : text(x, y + 5, "name", named(letter, i));
      const circle = `<circle cx="${x}" cy="${y}" r="${R}"/>`;
      return `<g class="node ${state}" ${data}>${circle}${label}</g>`;
    }

    x(s) {
      const steps = stepsOf(this.kind);
      const cell = Math.min(this.place.width / steps, 84);
      return this.place.width / 2 + (s - (steps + 1) / 2) * cell;
    }

    word(words, i, s, y) {
      return words ? text(this.x(s), y, "word", words[i - 1]) : "";
    }

    step(s) {
      const { T, U, k } = this.kind;
      const now = stepOf(this.kind, this.u);
      const [x, lit, u] = [this.x(s), s <= now, s - k + 1];
      const made = s > T;
      const parts = [
        s > 1 ? right(lit ? "lit" : "", this.x(s - 1) + R, x - R - 3, Y.h) : "",
        up(lit ? "lit" : "", x, Y.x - R, Y.h + R + 3),
        this.node("h", s, s, lit),
        this.node("x", s, s, lit, made),
      ];
      if (made) {
        const way = `M${this.x(s - 1) + 9} ${Y.o + 12}L${x - 9} ${Y.x - 14}`;
        parts.unshift(path(`fed ${lit ? "lit" : ""}`, way));
      } else parts.push(this.word(this.task?.xs, s, s, Y.x + 31));
      if (u >= 1 && u <= U) {
        // An output before the chosen one counts only where it comes back as input.
        const used = u === this.u || (s < now && s >= T);
        parts.push(up(used ? "lit" : "", x, Y.h - R, Y.o + R + 3));
        parts.push(this.node("o", u, s, used), this.word(this.task?.ys, u, s, Y.o - 23));
      }
      return parts.join("");
    }

    draw() {
      this.place = this.room();
      const svg = this.svg(this.place.width, Y.height, ""); // the words below say it all
      const steps = Array.from({ length: stepsOf(this.kind) }, (_, i) => this.step(i + 1));
      svg.innerHTML = steps.join("");
      this.stage.replaceChildren(svg);
    }
  }

  define("taxonomy", Taxonomy);
})();
