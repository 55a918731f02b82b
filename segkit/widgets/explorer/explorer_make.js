// The explorer: small helpers. Text from data enters only as text.

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.flat().filter((child) => child != null && child !== ""));
  return node;
}

const AUTHOR = "segkit-author"; // remembered in this browser

function remembered() {
  try { return localStorage.getItem(AUTHOR) || ""; } catch { return ""; }
}

function remember(name) {
  try { if (name) localStorage.setItem(AUTHOR, name); } catch { /* a browser that keeps nothing */ }
}

function dot(colour) {
  const mark = make("span", { class: "dot", "aria-hidden": "true" });
  mark.style.background = colour;
  return mark;
}

const named = (about) => (about ? make("span", { class: "named" }, dot(about.colour), make("span", {}, about.name)) : "–");

function field(label, control, css = "") {
  return make("label", { class: `field ${css}` }, make("span", {}, label), control);
}

function list(options, chosen, onchange, attributes = {}) {
  return make("select", { ...attributes, onchange: (event) => onchange(event.target.value) },
    options.map(([value, text]) => make("option", { value, selected: String(value) === String(chosen) }, text)));
}

function button(text, onclick, css = "", attributes = {}) {
  return make("button", { type: "button", class: css, onclick, ...attributes }, text);
}

// A bar of a share, with the figures beside it.
function bar(share, colour, ...texts) {
  const fill = make("span", { class: "bar-fill" });
  fill.style.width = `${Math.min(100, 100 * share)}%`;
  fill.style.background = colour;
  return make("div", { class: "bar-cell" }, make("div", { class: "bar-figures" }, texts.map((text, i) => make(i ? "small" : "b", {}, text))),
    make("div", { class: "bar", "aria-hidden": "true" }, fill));
}

function author() {
  const input = make("input", { type: "text", autocomplete: "name", maxlength: "100" });
  input.value = remembered();
  input.addEventListener("change", () => remember(input.value.trim()));
  return input;
}

// Whoever signed once in this browser need not type the name again.
function signed(input) {
  if (!input.value) input.value = remembered();
  return input;
}
