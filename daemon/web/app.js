// The page: shows what the address says, then follows the event stream.
import {AlertHistory} from "./alert_history.js";
import {Alerts} from "./alerts.js";
import {current, follow, settled} from "./address.js";
import {readCatalogue, unknownNames} from "./catalogue.js";
import {Companies} from "./companies.js";
import {ApiError, byId, element, getJson, startTheme, throttled} from "./dom.js";
import {drawControls, startControls} from "./filters.js";
import {Headlines} from "./headlines.js";
import {Incidents} from "./incidents.js";
import {notifier} from "./notify.js";
import {isSelection, Selection} from "./selection.js";
import {Silences} from "./silences.js";
import {Sources} from "./sources.js";
import {spanOf} from "./span.js";
import {Status} from "./status.js";
import {Topics} from "./topics.js";
import {Trial} from "./trial.js";
import {Webhooks} from "./webhooks.js";

const headlines = new Headlines();
const topics = new Topics();
const alerts = new Alerts((items) => {
  topics.setAlerts(items);
  setTitle();
});
const selection = new Selection();
const companies = new Companies();
const alertHistory = new AlertHistory();
const silences = new Silences();
const sources = new Sources();
const webhooks = new Webhooks();
const trial = new Trial();
const incidents = new Incidents();
const status = new Status(() => restart());
const notify = notifier();
let caller = null;

// --- views ---
const overview = {id: "overview", heading: "alerts-title", show: (values, span) => topics.refresh(span), refresh: (values, span) => topics.refresh(span)};
const selected = {id: "selection", heading: "selection-title", show: (values, span) => selection.show(values, span),
  refresh: (values, span) => selection.refresh(values, span), refused: () => selection.refused()};
const views = {
  companies: {id: "companies", heading: "companies-title", show: (values, span) => companies.show(span), refresh: (values, span) => companies.refresh(span)},
  alerts: {id: "history", heading: "history-title", show: (values, span) => Promise.all([alertHistory.show(values, span), silences.show(mayOperate())]),
    refresh: (values, span) => Promise.all([alertHistory.refresh(values, span), silences.show(mayOperate())]), refused: () => alertHistory.refused()},
  sources: {id: "health", heading: "sources-title", show: (values, span) => showHealth(incidents.show(values, span)),
    refresh: (values, span) => showHealth(incidents.refresh(values, span))},
  try: {id: "trial", heading: "trial-title", show: (values) => trial.show(values, mayOperate()), refresh: async () => {}},
};

const mayOperate = () => ["operate", "admin"].includes(caller?.role);

function showHealth(listed) {
  return Promise.all([sources.show(), webhooks.show(mayOperate()), listed]);
}

function viewOf(values) {
  if (values.view) return views[values.view];
  return isSelection(values) ? selected : overview;
}

function setTitle() {
  const firing = alerts.items.filter((alert) => alert.state === "firing").length;
  const view = viewOf(current.values);
  const words = view === overview ? "tapewatch" : `${byId(view.heading).textContent} – tapewatch`;
  document.title = firing > 0 ? `(${firing}) ${words}` : words;
}

function tell(problems) {
  byId("problems").replaceChildren(...problems.map(({parameter, detail}) => element("li", {}, element("b", {}, parameter || "request"), `: ${detail}`)));
  byId("problems-panel").hidden = problems.length === 0;
}

let turn = 0;

/** Shows what the address says. What is wrong in it is told and left out. `moved`: somebody has followed a link. */
async function show(moved) {
  const mine = ++turn;
  arrive(moved);
  const unknown = current.values.view === "try" ? [] : await unknownNames(current.values);   // the form says it at its field
  if (mine !== turn) return;
  for (const {parameter} of unknown) delete current.values[parameter];
  const problems = [...current.problems, ...unknown];
  tell(problems);
  const view = viewOf(current.values);
  for (const one of [overview, selected, ...Object.values(views)]) byId(one.id).hidden = one !== view;
  drawControls();
  settled();
  if (view === overview) headlines.redraw();
  try {
    await view.show(current.values, spanOf(current.values));
  } catch (error) {
    if (mine !== turn) return;
    if (!(error instanceof ApiError)) throw error;
    if (error.status !== 400) throw error;
    tell([...problems, ...(error.errors.length > 0 ? error.errors : [{detail: error.message}])]);
    view.refused?.();
  }
  if (mine !== turn) return;
  setTitle();
  if (arrived) readHeading(view);
}

