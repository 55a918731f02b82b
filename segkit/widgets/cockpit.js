// The cockpit in the browser: tiles, value chart, mix and account table.

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

const GOALS_SHOWN = 6;

// A goal: word and icon beside the colour; the bar says how far, the sentence how sure.
function goalCard(goal, labels) {
  const fill = make("span", { class: "bar-fill" });
  if (goal.share !== null) fill.style.width = `${goal.share * 100}%`;
  const facts = [["goal_why", goal.why], ["goal_owner", goal.owner], ["goal_reach", goal.reach]];
  return make("li", { class: `goal ${goal.tone}` },
    make("p", { class: "goal-state" }, make("span", { "aria-hidden": "true" }, goal.icon), ` ${goal.verdict}`),
    make("h3", {}, goal.kpi), make("p", { class: "goal-whom" }, goal.whom),
    make("p", { class: "goal-value" }, make("strong", {}, goal.value), make("span", {}, goal.aim)),
    goal.share === null ? null : make("span", { class: "bar", "aria-hidden": "true" }, fill),
    make("p", { class: "note" }, goal.share_text), make("p", { class: "goal-sentence" }, goal.sentence),
    make("details", {}, make("summary", {}, labels.goal_details),
      make("dl", {}, ...facts.flatMap(([name, text]) => [make("dt", {}, labels[name]), make("dd", {}, text)]))));
}

function goalList(goals, labels) {
  const list = (some) => make("ul", { class: "goal-list" }, ...some.map((goal) => goalCard(goal, labels)));
  const rest = goals.slice(GOALS_SHOWN);
  return [make("h2", {}, labels.goals), list(goals.slice(0, GOALS_SHOWN)),
    ...(rest.length ? [make("details", {}, make("summary", {}, `${labels.goals_more} (${rest.length})`), list(rest))] : [])];
}

function furtherLines(further, page) {
  const { quarter, language: lang } = page.view;
  const link = (line) => (isPage() ? make("a", { href: `05_profiling.ipynb?${new URLSearchParams({ quarter, lang })}`,
    "aria-label": `${page.labels.to_page}: ${line.name}` }, page.labels.to_page) : null);
  return [make("h2", {}, page.labels.further), make("ul", {}, ...further.map((line) => make("li", {},
    make("strong", {}, line.name), make("span", {}, line.about), make("span", {}, line.review), link(line))))];
}

