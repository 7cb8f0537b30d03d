// What the book's widgets share: an element that replaces its fallback when it has
// built itself, and small means for keys, buttons, words and drawing.
// A classic script without dependencies, so that it runs from a file as well.
globalThis.ThroughTime = (() => {
  const maker = (create) => (tag, attributes = {}, ...children) => {
    const element = create(tag);
    for (const [name, value] of Object.entries(attributes)) {
      if (value !== null && value !== undefined) element.setAttribute(name, value);
    }
    element.append(...children.filter((child) => child !== null && child !== undefined));
    return element;
  };

  const html = maker((tag) => document.createElement(tag));
  const shape = maker((tag) => document.createElementNS("http://www.w3.org/2000/svg", tag));
  let groups = 0;

  class Widget extends HTMLElement {
    connectedCallback() {
      if (this.querySelector(":scope > .widget-live")) return;
      const data = this.querySelector(":scope > .widget-data");
      const root = html("div", { class: "widget-live" });
      this.append(root);
      try {
        this.build(root, data && JSON.parse(data.textContent));
        this.classList.add("is-live");
      } catch (problem) {
        root.remove();
        console.error(`${this.localName} shows its fallback:`, problem);
      }
    }

    // Does the reader ask for less motion?
    get calm() {
      return matchMedia("(prefers-reduced-motion: reduce)").matches;
    }

    button(text, press, { title } = {}) {
      const button = html("button", { type: "button", class: "widget-button", title }, text);
      button.addEventListener("click", press);
      return button;
    }

    // One of several: [[value, text], ...]; pick(value) is called on a change.
    choice(legend, options, value, pick) {
      const name = `widget-choice-${(groups += 1)}`;
      const radios = options.map(([key, text]) => {
        const radio = html("input", { type: "radio", name, value: key });
        radio.checked = key === value;
        radio.addEventListener("change", () => pick(key));
        return html("label", {}, radio, html("span", {}, text));
      });
      return html("fieldset", { class: "widget-choice" }, html("legend", {}, legend), ...radios);
    }

    // A drawing of that many units, scaled to the width; no label: decoration.
    svg(width, height, label) {
      const spoken = label ? { role: "img", "aria-label": label } : { "aria-hidden": "true" };
      return shape("svg", { viewBox: `0 0 ${width} ${height}`, class: "widget-svg", ...spoken });
    }

    // {ArrowRight: action, ...}, heard while the focus is inside and no field has it.
    keys(actions) {
      this.addEventListener("keydown", (event) => {
        if (event.ctrlKey || event.altKey || event.metaKey) return;
        if (event.target.matches("input, select, textarea") || !(event.key in actions)) return;
        event.preventDefault();
        actions[event.key]();
      });
    }

    // The one line that tells what happened, on the page and to a screen reader.
    readout() {
      this.line ??= html("p", { class: "widget-say", role: "status" });
      return this.line;
    }

    say(text) {
      this.readout().textContent = text;
    }
  }

  const define = (name, type) => customElements.define(`rnn-${name}`, type);
  return { Widget, define, html, shape };
})();
