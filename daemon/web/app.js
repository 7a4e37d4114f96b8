// The page: loads the current state, then follows the event stream.
import {Alerts} from "./alerts.js";
import {ApiError, byId, formatCount, getJson, throttled} from "./dom.js";
import {Headlines} from "./headlines.js";
import {Topics} from "./topics.js";

const headlines = new Headlines((id) => topics.name(id));
const topics = new Topics((topic) => headlines.setTopic(topic));
const alerts = new Alerts((items) => topics.setAlerts(items));

/** Failures of a refresh show as the connection's state; the next refresh tries again. */
function attempt(run) {
  return () => run().catch((error) => {
    if (error instanceof ApiError && error.status === 401) askForToken();
  });
}

const refreshSeries = throttled(attempt(() => Promise.all([topics.refresh(), countStored()])), 4000);
const refreshAlerts = throttled(attempt(() => alerts.refresh()), 500);

// --- status ---
const arrivals = [];
let stored = 0;

function showConnection(state, words) {
  byId("connection").className = `dot ${state}`;
  byId("connection-text").textContent = words;
}

function showRate() {
  const now = Date.now();
  while (arrivals.length > 0 && arrivals[0] < now - 60000) arrivals.shift();
  byId("rate").textContent = formatCount(arrivals.length);
  byId("total").textContent = formatCount(stored);
}

async function showReadiness() {
  const chip = byId("readiness");
  try {
    const response = await fetch("/readyz");
    const body = await response.json();
    const bad = body.checks.filter((check) => !check.ok).map((check) => check.detail || check.name);
    chip.textContent = body.status === "ok" ? "ready" : body.status;
    chip.className = `chip ${body.status}`;
    chip.title = bad.length > 0 ? bad.join("\n") : "database, model and sources are OK";
  } catch {
    chip.textContent = "unreachable";
    chip.className = "chip failed";
  }
}

async function countStored() {
  // Every document has one source; it has a topic only if the model has topics and could score it.
  const list = await getJson("/v1/sources?limit=1000");
  stored = list.items.reduce((sum, source) => sum + source.documents, 0);
  showRate();
}

// --- the stream ---
let stream = null;

function listen() {
  if (stream) stream.close();
  stream = new EventSource("/v1/stream");
  stream.addEventListener("open", () => showConnection("live", "live"));
  stream.addEventListener("error", () => {
    showConnection("waiting", "reconnecting");
    // The browser tries again by itself, but not after an HTTP error.
    if (stream.readyState === EventSource.CLOSED) setTimeout(restart, 3000);
  });
  stream.addEventListener("document", (event) => {
    const document = JSON.parse(event.data);
    headlines.add(document, true);
    if (document.change === "removal") {
      --stored;
      return refreshSeries();
    }
    arrivals.push(Date.now());
    if (document.revision === 1) ++stored;
    showRate();
    refreshSeries();
  });
  stream.addEventListener("alert", () => refreshAlerts());
  stream.addEventListener("gap", () => attempt(load)());
}

function restart() {
  attempt(load)();
  listen();
}

// --- start ---
async function load() {
  await topics.loadNames();
  const page = await getJson("/v1/documents?limit=80");
  for (const document of page.items.reverse()) headlines.add(document, false);
  headlines.note();
  await Promise.all([alerts.refresh(), topics.refresh(), countStored()]);
}

async function start() {
  byId("sign-in").hidden = true;
  byId("desk").hidden = false;
  listen();   // first, so that nothing is lost between the list and the stream
  await load();
}

function askForToken() {
  if (stream) stream.close();
  byId("desk").hidden = true;
  byId("sign-in").hidden = false;
  byId("token").focus();
}

byId("sign-in").addEventListener("submit", async (event) => {
  event.preventDefault();
  const body = JSON.stringify({token: byId("token").value});
  const response = await fetch("/v1/session", {method: "POST", headers: {"Content-Type": "application/json"}, body});
  byId("token").value = "";
  byId("sign-in-error").textContent = response.ok ? "" : "This token is unknown.";
  if (response.ok) begin();
});

byId("sign-out").addEventListener("click", async () => {
  await fetch("/v1/session", {method: "DELETE"});
  location.reload();
});

async function begin() {
  try {
    const session = await getJson("/v1/session");
    byId("sign-out").hidden = !session.required || !session.caller;
    if (!session.caller) return askForToken();
    await start();
  } catch {
    showConnection("waiting", "no answer");
    setTimeout(begin, 3000);
  }
}

// --- light and dark ---
function setTheme(theme) {
  if (theme) document.documentElement.dataset.theme = theme;
}
setTheme(localStorage.getItem("theme"));
byId("theme").addEventListener("click", () => {
  const dark = document.documentElement.dataset.theme
    ? document.documentElement.dataset.theme === "dark"
    : matchMedia("(prefers-color-scheme: dark)").matches;
  localStorage.setItem("theme", dark ? "light" : "dark");
  setTheme(dark ? "light" : "dark");
});

setInterval(showRate, 1000);
setInterval(showReadiness, 10000);
setInterval(() => refreshSeries(), 60000);
showReadiness();
begin();
