// Charts as SVG, redrawn on each update: at most some thousand nodes.
import {laneHeight, laneRows} from "./chart_lanes.js";
import {element, signed, svg} from "./dom.js";
import {formatClock, formatDay, formatDayClock, timeZone} from "./time.js";

/** Runs of points that have a mean: a null ends a line, so a gap is a gap. */
function runs(points) {
  const found = [];
  let run = [];
  for (const point of points) {
    if (point.mean === null) {
      if (run.length > 0) found.push(run);
      run = [];
    } else {
      run.push(point);
    }
  }
  if (run.length > 0) found.push(run);
  return found;
}

const path = (run, x, y) => run.map((p, i) => `${i === 0 ? "M" : "L"}${x(p).toFixed(1)} ${y(p).toFixed(1)}`).join("");

function meanLines(points, x, y) {
  const group = svg("g", {class: "mean"});
  for (const run of runs(points)) {
    if (run.length === 1) {
      group.append(svg("circle", {cx: x(run[0]), cy: y(run[0]), r: 1.8}));
    } else {
      group.append(svg("path", {d: path(run, x, y)}));
    }
  }
  return group;
}

/** A small chart without axes: the zero line, the means, and ticks for negative stories. */
export function sparkline(points, label) {
  const width = 220;
  const height = 56;
  const root = svg("svg", {viewBox: `0 0 ${width} ${height}`, class: "spark", role: "img", "aria-label": label, preserveAspectRatio: "none"});
  const step = width / Math.max(1, points.length);
  const x = (p) => (p.index + 0.5) * step;
  const y = (p) => 4 + (1 - p.mean) * 20;
  const most = Math.max(4, ...points.map((p) => p.negative));
  const bars = svg("g", {class: "negative"});
  for (const p of points) {
    if (p.negative === 0) continue;
    const size = Math.max(1.5, (p.negative / most) * 10);
    bars.append(svg("rect", {x: (p.index * step + step * 0.15).toFixed(1), y: (height - size).toFixed(1), width: Math.max(1, step * 0.7).toFixed(1), height: size.toFixed(1)}));
  }
  root.append(svg("line", {class: "zero", x1: 0, x2: width, y1: 24, y2: 24}), bars, meanLines(points, x, y));
  return root;
}

const margin = {left: 40, right: 12, top: 10, bottom: 38};

/** The layout of one drawing of the large chart. */
function layout(width, {points, end, lanes = []}) {
  const inner = width - margin.left - margin.right;
  const top = margin.top + lanes.length * laneHeight;
  const height = 300 + lanes.length * laneHeight;
  const countsHeight = 64;
  const meanBottom = height - margin.bottom - countsHeight - 20;
  const step = inner / Math.max(1, points.length);
  const begin = points[0].t;
  return {
    width, height, step, top, countsHeight, meanBottom,
    left: (index) => margin.left + index * step,
    center: (point) => margin.left + (point.index + 0.5) * step,
    time: (t) => margin.left + ((t - begin) / (end - begin)) * inner,
    mean: (value) => top + ((1 - value) / 2) * (meanBottom - top),
    bottom: height - margin.bottom,
  };
}

function axes(at, points, end) {
  const group = svg("g", {class: "axes"});
  for (const value of [-1, -0.5, 0, 0.5, 1]) {
    const y = at.mean(value);
    group.append(svg("line", {class: value === 0 ? "zero" : "grid", x1: margin.left, x2: at.width - margin.right, y1: y, y2: y}));
    group.append(svg("text", {x: margin.left - 7, y: y + 3.5, "text-anchor": "end"}, value === 0 ? "0" : signed(value, 1)));
  }
  const wanted = Math.max(2, Math.floor(at.width / 130));   // the first label stands right of its tick
  const every = Math.max(1, Math.ceil(points.length / wanted));
  const long = end - points[0].t > 36 * 3600e3;
  let before = "";
  for (let i = 0; i < points.length; i += every) {
    const x = at.left(i);
    group.append(svg("line", {class: "grid", x1: x, x2: x, y1: at.bottom, y2: at.bottom + 4}));
    const words = long && every * (end - points[0].t) / points.length >= 20 * 3600e3 ? formatDay(points[i].t) : long ? formatDayClock(points[i].t) : formatClock(points[i].t);
    if (words !== before) group.append(svg("text", {x, y: at.bottom + 18, "text-anchor": i === 0 ? "start" : "middle"}, words));
    before = words;
  }
  group.append(svg("text", {class: "zone", x: at.width - margin.right, y: at.height - 4, "text-anchor": "end"}, timeZone()));
  return group;
}

function errorBand(points, at) {
  const group = svg("g", {class: "band"});
  for (const run of runs(points)) {
    const known = run.map((p) => ({x: at.center(p), error: p.stderr === null ? 0 : p.stderr, mean: p.mean}));
    if (known.length < 2) continue;
    const clamp = (value) => Math.min(1, Math.max(-1, value));
    const upper = known.map((k) => `${k.x.toFixed(1)} ${at.mean(clamp(k.mean + k.error)).toFixed(1)}`);
    const lower = known.map((k) => `${k.x.toFixed(1)} ${at.mean(clamp(k.mean - k.error)).toFixed(1)}`).reverse();
    group.append(svg("path", {d: `M${upper.concat(lower).join("L")}Z`}));
  }
  return group;
}

