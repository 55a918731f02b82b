// The map of accounts: points on a canvas, a line drawn around some of them, and the list of what lies inside.

const EDGE = { left: 92, right: 18, top: 14, bottom: 48 };

function mapPanel(page) {
  const root = make("div", { class: "map" });
  const canvas = make("canvas", { role: "img", tabindex: "0" });
  const legend = make("div", { class: "legend" }), words = make("p", { class: "hint" }), axes = make("div", { class: "row" });
  const listed = make("div", { class: "listed" });
  const hidden = new Set();
  let about = null, points = null, codes = null, line = [], isDrawing = false, picked = [], ticked = new Set(), segments = "";

  const place = ([x, y]) => {
    const { width, height } = canvas.getBoundingClientRect();
    return [EDGE.left + x * (width - EDGE.left - EDGE.right), height - EDGE.bottom - y * (height - EDGE.top - EDGE.bottom)];
  };
  const back = (event) => {
    const box = canvas.getBoundingClientRect();
    return [(event.clientX - box.left - EDGE.left) / (box.width - EDGE.left - EDGE.right),
      (box.height - EDGE.bottom - (event.clientY - box.top)) / (box.height - EDGE.top - EDGE.bottom)];
  };

  function draw() {
    const { width, height } = canvas.getBoundingClientRect();
    if (!about || !width) return;
    const scale = window.devicePixelRatio || 1;
    canvas.width = width * scale;
    canvas.height = height * scale;
    const pen = canvas.getContext("2d");
    pen.scale(scale, scale);
    pen.fillStyle = "#fff";
    pen.fillRect(0, 0, width, height);
    drawAxes(pen, width, height);
    about.segments.forEach((segment, code) => {
      if (hidden.has(segment.id)) return;
      pen.fillStyle = segment.colour;
      pen.globalAlpha = codes.length > 4000 ? 0.35 : 0.6;
      for (let i = 0; i < codes.length; i += 1) {
        if (codes[i] !== code || points[2 * i] < 0 || points[2 * i + 1] < 0) continue;
        const [x, y] = place([points[2 * i], points[2 * i + 1]]);
        pen.beginPath();
        pen.arc(x, y, codes.length > 4000 ? 2 : 3.2, 0, 7);
        pen.fill();
      }
    });
    pen.globalAlpha = 1;
    if (line.length > 1) {
      pen.beginPath();
      line.forEach((corner, i) => (i ? pen.lineTo(...place(corner)) : pen.moveTo(...place(corner))));
      if (!isDrawing) pen.closePath();
      pen.fillStyle = "rgb(11 79 156 / 8%)";
      pen.fill();
      pen.strokeStyle = "#1b2430";
      pen.lineWidth = 1.5;
      pen.setLineDash([5, 4]);
      pen.stroke();
      pen.setLineDash([]);
    }
  }

  function drawAxes(pen, width, height) {
    pen.font = '12px system-ui, "Segoe UI", Roboto, "DejaVu Sans", sans-serif';
    pen.strokeStyle = "#e9edf2";
    pen.fillStyle = "#4a5868";
    pen.lineWidth = 1;
    pen.textAlign = "center";
    let last = -1e9;
    for (const [at, text] of about.x.marks) {
      const [x] = place([at, 0]);
      pen.beginPath(); pen.moveTo(x, EDGE.top); pen.lineTo(x, height - EDGE.bottom); pen.stroke();
      const half = pen.measureText(text).width / 2;
      if (x - half < last + 6) continue;
      pen.fillText(text, Math.min(x, width - half - 2), height - EDGE.bottom + 17);
      last = x + half;
    }
    pen.textAlign = "right";
    for (const [at, text] of about.y.marks) {
      const [, y] = place([0, at]);
      pen.beginPath(); pen.moveTo(EDGE.left, y); pen.lineTo(width - EDGE.right, y); pen.stroke();
      pen.fillText(text, EDGE.left - 8, y + 4);
    }
    pen.fillStyle = "#1b2430";
    pen.textAlign = "center";
    pen.fillText(about.x.name, (EDGE.left + width - EDGE.right) / 2, height - 8);
    pen.save();
    pen.translate(13, (EDGE.top + height - EDGE.bottom) / 2);
    pen.rotate(-Math.PI / 2);
    pen.fillText(about.y.name, 0, 0);
    pen.restore();
  }

  canvas.addEventListener("pointerdown", (event) => {
    isDrawing = true;
    line = [back(event)];
    canvas.setPointerCapture(event.pointerId);
    event.preventDefault();
  });
  canvas.addEventListener("pointermove", (event) => {
    if (!isDrawing || line.length > 1500) return;
    line.push(back(event));
    draw();
  });
  canvas.addEventListener("pointerup", () => {
    if (!isDrawing) return;
    isDrawing = false;
    draw();
    if (line.length > 2) page.ask("lasso", { line, hidden: [...hidden] });
  });
  new ResizeObserver(draw).observe(canvas);

  function drawLegend() {
    legend.replaceChildren(...about.segments.map((segment) => button(named(segment), () => {
      if (hidden.has(segment.id)) hidden.delete(segment.id); else hidden.add(segment.id);
      drawLegend();
      draw();
    }, "chip", { "aria-pressed": String(!hidden.has(segment.id)) })));
  }

  function drawAxesChoice() {
    const ask = (x, y) => page.ask("points", { x, y });
    axes.replaceChildren(field(page.labels.axis_x, list(about.axes, about.x.id, (to) => ask(to, about.y.id))),
      field(page.labels.axis_y, list(about.axes, about.y.id, (to) => ask(about.x.id, to))), searchForm());
  }

  function searchForm() {
    const text = make("input", { type: "search", placeholder: page.labels.search_hint, maxlength: "100" });
    const segment = list([["", page.labels.all_segments], ...about.segments.map((one) => [one.id, one.name])], "", () => go(), { "aria-label": page.labels.segment });
    const go = () => { line = []; draw(); page.ask("search", { text: text.value, segment: segment.value }); };
    return make("form", { class: "row search", onsubmit: (event) => { event.preventDefault(); go(); } },
      field(page.labels.search, text), segment, make("button", { type: "submit" }, page.labels.find));
  }

  const who = author(), reason = make("input", { type: "text", maxlength: "300" });
  let target = "-";

  const move = make("button", { type: "submit", class: "primary" });
  const count = () => { move.textContent = `${page.labels.move} (${ticked.size})`; };

  function moveForm() {
    signed(who);
    count();
    const options = [["-", page.labels.choose], ...page.frame.decided.map((one) => [one.id, page.frame.language === "de" ? one.name_de : one.name_en]), ["", page.labels.give_back]];
    return make("form", { class: "row decide", onsubmit: (event) => {
      event.preventDefault();
      remember(who.value.trim());
      page.ask("move", { accounts: [...ticked], segment: target, author: who.value, reason: reason.value });
    } }, field(page.labels.target, list(options, target, (to) => { target = to; })), field(page.labels.author, who), field(page.labels.reason, reason, "wide"),
    move, make("p", { class: "hint" }, page.labels.moves_hint));
  }

  function drawListed(found) {
    if (!found.n) { listed.replaceChildren(make("p", { class: "finding" }, found.words)); return; }
    const boxes = [];
    const all = make("input", { type: "checkbox", checked: true, "aria-label": page.labels.all, onchange: () => {
      boxes.forEach(([box, id]) => { box.checked = all.checked; if (all.checked) ticked.add(id); else ticked.delete(id); });
      count();
    } });
    ticked = new Set(found.accounts.map((row) => row.id));
    const rows = found.accounts.map((row) => {
      const box = make("input", { type: "checkbox", checked: true, "aria-label": row.name });
      box.addEventListener("change", () => { if (box.checked) ticked.add(row.id); else ticked.delete(row.id); count(); });
      boxes.push([box, row.id]);
      return make("tr", {}, make("td", {}, box), make("td", {}, row.name, make("small", {}, row.id)), make("td", {}, named(row.segment),
        row.is_manual ? make("small", {}, page.labels.manual) : ""), page.isTrial ? make("td", {}, named(row.tried)) : "", make("td", { class: "num" }, row.revenue));
    });
    listed.replaceChildren(make("p", { class: "finding" }, found.words), found.more ? make("p", { class: "hint" }, found.more) : "",
      make("div", { class: "scroll tall", tabindex: "0", role: "region", "aria-label": page.labels.accounts }, make("table", { class: "list" },
        make("thead", {}, make("tr", {}, make("th", {}, all), make("th", { scope: "col" }, page.labels.name), make("th", { scope: "col" }, page.labels.in_force),
          page.isTrial ? make("th", { scope: "col" }, page.labels.tried) : "", make("th", { scope: "col", class: "num" }, page.labels.revenue))),
        make("tbody", {}, rows))), moveForm());
  }

  root.append(axes, legend, canvas, words, listed);
  return {
    root,
    take(found, buffers) {
      const bytes = (view) => view.buffer.slice(view.byteOffset, view.byteOffset + view.byteLength);
      about = found;
      points = new Float32Array(bytes(buffers[0]));
      codes = new Uint8Array(bytes(buffers[1]));
      canvas.setAttribute("aria-label", `${page.labels.map}: ${found.x.name}, ${found.y.name}`);
      words.textContent = `${found.words} ${page.labels.map_hint}`;
      const now = JSON.stringify([found.segments, found.axes, found.x.id, found.y.id]);
      if (now !== segments) { segments = now; drawAxesChoice(); }
      drawLegend();
      draw();
    },
    picked(found) { drawListed(found); },
    redraw() { if (about) page.ask("points", {}); },
    done() { reason.value = ""; },
  };
}
