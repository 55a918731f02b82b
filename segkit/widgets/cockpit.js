// The cockpit in the browser: asks Python, shows the answers. Text from data enters only as text, never as HTML.

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

function skeleton() {
  const part = {};
  const add = (name, tag, attributes, ...children) => (part[name] = make(tag, attributes, ...children));
  const root = make("div", { class: "segkit-cockpit", "aria-busy": "true" },
    add("problem", "div", { class: "problem", role: "alert", hidden: true }),
    add("body", "div", { class: "cockpit-body", hidden: true },
      make("header", { class: "cockpit-head" },
        make("div", { class: "cockpit-title" }, add("project", "p", { class: "cockpit-company" }), add("title", "h1"),
          add("state", "p", { class: "cockpit-state" }), add("badges", "div", { class: "badges" })),
        add("languages", "div", { class: "switch", role: "group" })),
      add("filters", "div", { class: "cockpit-filters" }),
      add("findings", "section", { class: "card findings" }),
      add("tiles", "section", { class: "tiles" }),
      make("div", { class: "cockpit-pair" },
        make("section", { class: "card" },
          make("div", { class: "card-head" }, add("chartTitle", "h2"), add("axis", "div", { class: "switch small", role: "group" })),
          add("caption", "p", { class: "note" }), add("chart", "div", { class: "chart" }), add("note", "p", { class: "note" }),
          make("details", {}, add("summary", "summary"), add("chartTable", "div", { class: "table-wrap" }))),
        make("section", { class: "card" }, add("mixTitle", "h2"), add("mix", "div", { class: "table-wrap" }))),
      make("section", { class: "card accounts" },
        make("div", { class: "card-head" }, add("accountsTitle", "h2"),
          make("label", { class: "search" }, add("searchLabel", "span"), add("search", "input", { type: "search", autocomplete: "off" })),
          add("pages", "span", { class: "pages", role: "status" }),
          make("span", { class: "pager" }, add("before", "button", { type: "button" }, "‹"), add("after", "button", { type: "button" }, "›"))),
        add("table", "div", { class: "table-wrap", tabindex: "0" }))));
  return { root, part };
}

function select(label, options, chosen, onchange) {
  const list = make("select", { onchange: (event) => onchange(event.target.value) },
    ...options.map(([value, text]) => make("option", { value, selected: value === chosen }, text)));
  return make("label", { class: "field" }, make("span", {}, label), list);
}

function plainTable(heads, rows) {
  return make("table", { class: "data" },
    make("thead", {}, make("tr", {}, ...heads.map((head, i) => make("th", { scope: "col", class: i ? "num" : "" }, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell, i) => make("td", { class: i ? "num" : "" }, cell))))));
}

