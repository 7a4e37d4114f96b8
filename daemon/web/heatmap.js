// Companies by time as a table of coloured cells. Colour is never alone: each cell has its sign, and its numbers in words.
// The style sheet lays the rows out as grids, of which a browser leaves out those that are not on the screen: as a table,
// five hundred rows took seconds. Therefore the roles, which a table has only while it is laid out as one.
import {element, signed, tone} from "./dom.js";
import {totals} from "./series.js";
import {formatClock, formatDay, formatDayClock, timeZone} from "./time.js";

/** `href`: the list of its documents. */
function cell(total, when, company, href) {
  if (total.mean === null) return element("td", {role: "cell", class: "none", title: `${company}, ${when}: no data`}, element("span", {class: "hidden"}, "no data"));
  const words = `${when}: mean ${signed(total.mean)}, n = ${total.scored}`;
  const mark = tone(total.mean) === "neu" ? "·" : total.mean < 0 ? "−" : "+";
  const link = element("a", {href, tabindex: "-1"}, element("span", {"aria-hidden": "true"}, mark), element("span", {class: "hidden"}, words));
  return element("td", {role: "cell", class: tone(total.mean), title: `${company}, ${words}`}, link);
}

/** The totals of each column; points outside are left out. */
function columnTotals(points, from, size, columns, bucket) {
  const parts = Array.from({length: columns}, () => []);
  const slack = bucket / 8;   // days have 23 to 25 hours
  for (const point of points) parts[Math.floor((point.t - from + slack) / size)]?.push(point);
  return parts.map(totals);
}

/** Each row is one stop of the tabulator; arrow keys go from cell to cell. */
function moveByArrow(event) {
  const [row, column] = {ArrowLeft: [0, -1], ArrowRight: [0, 1], ArrowUp: [-1, 0], ArrowDown: [1, 0]}[event.key] || [0, 0];
  const cell = event.target.closest("td");
  if (!cell || (row === 0 && column === 0)) return;
  const body = cell.parentElement.parentElement;
  let [y, x] = [[...body.rows].indexOf(cell.parentElement), cell.cellIndex];
  do [y, x] = [y + row, x + column]; while (body.rows[y]?.cells[x]?.matches("td.none"));
  const link = body.rows[y]?.cells[x]?.querySelector("td a");
  event.preventDefault();
  if (!link) return;
  for (const other of link.closest("tr").querySelectorAll("td a")) other.tabIndex = other === link ? 0 : -1;
  link.focus();
}

/** rows: [{id, points}]; `time`: {from, to, bucket, columns}, of which a column is a whole number of buckets; `link` makes
 * the name of a company a way to its page, `listOf` the address of what a cell counts. `kept`: a Map in which rows stay that
 * have not changed since the last drawing. */
export function heatMap(rows, {from, to, bucket, columns}, link, kept, listOf) {
  const size = Math.max(1, Math.ceil((to - from) / bucket / columns)) * bucket;
  const starts = Array.from({length: Math.ceil((to - from) / size)}, (_, i) => from + i * size);
  const whens = starts.map(formatDayClock);
  const words = to - from > 3 * 86400e3 ? formatDay : to - from > 20 * 3600e3 ? formatDayClock : formatClock;
  const every = Math.max(1, Math.ceil(starts.length / (columns > 8 ? 6 : 2)));
  const heads = starts.filter((_, i) => i % every === 0).map((at, i, all) => {
    const span = i === all.length - 1 ? starts.length - i * every : every;
    const head = element("th", {role: "columnheader", scope: "colgroup", colspan: span, "aria-colspan": span}, words(at));
    head.style.gridColumn = `span ${span}`;
    return head;
  });
  const body = rows.map((row) => {
    const name = link(row.id);
    const cells = columnTotals(row.points, from, size, starts.length, bucket);
    const key = JSON.stringify([timeZone(), from, size, name.href, cells.map(({mean, scored}) => [mean, scored])]);
    const before = kept.get(row.id);
    if (before?.key === key) return before.node;
    const node = element("tr", {role: "row"}, element("th", {role: "rowheader", scope: "row"}, name), ...cells.map((total, i) => cell(total, whens[i], name.textContent, listOf(row.id, starts[i], starts[i] + size))));
    const first = node.querySelector("td a");
    if (first) first.tabIndex = 0;
    kept.set(row.id, {key, node});
    return node;
  });
  const table = element("table", {class: "heat", role: "table"}, element("thead", {role: "rowgroup"}, element("tr", {role: "row"}, element("td", {role: "cell"}), ...heads)),
    element("tbody", {role: "rowgroup"}, ...body));
  table.style.setProperty("--columns", starts.length);
  table.addEventListener("keydown", moveByArrow);
  return table;
}
