// Names and notes of the segments in force; scenarios: keep, run, adopt.

function namesPanel(page) {
  const root = make("div", { class: "names" });
  const who = author();
  return {
    root,
    draw() {
      const rows = page.frame.decided.map((about) => {
        const inputs = Object.fromEntries(["name_de", "name_en", "note"].map((name) => {
          const input = make("input", { type: "text", maxlength: name === "note" ? "300" : "60", "aria-label": `${page.labels[name]}: ${about.name_de}` });
          input.value = about[name];
          return [name, input];
        }));
        const save = () => {
          remember(who.value.trim());
          page.ask("rename", { segment: about.id, author: who.value, ...Object.fromEntries(Object.entries(inputs).map(([name, input]) => [name, input.value])) });
        };
        return make("tr", {}, make("th", { scope: "row" }, named({ colour: about.colour, name: about.id })),
          ["name_de", "name_en", "note"].map((name) => make("td", {}, inputs[name], name === "note" && about.noted ? make("small", {}, about.noted) : "")),
          make("td", {}, button(page.labels.save, save)));
      });
      root.replaceChildren(make("div", { class: "row" }, field(page.labels.author, signed(who))), make("div", { class: "scroll" }, make("table", { class: "form" },
        make("thead", {}, make("tr", {}, make("th", { scope: "col" }, page.labels.segment), ["name_de", "name_en", "note"].map((name) => make("th", { scope: "col" }, page.labels[name])), make("td"))),
        make("tbody", {}, rows))), make("p", { class: "hint" }, page.labels.names_hint));
    },
  };
}

function keepPanel(page) {
  const root = make("div", { class: "keep" });
  const name = make("input", { type: "text", maxlength: "80", spellcheck: "false" });
  const replace = make("input", { type: "checkbox" });
  const who = author(), note = make("input", { type: "text", maxlength: "300" });
  const progress = make("div", { class: "running", hidden: true });
  const last = make("p", { class: "message", hidden: true }); // what the last run or adoption said, also after other tabs
  let chosen = "", scenarios = [], isAdopted = false, isStale = false;

  function draw() {
    const shown = make("p", { class: "what" }, page.shownLabel);
    const options = scenarios.length ? scenarios.map((one) => [one.name, `${one.name} · ${one.is_run ? page.labels.is_run : page.labels.not_run}`]) : [["", page.labels.none]];
    if (!scenarios.some((one) => one.name === chosen)) chosen = scenarios.at(-1)?.name || "";
    const held = scenarios.find((one) => one.name === chosen);
    const pick = list(options, chosen, (to) => { chosen = to; draw(); });
    root.replaceChildren(
      make("form", { class: "step", onsubmit: (event) => { event.preventDefault(); page.ask("keep", { name: name.value, may_replace: replace.checked }); } },
        make("h4", {}, page.labels.step_keep), shown, make("div", { class: "row" }, field(page.labels.scenario_name, name),
          make("label", { class: "tick" }, replace, page.labels.replace), make("button", { type: "submit", class: "primary" }, page.labels.keep))),
      make("form", { class: "step", onsubmit: (event) => { event.preventDefault(); page.ask("run", { name: chosen }); } },
        make("h4", {}, page.labels.step_run), make("div", { class: "row" }, field(page.labels.scenario, pick),
          make("button", { type: "submit", class: held && !held.is_run ? "primary" : "" }, page.labels.run)), make("p", { class: "hint" }, page.labels.run_hint)),
      make("form", { class: "step", onsubmit: (event) => {
        event.preventDefault();
        remember(who.value.trim());
        page.ask("adopt", { name: chosen, author: who.value, note: note.value });
      } }, make("h4", {}, page.labels.step_adopt), make("div", { class: "row" }, field(page.labels.author, signed(who)), field(page.labels.reason, note, "wide"),
        make("button", { type: "submit", class: held?.is_run && !isAdopted && !isStale ? "primary" : "" }, page.labels.adopt),
        button(page.labels.renew, () => page.ask("run", { name: "" }), isAdopted || isStale ? "primary" : "")), make("p", { class: "hint" }, page.labels.adopt_hint)),
      progress, last);
  }

  return {
    root,
    draw,
    take(found) {
      scenarios = found.scenarios;
      if (found.chosen) chosen = found.chosen;
      if (found.is_adopted != null) isAdopted = found.is_adopted;
      if (found.is_stale != null) isStale = found.is_stale;
      draw();
    },
    suggest(text) { if (text && !/^[A-Za-z0-9][\w-]*$/.test(name.value)) name.value = text; },
    said(text, level) {
      last.textContent = text;
      last.className = `message ${level}`;
      last.hidden = !text;
    },
    running({ share, words }) {
      if (share != null) last.hidden = true;
      progress.hidden = share == null;
      if (share == null) return;
      const fill = make("span");
      fill.style.width = `${100 * share}%`;
      progress.replaceChildren(make("div", { class: "progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100",
        "aria-valuenow": String(Math.round(100 * share)), "aria-label": words }, fill), make("span", {}, words), button(page.labels.cancel, () => page.ask("stop")));
    },
  };
}