function render(context) {
  let tiles = [], drawn = null;
  const page = openPage(context, "segkit-cockpit", (add) => [
    add("findings", "section", { class: "card findings" }),
    add("tiles", "section", { class: "tiles" }),
    add("further", "section", { class: "further" }),
    add("goals", "section", { class: "card goals" }),
    make("div", { class: "cockpit-pair" },
      make("section", { class: "card" },
        make("div", { class: "card-head" }, add("chartTitle", "h2"), add("axis", "div", { class: "switch small", role: "group" })),
        add("caption", "p", { class: "note" }), add("chart", "div", { class: "chart" }), add("note", "p", { class: "note" }),
        make("details", {}, add("summary", "summary"), add("chartTable", "div", { class: "table-wrap" }))),
      make("section", { class: "card" }, add("mixTitle", "h2"), add("mix", "div", { class: "table-wrap" })))]);
  const { part } = page, accounts = accountTable(page);
  part.body.append(accounts.node);

  function showPage(message) {
    ({ tiles } = message);
    page.show(message);
    showFilters(message);
    part.findings.replaceChildren(make("h2", {}, page.labels.findings), make("ul", {}, ...message.findings.map((text) => make("li", {}, text))));
    showTiles();
    part.further.replaceChildren(...furtherLines(message.further, page));
    part.further.hidden = !message.further.length;
    part.goals.replaceChildren(...goalList(message.goals, page.labels));
    part.goals.hidden = !message.goals.length;
    part.chartTitle.textContent = page.labels.chart;
    part.summary.textContent = page.labels.chart_table;
    part.mixTitle.textContent = page.labels.mix;
    accounts.words();
    page.vega();
  }

  function showFilters(message) {
    const segments = [["", page.labels.all_segments], ...tiles.map((tile) => [tile.id, tile.name])];
    const csv = make("button", { type: "button", class: "primary", onclick: () => page.ask({ kind: "csv", ...page.query }) }, page.labels.csv);
    part.filters.replaceChildren(page.quarters(message),
      choice(page.labels.segment, segments, page.view.segment, (segment) => page.choose({ segment })), csv, page.report("index", page.labels.reports), ...toCard());
  }

  // The chosen segment's own card, on the page of profiles.
  function toCard() {
    const { quarter, language: lang, segment } = page.view;
    if (!segment || !isPage()) return [];
    return [make("a", { class: "reports", href: `05_profiling.ipynb?${new URLSearchParams({ quarter, lang, segment })}` }, page.labels.to_card)];
  }

  function showTiles() {
    part.tiles.setAttribute("aria-label", page.labels.tiles);
    part.tiles.style.setProperty("--columns", tiles.length > 7 ? Math.ceil(tiles.length / 2) : Math.max(tiles.length, 3));
    const arrows = { up: "▲", down: "▼", same: "●", none: "" };
    part.tiles.replaceChildren(...tiles.map((tile) => {
      const node = make("button", { type: "button", class: "tile", "aria-pressed": String(tile.id === page.view.segment),
        onclick: () => page.choose({ segment: tile.id === page.view.segment ? "" : tile.id }) },
        make("span", { class: "tile-name" }, tile.name), make("span", { class: "tile-value" }, tile.revenue),
        make("span", { class: "tile-line" }, tile.accounts), make("span", { class: "tile-line" }, tile.share),
        make("span", { class: `tile-change ${tile.direction}` }, make("span", { "aria-hidden": "true" }, `${arrows[tile.direction]} `.trimStart()), tile.change));
      node.style.setProperty("--segment", tile.colour);
      return node;
    }));
    part.mix.replaceChildren(mixTable());
  }

  function mixTable() {
    const head = [page.labels.segment, page.labels.mix_accounts, page.labels.mix_revenue];
    return make("table", { class: "data mix" },
      make("thead", {}, make("tr", {}, ...head.map((text) => make("th", { scope: "col" }, text)))),
      make("tbody", {}, ...tiles.map((tile) => make("tr", {}, make("th", { scope: "row" }, named(tile.colour, tile.name)),
        bar(tile.share_accounts, tile.share_accounts_text, tile.colour), bar(tile.share_revenue, tile.share_revenue_text, tile.colour)))));
  }

  async function showChart(message) {
    part.axis.setAttribute("aria-label", page.labels.chart_axis);
    part.axis.replaceChildren(...["days_since_last", "growth"].map((axis) => make("button",
      { type: "button", "aria-pressed": String(axis === message.axis), onclick: () => page.ask({ kind: "chart", axis }) }, page.labels[axis])));
    part.caption.textContent = message.spec.description;
    part.note.textContent = message.note;
    part.chartTable.replaceChildren(plainTable(message.table.heads, message.table.rows));
    try {
      const { vegaEmbed } = await page.vega();
      if (drawn) drawn.finalize();
      const spec = { ...message.spec, datasets: { table0: message.rows } };
      const longest = Math.max(...tiles.map((tile) => tile.name.length), 1); // the legend must not be wider than the chart
      spec.encoding.color.legend.columns = Math.max(1, Math.floor((part.chart.clientWidth - 90) / (longest * 6.5 + 26)));
      drawn = await vegaEmbed(part.chart, spec, { actions: false, renderer: "svg", ast: false });
      page.root.dataset.chart = message.axis;
    } catch (error) {
      part.chart.replaceChildren(make("p", { class: "note" }, page.labels.chart_failed));
      console.warn(error);
    }
  }

  const end = page.start({ page: showPage, table: accounts.show, chart: showChart });
  return () => { end(); if (drawn) drawn.finalize(); };
}

export default { render };
