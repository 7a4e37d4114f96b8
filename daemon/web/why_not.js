// Why a rule does, or does not, tell of one of its series, as it judges it now or did at another time.
import {element, fact, getJson, withQuery} from "./dom.js";
import {formatDayClock, formatFull} from "./time.js";

/** What the API says of the rule and the series of an alert. `at`: as the API takes it, "" for now. */
export function readWhyNot(alert, at = "") {
  return getJson(withQuery("/v1/alerts/why-not", {rule: alert.rule, key: JSON.stringify(alert.key), at}));
}

const time = (text) => element("time", {datetime: text, title: formatFull(Date.parse(text))}, formatDayClock(Date.parse(text)));
const number = (value) => (value === null || value === undefined ? "–" : String(Number(Number(value).toPrecision(3))));
const seriesWords = {waiting: "waits for a whole hour of news", warming: "warming up: only large surges alert", warm: "warm"};

function windowRow(one) {
  const cells = one.standing === "judged" ? [number(one.observed), number(one.expected), one.bound === null ? "–" : number(one.bound), one.alarm ? "alarm" : "no"]
    : ["–", "–", "–", one.standing];
  return element("tr", {}, element("th", {scope: "row"}, `${one.window}${one.by_sum ? " by accumulated sums" : ""}`), ...cells.map((words) => element("td", {}, words)));
}

/** `mean`: the rule judges means, which alarm at or below their bound. */
function windows(list, mean) {
  if (list.length === 0) return null;
  const head = ["window", mean ? "mean" : "stories", "expected", mean ? "alarm at most at" : "alarm from", "alarm"];
  return element("table", {class: "figures-table"}, element("thead", {}, element("tr", {}, ...head.map((words) => element("th", {scope: "col"}, words)))),
    element("tbody", {}, ...list.map(windowRow)));
}

function answerNodes(answer) {
  const facts = element("dl", {class: "facts"}, fact("series", answer.series.known ? seriesWords[answer.series.state] : "no document known"));
  if (answer.budget) facts.append(fact("budget", `${answer.budget.count} per ${answer.budget.period}, shared by ${answer.series.count} series`));
  if (answer.fires_at) facts.append(fact("fires, if it lasts", time(answer.fires_at)));
  if (answer.cools_until) facts.append(fact("begins none before", time(answer.cools_until)));
  if (answer.muted) facts.append(fact("muted", "by the rule's own times"));
  if (answer.kept_back_by) facts.append(fact("kept back", `by the calendar ${answer.kept_back_by}`));
  return [element("p", {class: "reason"}, `${answer.reason}.`), element("p", {class: "note"}, "Judged at ", time(answer.event_time), "."), facts, windows(answer.windows, answer.measure === "mean_sentiment")].filter(Boolean);
}

/** The panel: a form that asks, and what was answered. */
export class WhyNot {
  constructor(place, alert) {
    this.alert = alert;
    this.said = element("p", {class: "note", role: "status"});
    this.answer = element("div", {});
    this.at = element("input", {type: "text", id: "why-at", name: "at", placeholder: "now", "aria-describedby": "why-hint", autocomplete: "off"});
    const began = element("button", {type: "button"}, "When it began");
    began.addEventListener("click", () => this.ask(this.at.value = alert.started_at));
    const form = element("form", {class: "action"}, element("label", {for: "why-at"}, "At"), this.at, element("button", {type: "submit"}, "Ask"), began);
    form.addEventListener("submit", (event) => {
      event.preventDefault();
      this.ask(this.at.value.trim());
    });
    place.replaceChildren(form, element("p", {class: "note", id: "why-hint"}, "Empty for now; else a time such as -2h or 2026-03-01T09:30:00Z."), this.said, this.answer);
  }

  async ask(at = "") {
    this.said.textContent = "asking";
    try {
      const answer = await readWhyNot(this.alert, at);
      this.answer.replaceChildren(...answerNodes(answer));
      this.said.textContent = "";
    } catch (error) {
      this.answer.replaceChildren();
      this.said.textContent = [error.message, ...(error.errors || []).map((one) => `${one.parameter}: ${one.detail}`)].join("; ");
    }
  }
}
