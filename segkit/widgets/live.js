// What all live pages share: the header, the conversation with Python, the account table.
// Text from data enters only as text; stored HTML of a run is cleaned before it enters.

const LANGUAGES = { de: "Deutsch", en: "English" };
const PATIENCE = 30000; // after so long without an answer the kernel is gone

function make(tag, attributes = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
    else if (name === "class") node.className = value;
    else if (value !== false && value != null) node.setAttribute(name, value === true ? "" : value);
  }
  node.append(...children.filter((child) => child != null));
  return node;
}

const quarterName = (id) => id.replace(/^(\d{4})Q(\d)$/, "Q$2 $1");
const isPage = () => document.body.dataset.voila === "voila";

function choice(label, options, chosen, onchange) {
  const list = make("select", { onchange: (event) => onchange(event.target.value) },
    ...options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
  return make("label", { class: "field" }, make("span", {}, label), list);
}

function named(colour, name) {
  const dot = make("span", { class: "dot", "aria-hidden": "true" });
  dot.style.background = colour;
  return make("span", { class: "named" }, dot, make("span", {}, name));
}

function download(name, buffer) {
  const url = URL.createObjectURL(new Blob([buffer], { type: "text/csv;charset=utf-8" }));
  const link = make("a", { href: url, download: name });
  document.body.append(link);
  link.click();
  link.remove();
  setTimeout(() => URL.revokeObjectURL(url), 10000);
}

// A page with its header: `css` is its class, `body` what stands below the header and the filters.
function openPage({ model, el }, css, body) {
  const part = {};
  const add = (name, tag, attributes, ...children) => (part[name] = make(tag, attributes, ...children));
  const root = make("div", { class: `segkit-live ${css}`, "aria-busy": "true" },
    add("problem", "div", { class: "problem", role: "alert", hidden: true }),
    add("body", "div", { class: "live-body", hidden: true },
      make("header", { class: "live-head" },
        make("div", { class: "live-title" }, add("project", "p", { class: "live-company" }), add("title", "h1"),
          add("state", "p", { class: "live-state" }), add("badges", "div", { class: "badges" })),
        add("languages", "div", { class: "switch", role: "group" })),
      add("filters", "div", { class: "live-filters" }), ...body(add)));
  el.append(root);
  const page = { root, part, labels: {}, view: {}, query: {}, number: 0 };
  let timer = 0, bundle = null, vega = null, address = "";

  page.ask = (message) => {
    clearTimeout(timer);
    timer = setTimeout(() => page.problem([page.labels.stopped || "Verbindung beendet – bitte neu laden. / Connection ended – please reload."]), PATIENCE);
    model.send(message);
  };
  page.choose = (change) => page.ask({ kind: "choose", ...change, ...page.query, page: 0, number: ++page.number });
  page.problem = (lines) => {
    part.problem.hidden = false;
    part.problem.replaceChildren(...lines.map((line) => make("p", {}, line)),
      make("button", { type: "button", onclick: () => location.reload() }, page.labels.reload || "Neu laden / Reload"));
    root.setAttribute("aria-busy", "false");
  };

  // The header, and the address that leads here again.
  page.show = (message) => {
    const { labels, view } = Object.assign(page, { labels: message.labels, view: message.view });
    address = message.vega;
    part.problem.hidden = true;
    part.body.hidden = false;
    if (isPage()) setAddress(message.title || labels.title, message.project, view);
    mark(message.watermark);
    root.lang = view.language;
    part.project.textContent = message.project;
    part.title.textContent = message.title || labels.title;
    part.state.textContent = message.state;
    part.badges.replaceChildren(...message.badges.map(([css, text]) => make("span", { class: `badge ${css}` }, text)));
    part.languages.setAttribute("aria-label", labels.language);
    part.languages.replaceChildren(...Object.entries(LANGUAGES).map(([id, name]) => make("button",
      { type: "button", lang: id, "aria-pressed": String(id === view.language), onclick: () => page.choose({ language: id }) }, name)));
    root.setAttribute("aria-busy", "false");
  };
  page.quarters = (message) => choice(page.labels.quarter, message.quarters.map((id) => [id, quarterName(id)]),
    page.view.quarter, (quarter) => page.choose({ quarter }));
  page.report = (name, label) => (isPage() ? make("a", { class: "reports", href: `/reports/${page.view.quarter}/${name}.html?lang=${page.view.language}` }, label) : "");

  page.vega = () => {
    vega = vega || (address ? import(new URL(address, location.origin).href)
      : new Promise((resolve) => { bundle = resolve; model.send({ kind: "vega" }); }));
    return vega;
  };
  page.start = (shows) => {
    const all = {
      csv: (message, buffers) => download(message.name, buffers[0]),
      vega: (_message, buffers) => bundle(import(URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" })))),
      problem: (message) => page.problem(message.texts), ...shows,
    };
    const listen = (message, buffers) => { clearTimeout(timer); if (all[message.kind]) all[message.kind](message, buffers); };
    model.on("msg:custom", listen);
    page.ask({ kind: "open", search: isPage() ? location.search : "", language: isPage() ? document.documentElement.dataset.language : "" });
    return () => { clearTimeout(timer); model.off("msg:custom", listen); };
  };
  return page;
}

// A draft says so across the page: the same element as on the printed pages.
function mark(watermark) {
  if (!isPage()) return;
  document.body.classList.toggle("is-draft", Boolean(watermark));
  document.querySelectorAll("body > .watermark").forEach((node) => node.remove());
  document.body.insertAdjacentHTML("beforeend", watermark);
}

function setAddress(title, project, view) {
  const { quarter, language, ...choices } = view;
  document.documentElement.dataset.language = document.documentElement.lang = language;
    document.title = `${title} – ${project}`;
  const query = new URLSearchParams({ quarter, lang: language });
  for (const [name, value] of Object.entries(choices)) if (value) query.set(name, value);
  history.replaceState(null, "", `?${query}`);
  for (const link of document.querySelectorAll(".segkit-pages a")) {
    link.search = `?${new URLSearchParams({ quarter, lang: language })}`; // the other pages open in this quarter
  }
  try { localStorage.setItem("segkit-language", language); } catch { /* storage may be switched off */ }
}

// --- the account table -----------------------------------------------------------------------------------------
function accountTable(page) {
  const query = Object.assign(page.query, { search: "", sort: "revenue_12m", descending: true, page: 0 });
  const ask = (change) => { Object.assign(query, { page: 0 }, change); page.ask({ kind: "table", ...query, number: ++page.number }); };
  let typing = 0;
  const title = make("h2"), searchLabel = make("span"), pages = make("span", { class: "pages", role: "status" });
  const search = make("input", { type: "search", autocomplete: "off",
    oninput: () => { clearTimeout(typing); typing = setTimeout(() => ask({ search: search.value }), 200); } });
  const before = make("button", { type: "button", onclick: () => ask({ page: query.page - 1 }) }, "‹");
  const after = make("button", { type: "button", onclick: () => ask({ page: query.page + 1 }) }, "›");
  const table = make("div", { class: "table-wrap", tabindex: "0" });
  const node = make("section", { class: "card accounts", tabindex: "-1" },
    make("div", { class: "card-head" }, title, make("label", { class: "search" }, searchLabel, search), pages, make("span", { class: "pager" }, before, after)), table);

  const sortOf = (column) => (column.id !== query.sort ? "none" : query.descending ? "descending" : "ascending");
  const sortBy = (column) => ask({ sort: column.id, descending: column.id === query.sort ? !query.descending : column.is_number });
  const css = (column) => [column.is_number ? "num" : "", column.width].join(" ").trim();

  function head(column) {
    const mark = { none: "", descending: " ▾", ascending: " ▴" }[sortOf(column)];
    return make("th", { scope: "col", class: css(column), "aria-sort": sortOf(column) },
      make("button", { type: "button", class: "sort", "data-column": column.id, onclick: () => sortBy(column) }, column.label + mark));
  }
  function cell(column, value, account, palette) {
    const link = column.id === "name" && isPage();
    const content = link ? make("a", { href: accountAddress(account, page.view) }, value)
      : column.is_segment ? named(palette[value] || "#9aa7b5", value) : value;
    return make("td", { class: [css(column), ["name", "why"].includes(column.id) ? column.id : ""].join(" ").trim() }, content);
  }

  const words = () => {
    title.textContent = page.labels.accounts;
    searchLabel.textContent = page.labels.search;
    search.placeholder = page.labels.search_hint;
    before.setAttribute("aria-label", page.labels.before);
    after.setAttribute("aria-label", page.labels.after);
  };
  const show = (message) => {
    if (message.number && message.number < page.number) return; // an older question's answer
    query.page = message.page;
    if (message.heading) title.textContent = message.heading;
    pages.textContent = message.pages;
    before.disabled = message.page <= 0;
    after.disabled = message.page >= message.n_pages - 1;
    if (!message.rows.length) { table.replaceChildren(make("p", { class: "note" }, page.labels.none)); return; }
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.column : null;
    const rows = message.rows.map((row, i) => make("tr", {},
      ...row.map((value, j) => cell(message.columns[j], value, message.accounts[i], message.palette))));
    table.replaceChildren(make("table", { class: "data" },
      make("thead", {}, make("tr", {}, ...message.columns.map(head))), make("tbody", {}, ...rows)));
    if (focused) table.querySelector(`[data-column="${focused}"]`)?.focus();
  };
  return { node, words, show };
}

function accountAddress(account, view) {
  return `account.ipynb?${new URLSearchParams({ account, quarter: view.quarter, lang: view.language })}`;
}
