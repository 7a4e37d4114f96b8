// The address says what is shown, so that it can be sent, reloaded and gone back to. Its parameters have the names that
// they have in the API.
import {groupings, measures} from "./rule_text.js";
import {instant, rangeLength} from "./span.js";

const views = ["companies", "alerts", "sources", "try"];
export const labels = ["negative", "neutral", "positive", "abstained", "unscored"];
export const states = ["firing", "resolved", "pending"];
/** What of a series a list can stand behind; all but the first are the API's. */
export const numbers = ["documents", "stories", "scored", "negative_stories"];
export const severities = ["critical", "error", "warning", "info"];

const oneOf = (list) => (text) => (list.includes(text) ? null : `“${text}” is none of ${list.join(", ")}`);
const time = (text) => (instant(text) === null ? `“${text}” is not a time such as 2026-03-01 or 2026-03-01T09:30:00Z` : null);
const any = () => null;

/** What is wrong with a value, or null; in the order in which they stand in an address. */
const filters = {
  view: oneOf(views),
  topic: any,
  entity: any,
  source: any,
  story: (text) => (/^\d{1,18}$/.test(text) ? null : `“${text}” is not the number of a story`),
  label: oneOf(labels),
  behind: oneOf(numbers),
  q: (text) => (text.length <= 1024 ? null : "longer than 1,024 characters"),
  rule: any,
  state: oneOf(states),
  severity: oneOf(severities),
  range: (text) => (rangeLength(text) === null ? `“${text}” is not a range such as 30m, 24h, 7d or 1y` : null),
  from: time,
  to: time,
};

/** Of the view that tries a rule: its settings, which the API judges. `rule`: the running one beside it; `base`: the running
 * one whose other settings it keeps; `series`: of the chart. */
const settings = {
  ...Object.fromEntries(["view", "rule"].map((name) => [name, filters[name]])),
  base: any,
  name: any,
  measure: oneOf(measures.map(([id]) => id)),
  group_by: oneOf(groupings.map(([id]) => id)),
  ...Object.fromEntries(["topic", "entity", "tag", "source", "false_alarms", "min_stories", "min_gravity", "min_negative", "resolve_after", "severity",
    "max_alerts"].map((name) => [name, any])),
  ...Object.fromEntries(["range", "from", "to"].map((name) => [name, filters[name]])),
  series: any,
};
const repeated = ["topic", "entity", "tag", "source"];   // there; their values are lists

const parametersOf = (view) => (view === "try" ? settings : filters);

/** {values, problems}: what the address asks for, without the values that are wrong, and what is wrong with these. */
export function readAddress(search) {
  const values = {};
  const problems = [];
  const given = new URLSearchParams(search);
  const parameters = parametersOf(given.get("view"));
  for (const [name, text] of given) {
    if (text === "") continue;
    const wrong = Object.hasOwn(parameters, name) ? parameters[name](text) : "there is no such filter";
    if (wrong) problems.push({parameter: name, detail: wrong});
    else if (parameters === settings && repeated.includes(name)) values[name] = [...(values[name] || []), text];
    else if (name in values) problems.push({parameter: name, detail: "given twice; the first one counts"});
    else values[name] = text;
  }
  if (values.from && values.to && instant(values.from) >= instant(values.to)) {
    problems.push({parameter: "from", detail: "must be before to"});
    delete values.from;
    delete values.to;
  }
  return {values, problems};
}

export function addressOf(values) {
  const search = new URLSearchParams();
  for (const name of Object.keys(parametersOf(values.view))) {
    for (const value of [values[name] || []].flat()) search.append(name, value);
  }
  return search.size > 0 ? `/?${search}` : "/";
}

/** What is shown now. */
export let current = readAddress(location.search);

/** Another view of the same time. */
export function viewAddress(values) {
  const {range, from, to} = current.values;
  return addressOf({range, from, to, ...values});
}

/** This view with some of its filters changed; "" takes one away. */
export const changed = (changes) => addressOf({...current.values, ...changes});

/** The list behind a number of this view's series: without what narrows the list alone. */
export const behind = (changes) => changed({story: "", label: "", behind: "", q: "", ...changes});

let onChange = () => {};

export function follow(listener) {
  onChange = listener;
}

export function go(address) {
  if (address === location.pathname + location.search) return;
  history.pushState(null, "", address);
  read(true);
}

function read(byClick) {
  current = readAddress(location.search);
  onChange(byClick);
}

let shown = location.search;
addEventListener("popstate", () => {
  if (location.search !== shown) read(false);  // else only the part after # is another
});

/** Called by the page once it shows what the address says. */
export function settled() {
  shown = location.search;
}

document.addEventListener("click", (event) => {
  const link = event.target.closest?.("a[href]");
  if (!link || event.defaultPrevented || event.button !== 0 || event.ctrlKey || event.metaKey || event.shiftKey || event.altKey) return;
  const href = link.getAttribute("href");
  if (href !== "/" && !href.startsWith("/?")) return;
  event.preventDefault();
  go(href);
});
