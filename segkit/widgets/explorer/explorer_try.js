// Trying out: the controls on the left, what comes of them on the right.

const COMMON = 8; // criteria that stand there without unfolding
const PAUSE = 180; // milliseconds after the last key until it is worked out

function tryPanel(page) {
  const root = make("div", { class: "try" });
  const controls = make("form", { class: "controls", onsubmit: (event) => event.preventDefault() });
  const result = make("div", { class: "result" });
  root.append(controls, result);
  let wish = null, timer = 0, isOpen = false;

  function changed(now = false) {
    clearTimeout(timer);
    timer = setTimeout(() => page.ask("try", { wish }), now ? 0 : PAUSE);
  }

  function number(value, low, high, step, onchange, label) {
    const input = make("input", { type: "number", min: low, max: high, step, "aria-label": label });
    input.value = value;
    input.addEventListener("input", () => onchange(input.value));
    return input;
  }

  function stepper(frame) {
    const shown = make("output", {}, String(wish.n_segments));
    const range = make("input", { type: "range", min: 2, max: frame.most, step: 1, "aria-label": page.labels.number });
    range.value = wish.n_segments;
    range.addEventListener("input", () => { wish.n_segments = Number(range.value); shown.textContent = range.value; changed(); });
    return make("div", { class: "field" }, make("span", {}, page.labels.number), make("div", { class: "stepper" }, range, shown));
  }

  function criterion(about) {
    const weight = wish.criteria[about.id];
    const box = make("input", { type: "checkbox", checked: weight > 0 });
    const amount = number(weight || 1, 0.1, 10, 0.1, (value) => { wish.criteria[about.id] = value === "" ? "?" : value; changed(); },
      `${page.labels.weight}: ${about.name}`);
    amount.disabled = !box.checked;
    box.addEventListener("change", () => {
      amount.disabled = !box.checked;
      if (box.checked) wish.criteria[about.id] = amount.value || 1;
      else delete wish.criteria[about.id];
      changed(true);
    });
    const marks = [about.is_chosen && page.labels.chosen, about.is_sensitive && page.labels.sensitive].filter(Boolean).join(" · ");
    return make("li", {}, make("label", {}, box, make("span", {}, about.name, marks ? make("small", {}, marks) : "")), amount);
  }

  function criteria(frame) {
    const used = (about) => wish.criteria[about.id] > 0;
    const first = frame.criteria.filter((about, i) => used(about) || about.is_chosen || i < COMMON);
    const rest = frame.criteria.filter((about) => !first.includes(about));
    const more = make("details", { open: isOpen, ontoggle: (event) => { isOpen = event.target.open; } },
      make("summary", {}, `${page.labels.more_criteria} (${rest.length})`), make("ul", {}, rest.map(criterion)));
    return make("fieldset", {}, make("legend", {}, page.labels.criteria), make("ul", {}, first.map(criterion)), rest.length ? more : "");
  }

  function thresholds(frame, isGrid) {
    const rows = frame.thresholds.filter((about) => isGrid || about.is_of_all).map((about) => {
      const factor = about.unit === "%" ? 100 : 1;
      const value = Math.round(1e4 * factor * wish.thresholds[about.id]) / 1e4;
      const input = number(value, about.low * factor, about.high * factor, factor === 100 ? 1 : about.step,
        (text) => { wish.thresholds[about.id] = text === "" ? "?" : Number(text) / factor; changed(); }, about.name);
      return make("li", {}, make("span", {}, about.name), make("span", { class: "unit" }, input, make("span", {}, about.unit)));
    });
    return make("details", { class: "thresholds", open: isGrid }, make("summary", {}, page.labels.thresholds), make("ul", {}, rows));
  }

  function drawControls() {
    const frame = page.frame, method = list(frame.methods, wish.method, (to) => {
      wish.method = to;
      drawControls();
      changed(true);
    });
    const isGrid = ["grid", "rules"].includes(wish.method);
    const weigh = list([["accounts", page.labels.weigh_accounts], ["revenue", page.labels.weigh_revenue]], wish.weigh_by,
      (to) => { wish.weigh_by = to; changed(true); });
    const focus = document.activeElement?.getAttribute?.("aria-label");
    controls.replaceChildren(field(page.labels.method, method), ...(isGrid ? [] : [
      wish.method === "density" ? "" : stepper(frame), field(page.labels.weigh, weigh), criteria(frame)]), thresholds(frame, isGrid));
    if (focus) controls.querySelector(`[aria-label="${CSS.escape(focus)}"]`)?.focus();
  }

  function sizes(shown) {
    const head = ["segment", "accounts", "revenue", "stability"].map((name) => make("th", { scope: "col" }, page.labels[name]));
    return make("table", { class: "sizes" }, make("thead", {}, make("tr", {}, head)), make("tbody", {}, shown.sizes.map((row) =>
      make("tr", {}, make("th", { scope: "row" }, named(row)), make("td", {}, bar(row.n_bar, row.colour, row.n, row.n_share)),
        make("td", {}, bar(row.revenue_bar, row.colour, row.revenue, row.revenue_share)),
        make("td", { class: `level ${row.level}` }, row.stability)))));
  }

  function cell(about) {
    const node = make("td", { title: about.title }, make("span", {}, about.text), about.more ? make("small", {}, about.more) : "");
    const strength = Math.min(1, Math.abs(about.place)) * 0.42;
    if (strength > 0.04) node.style.backgroundColor = about.place > 0 ? `rgb(11 79 156 / ${strength})` : `rgb(217 119 6 / ${strength})`;
    return node;
  }

  function profile(shown) {
    const heads = shown.sizes.map((about) => {
      const head = make("th", { scope: "col" }, make("span", {}, about.name));
      head.style.borderTopColor = about.colour;
      return head;
    });
    return make("table", { class: "profile" }, make("thead", {}, make("tr", {}, make("td"), heads)), make("tbody", {}, shown.profile.map((row) =>
      make("tr", { class: row.is_used ? "used" : "" }, make("th", { scope: "row" }, row.name), row.cells.map(cell)))));
  }

  function facts(shown) {
    return make("div", { class: "facts" }, shown.facts.map((fact) => make("p", {}, make("span", {}, fact.title),
      make("b", { class: `level ${fact.level || ""}` }, fact.value), make("small", {}, fact.hint || ""))));
  }

  return {
    root,
    take(shown) {
      const isSame = wish && JSON.stringify(wish) === JSON.stringify(shown.wish);
      const isTyping = controls.contains(document.activeElement) && ["number", "range"].includes(document.activeElement.type);
      if (!isSame && !(isTyping && shown.is_partial)) {
        if (!isTyping || !wish) { wish = structuredClone(shown.wish); drawControls(); }
      }
      result.replaceChildren(make("h4", {}, shown.label), facts(shown), make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": page.labels.segment }, sizes(shown)),
        make("h4", {}, page.labels.profile), make("p", { class: "hint" }, page.labels.profile_legend),
        make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": page.labels.profile }, profile(shown)),
        ...shown.notes.map((note) => make("p", { class: "hint" }, note)));
    },
    reset(next) { wish = structuredClone(next); drawControls(); },
    redraw() { if (wish) drawControls(); },
    again(more) { page.ask("try", { wish, ...more }); },
  };
}

