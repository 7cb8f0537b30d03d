// What the widgets of chapter 05 show alike: sliders, a seed, lines on a logarithmic
// axis, and all numbers as a table. shared/panel.css has its looks.
ThroughTime.panel = (() => {
  const { Widget, html } = ThroughTime;
  let fields = 0;

  const minus = (text) => String(text).replaceAll("-", "−");
  const power = (n) => `10<tspan class="panel-power" dy="-5">${minus(n)}</tspan>`;

  // A number in words: three digits, as 1.23e45 where it is far from 1.
  function said(v) {
    if (v === 0) return "0";
    if (!Number.isFinite(v)) return "beyond all numbers";
    const [digits, exponent] = v.toExponential(2).split("e").map(Number);
    const plain = exponent > -4 && exponent < 5 ? String(+v.toPrecision(3)) : null;
    return minus(plain ?? `${digits}e${exponent}`);
  }

  // Decades that hold all positive numbers of the lines.
  function decades(lines) {
    const logs = lines.flatMap(({ values }) => values.filter((v) => v > 0 && v < Infinity));
    const [low, high] = [Math.min(1, ...logs), Math.max(1, ...logs)].map(Math.log10);
    return [Math.min(-1, Math.floor(low + 1e-9)), Math.max(1, Math.ceil(high - 1e-9))];
  }

  // Where the x axis of a chart begins and ends.
  const edges = (width) => [48, width - 12];

  const steps = (span) => [1, 2, 5, 10, 20, 50, 100, 200].find((step) => span / step <= 6);
  const text = (x, y, body, anchor) =>
    `<text x="${x}" y="${y}" text-anchor="${anchor}">${body}</text>`;
  const grid = (d) => `<path class="panel-grid" d="${d}"/>`;

  // Strings of SVG: each line is {name, kind, values}, its values at 0, 1, 2, ...; where
  // one is 0 or infinite the line has a gap.
  function chart({ width, height }, lines, xlabel, ylabel) {
    const [[left, right], top, bottom] = [edges(width), 26, height - 42];
    const [low, high] = decades(lines);
    const last = Math.max(1, ...lines.map(({ values }) => values.length - 1));
    const X = (i) => left + (i / last) * (right - left);
    const Y = (log) => top + ((high - log) / (high - low)) * (bottom - top);
    const parts = [
      text(4, 14, ylabel, "start"),
      text((left + right) / 2, height - 6, xlabel, "middle"),
    ];
    const [down, across] = [steps(high - low), steps(last)];
    for (let n = Math.ceil(low / down) * down; n <= high; n += down) {
      parts.push(grid(`M${left} ${Y(n)}H${right}`), text(left - 6, Y(n) + 4, power(n), "end"));
    }
    for (let i = 0; i <= last; i += across) {
      parts.push(grid(`M${X(i)} ${bottom}v5`), text(X(i), bottom + 19, i, "middle"));
    }
    parts.push(`<path class="panel-one" d="M${left} ${Y(0)}H${right}"/>`);
    for (const { kind, values } of lines) {
      const seen = (v) => v > 0 && v < Infinity;
      const point = (v, i) => `${X(i).toFixed(2)} ${Y(Math.log10(v)).toFixed(2)}`;
      const d = values
        .map((v, i) => (seen(v) ? (seen(values[i - 1]) ? "L" : "M") + point(v, i) : ""))
        .join("");
      parts.push(`<path class="panel-line ${kind}" data-line="${kind}" d="${d}"/>`);
    }
    return parts.join("");
  }

  const legend = (lines) =>
    html(
      "ul",
      { class: "panel-legend" },
      ...lines.map(({ name, kind }) => {
        const swatch = html("span", { class: "panel-swatch" });
        swatch.innerHTML = `<svg viewBox="0 0 28 8" aria-hidden="true"><path class="panel-line ${kind}" d="M1 4H27"/></svg>`;
        return html("li", {}, swatch, name);
      }),
    );

  class Panel extends Widget {
    // A slider; change(value) is called with a number, words(value) stand beside it.
    slider(label, { min, max, step, value, words = String }, change) {
      const id = `panel-field-${(fields += 1)}`;
      const input = html("input", { type: "range", id, min, max, step, value });
      const output = html("span", { class: "panel-value", "aria-hidden": true }); // spoken below
      const show = () => {
        output.textContent = words(+input.value);
        input.setAttribute("aria-valuetext", output.textContent);
      };
      input.addEventListener("input", () => (show(), change(+input.value)));
      show();
      const row = html(
        "div",
        { class: "panel-slider" },
        html("label", { for: id }, label),
        output,
        input,
      );
      row.set = (v) => ((input.value = v), show());
      return row;
    }

    // A seed: a number to type, and a button for the next one.
    seed(value, change) {
      const id = `panel-field-${(fields += 1)}`;
      const input = html("input", { type: "number", id, min: 0, max: 9999, step: 1, value });
      const read = () => Math.min(9999, Math.max(0, Math.round(+input.value) || 0));
      input.addEventListener("change", () => change((input.value = read())));
      const next = this.button("Next seed", () => change((input.value = (read() + 1) % 10000)));
      return html("div", { class: "panel-seed" }, html("label", { for: id }, "Seed"), input, next);
    }

    // A place to draw in, as wide as the page gives room, so that letters keep their
    // size: draw({width, height}) returns strings of SVG.
    stage(height, draw) {
      const stage = html("div", { class: "panel-stage" });
      const room = () => Math.max(240, stage.clientWidth);
      stage.redraw = () => {
        const width = (stage.room = room());
        const svg = this.svg(width, height, ""); // the words say it all
        svg.innerHTML = draw({ width, height });
        stage.replaceChildren(svg);
      };
      new ResizeObserver(() => stage.room === room() || stage.redraw()).observe(stage);
      return stage;
    }

    // All numbers, folded away: for who does not see the lines or wants more digits.
    numbers(summary) {
      const table = html("table");
      const area = html(
        "div",
        { class: "panel-table", tabindex: 0, role: "region", "aria-label": summary },
        table,
      );
      const details = html(
        "details",
        { class: "panel-numbers" },
        html("summary", {}, summary),
        area,
      );
      details.fill = (heads, rows) => {
        const cell = (tag, more) => (body) =>
          html(tag, more, typeof body === "number" ? said(body) : body);
        const row = ([first, ...rest]) =>
          html("tr", {}, cell("th", { scope: "row" })(String(first)), ...rest.map(cell("td")));
        table.replaceChildren(
          html("thead", {}, html("tr", {}, ...heads.map(cell("th", { scope: "col" })))),
          html("tbody", {}, ...rows.map(row)),
        );
      };
      return details;
    }
  }

  return { Panel, chart, edges, legend, minus, said };
})();
