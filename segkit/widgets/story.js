// A numbered notebook in the browser: the words of its run as cards, its charts with tooltips, lists to choose from.

const MATRIX = "migration_matrix_chart"; // the picture of what can be chosen here
const ALLOWED_LINK = /^(#|\?|https?:|mailto:|[\w./-]+\.html)/;

// Stored HTML of a run, without anything that could act: it was escaped when it was made, this is the second lock.
function cleaned(html) {
  const parsed = new DOMParser().parseFromString(html, "text/html").body;
  parsed.querySelectorAll("script, iframe, object, embed, form, link, meta, base").forEach((node) => node.remove());
  for (const node of parsed.querySelectorAll("*")) {
    for (const { name, value } of [...node.attributes]) {
      const isLink = ["href", "xlink:href", "src", "action", "formaction"].includes(name);
      if (name.startsWith("on") || (isLink && !ALLOWED_LINK.test(value) && !value.startsWith("data:image/"))) node.removeAttribute(name);
    }
  }
  return [...document.importNode(parsed, true).childNodes];
}

const inLanguage = (node, language) => node.querySelector(`.lang-${language}`) || node;

// One card per heading; the title stands in the header already.
function sections(parts) {
  const found = [];
  for (const part of parts) {
    const nodes = make("div", {}, ...cleaned(part));
    nodes.querySelectorAll("h1").forEach((node) => node.remove());
    if (!nodes.textContent.trim() && !nodes.querySelector("svg, img")) continue;
    if (nodes.querySelector("h2") || !found.length) found.push(make("section", { class: "card story-card", id: `part-${found.length}` }));
    found.at(-1).append(...nodes.childNodes);
  }
  return found;
}

function render(context) {
  const drawn = [];
  const page = openPage(context, "segkit-story", (add) => [
    make("div", { class: "story-columns" }, add("story", "div", { class: "story" }), add("contents", "nav", { class: "story-contents" }))]);
  const { part } = page, accounts = accountTable(page), panel = make("section", { class: "card panel", hidden: true });
  accounts.node.hidden = true;
  const seen = new IntersectionObserver((entries) => entries.filter((entry) => entry.isIntersecting).forEach((entry) => {
    seen.unobserve(entry.target);
    page.ask({ kind: "chart", name: entry.target.dataset.chart });
  }), { rootMargin: "300px" });

  // --- header, filters, contents -------------------------------------------------------------------------------
  function showPage(message) {
    page.show(message);
    page.message = message;
    const names = message.segments.map((segment) => [segment.id, segment.name]);
    const canChoose = message.panel === "segments" || message.panel === "kpis";
    const listed = ["segments", "moves"].includes(message.panel) || Boolean(page.view.kpi);
    part.filters.replaceChildren(page.quarters(message),
      ...(canChoose ? [choice(page.labels.segment, [["", page.labels.all_segments], ...names], page.view.segment, (segment) => page.choose({ segment }))] : []),
      ...(listed ? [make("button", { type: "button", class: "primary", onclick: () => page.ask({ kind: "csv", ...page.query }) }, page.labels.csv)] : []),
      message.missing ? page.report("index", page.labels.reports) : page.report(message.name, page.labels.printed));
    accounts.words();
    accounts.node.hidden = !listed;
    panel.hidden = !message.panel || message.panel === "segments";
    if (message.missing) part.story.replaceChildren(make("section", { class: "card" }, make("p", { class: "finding" }, message.missing)));
    showContents();
    markChosen();
  }

  function showStory(message) {
    drawn.splice(0).forEach((view) => view.finalize());
    seen.disconnect();
    if (page.message.missing) return;
    const cards = sections(message.parts);
    place(cards);
    part.story.querySelectorAll("figure.chart[data-chart]").forEach((figure) => seen.observe(figure));
    offerAccounts();
    showContents();
    markChosen();
    segmentCards().find((card) => card.dataset.segment === page.view.segment && card.offsetParent)?.scrollIntoView({ block: "center" });
    if (page.view.from) accounts.node.scrollIntoView({ block: "end" });
  }

  // Where one chooses: KPIs after the answer, accounts before what to decide, the matrix where its picture was.
  function place(cards) {
    const kind = page.message.panel;
    if (kind === "moves") {
      const listed = cards.findIndex((card) => card.querySelector("details.movers"));
      if (listed >= 0) cards.splice(listed, 1); // a few accounts of each cell: here stand all of them
      const pictured = cards.findIndex((card) => card.querySelector(`figure[data-chart="${MATRIX}"]`));
      if (pictured >= 0) {
        const figures = [...cards[pictured].querySelectorAll(`figure[data-chart="${MATRIX}"]`)];
        (figures[0].closest("[lang]") || figures[0]).before(panel);
        figures.forEach((figure) => figure.remove());
        panel.className = "panel";
        cards.splice(pictured + 1, 0, accounts.node);
        part.story.replaceChildren(...cards);
        return;
      }
    }
    panel.className = "card panel";
    const at = kind === "kpis" ? 1 : Math.max(cards.length - 1, 1);
    part.story.replaceChildren(...cards.slice(0, at), panel, accounts.node, ...cards.slice(at));
  }

  function showContents() {
    const links = [...part.story.querySelectorAll(":scope > section:not([hidden])")].map((section, i) => {
      const heading = section.querySelector("h2") && inLanguage(section, page.view.language).querySelector("h2");
      if (!heading || !heading.textContent) return null;
      section.id = section.id || `panel-${i}`;
      return make("li", {}, make("a", { href: `#${section.id}`, onclick: (event) => { event.preventDefault(); section.scrollIntoView({ behavior: "smooth" }); } }, heading.textContent));
    });
    part.contents.hidden = links.filter(Boolean).length < 2;
    part.contents.setAttribute("aria-label", page.labels.contents);
    part.contents.replaceChildren(make("p", { class: "note" }, page.labels.contents), make("ol", {}, ...links.filter(Boolean)));
  }

  // A link inside the page opens what it leads to.
  part.story.addEventListener("click", (event) => {
    const link = event.target.closest("a[href^='#']"), target = link && document.getElementById(link.getAttribute("href").slice(1));
    if (!target) return;
    event.preventDefault();
    if (target.tagName === "DETAILS") target.open = true;
    target.scrollIntoView({ behavior: "smooth", block: "center" });
    target.querySelector("summary")?.focus({ preventScroll: true });
  });

  // --- choosing -------------------------------------------------------------------------------------------------
  const segmentCards = () => [...part.story.querySelectorAll("[data-segment]")];
  const chooseSegment = (segment) => { page.choose({ segment }); accounts.node.scrollIntoView({ behavior: "smooth" }); };

  // Every segment card leads to its accounts.
  function offerAccounts() {
    if (page.message.panel !== "segments") return;
    for (const card of segmentCards()) {
      const id = card.dataset.segment;
      if (!page.message.segments.some((segment) => segment.id === id)) continue;
      card.append(make("button", { type: "button", class: "to-accounts", onclick: () => chooseSegment(id) }));
    }
  }

  function markChosen() {
    if (!page.message) return;
    for (const card of segmentCards()) card.classList.toggle("chosen", card.dataset.segment === page.view.segment);
    part.story.querySelectorAll(".to-accounts").forEach((button) => { button.textContent = `${page.labels.show_accounts} ↓`; });
    const chosen = page.message.segments.find((segment) => segment.id === page.view.segment);
    for (const row of part.story.querySelectorAll(".story-card table.data tbody tr")) {
      row.classList.toggle("chosen", Boolean(chosen) && row.cells[0].textContent === chosen.name);
    }
  }

  const fill = (...nodes) => panel.replaceChildren(...nodes.filter(Boolean));

  const addressOf = (choice) => `?${new URLSearchParams({ quarter: page.view.quarter, lang: page.view.language, ...choice })}`;

  // What a KPI means, one click away; its name leads to the accounts behind the figure.
  function kpiRow(row, chosen, width) {
    const { segment, kpi } = page.view;
    const chooseKpi = (event) => {
      event.preventDefault();
      page.choose({ kpi: row.id });
      accounts.node.scrollIntoView({ behavior: "smooth", block: "start" });
    };
    const means = make("tr", { class: "about", id: `about-${row.id}`, hidden: true }, make("td", { colspan: width },
      make("dl", {}, ...row.about.map(([head, words]) => make("div", {}, make("dt", {}, head), make("dd", {}, words))))));
    const ask = make("button", { type: "button", class: "ask", "aria-expanded": "false", "aria-controls": means.id, "aria-label": row.about_label, title: row.about_label,
      onclick: () => { means.hidden = !means.hidden; ask.setAttribute("aria-expanded", String(!means.hidden)); } }, "i");
    const address = addressOf({ ...(segment ? { segment } : {}), kpi: row.id });
    const name = row.is_drilled && !row.reason ? make("a", { href: address, "aria-current": row.id === kpi ? "true" : null, onclick: chooseKpi }, row.name) : row.name;
    const small = (text, css = "") => (text ? make("small", { class: css }, text) : null);
    const value = make("td", { class: "num" }, make("strong", {}, row.value), row.is_cast ? " †" : "", small(row.interval), small(row.median), small(row.differs, "differs"));
    const figures = row.reason ? [make("td", { class: "note", colspan: width - 1 }, row.reason)]
      : [value, ...[row.n + (row.is_small ? " °" : ""), row.before, ...(chosen ? [row.overall] : [])].map((text, i) => make("td", { class: i === 1 ? "num extra" : "num" }, text))];
    const css = [row.is_small ? "small" : "", row.id === kpi ? "chosen" : ""].join(" ").trim();
    return [make("tr", { class: css }, make("td", {}, name, " ", ask), ...figures), means];
  }

  function showKpis({ rows, more, value_note: valueNote }) {
    const { labels, view } = page;
    const chosen = page.message.segments.find((segment) => segment.id === view.segment);
    const heads = [labels.kpi, labels.value, labels.n, labels.quarter_before, ...(chosen ? [labels.all_accounts] : [])];
    const bodies = (some) => [...new Set(some.map((row) => row.group))].map((group) => make("tbody", {},
      make("tr", { class: "group" }, make("th", { scope: "rowgroup", colspan: heads.length }, group)),
      ...some.filter((row) => row.group === group).flatMap((row) => kpiRow(row, chosen, heads.length))));
    const table = (some) => make("div", { class: "table-wrap", tabindex: "0" }, make("table", { class: "data kpis" },
      make("thead", {}, make("tr", {}, ...heads.map((head, i) => make("th", { scope: "col", class: ["", "num", "num", "num extra", "num"][i] }, head)))), ...bodies(some)));
    const folded = rows.filter((row) => row.is_folded), open = rows.filter((row) => !row.is_folded);
    const clear = make("button", { type: "button", class: "plain", hidden: !view.kpi, onclick: () => page.choose({ kpi: "" }) }, labels.hide);
    const notes = [[open.some((row) => row.interval), valueNote], [rows.some((row) => row.is_small && !row.reason), `° ${labels.small}`],
      [rows.some((row) => row.differs), `▲ ▼ ${labels.differs}`], [rows.some((row) => row.is_cast && !row.reason), `† ${labels.cast}`]];
    fill(make("div", { class: "card-head" }, make("h2", {}, chosen ? named(chosen.colour, `${labels.kpis}: ${chosen.name}`) : `${labels.kpis}: ${labels.all_accounts}`), clear),
      rows.some((row) => row.is_drilled) ? make("p", { class: "note" }, labels.drill) : null,
      open.length ? table(open) : null,
      folded.length ? make("details", { open: !open.length || folded.some((row) => row.id === view.kpi) }, make("summary", {}, more), table(folded)) : null,
      ...notes.filter(([isShown]) => isShown).map(([, words]) => make("p", { class: "note" }, words)));
    showContents();
  }

  function showMatrix({ columns, rows }) {
    const { labels, view } = page;
    if (!rows.length) { fill(make("p", { class: "note" }, labels.no_moves)); return; }
    const address = (from, to) => addressOf({ from, to });
    const pick = (event, from, to) => { event.preventDefault(); page.choose({ from, to }); accounts.node.scrollIntoView({ behavior: "smooth", block: "nearest" }); };
    const cell = (origin, { to, n, revenue, share, is_stay: isStay, is_above: isAbove }) => {
      const isChosen = view.from === origin.id && view.to === to;
      const node = make("td", { class: `${isStay ? "stay" : "move"} ${isChosen ? "chosen" : ""}` }, !n ? "" : make("a",
        { href: address(origin.id, to), "aria-current": isChosen ? "true" : null, onclick: (event) => pick(event, origin.id, to) },
        make("strong", {}, n + (isAbove ? " ▲" : "")), make("span", {}, revenue)));
      node.style.setProperty("--share", isStay ? 0 : Math.min(share * 2.2, .34));
      return node;
    };
    const isLong = columns.some(({ name }) => name.split(/[\s-]/).some((word) => word.length > 11)); // such names stand upright
    const clear = make("button", { type: "button", class: "plain", hidden: !view.from, onclick: () => page.choose({ from: "", to: "" }) }, labels.show_all);
    fill(make("div", { class: "card-head" }, make("p", { class: "note" }, labels.matrix_note), clear),
      make("div", { class: "table-wrap", tabindex: "0" }, make("table", { class: `matrix ${isLong ? "long" : ""}` },
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, `${labels.before} → ${labels.now}`), ...columns.map((segment) => make("th", { scope: "col" }, named(segment.colour, segment.name))), make("th", { scope: "col", class: "num" }, labels.total))),
        make("tbody", {}, ...rows.map((row) => make("tr", {}, make("th", { scope: "row" }, named(row.segment.colour, row.segment.name)),
          ...row.cells.map((entry) => cell(row.segment, entry)), make("td", { class: "num total" }, row.total)))))),
      rows.some((row) => row.cells.some((entry) => entry.is_above)) ? make("p", { class: "note" }, `▲ ${labels.above}`) : null);
    showContents();
  }

  // --- charts: the stored picture is there at once, the living one takes its place ------------------------------
  async function showChart({ name, language, spec }) {
    const figures = [...part.story.querySelectorAll("figure.chart[data-chart]")].filter((node) =>
      node.dataset.chart === name && !node.dataset.live && (node.closest("[lang]") || node).lang === language);
    for (const figure of figures) {
      figure.dataset.live = "drawing";
      const stage = make("div", { class: "live-chart" });
      try {
        const { vegaEmbed } = await page.vega();
        drawn.push(await vegaEmbed(stage, spec, { actions: false, renderer: "svg", ast: false }));
        stage.querySelector("svg").setAttribute("role", "img");
        stage.querySelector("svg").setAttribute("aria-label", figure.querySelector("svg")?.getAttribute("aria-label") || "");
        figure.replaceChildren(stage);
        figure.dataset.live = "drawn";
      } catch (error) {
        figure.dataset.live = "stored"; // the picture of the run stays
        console.warn(error);
      }
    }
  }

  const end = page.start({ page: showPage, story: showStory, kpis: showKpis, matrix: showMatrix, chart: showChart,
    table: (message) => { accounts.show(message); showContents(); } });
  return () => { end(); seen.disconnect(); drawn.forEach((view) => view.finalize()); };
}

export default { render };
