// SPDX-License-Identifier: Apache-2.0
// The script of the HTML report: draws the heat map, sorts and filters the table. It puts texts
// into the page as text only.
#include "fare/authoring/html_report_parts.h"

namespace tidegate::fare {

std::string_view report_script() noexcept {
  return R"js(
"use strict";
(() => {
const data = JSON.parse(document.getElementById("data").textContent);
const el = id => document.getElementById(id);
const yuan = fen => (fen / 100).toFixed(2);
const kinds = {
  unchanged: ["=", "不变 unchanged"], other_reason: ["~", "拒绝原因改变 refused for another reason"],
  newly_accepted: ["○", "新放行 newly accepted"], cheaper: ["▼", "降价 cheaper"],
  dearer: ["▲", "涨价 dearer"], newly_refused: ["✕", "新拒绝 newly refused"],
  closed: ["∕", "两边均拒绝 refused in both"]};
function kindOf([o, n]) {
  if (o === n) return o < 0 ? "closed" : "unchanged";
  if (n < 0) return o < 0 ? "other_reason" : "newly_refused";
  if (o < 0) return "newly_accepted";
  return n > o ? "dearer" : "cheaper";
}

function heatMap() {
  const canvas = el("canvas"), pen = canvas.getContext("2d");
  const view = {net: null, layer: null, cell: 1, zoom: 0, left: 0, top: 0, at: null};
  const option = (select, text, value) => select.add(new Option(text, value));
  data.networks.forEach((n, i) => option(el("network"), n.zh + " " + n.en, i));
  data.riders.forEach(([zh, en], i) => option(el("rider"), zh + " " + en, i));

  function unpack(layer) {
    if (layer.index) return layer;
    const text = atob(layer.cells), count = text.length / layer.width;
    layer.index = new Uint32Array(count);
    for (let i = 0; i < count; i++)
      for (let b = layer.width - 1; b >= 0; b--)
        layer.index[i] = layer.index[i] * 256 + text.charCodeAt(i * layer.width + b);
    layer.kinds = layer.prices.map(kindOf);
    const sizes = layer.prices.map(([o, n]) => o >= 0 && n >= 0 ? Math.abs(n - o) : 0);
    layer.most = Math.max(1, ...sizes);
    layer.high = Math.max(1, ...layer.prices.flat());
    return layer;
  }
  const scoreOf = layer => unpack(layer).index.reduce((sum, p) =>
    sum + (layer.prices[p][0] !== layer.prices[p][1] ? 1 : 0), 0);
  const columns = () => view.net.boarding ? 1 : view.net.stops.length;
  const stopText = ([code, zh, en]) => zh + " " + en + " (" + code + ")";
  const priceAt = (row, column) => view.layer.prices[view.layer.index[row * columns() + column]];

  function rgb(name) {
    const hex = getComputedStyle(document.documentElement).getPropertyValue(name).trim();
    return [1, 3, 5].map(i => parseInt(hex.slice(i, i + 2), 16));
  }
  function colours() {
    const c = {surface: rgb("--surface"), same: rgb("--same"), closed: rgb("--closed"),
      dearer: rgb("--dearer"), cheaper: rgb("--cheaper"), newly_refused: rgb("--refused"),
      newly_accepted: rgb("--accepted"), other_reason: rgb("--other"), accent: rgb("--accent")};
    const mix = (a, b, t) => a.map((v, i) => Math.round(v + (b[i] - v) * t));
    const mode = el("mode").value;
    return view.layer.prices.map((price, i) => {
      const [o, n] = price, kind = view.layer.kinds[i];
      if (mode !== "difference") {
        const fen = mode === "old" ? o : n;
        return fen < 0 ? c.closed : mix(c.surface, c.accent, .12 + .88 * fen / view.layer.high);
      }
      if (kind === "unchanged") return c.same;
      if (kind === "dearer" || kind === "cheaper")  // four steps that an eye can tell apart
        return mix(c.same, c[kind], Math.ceil(4 * Math.abs(n - o) / view.layer.most) / 4);
      return c[kind];
    });
  }

  function layout() {
    const rows = view.net.stops.length, room = el("frame").clientWidth - 2;
    const labelled = Math.min(room * .42, 280);
    const most = Math.max(1, Math.floor(4096 / Math.max(rows, columns())));
    let cell = Math.floor((room - labelled) / columns());
    view.left = cell >= 13 ? labelled : 0;
    if (cell < 13) cell = Math.max(1, Math.floor(room / columns()));
    cell = Math.min(cell, 34);
    if (view.zoom !== 0) {
      cell = Math.round(cell * Math.pow(1.6, view.zoom)) || 1;
      if (view.zoom > 0) cell = Math.max(cell, 1 + view.zoom);
      view.left = cell >= 13 ? labelled : 0;
    }
    view.cell = Math.max(1, Math.min(cell, most, 60));
    if (view.cell < 13) view.left = 0;
    view.top = view.left > 0 ? (view.net.boarding ? 26 : 150) : 0;
  }

  function labels(width) {
    const css = getComputedStyle(document.documentElement);
    pen.fillStyle = css.getPropertyValue("--ink");
    pen.font = Math.min(13, view.cell - 1) + "px " + getComputedStyle(document.body).fontFamily;
    pen.textBaseline = "middle";
    const fit = (text, room) => {
      if (pen.measureText(text).width <= room) return text;
      while (text.length > 1 && pen.measureText(text + "…").width > room) text = text.slice(0, -1);
      return text + "…";
    };
    const name = ([code, zh, en]) => zh + " " + en;
    view.net.stops.forEach((stop, i) => {
      const middle = (i + .5) * view.cell;
      pen.textAlign = "right";
      pen.fillText(fit(name(stop), view.left - 10), view.left - 6, view.top + middle);
      if (view.net.boarding) return;
      pen.save();
      pen.translate(view.left + middle, view.top - 6);
      pen.rotate(-Math.PI / 2);
      pen.textAlign = "left";
      pen.fillText(fit(name(stop), view.top - 10), 0, 0);
      pen.restore();
    });
    if (view.net.boarding) {
      pen.textAlign = "left";
      pen.fillText("登车 board", view.left, view.top / 2);
    }
  }

  function draw() {
    layout();
    const rows = view.net.stops.length, cols = columns(), s = view.cell;
    const width = Math.ceil(view.left + Math.max(cols * s, view.net.boarding ? 80 : 0));
    const height = view.top + rows * s;
    const ratio = Math.max(width, height) > 1500 ? 1 : window.devicePixelRatio || 1;
    canvas.width = width * ratio; canvas.height = height * ratio;
    canvas.style.width = width + "px"; canvas.style.height = height + "px";
    const image = new ImageData(cols, rows), palette = colours();
    view.layer.index.forEach((p, i) => image.data.set([...palette[p], 255], i * 4));
    const small = document.createElement("canvas");
    small.width = cols; small.height = rows;
    small.getContext("2d").putImageData(image, 0, 0);
    pen.setTransform(ratio, 0, 0, ratio, 0, 0);
    pen.clearRect(0, 0, width, height);
    pen.imageSmoothingEnabled = false;
    pen.drawImage(small, view.left, view.top, cols * s, rows * s);
    if (s >= 13) {
      const css = getComputedStyle(document.documentElement);
      pen.strokeStyle = css.getPropertyValue("--surface");
      pen.lineWidth = 1;
      pen.beginPath();
      for (let i = 0; i <= cols; i++) {
        pen.moveTo(view.left + i * s, view.top); pen.lineTo(view.left + i * s, height);
      }
      for (let i = 0; i <= rows; i++) {
        pen.moveTo(view.left, view.top + i * s); pen.lineTo(view.left + cols * s, view.top + i * s);
      }
      pen.stroke();
      signs(rows, cols);
      if (view.left > 0) labels(width);
    }
    mark();
  }

  function signs(rows, cols) {
    const css = getComputedStyle(document.documentElement), s = view.cell;
    const mode = el("mode").value;
    pen.font = Math.min(15, s - 4) + "px sans-serif";
    pen.textAlign = "center"; pen.textBaseline = "middle";
    for (let r = 0; r < rows; r++)
      for (let c = 0; c < cols; c++) {
        const price = priceAt(r, c), kind = kindOf(price);
        let sign = kind === "unchanged" ? "" : kinds[kind][0];
        if (mode !== "difference") sign = price[mode === "old" ? 0 : 1] < 0 ? "∕" : "";
        const weak = kind === "closed" || mode !== "difference" ||
          Math.abs(price[1] - price[0]) * 2 <= view.layer.most && price[0] >= 0 && price[1] >= 0;
        pen.fillStyle = css.getPropertyValue(weak ? "--ink" : "--surface");
        pen.fillText(sign, view.left + (c + .5) * s, view.top + (r + .5) * s + 1);
      }
  }

  function mark() {
    const s = view.cell, row = el("rowmark"), column = el("columnmark");
    const show = view.at !== null;
    row.style.display = column.style.display = show ? "block" : "none";
    if (!show) return;
    const thin = Math.max(s, 2), px = n => n + "px";
    const size = (box, x, y, w, h) => Object.assign(box.style,
      {left: px(x), top: px(y), width: px(w), height: px(h)});
    size(row, 0, view.top + view.at[0] * s, view.left + columns() * s, thin);
    size(column, view.left + view.at[1] * s, 0, thin, view.top + view.net.stops.length * s);
  }

  const refused = fen => {
    const reason = data.reasons[-fen];
    return "拒绝 refused: " + reason[1] + " " + reason[2] + " (" + reason[0] + ")";
  };
  function tell() {
    const box = el("info");
    box.replaceChildren();
    const line = (text, css) => {
      const div = document.createElement("div");
      div.textContent = text;
      if (css) div.className = css;
      box.append(div);
    };
    if (view.at === null) return line("点一格查看 Hover or tap a cell");
    const [row, column] = view.at, price = priceAt(row, column), [o, n] = price;
    const kind = kinds[kindOf(price)], stops = view.net.stops;
    line(stopText(stops[row]) +
      (view.net.boarding ? " · 登车 boarding" : " → " + stopText(stops[column])));
    const text = fen => fen < 0 ? refused(fen) : yuan(fen);
    const difference = o >= 0 && n >= 0 && o !== n
      ? " (" + (n > o ? "+" : "−") + yuan(Math.abs(n - o)) + ")" : "";
    line("旧 " + text(o) + " → 新 " + text(n) + difference, "price");
    line(kind[0] + " " + kind[1]);
    el("from").value = row;
    if (!view.net.boarding) el("to").value = column;
  }
  function point(at) { view.at = at; mark(); tell(); }

  function refresh() {
    const moments = view.net.moments.length;
    const index = view.net.layerOf[el("rider").value * moments + +el("moment").value];
    view.layer = unpack(view.net.layers[index]);
    draw(); tell();
  }
  function chooseNetwork() {
    view.net = data.networks[el("network").value];
    view.at = null; view.zoom = 0;
    el("moment").length = el("from").length = el("to").length = 0;
    view.net.moments.forEach(([at, zh, en], i) =>
      option(el("moment"), at + " " + zh + " " + en, i));
    view.net.stops.forEach((stop, i) => {
      option(el("from"), stopText(stop), i);
      option(el("to"), stopText(stop), i);
    });
    el("to").disabled = view.net.boarding;
    busiest();
    refresh();
  }
  /// Begins with the rider and moment to whom most happens.
  function busiest() {
    const score = view.net.layers.map(scoreOf);
    let best = 0;
    view.net.layerOf.forEach((l, i) => {
      if (score[l] > score[view.net.layerOf[best]]) best = i;
    });
    el("rider").value = Math.floor(best / view.net.moments.length);
    el("moment").value = best % view.net.moments.length;
  }
  function cellAt(event) {
    const box = canvas.getBoundingClientRect();
    const column = Math.floor((event.clientX - box.left - view.left) / view.cell);
    const row = Math.floor((event.clientY - box.top - view.top) / view.cell);
    const inside = row >= 0 && row < view.net.stops.length && column >= 0 && column < columns();
    return inside ? [row, column] : null;
  }
  let pinned = false;
  canvas.addEventListener("pointermove", e => {
    const at = cellAt(e);
    if (!pinned && e.pointerType === "mouse" && at) point(at);
  });
  canvas.addEventListener("click", e => {
    const at = cellAt(e);
    pinned = at !== null && !(pinned && view.at && at[0] === view.at[0] && at[1] === view.at[1]);
    if (at) point(at);
  });
  canvas.addEventListener("keydown", e => {
    const step = {ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1]};
    const by = step[e.key];
    if (!by) return;
    e.preventDefault();
    const [r, c] = view.at || [0, 0], keep = (v, n) => Math.max(0, Math.min(n - 1, v));
    point([keep(r + by[0], view.net.stops.length), keep(c + by[1], columns())]);
  });
  function reveal() {
    if (view.at === null) return;
    const frame = el("frame"), s = view.cell;
    frame.scrollTo(view.left + view.at[1] * s - frame.clientWidth / 2,
      view.top + view.at[0] * s - frame.clientHeight / 2);
  }
  const zoom = to => { view.zoom = Math.max(-4, Math.min(9, to)); draw(); reveal(); };
  const look = () => { pinned = true; point([+el("from").value, +el("to").value || 0]); reveal(); };
  el("from").addEventListener("change", look);
  el("to").addEventListener("change", look);
  el("network").addEventListener("change", () => { pinned = false; chooseNetwork(); });
  for (const id of ["rider", "moment", "mode"]) el(id).addEventListener("change", refresh);
  el("in").addEventListener("click", () => zoom(view.zoom + 1));
  el("out").addEventListener("click", () => zoom(view.zoom - 1));
  el("fit").addEventListener("click", () => zoom(0));
  let wide = window.innerWidth;
  window.addEventListener("resize", () => {
    if (window.innerWidth !== wide) { wide = window.innerWidth; draw(); }
  });
  matchMedia("(prefers-color-scheme: dark)").addEventListener("change", draw);
  /// Begins with the network in which most pairs change.
  const counts = data.networks.map(n => Math.max(...n.layers.map(scoreOf)));
  el("network").value = counts.indexOf(Math.max(...counts));
  chooseNetwork();
}

function table() {
  const body = el("rows").tBodies[0], rows = [...body.rows];
  const heads = [...el("rows").tHead.rows[0].cells];
  const key = (row, i) => {
    const cell = row.cells[i];
    return cell.dataset.sort !== undefined ? +cell.dataset.sort : cell.textContent;
  };
  const order = (a, b) => typeof a === "number" ? a - b : a.localeCompare(b);
  heads.forEach((head, i) => head.querySelector("button").addEventListener("click", () => {
    const down = head.getAttribute("aria-sort") === "ascending" ? -1 : 1;
    heads.forEach(other => other.setAttribute("aria-sort", "none"));
    head.setAttribute("aria-sort", down === 1 ? "ascending" : "descending");
    rows.sort((a, b) => down * order(key(a, i), key(b, i)));
    body.append(...rows);
  }));
  function filter() {
    const text = el("find").value.trim().toLowerCase();
    let shown = 0;
    for (const row of rows) {
      row.hidden = !(row.textContent.toLowerCase().includes(text) &&
        (el("kinds").value === "" || el("kinds").value === row.dataset.kind) &&
        (el("networks").value === "" || el("networks").value === row.dataset.network));
      if (!row.hidden) shown++;
    }
    el("shown").textContent = shown + " / " + rows.length;
  }
  for (const id of ["find", "kinds", "networks"]) el(id).addEventListener("input", filter);
  filter();
}

if (el("canvas") && data.networks.length > 0) heatMap();
if (el("rows")) table();
})();
)js";
}

}  // namespace tidegate::fare
