// The explorer itself: header, tabs, and the conversation with Python.

const TABS = ["try", "beside", "map", "names", "keep"];
const LANGUAGES = { de: "Deutsch", en: "English" };

function render({ model, el }) {
  // Without the attribute JupyterLab takes typed letters for its own shortcuts.
  const root = make("section", { class: "segkit-explorer", "data-lm-suppress-shortcuts": "true", "aria-busy": "true" });
  const head = make("header"), tabs = make("div", { class: "tabs", role: "tablist" }), status = make("div", { class: "status" });
  const message = make("p", { class: "message", role: "status" }), elsewhere = make("footer");
  const page = { labels: {}, frame: null, tried: [], shownLabel: "", isTrial: false, ask: (kind, more = {}) => {
    if (kind !== "points" && kind !== "beside") tell("", "");
    model.send({ kind, ...more });
  } };
  const panels = { try: tryPanel(page), beside: besidePanel(page), map: mapPanel(page), names: namesPanel(page), keep: keepPanel(page) };
  let tab = "try", isReset = true, state = {};
  root.append(make("p", { class: "hint" }, "…"));
  el.append(root);
  root.addEventListener("keydown", (event) => event.stopPropagation());

  function tell(text, level) {
    message.textContent = text;
    message.className = `message ${level}`;
  }

  function open(name) {
    tab = name;
    for (const each of TABS) panels[each].root.hidden = each !== tab;
    drawTabs();
    if (tab === "map") panels.map.redraw();
    if (tab === "map" && !state.hasPoints) { state.hasPoints = true; page.ask("points"); }
    if (tab === "names") panels.names.draw();
    if (tab === "keep") panels.keep.draw();
  }

  function drawTabs() {
    tabs.replaceChildren(...TABS.map((name) => button(page.labels[`tab_${name}`], () => { tell("", ""); open(name); }, "", {
      role: "tab", "aria-selected": String(name === tab), tabindex: name === tab ? "0" : "-1", onkeydown: (event) => {
        const step = { ArrowRight: 1, ArrowLeft: -1 }[event.key];
        if (!step) return;
        open(TABS[(TABS.indexOf(tab) + step + TABS.length) % TABS.length]);
        tabs.querySelector("[aria-selected=true]").focus();
      } })));
  }

  function drawHead() {
    const { frame, labels } = page;
    const choose = frame.segmentations.length > 1 ? field(labels.segmentation, list(frame.segmentations, frame.segmentation, (to) => { isReset = true; page.ask("segmentation", { to }); })) : "";
    const switcher = make("div", { class: "switch", role: "group", "aria-label": labels.language }, frame.languages.map((to) =>
      button(LANGUAGES[to], () => page.ask("language", { to }), "", { lang: to, "aria-pressed": String(to === frame.language) })));
    state.undo = button(`↶ ${labels.undo}`, () => { isReset = true; page.ask("undo"); });
    state.redo = button(`${labels.redo} ↷`, () => { isReset = true; page.ask("redo"); });
    head.replaceChildren(make("div", {}, make("h3", {}, frame.title), make("p", { class: "hint" }, frame.about)), choose,
      make("div", { class: "row tools" }, state.undo, state.redo, switcher));
    root.lang = frame.language;
  }

  // A first answer that nothing is at work on any more can be worked out in full.
  function offerAll(found) {
    status.replaceChildren(button(page.labels.work_out, () => page.ask("try", { wish: found.wish, is_sure: true }), "primary"));
  }

  function idle() {
    clearTimeout(state.late);
    state.said = "";
    status.replaceChildren();
    root.setAttribute("aria-busy", "false");
  }

  // Where it takes longer than was said, it says so.
  function busy({ share, words, seconds }) {
    root.setAttribute("aria-busy", "true");
    if (!words) return;
    if (words !== state.said) {
      clearTimeout(state.late);
      state.isLate = false;
      state.late = setTimeout(() => { state.isLate = true; busy({ share, words, seconds }); }, 1500 * seconds);
    }
    state.said = words;
    const fill = make("span");
    fill.style.width = `${100 * share}%`;
    status.replaceChildren(make("div", { class: "progress", role: "progressbar", "aria-valuemin": "0", "aria-valuemax": "100", "aria-valuenow": String(Math.round(100 * share)), "aria-label": words }, fill),
      make("span", {}, state.isLate ? `${words} ${page.labels.late}` : words), button(page.labels.cancel, () => page.ask("cancel")));
  }

  const takes = {
    frame(found) {
      page.frame = found;
      page.labels = found.labels;
      isReset = true;
      if (!root.contains(head)) root.replaceChildren(head, tabs, status, message, ...TABS.map((name) => panels[name].root), elsewhere);
      elsewhere.replaceChildren(...found.elsewhere.map((text) => make("p", { class: "hint" }, text)));
      drawHead();
      panels.keep.take(found);
      open(found.tab || tab);
    },
    shown(found) {
      page.tried = found.tried;
      page.shownLabel = found.label;
      page.isTrial = !found.is_force;
      state.shown = found;
      state.undo.disabled = !found.can_undo;
      state.redo.disabled = !found.can_redo;
      if (isReset) { panels.try.reset(found.wish); isReset = false; }
      panels.try.take(found);
      if (!found.is_partial) { idle(); if (found.is_first) offerAll(found); }
      if (tab === "map" && !found.is_partial) panels.map.redraw();
      if (tab === "keep") panels.keep.draw();
      root.dataset.shown = String(found.number);
      root.dataset.partial = String(found.is_partial);
      root.dataset.first = String(found.is_first);
    },
    beside(found) { panels.beside.take(found); },
    points(found, buffers) { panels.map.take(found, buffers); },
    picked(found) { panels.map.picked(found); },
    scenarios(found) { panels.keep.take(found); },
    running(found) { panels.keep.running(found); },
    busy,
    idle,
    ask(found) {
      idle();
      status.replaceChildren(make("span", {}, found.text), button(page.labels.yes, () => panels.try.again({ is_sure: true }), "primary"), button(page.labels.no, () => (state.shown?.is_first ? offerAll(state.shown) : idle())));
    },
    told(found) {
      if (found.where === "try") idle();
      if (found.is_end) panels.keep.said(found.text, found.level);
      tell(found.is_end && tab === "keep" ? "" : found.text, found.level);
      if (found.where === "keep") panels.keep.suggest(found.suggested);
      if (found.where === "map" && found.level === "good") panels.map.done();
    },
  };
  model.on("msg:custom", (content, buffers) => takes[content.kind]?.(content, buffers));
  model.send({ kind: "open" });
}

export default { render };
