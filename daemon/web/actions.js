// What an operator does with an alert: acknowledges it, or silences what is like it.
import {element, sendJson} from "./dom.js";
import {formatDayClock} from "./time.js";

const verdicts = [["", "no verdict yet"], ["useful", "useful"], ["noise", "noise"], ["duplicate", "duplicate"]];
const durations = ["30m", "1h", "4h", "1d", "7d"].map((length) => [length, `for ${length}`]);

function choice(name, label, options) {
  return element("select", {name, "aria-label": label}, ...options.map(([value, text]) => element("option", {value}, text)));
}

function text(name, label, required) {
  return element("input", {name, "aria-label": label, placeholder: label, required, maxlength: name === "by" ? 200 : 500});
}

/** A form that calls `send` with its values and says what became of it; then `done`. */
function form(title, fields, send, done) {
  const said = element("output", {});
  const node = element("form", {class: "action"}, ...fields, element("button", {type: "submit"}, title), said);
  node.addEventListener("submit", async (event) => {
    event.preventDefault();
    said.textContent = "";
    try {
      said.textContent = await send(Object.fromEntries(new FormData(node)));
      done();
      document.activeElement?.blur();
    } catch (error) {
      said.textContent = error.message;
    }
  });
  return node;
}

function acknowledgeForm(alert, done) {
  const fields = [text("by", "Your name", true), text("comment", "Comment", false), choice("verdict", "Verdict", verdicts)];
  return form("Acknowledge", fields, async (values) => {
    if (values.verdict === "") delete values.verdict;
    await sendJson(`/v1/alerts/${encodeURIComponent(alert.id)}/ack`, values);
    return "Acknowledged.";
  }, done);
}

/** The rule and the series of the alert: what is like it. */
export function silenceMatch(alert) {
  return Object.fromEntries([["rule", [alert.rule]], ...Object.entries(alert.key).map(([name, value]) => [name, [value]])]);
}

function silenceForm(alert, done) {
  const fields = [text("by", "Your name", true), text("comment", "Comment", false), choice("duration", "How long", durations)];
  return form("Silence", fields, async (values) => {
    const made = await sendJson("/v1/silences", {match: silenceMatch(alert), ...values});
    return `Silent until ${formatDayClock(Date.parse(made.to))}.`;
  }, done);
}

const forms = (alert, done) => [acknowledgeForm(alert, done), silenceForm(alert, done)];

/** Kept while the alert is shown, so that what is typed outlives a refresh. */
export function actions(alert) {
  return element("details", {class: "actions", id: `silence-${alert.id}`}, element("summary", {}, "Acknowledge or silence"), ...forms(alert, () => {}));
}

/** The same for the page of the alert, where they are open. `done`: something has changed. */
export function openActions(alert, done) {
  return element("div", {class: "actions", id: `silence-${alert.id}`}, ...forms(alert, done));
}

/** What keeps an alert from being told, as `suppressed_by` of the API names it. */
export function suppressionText(by) {
  const [kind, id] = by.split(":");
  const words = {silence: "by a silence", alert: `by the alert ${id}, of which it is a part`, mute: "by the times at which its rule is mute", max_alerts: "by max_alerts: there were too many"};
  return `suppressed ${words[kind] || `by ${by}`}`;
}

export function acknowledgementText(said) {
  return said ? `acknowledged by ${said.by}${said.verdict ? `: ${said.verdict}` : ""}` : "";
}

/** With its time and comment, for the page of the alert. */
export function acknowledgementInFull(said) {
  if (!said) return "";
  return `${acknowledgementText(said)}, ${formatDayClock(Date.parse(said.at))}${said.comment ? ` – ${said.comment}` : ""}`;
}
