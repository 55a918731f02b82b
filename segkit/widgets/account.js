// The page of one account in the browser: search, head, reasons, figures, history, everything else known.

const MANY_STEPS = 6; // the chart stands below the shorter of the two columns

const text = (tag, css, words) => make(tag, { class: css }, words);

function dataTable(heads, rows, kinds) {
  const css = (i) => kinds[i] || "";
  return make("div", { class: "table-wrap", tabindex: "0" }, make("table", { class: "data" },
    make("thead", {}, make("tr", {}, ...heads.map((head, i) => make("th", { scope: "col", class: css(i) }, head)))),
    make("tbody", {}, ...rows.map((row) => make("tr", {}, ...row.map((cell, i) => make("td", { class: css(i) }, cell)))))));
}

// A combobox: suggestions while typing, arrow keys, Enter and Escape.
function searchBox(page, choose) {
  const list = make("ul", { class: "suggestions", role: "listbox", id: "account-suggestions", hidden: true });
  const input = make("input", { type: "search", autocomplete: "off", role: "combobox", "aria-controls": list.id,
    "aria-expanded": "false", "aria-autocomplete": "list" });
  const label = make("span"), status = make("span", { class: "visually-hidden", role: "status" });
  const node = make("div", { class: "account-search" }, make("label", { class: "field" }, label, input), list, status);
  let found = [], active = -1, typing = 0, number = 0;

  function mark(i) {
    active = i;
    [...list.children].forEach((item, j) => item.setAttribute("aria-selected", String(j === i)));
    if (found.length && i >= 0) input.setAttribute("aria-activedescendant", `account-option-${i}`);
    else input.removeAttribute("aria-activedescendant");
  }
  function close() {
    list.hidden = true;
    input.setAttribute("aria-expanded", "false");
    mark(-1);
  }
  function pick(i) {
    clearTimeout(typing);
    number += 1; // an answer still on its way must not open the list again
    input.value = "";
    const { id } = found[i];
    close();
    choose(id);
  }
  const ask = () => page.ask({ kind: "suggest", search: input.value, number: ++number });
  input.addEventListener("input", () => {
    clearTimeout(typing);
    if (input.value.trim()) typing = setTimeout(ask, 150);
    else { number += 1; close(); }
  });
  input.addEventListener("keydown", (event) => {
    const open = !list.hidden && found.length;
    if (event.key === "Escape") close();
    else if (event.key === "ArrowDown" && open) mark((active + 1) % found.length);
    else if (event.key === "ArrowUp" && open) mark((active - 1 + found.length) % found.length);
    else if (event.key === "Enter" && open) pick(Math.max(active, 0));
    else return;
    event.preventDefault();
  });
  input.addEventListener("blur", () => setTimeout(close, 150));

  const show = (message) => {
    if (message.number !== number) return; // an older question's answer
    found = message.rows;
    list.replaceChildren(...found.map((row, i) => make("li", { role: "option", id: `account-option-${i}`, "aria-selected": "false",
      onmousedown: (event) => { event.preventDefault(); pick(i); } },
      make("span", { class: "suggested" }, row.name), text("span", "note", [row.id, row.place].filter(Boolean).join(" · ")),
      row.segment ? named(row.segment.colour, row.segment.name) : "")));
    if (!found.length) list.replaceChildren(make("li", { class: "note" }, page.labels.search_none));
    status.textContent = found.length ? "" : page.labels.search_none;
    list.hidden = false;
    input.setAttribute("aria-expanded", "true");
    mark(-1);
  };
  const words = () => {
    label.textContent = page.labels.search;
    input.placeholder = page.labels.search_hint;
  };
  return { node, show, words };
}

