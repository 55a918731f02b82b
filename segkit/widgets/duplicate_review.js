// One pair or one doubtful value at a time; text from data enters only as text.

const KEYS = {
  duplicates: { s: "same", d: "different" },
  repairs: { a: "accept", r: "refuse" },
};
const AUTHOR = "segkit-author"; // remembered in this browser

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null && child !== ""));
  return node;
}

function remembered() {
  try { return localStorage.getItem(AUTHOR) || ""; } catch { return ""; }
}

function remember(name) {
  try { localStorage.setItem(AUTHOR, name); } catch { /* a browser that keeps nothing */ }
}

const pieces = (parts) => parts.map(([text, differs]) => (differs ? make("mark", {}, text) : text));

function render({ model, el }) {
  let labels = {}, queue = "duplicates", item = null;
  // Without the attribute JupyterLab takes d and s for its own shortcuts.
  const root = make("section", { class: "segkit-review", tabindex: "0", "data-lm-suppress-shortcuts": "true" });
  el.append(root);

  const author = make("input", { type: "text", autocomplete: "name", maxlength: "100" });
  author.value = remembered();
  author.addEventListener("change", () => remember(author.value.trim()));
  const note = make("input", { type: "text", maxlength: "300" });
  const message = make("p", { class: "review-message", role: "status" });

  function ask(kind, more = {}) {
    if (kind !== "switch" && kind !== "later" && !author.value.trim()) {
      message.textContent = labels.needs_author;
      author.focus();
      return;
    }
    remember(author.value.trim());
    message.textContent = "";
    model.send({ kind, author: author.value, reason: note.value, ...more });
  }

  function press(event) {
    if (event.ctrlKey || event.metaKey || event.altKey || event.target.closest("input")) return;
    const key = event.key.toLowerCase(), choice = item && KEYS[queue][key];
    if (choice) ask("decide", { choice });
    else if (key === "l" && item) ask("later");
    else if (key === "u") ask("undo");
    else return;
    event.preventDefault();
    event.stopPropagation();
  }
  root.addEventListener("keydown", press);

  const button = (name, key, onclick, css = "") => make("button", { type: "button", class: css, onclick },
    labels[name], make("kbd", { "aria-hidden": "true" }, key));

  function actions(progress) {
    const answers = Object.entries(KEYS[queue]).map(([key, choice], i) =>
      button(choice, key, () => ask("decide", { choice }), i ? "review-no" : "review-yes"));
    const undo = button("undo", "u", () => ask("undo"));
    undo.disabled = !progress.can_undo;
    return make("div", { class: "review-actions" }, ...(item ? answers : []),
      item ? button("later", "l", () => ask("later")) : null, undo);
  }

  function tabs(left) {
    return make("div", { class: "review-tabs", role: "group" }, ...Object.keys(KEYS).map((name) => make("button",
      { type: "button", "aria-pressed": String(name === queue), onclick: () => ask("switch", { to: name }) },
      `${labels[name]} (${left[name]})`)));
  }

  function head(side) {
    const place = [side.system, side.id].filter(Boolean).join(" · ");
    return make("span", {}, make("b", {}, side.name || side.id), make("small", {}, place));
  }

  function comparison() {
    const isPair = queue === "duplicates";
    const heads = isPair ? item.heads.map(head) : [labels.stands_there, labels.would_be];
    return make("div", { class: "review-scroll" }, make("table", {},
      make("thead", {}, make("tr", {}, make("th", { scope: "col" }, labels.field),
        ...heads.map((text) => make("th", { scope: "col" }, text)), make("th", { scope: "col" }))),
      make("tbody", {}, ...item.rows.map((row) => make("tr", { class: row.state },
        make("th", { scope: "row" }, row.field),
        ...row.sides.map((parts) => make("td", {}, ...(parts.length ? pieces(parts)
          : [make("span", { class: "review-empty" }, isPair ? "–" : labels.empty)]))),
        make("td", { class: "review-state" }, row.state === "equal" ? "=" : row.state === "alike" ? "≈"
          : row.state === "different" ? "≠" : ""))))));
  }

  function bars() {
    const rows = item.bars.map((bar) => {
      const fill = make("span", { class: bar.share < 0 ? "review-against" : "review-for" });
      fill.style.width = `${Math.abs(bar.share) * 50}%`;
      return make("div", { class: "review-bar" }, make("span", {}, bar.name),
        make("span", { class: "review-track", "aria-hidden": "true" }, fill), make("span", { class: "review-weight" }, bar.text));
    });
    return make("div", { class: "review-evidence" }, make("h4", {}, labels.evidence),
      make("div", { class: "review-bar review-ends", "aria-hidden": "true" }, make("span"),
        make("span", {}, make("span", {}, labels.against), make("span", {}, labels.for_same)), make("span")), ...rows);
  }

  function facts() {
    const shown = queue === "duplicates"
      ? [[labels.probability, item.probability], [labels.revenue_pair, item.revenue]]
      : [[labels.revenue_value, item.revenue], [labels.why, item.why]];
    return make("div", { class: "review-facts" }, ...shown.flatMap(([name, value]) => [make("span", {}, name), make("b", {}, value)]));
  }

  function draw({ item: question, progress, left }) {
    item = question;
    const bar = make("div", { class: "review-progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100",
      "aria-valuenow": String(Math.round(100 * progress.share)), "aria-label": progress.words }, make("span"));
    bar.firstChild.style.width = `${100 * progress.share}%`;
    const body = item
      ? [queue === "repairs" ? make("p", { class: "review-record" }, head(item.heads[0])) : null, facts(),
        make("div", { class: "review-columns" }, comparison(), queue === "duplicates" && item.bars.length ? bars() : null)]
      : [make("p", { class: "review-done" }, progress.can_undo ? labels.done_all : labels.nothing)];
    const typing = root.contains(document.activeElement) && document.activeElement.tagName === "INPUT";
    root.replaceChildren(make("h3", {}, labels.title), tabs(left), bar, make("p", { class: "review-words" }, progress.words),
      ...body.filter(Boolean), make("div", { class: "review-fields" },
        make("label", {}, labels.author, author), make("label", { class: "review-note" }, labels.note, note)),
      actions(progress), message,
      make("p", { class: "review-keys" }, queue === "duplicates" ? labels.keys_pairs : labels.keys_values));
    author.placeholder = labels.author_hint;
    note.placeholder = labels.note_hint;
    note.value = "";
    if (!typing) root.focus({ preventScroll: true });
  }

  model.on("msg:custom", (content) => {
    if (content.kind !== "question") return;
    labels = content.labels || labels;
    queue = content.queue;
    draw(content);
  });
  model.send({ kind: "open" });
}

export default { render };