function bar(share, text, colour) {
  const fill = make("span", { class: "bar-fill" });
  fill.style.width = `${share * 100}%`;
  fill.style.background = colour;
  return make("td", { class: "bar-cell" }, make("span", { class: "bar", "aria-hidden": "true" }, fill), make("span", { class: "bar-text" }, text));
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

function render({ model, el }) {
  const { root, part } = skeleton();
  el.append(root);
  const query = { search: "", sort: "revenue_12m", descending: true, page: 0 };
  let labels = {}, view = {}, tiles = [], number = 0, timer = 0, drawn = null, vega = null;

  const ask = (message) => {
    clearTimeout(timer);
    timer = setTimeout(() => problem([labels.stopped || "Verbindung beendet – bitte neu laden. / Connection ended – please reload."]), PATIENCE);
    model.send(message);
  };
  const choose = (change) => { query.page = 0; ask({ kind: "choose", ...change, ...query, number: ++number }); };
  const askTable = (change) => { Object.assign(query, { page: 0 }, change); ask({ kind: "table", ...query, number: ++number }); };

  function problem(lines) {
    part.problem.hidden = false;
    part.problem.replaceChildren(...lines.map((line) => make("p", {}, line)),
      make("button", { type: "button", onclick: () => location.reload() }, labels.reload || "Neu laden / Reload"));
    root.setAttribute("aria-busy", "false");
  }

  function showPage(message) {
    ({ labels, view, tiles } = message);
    part.problem.hidden = true;
    part.body.hidden = false;
    if (isPage()) {
      document.documentElement.dataset.language = document.documentElement.lang = view.language;
      document.title = `${labels.title} – ${message.project}`;
      const address = new URLSearchParams({ quarter: view.quarter, lang: view.language });
      if (view.segment) address.set("segment", view.segment);
      history.replaceState(null, "", `?${address}`);
      try { localStorage.setItem("segkit-language", view.language); } catch { /* storage may be switched off */ }
    }
    root.lang = view.language;
    part.project.textContent = message.project;
    part.title.textContent = labels.title;
    part.state.textContent = message.state;
    part.badges.replaceChildren(...message.badges.map(([css, text]) => make("span", { class: `badge ${css}` }, text)));
    part.languages.setAttribute("aria-label", labels.language);
    part.languages.replaceChildren(...Object.entries(LANGUAGES).map(([id, name]) => make("button",
      { type: "button", lang: id, "aria-pressed": String(id === view.language), onclick: () => choose({ language: id }) }, name)));
    showFilters(message);
    part.findings.replaceChildren(make("h2", {}, labels.findings), make("ul", {}, ...message.findings.map((text) => make("li", {}, text))));
    showTiles();
    part.chartTitle.textContent = labels.chart;
    part.summary.textContent = labels.chart_table;
    part.mixTitle.textContent = labels.mix;
    part.accountsTitle.textContent = labels.accounts;
    part.searchLabel.textContent = labels.search;
    part.search.placeholder = labels.search_hint;
    part.before.setAttribute("aria-label", labels.before);
    part.after.setAttribute("aria-label", labels.after);
    root.setAttribute("aria-busy", "false");
    vega = vega || loadVega(message.vega);
  }

  function showFilters(message) {
    const segments = [["", labels.all_segments], ...tiles.map((tile) => [tile.id, tile.name])];
    const reports = { class: "reports", href: `/reports/${view.quarter}/index.html?lang=${view.language}` };
    part.filters.replaceChildren(
      select(labels.quarter, message.quarters.map((id) => [id, quarterName(id)]), view.quarter, (quarter) => choose({ quarter })),
      select(labels.segment, segments, view.segment, (segment) => choose({ segment })),
      make("button", { type: "button", class: "primary", onclick: () => ask({ kind: "csv", ...query }) }, labels.csv),
      ...(isPage() ? [make("a", reports, labels.reports)] : []));
  }

  function showTiles() {
    part.tiles.setAttribute("aria-label", labels.tiles);
    part.tiles.style.setProperty("--columns", tiles.length > 7 ? Math.ceil(tiles.length / 2) : Math.max(tiles.length, 3));
    const arrows = { up: "▲", down: "▼", same: "●", none: "" };
    part.tiles.replaceChildren(...tiles.map((tile) => {
      const node = make("button", { type: "button", class: "tile", "aria-pressed": String(tile.id === view.segment),
        onclick: () => choose({ segment: tile.id === view.segment ? "" : tile.id }) },
        make("span", { class: "tile-name" }, tile.name), make("span", { class: "tile-value" }, tile.revenue),
        make("span", { class: "tile-line" }, tile.accounts), make("span", { class: "tile-line" }, tile.share),
        make("span", { class: `tile-change ${tile.direction}` }, make("span", { "aria-hidden": "true" }, `${arrows[tile.direction]} `.trimStart()), tile.change));
      node.style.setProperty("--segment", tile.colour);
      return node;
    }));
    part.mix.replaceChildren(mixTable());
  }

  function mixTable() {
    const head = [labels.segment, labels.mix_accounts, labels.mix_revenue];
    return make("table", { class: "data mix" },
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...tiles.map((tile) => make("tr", {}, make("th", { scope: "row" }, named(tile.colour, tile.name)),
        bar(tile.share_accounts, tile.share_accounts_text, tile.colour), bar(tile.share_revenue, tile.share_revenue_text, tile.colour)))));
  }

  function showTable(message) {
    if (message.number && message.number < number) return; // an older question's answer
    query.page = message.page;
    part.pages.textContent = message.pages;
    part.before.disabled = message.page <= 0;
    part.after.disabled = message.page >= message.n_pages - 1;
    if (!message.rows.length) { part.table.replaceChildren(make("p", { class: "note" }, labels.none)); return; }
    const colours = Object.fromEntries(tiles.map((tile) => [tile.id, tile.colour]));
    const css = (column) => [column.is_number ? "num" : "", column.width].join(" ").trim();
    const sortOf = (column) => (column.id !== query.sort ? "none" : query.descending ? "descending" : "ascending");
    const mark = { none: "", descending: " ▾", ascending: " ▴" };
    const head = (column) => make("th", { scope: "col", class: css(column), "aria-sort": sortOf(column) },
      make("button", { type: "button", class: "sort", "data-column": column.id, onclick: () => sortBy(column) }, column.label + mark[sortOf(column)]));
    const cell = (column, value, row) => make("td", { class: css(column) },
      column.id === "segment_name" ? named(colours[message.segments[row]] || "#9aa7b5", value) : value);
    const focused = document.activeElement && document.activeElement.dataset ? document.activeElement.dataset.column : null;
    part.table.replaceChildren(make("table", { class: "data" },
      make("thead", {}, make("tr", {}, ...message.columns.map(head))),
      make("tbody", {}, ...message.rows.map((row, i) => make("tr", {}, ...row.map((value, j) => cell(message.columns[j], value, i)))))));
    if (focused) part.table.querySelector(`[data-column="${focused}"]`)?.focus();
  }

  function sortBy(column) {
    const descending = column.id === query.sort ? !query.descending : column.is_number;
    askTable({ sort: column.id, descending });
  }

  // --- the value chart -----------------------------------------------------------------------------------------
  let bundle = null;
  function loadVega(address) {
    if (address) return import(new URL(address, location.origin).href);
    return new Promise((resolve) => { bundle = resolve; model.send({ kind: "vega" }); });
  }

  async function showChart(message) {
    part.axis.setAttribute("aria-label", labels.chart_axis);
    part.axis.replaceChildren(...["days_since_last", "growth"].map((axis) => make("button",
      { type: "button", "aria-pressed": String(axis === message.axis), onclick: () => ask({ kind: "chart", axis }) }, labels[axis])));
    part.caption.textContent = message.spec.description;
    part.note.textContent = message.note;
    part.chartTable.replaceChildren(plainTable(message.table.heads, message.table.rows));
    try {
      const { vegaEmbed } = await vega;
      if (drawn) drawn.finalize();
      const spec = { ...message.spec, datasets: { table0: message.rows } };
      const longest = Math.max(...tiles.map((tile) => tile.name.length), 1); // the legend must not be wider than the chart
      spec.encoding.color.legend.columns = Math.max(1, Math.floor((part.chart.clientWidth - 90) / (longest * 6.5 + 26)));
      drawn = await vegaEmbed(part.chart, spec, { actions: false, renderer: "svg", ast: false });
      root.dataset.chart = message.axis;
    } catch (error) {
      part.chart.replaceChildren(make("p", { class: "note" }, labels.chart_failed));
      console.warn(error);
    }
  }

  // --- messages ------------------------------------------------------------------------------------------------
  const shows = {
    page: showPage, table: showTable, chart: showChart,
    csv: (message, buffers) => download(message.name, buffers[0]),
    vega: (_message, buffers) => bundle(import(URL.createObjectURL(new Blob([buffers[0]], { type: "text/javascript" })))),
    problem: (message) => problem(message.texts),
  };
  const listen = (message, buffers) => { clearTimeout(timer); if (shows[message.kind]) shows[message.kind](message, buffers); };
  model.on("msg:custom", listen);
  let typing = 0;
  part.search.addEventListener("input", () => { clearTimeout(typing); typing = setTimeout(() => askTable({ search: part.search.value }), 200); });
  part.before.addEventListener("click", () => askTable({ page: query.page - 1 }));
  part.after.addEventListener("click", () => askTable({ page: query.page + 1 }));
  ask({ kind: "open", search: isPage() ? location.search : "", language: isPage() ? document.documentElement.dataset.language : "" });
  return () => { clearTimeout(timer); model.off("msg:custom", listen); if (drawn) drawn.finalize(); };
}

export default { render };
