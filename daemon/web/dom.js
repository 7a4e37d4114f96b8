// Small helpers. Whatever comes from a document is text: nothing here (or anywhere) sets HTML.
import {noteServerClock} from "./time.js";

export const byId = (id) => document.getElementById(id);

/** element("p", {class: "note"}, "text", child…): attributes, then children; strings become text nodes. */
export function element(tag, attributes = {}, ...children) {
  return fill(document.createElement(tag), attributes, children);
}

export function svg(tag, attributes = {}, ...children) {
  return fill(document.createElementNS("http://www.w3.org/2000/svg", tag), attributes, children);
}

function fill(node, attributes, children) {
  for (const [name, value] of Object.entries(attributes)) {
    if (value !== null && value !== undefined && value !== false) node.setAttribute(name, value === true ? "" : value);
  }
  for (const child of children) {
    if (child !== null && child !== undefined) node.append(child);
  }
  return node;
}

/** The address if it is one a reader may be sent to, else null: never javascript: or data:. */
export function safeUrl(text) {
  try {
    const url = new URL(text);
    return url.protocol === "http:" || url.protocol === "https:" ? url.href : null;
  } catch {
    return null;
  }
}

/** A title as a link if it has a good address, else as text. */
export function titleNode(title, url) {
  const safe = safeUrl(url);
  if (!safe) return element("span", {class: "title"}, title);
  return element("a", {class: "title", href: safe, target: "_blank", rel: "noopener noreferrer"}, title);
}

/** "+0.42", "−0.83": a real minus, and always a sign, so that colour is never the only difference. */
export function signed(value, digits = 2) {
  if (value === null || value === undefined) return "–";
  const rounded = Number(value.toFixed(digits));
  if (rounded === 0) return (0).toFixed(digits);
  return (rounded < 0 ? "−" : "+") + Math.abs(rounded).toFixed(digits);
}

/** A class name for a sentiment: neg3 … neu … pos3, or unknown. With a label the colour is that of the label: a neutral
 * text is grey, however its number leans. */
export function tone(value, label = "") {
  if (value === null || value === undefined) return "unknown";
  if (label && label !== "negative" && label !== "positive") return "neu";
  const size = Math.abs(value);
  const step = size < 0.15 ? 0 : size < 0.45 ? 1 : size < 0.75 ? 2 : 3;
  return step === 0 ? "neu" : (value < 0 ? "neg" : "pos") + step;
}

const whole = new Intl.NumberFormat();
export const formatCount = (n) => whole.format(n);

/** "1 story", "1,200 stories". */
export const plural = (n, one, many = `${one}s`) => `${formatCount(n)} ${n === 1 ? one : many}`;

/** `errors`: [{parameter, detail}] of a request that the server refuses, or [{pointer, detail}] of its body. */
export class ApiError extends Error {
  constructor(status, detail, errors = []) {
    super(detail);
    this.status = status;
    this.errors = errors;
  }
}

/** A name and its value for a <dl class="facts">. */
export function fact(name, value) {
  return element("div", {}, element("dt", {}, name), element("dd", {}, value));
}

/** `${path}?…` with the values that are not empty; a list is given value by value. */
export function withQuery(path, values) {
  const pairs = Object.entries(values).flatMap(([name, value]) => [value].flat().map((one) => [name, one]));
  const query = new URLSearchParams(pairs.filter(([, value]) => value !== "" && value !== null && value !== undefined));
  return query.size > 0 ? `${path}?${query}` : path;
}

export async function getJson(path, signal) {
  const response = await fetch(path, {headers: {Accept: "application/json"}, signal});
  noteServerClock(response.headers.get("Date"));
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, body.detail || response.statusText, body.errors);
  return body;
}

/** Adds the next page of a list that has items, cursor, draw(), and a generation that says whether it is still wanted. The
 * button waits meanwhile; at the end, when it is gone, the title has the focus. */
export async function appendPage(list, path, query, {button, title, note}) {
  const generation = list.generation;
  byId(button).disabled = true;
  try {
    const page = await getJson(withQuery(path, query));
    if (generation !== list.generation) return;
    const known = new Set(list.items.map((one) => one.id));
    list.items.push(...page.items.filter((one) => !known.has(one.id)));
    list.cursor = page.next_cursor;
    list.draw();
    if (list.cursor === null) byId(title).focus();
  } catch (error) {
    byId(note).textContent = `The rest could not be read: ${error.message}`;
  } finally {
    byId(button).disabled = false;
  }
}

/** How much of such a list is shown, of which time; `none` begins the words for an empty one. */
export function pageWords({items, cursor, time}, none) {
  if (items.length === 0) return `${none}, ${time}.`;
  return `${cursor !== null ? "the newest " : items.length > 1 ? "all " : ""}${formatCount(items.length)}, ${time}`;
}

/** POSTs a value, or nothing; an error says what is wrong with it. `signal`: of an AbortController. */
export async function sendJson(path, value, signal, method = "POST") {
  const headers = {Accept: "application/json", ...(value ? {"Content-Type": "application/json"} : {})};
  const response = await fetch(path, {method, headers, body: value ? JSON.stringify(value) : undefined, signal});
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const errors = (body.errors || []).map((error) => `${error.pointer || error.parameter}: ${error.detail}`);
  throw new ApiError(response.status, errors.join("; ") || body.detail || response.statusText, body.errors);
}

/** Light or dark as it was chosen, else as the system is; the button changes it. */
export function startTheme(button) {
  const chosen = localStorage.getItem("theme");
  if (chosen) document.documentElement.dataset.theme = chosen;
  button.addEventListener("click", () => {
    const dark = document.documentElement.dataset.theme ? document.documentElement.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
    const theme = dark ? "light" : "dark";
    localStorage.setItem("theme", theme);
    document.documentElement.dataset.theme = theme;
  });
}

/** A <select> of [value, words]; a value that is not among them is added, so that it is not lost. */
export function fillSelect(select, options, value) {
  const known = options.some(([id]) => id === value) ? options : [...options, [value, value]];
  const same = select.options.length === known.length && known.every(([id, words], i) => select.options[i].value === id && select.options[i].text === words);
  if (!same) select.replaceChildren(...known.map(([id, words]) => element("option", {value: id}, words)));
  select.value = value;
}

/** Calls `run` at most once per `milliseconds`, including the last call. */
export function throttled(run, milliseconds) {
  let timer = null;
  let last = 0;
  return () => {
    if (timer !== null) return;
    const wait = Math.max(0, last + milliseconds - Date.now());
    timer = setTimeout(() => {
      timer = null;
      last = Date.now();
      run();
    }, wait);
  };
}
