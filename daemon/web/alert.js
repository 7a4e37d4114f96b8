// The page of one alert. A signed link shows it to people without a token: what the address carries is passed on with
// each request for it.
import {acknowledgementInFull, openActions, suppressionText} from "./actions.js";
import {alertChart} from "./alert_chart.js";
import {ApiError, byId, element, getJson, startTheme, withQuery} from "./dom.js";
import {evidenceFacts, stories} from "./evidence.js";
import {silenceNode} from "./silences.js";
import {age, formatDayClock} from "./time.js";
import {readWhyNot, WhyNot} from "./why_not.js";

const id = decodeURIComponent(location.pathname.split("/")[2] || "");
const address = `/v1/alerts/${encodeURIComponent(id)}`;
const given = new URLSearchParams(location.search);
const pass = given.has("signature") || given.has("expires") ? "?" + new URLSearchParams([["expires", given.get("expires") || ""], ["signature", given.get("signature") || ""]]) : "";

let shown = null;

function note(words, bad = false) {
  byId("note").textContent = words;
  byId("note").classList.toggle("bad", bad);
}

function span(from, to) {
  const start = Date.parse(from);
  return to ? `${formatDayClock(start)}, for ${age(start, Date.parse(to))}` : `since ${formatDayClock(start)}, ${age(start)}`;
}

function when(alert) {
  const parts = [element("span", {class: `state ${alert.state}`}, alert.state), element("span", {class: "severity"}, alert.severity),
    element("span", {}, `rule ${alert.rule}`), element("span", {}, span(alert.started_at, alert.ended_at))];
  if (alert.reason) parts.push(element("span", {}, `reason: ${alert.reason}`));
  if (alert.late) parts.push(element("span", {}, "late: no notification was sent"));
  if (alert.suppressed_by) parts.push(element("span", {class: "suppressed"}, suppressionText(alert.suppressed_by)));
  return parts;
}

function step(at, words, more = "") {
  return element("li", {}, element("time", {datetime: at}, formatDayClock(Date.parse(at))), element("span", {}, words, more ? element("span", {class: "source"}, ` ${more}`) : null));
}

const stepNames = {"alert.firing": "fired", "alert.updated": "updated", "alert.resolved": "resolved", "alert.acknowledged": "acknowledged"};

/** The page of the series, from some hours before the alert on; null: it is of no topic, company or source. */
function seriesLink(alert) {
  const {topic, entity, source} = alert.key;
  if (!topic && !entity && !source) return null;
  const around = (text, hours) => new Date(Date.parse(text) + hours * 3600e3).toISOString();
  const query = {topic, entity, source, from: around(alert.started_at, -12), to: alert.ended_at ? around(alert.ended_at, 1) : ""};
  return element("a", {href: withQuery("/", query)}, "all documents of this series");
}

function links(alert) {
  const series = seriesLink(alert);
  const nodes = [...(series ? [series] : []), element("a", {href: `/#alert-${encodeURIComponent(alert.id)}`}, "on the dashboard")];
  if (/^https?:/.test(alert.runbook_url || "")) nodes.push(element("a", {href: alert.runbook_url, rel: "noopener noreferrer"}, "runbook"));
  return nodes.flatMap((node, i) => (i === 0 ? [node] : [" · ", node]));
}

function draw(alert) {
  const evidence = alert.evidence || {};
  document.title = `${alert.state === "firing" ? "(firing) " : ""}${alert.summary || alert.rule} – tapewatch`;
  byId("summary").textContent = alert.summary || alert.rule;
  byId("when").replaceChildren(...when(alert));
  const named = {...alert.key, ...alert.labels};
  byId("key").textContent = Object.entries(named).map(([name, value]) => `${name} ${value}`).join(" · ");
  if (!shown || shown.sequence !== alert.sequence) byId("chart").replaceChildren(alertChart(alert, pass));
  byId("links").replaceChildren(...links(alert));
  byId("evidence").replaceChildren(evidenceFacts(evidence));
  byId("stories").replaceChildren(stories(evidence));
  byId("steps").replaceChildren(...alert.transitions.map((t) => step(t.updated_at, `${stepNames[t.type] || t.state}: ${t.summary || ""}`, [t.reason, t.suppressed_by && suppressionText(t.suppressed_by)].filter(Boolean).map((words) => `(${words})`).join(" "))));
  byId("deliveries-panel").hidden = alert.deliveries.length === 0;
  byId("deliveries").replaceChildren(...alert.deliveries.map((d) => step(d.created_at, `${d.type} to ${d.webhook}: ${d.state}`,
    `${d.attempts} ${d.attempts === 1 ? "attempt" : "attempts"}${d.last_status ? `, last answer ${d.last_status}` : ""}${d.last_error ? `, ${d.last_error}` : ""}`)));
  const said = acknowledgementInFull(alert.acknowledgement);
  byId("acknowledged").textContent = said;
  if (said) byId("desk").hidden = false;
  byId("alert").hidden = false;
  note(alert.state === "firing" ? "firing" : alert.state);
  shown = alert;
}

let caller = null;   // null: whoever has only a link
const mayOperate = () => ["operate", "admin"].includes(caller?.role);

/** The silence that keeps its series quiet now, if there is one. */
async function drawSilence() {
  if (!caller || !shown) return;
  const answer = await readWhyNot(shown).catch(() => null);   // the rule may be gone
  const silence = answer?.silence;
  byId("silence").hidden = !silence;
  if (byId("silence").contains(document.activeElement)) return;
  byId("silence").replaceChildren(...(silence ? [element("b", {}, "Silenced: nobody is notified."), silenceNode(silence, mayOperate() ? refresh : null)] : []));
}

async function refresh() {
  try {
    draw(await getJson(address + pass));
    await drawSilence();
  } catch (error) {
    if (shown) return;  // what is on the page stays; the next refresh tries again
    if (!(error instanceof ApiError)) return note("no answer from the server", true);
    if (error.status === 401) return note("This server requires a token: sign in on the dashboard, or open the link of a message.", true);
    note(error.message, true);
  }
}

/** What only some may do. The forms are made once, so that what is typed outlives a refresh. */
async function offerActions() {
  const session = await getJson("/v1/session").catch(() => null);
  caller = session?.caller || null;
  if (!caller || !shown) return;
  if (mayOperate()) {
    byId("actions").replaceChildren(openActions(shown, refresh));
    byId("desk").hidden = false;
  }
  byId("why-panel").hidden = false;
  const whyNot = new WhyNot(byId("why"), shown);
  await Promise.all([whyNot.ask(), drawSilence()]);
}

startTheme(byId("theme"));
refresh().then(offerActions);
setInterval(refresh, 15000);
