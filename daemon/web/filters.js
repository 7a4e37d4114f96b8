// What is shown, as controls: the time, its zone, and the filters of documents. Each change is another address.
import {addressOf, changed, current, go, labels, viewAddress} from "./address.js";
import {catalogue} from "./catalogue.js";
import {byId, element, fillSelect} from "./dom.js";
import {instant, ranges, rangeWords, usualRange} from "./span.js";
import {browserZone, chooseZone, instantOf, timeZone, zoneNamed, zoneOffset, zones} from "./time.js";

const between = "between";

/** As an <input type="datetime-local"> has it, in the chosen zone. */
export function toInput(text) {
  if (!text) return "";
  const at = instant(text);
  return new Date(at + zoneOffset(at)).toISOString().slice(0, 16);
}

export function fromInput(text) {
  if (!text) return "";
  return new Date(instantOf(Date.parse(`${text}Z`))).toISOString().replace(".000Z", "Z");
}

function drawTime() {
  const {view, range, from, to} = current.values;
  byId("time").hidden = view === "sources" || view === "try";   // which has a form of its own
  const usual = view === "alerts" ? "" : usualRange;
  const options = [...(view === "alerts" ? [["", "at any time"]] : []), ...ranges, [between, "from … to …"]];
  const chosen = from || to ? between : range || usual;
  if (!options.some(([id]) => id === chosen)) options.unshift([chosen, rangeWords(chosen)]);
  fillSelect(byId("range"), options, chosen);
  byId("between").hidden = chosen !== between;
  byId("from").value = toInput(from);
  byId("to").value = toInput(to);
}

const byName = (a, b) => a[1].localeCompare(b[1]);

function drawFilters() {
  const {view, topic, entity, source, label, q} = current.values;
  byId("filters").hidden = Boolean(view);
  if (view) return;
  fillSelect(byId("topic-filter"), [["", "all topics"], ...catalogue.topics.map((one) => [one.id, one.name]).sort(byName)], topic || "");
  fillSelect(byId("entity-filter"), [["", "all companies"], ...catalogue.entities.map((one) => [one.id, one.name]).sort(byName)], entity || "");
  fillSelect(byId("source-filter"), [["", "all sources"], ...catalogue.sources.map((one) => [one.id, one.name]).sort(byName)], source || "");
  fillSelect(byId("label-filter"), [["", "all labels"], ...labels.map((one) => [one, one])], label || "");
  if (document.activeElement !== byId("q")) byId("q").value = q || "";
}

/** The controls say what the address says. */
export function drawControls() {
  drawTime();
  drawFilters();
  for (const link of document.querySelectorAll("nav a")) {
    const view = link.dataset.view;
    link.href = view === "try" ? addressOf({view}) : viewAddress({view});   // a rule is tried over longer times
    if (view === (current.values.view || "") && (view || byId("selection").hidden)) link.setAttribute("aria-current", "page");
    else link.removeAttribute("aria-current");
  }
}

/** Any zone can be typed or found in the list; nothing is the browser's. */
function startZone(onZone) {
  const field = byId("zone");
  const chosen = () => (timeZone() === browserZone ? "" : timeZone());
  field.placeholder = browserZone;
  field.value = chosen();
  field.addEventListener("focus", () => {
    if (byId("zones").options.length === 0) byId("zones").append(...zones().map((name) => element("option", {value: name})));
  });
  field.addEventListener("change", () => {
    const name = field.value.trim() === "" ? "" : zoneNamed(field.value);
    byId("zone-note").textContent = name === null ? `There is no time zone “${field.value}”. Zones have names such as Europe/London.` : "";
    field.setAttribute("aria-invalid", String(name === null));
    if (name === null) return;
    chooseZone(name);
    field.value = chosen();
    onZone();
  });
}

/** `onZone`: the zone has changed, so every time is to be written again. */
export function startControls(onZone) {
  byId("range").addEventListener("change", (event) => {
    const range = event.target.value;
    byId("between").hidden = range !== between;
    if (range === between) byId("from").focus();
    else go(changed({range, from: "", to: ""}));
  });
  byId("between").addEventListener("submit", (event) => {
    event.preventDefault();
    go(changed({range: "", from: fromInput(byId("from").value), to: fromInput(byId("to").value)}));
  });
  startZone(onZone);
  for (const name of ["topic", "entity", "source", "label"]) {
    byId(`${name}-filter`).addEventListener("change", (event) => go(changed({[name]: event.target.value, story: ""})));
  }
  byId("filters").addEventListener("submit", (event) => {
    event.preventDefault();
    byId("q").blur();
    go(changed({q: byId("q").value.trim(), story: ""}));
  });
  byId("q").addEventListener("search", () => byId("q").value === "" && go(changed({q: ""})));
}
