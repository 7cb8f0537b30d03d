// A text coloured by one cell of a trained network, which the reader chooses (chapter 10).
// cell-text.json, made by lib/train/inside.py, holds tanh(c_t) of every cell at every
// character, a letter each; book/tests/test_cell_text.py holds it to the checkpoint.
(() => {
  const { Widget, define, html } = ThroughTime;
  const LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-_";
  const [ON, STRETCHES, LONG] = [0.5, 3, 24]; // what counts as on; what the words list
  const MARKS = { "\n": "↵", " ": "␣" };

  const decode = (row) => Float64Array.from(row, (c) => (LETTERS.indexOf(c) / 63) * 2 - 1);
  const signed = (v) => v.toFixed(2).replace("-", "−");
  const share = (n, of) => `${Math.round((100 * n) / of)}%`;

  function correlation(a, b) {
    const mean = (x) => x.reduce((s, v) => s + v, 0) / x.length;
    const [ma, mb] = [mean(a), mean(b)];
    let [ab, aa, bb] = [0, 0, 0];
    a.forEach((v, i) => {
      ab += (v - ma) * (b[i] - mb);
      aa += (v - ma) ** 2;
      bb += (b[i] - mb) ** 2;
    });
    return aa * bb > 0 ? ab / Math.sqrt(aa * bb) : 0;
  }

  // Where a row of truths begins and ends to be true: [[begin, end], ...].
  function stretches(truths) {
    const found = [];
    truths.forEach((yes, i) => {
      if (yes && !truths[i - 1]) found.push([i, i]);
      if (yes) found.at(-1)[1] = i + 1;
    });
    return found;
  }

  class CellText extends Widget {
    build(root, { text, found, marks, values }) {
      const rows = values.map(decode);
      Object.assign(this, { text, found, marks, rows, at: 0, mark: "quotes" });
      this.spans = [...text].map((c) => html("span", {}, c === "\n" ? "↵\n" : c));
      this.code = html("pre", { class: "cell-text-code", tabindex: 0 }, ...this.spans);
      this.code.setAttribute("aria-label", "The text. Arrow keys move from character to character.");
      this.code.setAttribute("role", "group");
      this.code.addEventListener("click", (event) => {
        const place = this.spans.indexOf(event.target);
        if (place >= 0) this.move(place);
      });
      const options = Object.keys(marks).map((name) => [name, name]);
      root.append(
        this.chooser(),
        this.choice("Underline", [...options, ["", "nothing"]], this.mark, (name) => {
          this.mark = name;
          this.show();
        }),
        this.legend(),
        this.code,
        this.readout(),
      );
      this.arrows();
      this.pick(found.quotes[0]);
    }

    chooser() {
      const text = ([name, [cell, r]]) => `${name}: cell ${cell + 1}, r = ${signed(r)}`;
      const options = Object.entries(this.found).map((pair) =>
        html("option", { value: pair[1][0] }, text(pair)));
      this.select = html("select", {}, ...options, html("option", { value: "" }, "another cell"));
      this.select.addEventListener("change", () => {
        if (this.select.value) this.pick(+this.select.value);
      });
      const range = { type: "range", min: 1, max: this.rows.length, step: 1 };
      this.slider = html("input", range);
      this.slider.addEventListener("input", () => this.pick(+this.slider.value - 1));
      this.number = html("output", {});
      const search = html("label", {}, html("span", {}, "Found by search"), this.select);
      const any = html("label", {}, html("span", {}, "Cell"), this.slider, this.number);
      return html("div", { class: "cell-text-choose" }, search, any);
    }

    legend() {
      const bar = html("span", { class: "cell-text-bar", "aria-hidden": "true" });
      return html("p", { class: "cell-text-legend" }, "−1 ", bar, " 1: tanh of the cell after it has read the character");
    }

    // Left and right by character, up and down by line.
    arrows() {
      const line = (by) => {
        const starts = [0, ...stretches([...this.text].map((c) => c === "\n")).map(([i]) => i + 1)];
        const now = starts.filter((i) => i <= this.at).length - 1;
        const [begin, end] = [starts[now + by], starts[now + by + 1] ?? this.text.length + 1];
        if (begin >= this.text.length || begin === undefined) return this.at;
        return Math.min(begin + this.at - starts[now], end - 1);
      };
      this.keys({
        ArrowLeft: () => this.move(this.at - 1),
        ArrowRight: () => this.move(this.at + 1),
        ArrowUp: () => this.move(line(-1)),
        ArrowDown: () => this.move(line(1)),
      });
    }

    pick(cell) {
      this.cell = cell;
      this.slider.value = cell + 1;
      this.number.textContent = cell + 1;
      const known = [...this.select.options].find(({ value }) => value === String(cell));
      this.select.value = known ? known.value : "";
      this.show();
    }

    move(place) {
      this.spans[this.at].classList.remove("at");
      this.at = Math.max(0, Math.min(this.text.length - 1, place));
      this.spans[this.at].classList.add("at");
      this.tell();
    }

    show() {
      const [row, marked] = [this.rows[this.cell], this.marks[this.mark]];
      this.spans.forEach((span, i) => {
        span.style.setProperty("--much", Math.abs(row[i]).toFixed(3));
        span.classList.toggle("minus", row[i] < 0);
        span.classList.toggle("marked", Boolean(marked) && marked[i] !== "0");
      });
      const where = (sign) => stretches([...row].map((v) => sign * v > ON));
      this.result = { row: [...row], on: where(1), off: where(-1) };
      this.result.r = marked ? correlation(row, [...marked].map(Number)) : null;
      this.move(this.at);
    }

    tell() {
      const [row, { on, off, r }] = [this.rows[this.cell], this.result];
      const character = MARKS[this.text[this.at]] ?? this.text[this.at];
      const with_ = r === null ? "" : ` With ${this.mark} it has r = ${signed(r)} in this piece.`;
      this.say(
        `Cell ${this.cell + 1} is at ${signed(row[this.at])} after “${character}”, character ` +
          `${this.at + 1} of ${this.text.length}. It is above ${ON} at ${this.listed(on)}; ` +
          `below −${ON} at ${this.listed(off)}.${with_}`,
      );
    }

    // How much of the text some stretches are, and what the longest of them read.
    listed(some) {
      const counted = some.reduce((n, [begin, end]) => n + end - begin, 0);
      const longest = [...some].sort((a, b) => b[1] - b[0] - (a[1] - a[0])).slice(0, STRETCHES);
      const quoted = longest.sort((a, b) => a[0] - b[0]).map(([i, j]) => `“${this.piece(i, j)}”`);
      const where = quoted.length ? `, longest at ${quoted.join(", ")}` : "";
      return `${share(counted, this.text.length)} of the characters${where}`;
    }

    piece(begin, end) {
      const text = this.text.slice(begin, end).replaceAll("\n", "↵").replace(/ {2,}/g, " ").trim();
      return text.length > LONG ? `${text.slice(0, LONG)}…` : text || "␣";
    }
  }

  define("cell-text", CellText);
})();
