// Small helpers. Whatever comes from a document is text: nothing here (or anywhere) sets HTML.

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

/** A class name for a sentiment: neg3 … neu … pos3, or unknown. */
export function tone(value) {
  if (value === null || value === undefined) return "unknown";
  const size = Math.abs(value);
  const step = size < 0.15 ? 0 : size < 0.45 ? 1 : size < 0.75 ? 2 : 3;
  return step === 0 ? "neu" : (value < 0 ? "neg" : "pos") + step;
}

const units = [[86400, "d"], [3600, "h"], [60, "min"], [1, "s"]];
export function age(from, now = Date.now()) {
  const seconds = Math.max(0, Math.round((now - from) / 1000));
  for (const [size, name] of units) {
    if (seconds >= size) return `${Math.floor(seconds / size)} ${name}`;
  }
  return "now";
}

const clock = new Intl.DateTimeFormat(undefined, {hour: "2-digit", minute: "2-digit", hour12: false});
const dayClock = new Intl.DateTimeFormat(undefined, {weekday: "short", hour: "2-digit", minute: "2-digit", hour12: false});
const day = new Intl.DateTimeFormat(undefined, {weekday: "short", day: "numeric", month: "short"});
export const formatClock = (at) => clock.format(at);
export const formatDayClock = (at) => dayClock.format(at);
export const formatDay = (at) => day.format(at);

const whole = new Intl.NumberFormat();
export const formatCount = (n) => whole.format(n);

export class ApiError extends Error {
  constructor(status, detail) {
    super(detail);
    this.status = status;
  }
}

export async function getJson(path) {
  const response = await fetch(path, {headers: {Accept: "application/json"}});
  const body = await response.json().catch(() => ({}));
  if (!response.ok) throw new ApiError(response.status, body.detail || response.statusText);
  return body;
}

/** POSTs a value; an error says what is wrong with it. */
export async function sendJson(path, value) {
  const headers = {Accept: "application/json", "Content-Type": "application/json"};
  const response = await fetch(path, {method: "POST", headers, body: JSON.stringify(value)});
  const body = await response.json().catch(() => ({}));
  if (response.ok) return body;
  const errors = (body.errors || []).map((error) => `${error.pointer || error.parameter}: ${error.detail}`);
  throw new ApiError(response.status, errors.join("; ") || body.detail || response.statusText);
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