function countBars(points, at) {
  const group = svg("g", {class: "counts"});
  const most = Math.max(5, ...points.map((p) => p.positive + p.neutral + p.negative));
  const width = Math.max(1, at.step * 0.72);
  for (const p of points) {
    let y = at.bottom;
    for (const kind of ["negative", "neutral", "positive"]) {
      if (p[kind] === 0) continue;
      const size = (p[kind] / most) * at.countsHeight;
      y -= size;
      group.append(svg("rect", {class: kind, x: (at.left(p.index) + (at.step - width) / 2).toFixed(1), y: y.toFixed(1), width: width.toFixed(1), height: size.toFixed(1)}));
    }
  }
  group.append(svg("line", {class: "grid", x1: margin.left, x2: at.width - margin.right, y1: at.bottom, y2: at.bottom}));
  group.append(svg("text", {x: margin.left - 7, y: at.bottom - at.countsHeight + 8, "text-anchor": "end"}, String(most)));
  return group;
}

/** Where the version of the model changes: what lies left and right of such a line does not compare. */
function modelChanges(points, at) {
  const group = svg("g", {class: "model-changes"});
  let before = null;
  for (const p of points) {
    if (!p.models) continue;
    const names = p.models.join(", ");
    if (before !== null) {
      const line = svg("line", {x1: at.left(p.index), x2: at.left(p.index), y1: at.top, y2: at.bottom});
      line.append(svg("title", {}, `model: ${before} → ${names}`));
      group.append(line);
    }
    before = names;
  }
  return group;
}

/** Alerts that overlap as one span, so that many of them do not hide what is behind. */
function merged(alerts) {
  const spans = [];
  for (const {from, to, words} of [...alerts].sort((a, b) => a.from - b.from)) {
    const last = spans[spans.length - 1];
    if (last && from <= last.to) {
      last.to = Math.max(last.to, to);
      last.words.push(words);
    } else {
      spans.push({from, to, words: [words]});
    }
  }
  return spans;
}

/** Spans of time as shaded areas: alerts that were open, and buckets in which the sources were not covered. Incidents are
 * a line above them. */
function shades(points, end, at, alerts, incidents) {
  const group = svg("g", {class: "shades"});
  const begin = points[0].t;
  const scale = (time) => at.time(Math.min(end, Math.max(begin, time)));
  for (const p of points) {
    if (p.coverage === null || p.coverage > 0.99) continue;
    const opacity = (0.25 + 0.75 * (1 - p.coverage)).toFixed(2);
    group.append(svg("rect", {class: "uncovered", "fill-opacity": opacity, x: at.left(p.index), y: at.top, width: at.step, height: at.bottom - at.top}));
  }
  for (const alert of merged(alerts)) {
    const from = scale(alert.from);
    const to = scale(alert.to);
    if (alert.to < begin || alert.from > end) continue;
    const area = svg("rect", {class: "alerted", x: from, y: at.top, width: Math.max(2, to - from), height: at.bottom - at.top});
    area.append(svg("title", {}, alert.words.join("\n")));
    group.append(area);
  }
  for (const incident of merged(incidents)) {
    if (incident.to < begin || incident.from > end) continue;
    const from = scale(incident.from);
    const mark = svg("rect", {class: "incident", x: from, y: at.top - 8, width: Math.max(2, scale(incident.to) - from), height: 5});
    mark.append(svg("title", {}, incident.words.join("\n")));
    group.append(mark);
  }
  return group;
}

const leastDrag = 6;   // pixels; less is a click

/** The large chart. Pointer and arrow keys move a cursor; `onPoint` receives the point it is on (or null). Dragging, or
 * Shift with the arrows and then Enter, chooses a part: `onRange` receives its first and last instant. */
export class SeriesChart {
  constructor(container, onPoint, onRange = null) {
    this.container = container;
    this.onPoint = onPoint;
    this.onRange = onRange;
    this.series = null;
    this.cursor = null;
    this.anchor = null;   // instant at which the chosen part begins, or ends
    new ResizeObserver(() => this.draw()).observe(container);
    container.addEventListener("pointermove", (event) => this.point(event));
    container.addEventListener("pointerleave", () => this.anchor === null && this.select(null));
    container.addEventListener("keydown", (event) => this.key(event));
    if (!onRange) return;
    container.addEventListener("pointerdown", (event) => this.press(event));
    container.addEventListener("pointerup", (event) => this.release(event));
    container.addEventListener("pointercancel", () => this.drop());
  }

