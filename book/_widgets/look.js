// A caption, word by word, and where the network looked for each (chapter 13).
// look.json, made by lib/train/attention.py, holds what the shipped network does;
// book/tests/test_look.py holds it and the numbers said here to the checkpoint.
(() => {
  const { Widget, define, html } = ThroughTime;
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const [SIDE, GRID, DIM] = [48, 6, 0.25]; // points, cells a side, light where nothing is
  const CELL = SIDE / GRID;

  const digit = (c) => LETTERS.indexOf(c);
  const decode = (map) =>
    [...map.matchAll(/../g)].map(([pair]) => (64 * digit(pair[0]) + digit(pair[1])) / 4095);
  const sum = (numbers) => numbers.reduce((total, v) => total + v, 0);
  const two = (v) => v.toFixed(2);
  const place = (j) => `row ${Math.floor(j / GRID) + 1}, column ${(j % GRID) + 1}`;

  // The edges between a covered cell and one that is not, as the strokes of a path.
  function outline(covered) {
    if (!covered) return "";
    const on = (r, c) => r >= 0 && c >= 0 && r < GRID && c < GRID && covered[GRID * r + c] === 1;
    const lines = covered.flatMap((yes, j) => {
      const [r, c] = [Math.floor(j / GRID), j % GRID];
      const [x, y] = [CELL * c, CELL * r];
      if (!yes) return [];
      return [
        on(r - 1, c) ? "" : `M${x} ${y}h${CELL}`,
        on(r + 1, c) ? "" : `M${x} ${y + CELL}h${CELL}`,
        on(r, c - 1) ? "" : `M${x} ${y}v${CELL}`,
        on(r, c + 1) ? "" : `M${x + CELL} ${y}v${CELL}`,
      ];
    });
    return lines.join("");
  }

  class Look extends Widget {
    build(root, { scenes }) {
      this.scenes = scenes;
      this.stage = html("div", { class: "look-stage" });
      this.caption = html("div", { class: "look-caption", role: "group", "aria-label": "Caption" });
      this.next = html("div", { class: "look-next", role: "group", "aria-label": "Next word" });
      const moves = {
        Home: ["Start", () => 0],
        ArrowLeft: ["Back", () => this.at - 1],
        ArrowRight: ["Next", () => this.at + 1],
        End: ["End", () => Infinity],
      };
      const [buttons, actions] = [html("div", { class: "look-buttons" }), {}];
      for (const [key, [name, to]] of Object.entries(moves)) {
        actions[key] = () => this.go(to());
        buttons.append(this.button(name, actions[key], { title: `Key: ${key}` }));
      }
      this.keys(actions);
      const beside = html("div", {}, this.caption, this.next, buttons);
      root.append(this.pictures(), html("div", { class: "look-both" }, this.stage, beside), this.readout());
      this.pick(2);
    }

    pictures() {
      const source = ({ picture }) => `data:image/png;base64,${picture}`;
      this.thumbs = this.scenes.map((scene, i) => {
        const image = html("img", { src: source(scene), alt: "", width: SIDE, height: SIDE });
        const press = { type: "button", class: "look-thumb", "aria-label": `Picture ${i + 1}: ${scene.name}` };
        const button = html("button", press, image);
        button.addEventListener("click", () => this.pick(i));
        return button;
      });
      const group = { class: "look-pictures", role: "group", "aria-label": "Picture" };
      return html("div", group, ...this.thumbs);
    }

    // The most probable caption, or the one that goes another way from some word on.
    get told() {
      const { path, ways } = this.scenes[this.scene];
      return this.way === null ? path : ways[this.way];
    }

    pick(scene) {
      [this.scene, this.way] = [scene, null];
      this.thumbs.forEach((thumb, i) => thumb.setAttribute("aria-pressed", i === scene));
      this.go(0);
    }

    turn(way) {
      this.way = way;
      this.go(this.at);
      this.next.querySelector("[aria-pressed=true]")?.focus();
    }

    go(at) {
      const { steps, refers } = this.told;
      this.at = Math.max(0, Math.min(steps.length - 1, at));
      const step = steps[this.at];
      const map = decode(step.map);
      const thing = refers[this.at] ?? -1;
      const { cells } = this.scenes[this.scene];
      const covered = thing < 0 ? null : [...cells[thing]].map(Number);
      const mass = covered && sum(map.map((v, j) => v * covered[j]));
      const even = covered && sum(covered) / covered.length;
      const p = step.best.find(([word]) => word === step.word)[1];
      this.result = { word: step.word, p, map, thing, mass, even };
      this.draw(map, covered);
      this.list();
      this.offer(step);
      this.say(this.sentence(step, this.result));
    }

    draw(map, covered) {
      const svg = this.svg(SIDE, SIDE, ""); // the words below say it all
      const top = Math.max(...map);
      const at = (j) => `x="${CELL * (j % GRID)}" y="${CELL * Math.floor(j / GRID)}"`;
      const size = `width="${CELL}" height="${CELL}"`;
      const veil = map.map((v, j) => {
        const dark = (1 - DIM) * (1 - v / top);
        return `<rect class="veil" ${at(j)} ${size} fill-opacity="${dark.toFixed(4)}"/>`;
      });
      const { picture } = this.scenes[this.scene];
      const image = `<image href="data:image/png;base64,${picture}" width="${SIDE}" height="${SIDE}"/>`;
      svg.innerHTML = `${image}${veil.join("")}<path class="named" d="${outline(covered)}"/>`;
      this.stage.replaceChildren(svg);
    }

    list() {
      const words = this.told.steps.map(({ word }, i) => {
        const button = this.button(word, () => this.go(i));
        button.classList.add("look-word");
        if (i === this.at) button.setAttribute("aria-current", "step");
        return button;
      });
      const had = this.caption.contains(document.activeElement);
      this.caption.replaceChildren(...words);
      if (had) words[this.at].focus();
    }

    // The three likeliest words; the best and the second can be taken where both are known.
    offer(step) {
      const rows = step.best.map(([word, p], rank) => {
        const name = html("span", { class: "look-name" }, word);
        const bar = html("span", { class: "look-bar", "aria-hidden": "true" });
        bar.style.setProperty("--much", p);
        const inside = [name, bar, html("span", { class: "look-p" }, two(p))];
        const known = this.way === null || this.at <= this.way;
        if (rank > 1 || !known) return html("div", { class: "look-row" }, ...inside);
        const taken = word === step.word;
        const attributes = { type: "button", class: "look-row", "aria-pressed": taken };
        const button = html("button", attributes, ...inside);
        button.addEventListener("click", () => taken || this.turn(rank === 1 ? this.at : null));
        return button;
      });
      this.next.replaceChildren(...rows);
    }

    sentence(step, { p, map, thing, mass, even }) {
      const { steps, true: right } = this.told;
      const { things } = this.scenes[this.scene];
      const what = step.word === "(end)"
        ? `The caption ends here (probability ${two(p)}), and it is ${right ? "true" : "false"}.`
        : `Word ${this.at + 1} of ${steps.length - 1}: “${step.word}”, probability ${two(p)}.`;
      const names = thing < 0
        ? right ? "" : " As the caption is false, no word is taken to name a thing."
        : ` It names the ${things[thing]}, where ${two(mass)} of the attention lies; of an even look it would be ${two(even)}.`;
      const top = Math.max(...map);
      return `${what}${names} The largest weight, ${two(top)}, is in ${place(map.indexOf(top))}.`;
    }
  }

  define("look", Look);
})();
