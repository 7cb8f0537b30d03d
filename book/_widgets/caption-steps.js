// A caption that the reader makes word by word, beside what the captioner of chapter 12
// expects and which words are true there. caption-steps.json is made from the shipped
// network by lib/train/caption_steps.py; book/tests/test_caption_steps.py holds it to it.
(() => {
  const { Widget, define, html, shape } = ThroughTime;
  const SIDE = 48; // of a scene, pixels
  const NAMES = ["One thing", "Two things", "Two more", "A new pair", "A new pair, two things", "Three things"];
  const COLOURS = {
    red: "#db2929", green: "#29ab3d", blue: "#334fdb",
    yellow: "#e6d133", purple: "#a138b8", cyan: "#3dc7d1",
  };

  const share = (v) => (v < 0.001 ? "< 0.001" : v.toFixed(3));
  const points = (all) => all.map((pair) => pair.map((v) => v.toFixed(2)).join(",")).join(" ");

  // A thing as throughtime.images draws it.
  function drawn([kind, colour, , x, y, r]) {
    const fill = COLOURS[colour];
    if (kind === "circle") return shape("circle", { cx: x, cy: y, r, fill });
    const [a, b] = [0.95 * r, 0.3 * r];
    const corners = {
      square: [[-0.8, -0.8], [0.8, -0.8], [0.8, 0.8], [-0.8, 0.8]].map((c) => c.map((v) => v * r)),
      triangle: [[0, -1.1 * r], [0.9526 * r, 0.55 * r], [-0.9526 * r, 0.55 * r]],
      cross: [[-b, -a], [b, -a], [b, -b], [a, -b], [a, b], [b, b], [b, a], [-b, a], [-b, b], [-a, b], [-a, -b], [-b, -b]],
    }[kind];
    return shape("polygon", { points: points(corners.map(([dx, dy]) => [x + dx, y + dy])), fill });
  }

  class CaptionSteps extends Widget {
    build(root, { scenes }) {
      Object.assign(this, { scenes, at: 0, path: [] });
      this.picture = html("div", { class: "caption-picture" });
      this.said = html("p", { class: "caption-said" });
      this.words = html("div", { class: "caption-words" });
      const options = scenes.map((_, i) => html("option", { value: i }, NAMES[i]));
      this.select = html("select", {}, ...options);
      this.select.addEventListener("change", () => {
        Object.assign(this, { at: +this.select.value, path: [] });
        this.show();
      });
      const label = html("label", { class: "caption-choose" }, html("span", {}, "Scene"), this.select);
      this.own = this.button("Likeliest word →", () => this.go(this.likeliest()));
      this.back = this.button("← Back", () => this.go(null));
      this.again = this.button("From the start", () => {
        this.path = [];
        this.show();
      });
      const buttons = html("div", { class: "caption-buttons" }, this.back, this.own, this.again);
      const legend = html("p", { class: "caption-legend" });
      legend.append("Bar: the network's probability. ✓: some true caption goes on with this word.");
      const right = html("div", {}, this.said, this.words, legend, buttons);
      root.append(label, html("div", { class: "caption-stage" }, this.picture, right), this.readout());
      this.keys({ ArrowRight: () => this.go(this.likeliest()), ArrowLeft: () => this.go(null) });
      this.show();
    }

    // The node after the words said so far, or null after END.
    get node() {
      let node = this.scenes[this.at].tree;
      for (const word of this.path) node = word === "END" ? null : node.then[word];
      return node;
    }

    likeliest() {
      const p = this.node?.p;
      return p ? Object.keys(p).reduce((a, b) => (p[b] > p[a] ? b : a)) : null;
    }

    canGo(word) {
      return word === "END" || word in this.node.then;
    }

    go(word) {
      if (word === null) this.path.pop();
      else if (this.node && this.canGo(word)) this.path.push(word);
      this.show();
    }

    // Each word said with its probability, and whether it could be true.
    steps() {
      let node = this.scenes[this.at].tree;
      return this.path.map((word) => {
        const step = { word, p: node.p[word], isTrue: node.true.includes(word) };
        node = node.then[word];
        return step;
      });
    }

    show() {
      const { node, path } = this;
      const svg = this.svg(SIDE, SIDE, this.described());
      svg.append(shape("rect", { width: SIDE, height: SIDE, fill: "#141414" }));
      svg.append(...this.scenes[this.at].things.map(drawn));
      this.picture.replaceChildren(svg);
      const steps = this.steps();
      const parts = steps.map(({ word, isTrue }) =>
        html("span", { class: isTrue ? null : "caption-false" }, `${word} `));
      this.said.replaceChildren("START ", ...parts, node ? "…" : "");
      this.words.replaceChildren(...(node ? Object.entries(node.p).map((pair) => this.row(...pair)) : []));
      this.own.disabled = !node;
      this.back.disabled = this.again.disabled = !path.length;
      this.tell(steps);
    }

    row(word, p) {
      const isTrue = this.node.true.includes(word);
      const bar = html("span", { class: "caption-bar" });
      bar.style.setProperty("--much", p);
      const mark = html("span", { class: "caption-mark" }, isTrue ? "✓" : "");
      const button = this.button(word, () => this.go(word));
      button.disabled = !this.canGo(word);
      button.setAttribute("aria-label", `${word}, probability ${share(p)}, ${isTrue ? "true here" : "false here"}`);
      const number = html("span", { class: "caption-p", "data-word": word }, share(p));
      return html("div", { class: "caption-row" }, button, mark, bar, number);
    }

    described() {
      const things = this.scenes[this.at].things.map(([kind, colour, size]) => `a ${size} ${colour} ${kind}`);
      return `A scene with ${things.join(", ")}.`;
    }

    tell(steps) {
      const { node } = this;
      const said = steps.map(({ word }) => word).join(" ");
      const wrong = steps.find(({ isTrue }) => !isTrue);
      if (!node) {
        const all = steps.reduce((product, { p }) => product * p, 1);
        const verdict = wrong ? `false, since “${wrong.word}”` : "true";
        this.say(`“${said}”: the caption is ${verdict}. The network gives it a probability of ${share(all)}.`);
        return;
      }
      const good = node.true.reduce((sum, word) => sum + node.p[word], 0);
      const start = said ? `After “${said}”` : "Before the first word";
      this.say(
        wrong
          ? `${start}: no true caption begins so, since “${wrong.word}”. The network goes on.`
          : `${start}: ${node.true.length} word${node.true.length > 1 ? "s" : ""} can be true, and have ` +
              `${share(good)} of the probability. The likeliest is “${this.likeliest()}”.`,
      );
    }
  }

  define("caption-steps", CaptionSteps);
})();