function render(context) {
  const page = openPage(context, "segkit-account", (add) => [add("content", "div", { class: "account-content" })]);
  const { part } = page;
  const choose = (account) => {
    if (isPage()) history.pushState(null, "", location.href); // the browser's back button leads to the account before
    page.choose({ account });
    window.scrollTo(0, 0);
  };
  const search = searchBox(page, choose);
  let drawn = null, turn = 0;

  function link(id, name) {
    return make("a", { href: isPage() ? accountAddress(id, page.view) : "#",
      onclick: (event) => { if (!event.ctrlKey && !event.metaKey) { event.preventDefault(); choose(id); } } }, name);
  }

  function badge(segment, tag = "span", attributes = {}) {
    const node = make(tag, { class: "segment-badge", ...attributes }, segment.name);
    node.style.background = segment.colour;
    return node;
  }

  function head({ head: { facts, family }, segment, movement }) {
    const cockpit = new URLSearchParams({ segment: segment.id || "", quarter: page.view.quarter, lang: page.view.language });
    const address = { href: `00_cockpit.ipynb?${cockpit}`, title: page.labels.cockpit };
    const place = segment.none ? [text("p", "note", segment.none)] : [
      make("p", { class: "segment-line" }, isPage() ? badge(segment, "a", address) : badge(segment), make("span", {}, segment.since)),
      segment.confidence && text("p", segment.doubt ? "confidence doubt" : "confidence", segment.confidence),
      segment.manual && text("p", "confidence doubt", segment.manual), movement && text("p", "confidence", movement)];
    const rows = facts.map(([label, value]) => make("div", {}, make("dt", {}, label), make("dd", {}, value)));
    for (const { label, accounts } of family) {
      const links = accounts.flatMap(({ id, name }, i) => (i ? [", ", link(id, name)] : [link(id, name)]));
      rows.push(make("div", {}, make("dt", {}, label), make("dd", {}, ...links)));
    }
    return make("section", { class: "card account-head" }, make("dl", { class: "facts" }, ...rows),
      make("div", { class: "account-place" }, ...place.filter(Boolean)));
  }

  function why({ why: { sentence, steps, changes, note, nearest } }) {
    if (!sentence) return null;
    const rule = (step) => make("li", { class: step.holds ? "holds" : "fails" },
      make("span", { class: "mark", "aria-hidden": "true" }, step.holds ? "✓" : "✗"),
      make("div", {}, make("strong", {}, named(step.colour, step.name)), " ", make("span", {}, step.text)));
    const change = (row) => make("li", {}, `${row.text} `, row.id ? make("strong", {}, named(row.colour, row.name)) : "");
    return make("section", { class: "card why" }, make("h2", {}, page.labels.why), text("p", "why-sentence", sentence),
      nearest && dataTable(nearest.heads, nearest.rows, ["", "num", "num", "num"]),
      changes.length ? make("h3", {}, page.labels.changes) : null,
      changes.length ? make("ul", { class: "changes" }, ...changes.map(change)) : null, note && text("p", "note", note),
      steps.length > 1 ? make("h3", {}, page.labels.steps) : null,
      steps.length > 1 ? make("ol", { class: "steps" }, ...steps.map(rule)) : null);
  }

  function outlook({ outlook: tiles }) {
    if (!tiles.length) return null;
    const tile = ({ label, value, range, reasons }) => make("div", { class: "outlook-tile" }, make("h3", {}, label),
      text("p", "outlook-value", value), range && text("p", "note", range),
      reasons.length ? make("ul", {}, ...reasons.map((reason) => make("li", {}, reason))) : null);
    return make("section", { class: "card outlook" }, make("h2", {}, page.labels.outlook), make("div", { class: "outlook-tiles" }, ...tiles.map(tile)));
  }

  function figures({ figures: found }) {
    if (!found) return null;
    const classes = found.classes.map(({ label, value, hint }) => make("span", { class: "class-chip", title: hint },
      make("span", {}, label), make("strong", {}, value)));
    return make("section", { class: "card figures" }, make("h2", {}, page.labels.figures),
      dataTable(found.heads, found.rows, ["", "num", "num", "num"]), make("p", { class: "chips" }, ...classes),
      ...found.sentences.map((sentence) => text("p", "note", sentence)));
  }

  function past({ history: found }) {
    if (!found) return null;
    const chips = found.path.map((step) => make("li", {}, badge(step), text("span", "note", step.when)));
    const chart = make("div", { class: "chart" });
    draw(chart, found);
    return make("section", { class: "card history" }, make("h2", {}, page.labels.history), chart,
      make("ol", { class: "path" }, ...chips), text("p", "note", found.note),
      make("details", {}, make("summary", {}, page.labels.history_table), dataTable(found.table.heads, found.table.rows, ["", "num"])));
  }

  async function draw(chart, found) {
    const mine = ++turn;
    delete page.root.dataset.chart;
    try {
      const { vegaEmbed } = await page.vega();
      if (mine !== turn) return;
      if (drawn) drawn.finalize();
      drawn = await vegaEmbed(chart, { ...found.spec, datasets: { table0: found.rows } }, { actions: false, renderer: "svg", ast: false });
      page.root.dataset.chart = "history";
    } catch (error) {
      chart.replaceChildren(text("p", "note", page.labels.chart_failed));
      console.warn(error);
    }
  }

  function block({ title, heads, rows, kinds, note, paper }) {
    return make("section", { class: "card block" }, make("h2", {}, title), dataTable(heads, rows, kinds),
      note && text("p", "note on-screen", note), paper && text("p", "note on-paper", paper));
  }

  function nobody(message) {
    const rows = message.suggestions.map((row) => make("li", {}, link(row.id, row.name),
      text("span", "note", [row.id, row.place, row.revenue].filter(Boolean).join(" · ")), row.segment ? named(row.segment.colour, row.segment.name) : ""));
    return [make("section", { class: "card" }, text("p", "nobody", message.text),
      rows.length ? make("h2", {}, page.labels.all_accounts) : null, make("ul", { class: "largest" }, ...rows))];
  }

  function showPage(message) {
    page.show(message);
    search.words();
    const print = make("button", { type: "button", class: "primary", onclick: () => window.print() }, page.labels.print);
    part.filters.replaceChildren(search.node, page.quarters(message), print);
    const { account } = message;
    page.root.dataset.account = account ? page.view.account : "";
    if (!account) { part.content.replaceChildren(...nobody(message)); return; }
    const chart = past(account), isLong = account.why.steps.length > MANY_STEPS;
    const columns = [[why(account), isLong ? null : chart], [figures(account), isLong ? chart : null]].map((parts) => parts.filter(Boolean));
    const pair = make("div", { class: "account-pair" }, ...columns.filter((parts) => parts.length).map((parts) => make("div", {}, ...parts)));
    const others = make("div", { class: "blocks" }, ...account.blocks.map(block));
    part.content.replaceChildren(...[head(account), outlook(account), pair, others,
      ...[account.none, account.missing].filter(Boolean).map((sentence) => text("p", "note missing", sentence))].filter(Boolean));
  }

  const back = () => page.ask({ kind: "open", search: location.search, language: page.view.language });
  if (isPage()) window.addEventListener("popstate", back);
  const end = page.start({ page: showPage, suggestions: search.show });
  return () => { end(); window.removeEventListener("popstate", back); if (drawn) drawn.finalize(); };
}

export default { render };
