// Beam search, plain and diverse, on the probabilities of a trained model (chapter 11).
// Needs: panel
// beam.json, made by lib/train/describe.py, holds for each scene all beginnings within
// reach, each a list of [word, log-probability, next beginning]. A search is that of
// throughtime.decode, to which book/tests/test_beam.py holds it.
(() => {
  const { define, html, shape } = ThroughTime;
  const { Panel, said } = ThroughTime.panel;
  const COLOURS = { red: "#d1342b", green: "#2b8a3e", blue: "#2f5fd0", yellow: "#e8b90c", purple: "#8a3ab9", cyan: "#19a7b5" };

  const byRank = (a, b) => b.rank - a.rank; // a stable sort: of equal ones the first

  // All that one group can take next: the best `width` of what continues its open
  // beginnings, where a word that earlier groups took costs the penalty each time.
  function extend(nodes, open, taken, { width, penalty }) {
    const grown = open.flatMap((one) =>
      [...nodes[one.at]]
        .sort(([a], [b]) => a - b)
        .map(([id, logp, at]) => {
          const paid = penalty * (taken.get(id) ?? 0);
          return { ids: [...one.ids, id], paid: [...one.paid, paid], at,
            score: one.score + logp, rank: one.rank + (logp - paid) };
        }),
    );
    return grown.sort(byRank).slice(0, width);
  }

  // Return what each group took at each step, and what it found, best first.
  function search({ nodes }, end, steps, wish) {
    const { groups, width, norm } = wish;
    const start = { ids: [], paid: [], at: 0, score: 0, rank: 0 };
    let open = Array.from({ length: groups }, () => [start]);
    const found = open.map(() => []);
    const history = [];
    for (let t = 1; t <= steps && open.some((group) => group.length); t += 1) {
      const taken = new Map();
      const kept = open.map((group) => {
        const best = extend(nodes, group, taken, wish);
        for (const { ids } of best) taken.set(ids.at(-1), (taken.get(ids.at(-1)) ?? 0) + 1);
        return best;
      });
      const done = ({ ids }) => ids.at(-1) === end || t === steps;
      kept.forEach((group, g) =>
        found[g].push(
          ...group.filter(done).map((one) => ({ ...one, rank: one.rank / t ** norm })),
        ),
      );
      open = kept.map((group) => group.filter((one) => !done(one)));
      history.push({ kept, ended: found.map((group) => [...group]) });
    }
    return { history, found: found.map((group) => group.sort(byRank).slice(0, width)) };
  }

  // Mean over pairs of the share of word pairs that two captions do not share.
  function unlike(rows) {
    const twos = rows.map((ids) => new Set(ids.slice(1).map((id, i) => `${ids[i]} ${id}`)));
    const parts = twos.flatMap((one, i) =>
      twos.slice(i + 1).map((other) => {
        const both = [...one].filter((two) => other.has(two)).length;
        return 1 - both / Math.max(1, one.size + other.size - both);
      }),
    );
    return parts.reduce((sum, part) => sum + part, 0) / Math.max(1, parts.length);
  }

  class Beam extends Panel {
    build(root, data) {
      Object.assign(this, { data, scene: 0, kind: "plain" });
      this.wish = { width: 3, groups: 3, penalty: 1, norm: 0 };
      this.picture = html("div", { class: "beam-picture" });
      this.lists = html("div", { class: "beam-lists" });
      const scenes = data.scenes.map((_, i) => [String(i), String(i + 1)]);
      const kinds = [["plain", "plain"], ["diverse", "diverse"]];
      const steps = html("div", { class: "beam-steps" });
      this.moves = {
        first: this.button("Start", () => this.go(0)),
        back: this.button("One step back", () => this.go(this.t - 1)),
        on: this.button("One step on", () => this.go(this.t + 1)),
        last: this.button("To the end", () => this.go(Infinity)),
      };
      steps.append(...Object.values(this.moves));
      root.append(
        this.choice("Scene", scenes, "0", (i) => ((this.scene = +i), this.redo())),
        this.picture,
        this.choice("Search", kinds, "plain", (kind) => ((this.kind = kind), this.redo())),
        ...this.sliders(),
        steps,
        this.lists,
        this.readout(),
      );
      this.keys({
        ArrowRight: () => this.go(this.t + 1),
        ArrowLeft: () => this.go(this.t - 1),
        Home: () => this.go(0),
        End: () => this.go(Infinity),
      });
      this.redo();
    }

    sliders() {
      const make = (name, label, min, max, step, words) =>
        this.slider(label, { min, max, step, value: this.wish[name], words }, (v) => {
          this.wish[name] = v;
          this.redo();
        });
      this.only = [
        make("groups", "Groups", 2, 4, 1),
        make("penalty", "Penalty λ, nats a word", 0, 4, 0.1, (v) => v.toFixed(1)),
      ];
      return [
        make("width", "Width of each beam", 1, 6, 1),
        ...this.only,
        make("norm", "Length norm α", 0, 2, 0.1, (v) => v.toFixed(1)),
      ];
    }

    redo() {
      const diverse = this.kind === "diverse";
      for (const slider of this.only) slider.hidden = !diverse;
      const { width, groups, penalty, norm } = this.wish;
      const wish = { width, norm, groups: diverse ? groups : 1, penalty: diverse ? penalty : 0 };
      const scene = this.data.scenes[this.scene];
      this.result = { ...search(scene, this.data.end, this.data.steps, wish), wish };
      this.picture.replaceChildren(this.draw(scene), this.told(scene));
      this.go(Infinity);
    }

    go(t) {
      const last = this.result.history.length;
      this.t = Math.max(0, Math.min(last, t));
      this.moves.first.disabled = this.moves.back.disabled = this.t === 0;
      this.moves.last.disabled = this.moves.on.disabled = this.t === last;
      this.show();
    }

    show() {
      const { history, found, wish } = this.result;
      const last = this.t === history.length;
      const at = history[this.t - 1];
      const title = (g) => (wish.groups > 1 ? `Beam ${g + 1}` : "Beam");
      const blocks = found.map((best, g) => {
        const open = at ? at.kept[g].filter(({ ids }) => this.isOpen(ids)) : [];
        const ended = at ? (last ? best : [...at.ended[g]].sort(byRank)) : [];
        const rows = [...open.map((one) => this.row(one, "open")), ...ended.map((one) => this.row(one, "ended"))];
        const list = html("ol", {}, ...rows);
        const name = html("p", { class: "beam-name" }, title(g));
        const group = { role: "group", "aria-label": title(g) };
        return html("div", group, name, rows.length ? list : this.empty());
      });
      this.lists.replaceChildren(...blocks, ...(wish.groups > 1 ? [this.legend()] : []));
      this.say(last ? this.summary() : this.progress(at));
    }

    isOpen(ids) {
      return ids.at(-1) !== this.data.end && ids.length < this.data.steps;
    }

    legend() {
      const word = html("span", { class: "beam-word is-paid" }, "word");
      const text = "an earlier beam has it in this place, and this one has paid for it.";
      return html("p", { class: "beam-legend" }, word, text);
    }

    empty() {
      const none = html("p", { class: "beam-none" });
      none.append(this.t ? "Nothing is open." : "Nothing is written yet.");
      return none;
    }

    row({ ids, paid, score, rank }, kind) {
      const { words } = this.data;
      const chips = ids.map((id, i) => {
        const free = !paid[i];
        const cost = free ? null : `paid ${paid[i].toFixed(1)} nats for a word that an earlier beam has here`;
        const text = id === this.data.end ? "end" : words[id];
        return html("span", { class: `beam-word${free ? "" : " is-paid"}`, title: cost }, text);
      });
      const mark = kind === "ended" ? (this.isTrue(ids) ? "true" : "not true") : "open";
      const ranked = Math.abs(rank - score) > 1e-9 ? `, rank ${said(rank)}` : "";
      const numbers = html("span", { class: "beam-numbers" }, `log p ${said(score)}${ranked}; ${mark}`);
      return html("li", { class: `is-${mark.replace(" ", "-")}`, "data-rank": rank }, ...chips, numbers);
    }

    text(ids) {
      return ids.filter((id) => id !== this.data.end).map((id) => this.data.words[id]).join(" ");
    }

    isTrue(ids) {
      return ids.at(-1) === this.data.end && this.data.scenes[this.scene].captions.includes(this.text(ids));
    }

    progress(at) {
      if (!at) return "Before the first word. One step on: every beam takes its best words.";
      const open = at.kept.flat().filter(({ ids }) => this.isOpen(ids)).length;
      const ended = at.ended.flat().length;
      const [best] = at.kept.flat().filter(({ ids }) => this.isOpen(ids)).sort(byRank);
      const now = best ? ` The best open one: “${this.text(best.ids)}”.` : "";
      return `Step ${this.t}: ${open} open, ${ended} ended.${now}`;
    }

    summary() {
      const all = this.result.found.flat();
      const rows = all.map(({ ids }) => ids);
      const different = new Set(rows.filter((ids) => this.isTrue(ids)).map((ids) => this.text(ids))).size;
      const [best] = [...all].sort(byRank);
      this.result.unlike = unlike(rows.map((ids) => ids.filter((id) => id !== this.data.end)));
      this.result.different = different;
      return (
        `${all.length} captions; ${different} different ones are true. On average two of the list ` +
        `differ in ${Math.round(100 * this.result.unlike)} % of their word pairs. ` +
        `Best: “${this.text(best.ids)}”, log-probability ${said(best.score)}.`
      );
    }

    told(scene) {
      const read = html("p", {});
      read.append(`The encoder has read: ${scene.read}.`);
      return read;
    }

    draw({ things }) {
      const svg = this.svg(48, 48, ""); // the words beside it say the same
      const paths = {
        circle: ({ x, y, r }) => shape("circle", { cx: x, cy: y, r }),
        square: ({ x, y, r }) => shape("rect", { x: x - r, y: y - r, width: 2 * r, height: 2 * r }),
        triangle: ({ x, y, r }) => shape("path", { d: `M${x} ${y - r}L${x + r} ${y + r}H${x - r}Z` }),
        cross: ({ x, y, r }) => {
          const a = r / 3;
          return shape("path", { d: `M${x - a} ${y - r}h${2 * a}v${r - a}h${r - a}v${2 * a}h${a - r}v${r - a}h${-2 * a}v${a - r}h${a - r}v${-2 * a}h${r - a}Z` });
        },
      };
      for (const thing of things) {
        const drawn = paths[thing.shape](thing);
        drawn.setAttribute("fill", COLOURS[thing.colour]);
        svg.append(drawn);
      }
      return svg;
    }
  }

  define("beam", Beam);
})();