  /** series: {label, points: [{index, t, mean, stderr, positive, neutral, negative, coverage, models?}], end,
   *  alerts: [{from, to, words}], incidents?: the same, lanes?: as laneRows() has them} */
  show(series) {
    const before = this.cursor === null ? undefined : this.series?.points[this.cursor]?.t;
    this.series = series;
    this.cursor = before >= series.points[0]?.t && before < series.end ? series.points.findLastIndex((point) => point.t <= before) : null;
    this.draw();
    this.select(this.cursor);
  }

  draw() {
    const width = Math.floor(this.container.clientWidth);
    if (!this.series || width < 80) return;
    if (this.series.points.length === 0) {
      this.at = null;
      this.container.setAttribute("aria-label", `${this.series.label}: no data`);
      return this.container.replaceChildren(element("p", {class: "empty"}, "No data in this time."));
    }
    const {points, end, alerts, incidents = [], lanes = [], label} = this.series;
    const at = this.at = layout(width, this.series);
    const root = svg("svg", {viewBox: `0 0 ${width} ${at.height}`, width, height: at.height, "aria-hidden": "true"});
    root.append(shades(points, end, at, alerts, incidents), axes(at, points, end), countBars(points, at), errorBand(points, at), modelChanges(points, at));
    root.append(meanLines(points, (p) => at.center(p), (p) => at.mean(p.mean)));
    root.append(laneRows(lanes, {x: at.time, left: margin.left, right: width - margin.right, top: margin.top - 4}));
    this.mark = svg("line", {class: "cursor", y1: at.top, y2: at.bottom, visibility: "hidden"});
    this.part = svg("rect", {class: "part", y: at.top, height: at.bottom - at.top, visibility: "hidden"});
    root.append(this.part, this.mark);
    this.container.replaceChildren(root);
    this.container.setAttribute("aria-label", label);
    this.select(this.cursor);
  }

  /** The index of the point under the pointer, which may lie outside. */
  under(event) {
    return Math.floor((event.clientX - this.container.getBoundingClientRect().left - margin.left) / this.at.step);
  }

  point(event) {
    if (!this.at) return;
    const index = this.under(event);
    const last = this.series.points.length - 1;
    if (this.anchor !== null && this.pressed !== undefined) this.select(Math.min(last, Math.max(0, index)));
    else this.select(index >= 0 && index <= last ? index : null);
  }

  press(event) {
    if (!this.at || event.button !== 0) return;
    const last = this.series.points.length - 1;
    this.pressed = event.clientX;
    this.container.setPointerCapture(event.pointerId);
    this.select(Math.min(last, Math.max(0, this.under(event))));
    this.anchor = this.series.points[this.cursor].t;
  }

  release(event) {
    if (this.pressed === undefined) return;
    const dragged = Math.abs(event.clientX - this.pressed) >= leastDrag;
    const part = this.chosen();
    this.drop();
    if (dragged && part) this.onRange(part.from, part.to);
  }

  drop() {
    this.pressed = undefined;
    this.anchor = null;
    this.select(this.cursor);
  }

  /** What lies between the anchor and the cursor: indices of points, and instants. null: nothing is chosen. */
  chosen() {
    if (this.anchor === null || this.cursor === null) return null;
    const {points, end} = this.series;
    const at = Math.max(0, points.findIndex((point) => point.t >= this.anchor));   // the series may have moved on
    const [first, last] = [Math.min(at, this.cursor), Math.max(at, this.cursor)];
    return {first, last, from: points[first].t, to: points[last + 1]?.t ?? end};
  }

  key(event) {
    if (!this.series) return;
    const last = this.series.points.length - 1;
    const moves = {ArrowLeft: -1, ArrowRight: 1, PageUp: -12, PageDown: 12};
    let next = null;
    if (event.ctrlKey || event.metaKey || event.altKey) return;
    if (event.key in moves) next = (this.cursor === null ? last : this.cursor + moves[event.key]);
    if (event.key === "Home") next = 0;
    if (event.key === "End") next = last;
    if (event.key === "Escape") return this.anchor === null ? this.select(null) : this.drop();
    if (event.key === "Enter" && this.chosen()) {
      const {from, to} = this.chosen();
      this.drop();
      this.onRange(from, to);
    }
    if (next === null || last < 0) return;
    event.preventDefault();
    if (!event.shiftKey || !this.onRange) this.anchor = null;
    else if (this.anchor === null) this.anchor = this.series.points[this.cursor ?? last].t;
    this.select(Math.min(last, Math.max(0, next)));
  }

  select(index) {
    this.cursor = index;
    if (this.mark && this.at) {
      this.mark.setAttribute("visibility", index === null ? "hidden" : "visible");
      if (index !== null) {
        const x = this.at.center({index});
        this.mark.setAttribute("x1", x);
        this.mark.setAttribute("x2", x);
      }
      const part = this.chosen();
      this.part.setAttribute("visibility", part ? "visible" : "hidden");
      if (part) {
        this.part.setAttribute("x", this.at.left(part.first));
        this.part.setAttribute("width", this.at.left(part.last + 1) - this.at.left(part.first));
      }
    }
    this.onPoint(index === null || !this.series ? null : this.series.points[index]);
  }
}