/** After a link to another view its heading is read; another filter, or another time of a chart, keeps its place. */
let place = "";
let arrived = false;
function arrive(moved) {
  const {topic, entity, source, story, q} = current.values;
  const view = viewOf(current.values);
  const here = JSON.stringify(view === selected ? [view.id, topic, entity, source, story, q] : view.id);
  if (moved && here !== place) arrived = true;
  place = here;
}

function readHeading(view) {
  arrived = false;
  if (["filters", "time", "trial"].some((id) => byId(id).contains(document.activeElement))) return;
  scrollTo(0, 0);
  byId(view.heading).focus({preventScroll: true});
}

/** Failures of a refresh show as the connection's state; the next refresh tries again. */
function attempt(run) {
  return () => run().catch((error) => {
    if (error instanceof ApiError && error.status === 401) askForToken();
  });
}

async function refresh() {
  await status.countStored();
  await viewOf(current.values).refresh(current.values, spanOf(current.values));
}

const refreshSoon = throttled(attempt(refresh), 4000);
const refreshAlerts = throttled(attempt(async () => {
  await alerts.refresh();
  if (current.values.view === "alerts") await alertHistory.refresh(current.values, spanOf(current.values));
}), 500);

// --- the stream ---
let stream = null;

function listen() {
  if (stream) stream.close();
  stream = new EventSource("/v1/stream");
  stream.addEventListener("open", () => status.connection("live", "live"));
  stream.addEventListener("error", () => {
    if (!status.stale) status.connection("waiting", "reconnecting");
    status.ask();
    // The browser tries again by itself, but not after an HTTP error.
    if (stream.readyState === EventSource.CLOSED) setTimeout(restart, 3000);
  });
  stream.addEventListener("document", (event) => {
    const document = JSON.parse(event.data);
    headlines.add(document, true);
    if (document.change === "removal") selection.remove(document.id);
    else status.arrived();
    refreshSoon();
  });
  stream.addEventListener("alert", (event) => {
    const alert = JSON.parse(event.data);
    if (alert.type === "alert.firing" && !alert.late && !alert.suppressed_by) notify(alert);
    refreshAlerts();
  });
  stream.addEventListener("gap", () => attempt(load)());
}

function restart() {
  attempt(load)();
  listen();
}

// A browser keeps pages that one has left, with their connections, and has six of these for a server: without this the
// sixth visit would wait for a minute.
addEventListener("pagehide", () => stream?.close());
addEventListener("pageshow", (event) => {
  if (event.persisted && stream) restart();
});

// --- start ---
async function load() {
  await readCatalogue();
  const page = await getJson("/v1/documents?limit=80");
  for (const document of page.items.reverse()) headlines.add(document, false);
  headlines.note();
  await Promise.all([alerts.refresh(), show(false), status.countStored()]);
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
    caller = session.caller;
    byId("sign-out").hidden = !session.required || !session.caller;
    if (!session.caller) return askForToken();
    await start();
  } catch {
    status.ask();
    setTimeout(begin, 3000);
  }
}

startTheme(byId("theme"));
follow((moved) => attempt(() => show(moved))());
startControls(attempt(async () => {
  headlines.redraw();
  alerts.draw();
  await show(false);
}));
setInterval(() => refreshSoon(), 60000);
// What waits for a webhook changes without an event.
setInterval(() => {
  if (status.stale || byId("desk").hidden) return;
  if (alerts.items.some((alert) => alert.state === "firing")) refreshAlerts();
  if (current.values.view === "sources") refreshSoon();
}, 10000);
begin();