function besidePanel(page) {
  const root = make("div", { class: "beside" });
  return {
    root,
    take(found) {
      const choice = list(page.tried, found.left.number, (to) => page.ask("beside", { left: Number(to) }));
      const head = make("div", { class: "row" }, field(page.labels.left, choice), make("p", { class: "versus" },
        make("span", {}, page.labels.right), make("b", {}, page.shownLabel)));
      if (!found.cells) { root.replaceChildren(head, make("p", {}, found.words)); return; }
      const cells = make("table", { class: "cells" }, make("thead", {}, make("tr", {}, make("td", {}, `↓ ${found.left.label} → ${found.right.label}`),
        found.right.segments.map((about) => make("th", { scope: "col" }, named(about))))),
      make("tbody", {}, found.left.segments.map((about, i) => make("tr", {}, make("th", { scope: "row" }, named(about)), found.cells[i].map((one) => {
        if (!one) return make("td", { class: "none" }, "·");
        return make("td", { class: one.is_move ? "moves" : "stays" }, make("b", {}, one.n), make("small", {}, one.revenue));
      })))));
      const movers = found.movers.length ? make("table", { class: "list" }, make("thead", {}, make("tr", {}, ["name", "from", "to"].map((name) => make("th", { scope: "col" }, page.labels[name])),
        make("th", { scope: "col", class: "num" }, page.labels.revenue))),
      make("tbody", {}, found.movers.map((row) => make("tr", {}, make("td", {}, row.name, make("small", {}, row.id)), make("td", {}, named(row.from)),
        make("td", {}, named(row.to)), make("td", { class: "num" }, row.revenue))))) : "";
      root.replaceChildren(head, make("p", { class: "finding" }, found.words), make("p", { class: "hint" }, found.agreement),
        make("div", { class: "scroll", tabindex: "0", role: "region", "aria-label": page.labels.tab_beside }, cells),
        movers && make("h4", {}, page.labels.movers), movers && make("div", { class: "scroll" }, movers), make("p", { class: "hint" }, found.more));
    },
  };
}
