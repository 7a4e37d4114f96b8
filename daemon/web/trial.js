// A rule is tried before it is written: the form, the run over stored history, and what came of it.
import {addressOf, current, go} from "./address.js";
import {ApiError, byId, fillSelect, getJson, sendJson, withQuery} from "./dom.js";
import {keptSettings, ruleOf, usualGrouping, usualValues, valuesOf} from "./rule_text.js";
import {RuleForm, usualTrialRange} from "./rule_form.js";
import {wasAlert} from "./series.js";
import {spanOf} from "./span.js";
import {timeZone} from "./time.js";
import {TrialResult} from "./trial_result.js";

const newName = "new-rule";
const mostRunning = 5;   // pages of a thousand alerts of the running rule

/** The alerts that a running rule has told in a time, the first ones of thousands. */
async function runningAlerts(rule, from, to, signal) {
  const items = [];
  let cursor = "";
  for (let page = 0; page < mostRunning && cursor !== null; ++page) {
    const answer = await getJson(withQuery("/v1/alerts", {rule, from, to, limit: 1000, cursor}), signal);
    items.push(...answer.items);
    cursor = answer.next_cursor;
  }
  return items.filter((alert) => wasAlert(alert) && !alert.late && alert.started_at >= from);
}

/** Of the server's 503s, the one that says who is in the way. */
function failureWords(error) {
  return error.status === 503 && error.message.includes("another backtest") ? "The server tries one rule at a time, and another one is running: try again in a moment." : error.message;
}

export class Trial {
  constructor() {
    this.form = new RuleForm(byId("try-fields"));
    this.result = new TrialResult();
    this.running = null;
    byId("try-form").addEventListener("submit", (event) => {
      event.preventDefault();
      this.submit();
    });
    byId("try-stop").addEventListener("click", () => this.abandon());
    byId("try-start-from").addEventListener("click", () => {
      const rule = byId("try-rule").value;
      go(addressOf({view: "try", rule, base: rule, ...this.timeOf(this.form.read())}));
    });
    for (const id of ["try-rule", "try-measure"]) byId(id).addEventListener("change", () => this.drawBase());
    byId("try-base-drop").addEventListener("click", () => {
      this.base = null;
      this.drawBase();
      byId("try-rule").focus();
    });
    setInterval(() => this.tick(), 500);
  }

  timeOf({range, from, to}) {
    return {range: range === usualTrialRange ? "" : range, from, to};
  }

  /** Fills in the form; an address that names its rule is complete, and its rule is tried. */
  async show(values, mayOperate) {
    const {items} = await getJson("/v1/rules");
    if (current.values !== values) return;
    this.rules = items;
    this.mayOperate = mayOperate;
    const shown = JSON.stringify([{...values, series: ""}, timeZone()]);
    if (shown !== this.shown) this.fill(values);   // else what is being typed stays
    this.shown = shown;
    if (!values.name) return this.clear();
    await this.run(values);
  }

  fill(values) {
    const base = this.rules.find((rule) => rule.name === values.base);
    const begun = base ? valuesOf(base) : {...usualValues, name: newName, group_by: usualGrouping(values.measure || usualValues.measure)};
    this.form.draw(values.name ? values : {...begun, ...values, name: begun.name});
    this.base = base || null;
    fillSelect(byId("try-rule"), [["", "no running rule"], ...this.rules.map((rule) => [rule.name, rule.name])], values.rule || "");
    this.drawBase();
    byId("try-run").disabled = !this.mayOperate;
    byId("try-role").hidden = this.mayOperate;
    this.say("");
  }

  drawBase() {
    byId("try-start-from").disabled = !this.rules.some((rule) => rule.name === byId("try-rule").value);
    const kept = this.base ? Object.keys(keptSettings(this.base, byId("try-measure").value)) : [];
    byId("try-base").hidden = kept.length === 0;
    byId("try-base-words").textContent = `Kept from ${this.base?.name}: ${kept.join(", ")}.`;
  }

  submit() {
    const values = this.form.read();
    const address = addressOf({view: "try", ...values, name: values.name || newName, ...this.timeOf(values), rule: byId("try-rule").value, base: this.base?.name});
    this.wanted = true;
    this.done = null;   // the same again is tried again: news has come
    if (address === location.pathname + location.search) return this.run(current.values).catch(() => this.say("This cannot be shown; load the page again.", true));
    this.shown = "";   // who goes back before the new address is shown gets the form of the old one all the same
    return go(address);
  }

  say(words, bad = false) {
    byId("try-said").textContent = words;
    byId("try-said").classList.toggle("trouble", bad);
  }

  clear() {
    this.abandon();
    this.say("");
    this.done = null;
    this.result.clear();
  }

  async run(values) {
    if (!this.mayOperate) return this.clear();
    const base = this.rules.find((rule) => rule.name === values.base);
    const rule = ruleOf(values, base);
    const span = spanOf({...values, range: values.range || usualTrialRange});
    const question = {rule, from: span.from, ...(span.to ? {to: span.to} : {})};
    const asked = JSON.stringify([question, values.rule]);
    if (this.running?.asked === asked) return;
    this.abandon();
    if (this.done?.asked === asked) return this.result.show(this.done, values);
    this.done = null;
    this.result.clear();
    const run = this.running = {asked, begun: performance.now(), words: span.words, stop: new AbortController()};
    this.form.showErrors([]);
    this.drawRunning();
    const done = await this.ask(question, values.rule, run).catch((error) => this.running === run && this.failed(error));
    if (!done || this.running !== run) return;
    this.done = {...done, asked, rule, compared: values.rule || ""};
    this.stopped("");
    if (current.values.view !== "try") return;
    const drawn = this.result.show(this.done, current.values);
    if (this.wanted) byId("trial-result-title").focus();
    this.wanted = false;
    await drawn;
  }

  async ask(question, compared, run) {
    const answer = await sendJson("/v1/backtest", question, run.stop.signal);
    const took = (performance.now() - run.begun) / 1000;
    const judged = answer.weeks > 0;
    const running = compared && judged ? await runningAlerts(compared, answer.from, question.to, run.stop.signal) : compared ? [] : null;
    return {answer, took, running};
  }

  failed(error) {
    this.stopped("");
    if (!(error instanceof ApiError)) return this.say("The server does not answer.", true);
    if (error.status === 401) throw error;
    const refused = error.status === 400 || error.status === 501;
    const left = this.form.showErrors(refused ? error.errors : []);
    const told = error.errors.length - left.length;
    const elsewhere = left.map((one) => `${one.pointer || "request"}: ${one.detail}`).join("; ");
    this.say(refused && told > 0 ? `This rule is refused; see ${told === 1 ? "the field" : "the fields"} marked.${elsewhere ? ` ${elsewhere}` : ""}` : elsewhere || failureWords(error), true);
    if (this.wanted) this.form.focusFirstError();
    this.wanted = false;
  }

  abandon() {
    if (!this.running) return;
    this.running.stop.abort();
    this.stopped("Abandoned. The server ends what it has begun; until then it may be busy.");
  }

  stopped(words) {
    this.running = null;
    this.drawRunning();
    this.form.showErrors([]);
    this.say(words);
  }

  drawRunning() {
    const running = this.running !== null;
    const had = document.activeElement;   // a button that goes takes the focus with it
    byId("try-seconds").textContent = "";
    byId("try-progress").hidden = !running;
    byId("try-stop").hidden = !running;
    byId("try-run").hidden = running;
    if (running && had === byId("try-run")) byId("try-stop").focus();
    if (!running && had === byId("try-stop")) byId("try-run").focus();
    if (running) this.say(`Trying the rule: ${this.running.words}`);
  }

  /** How long it has run; not read out each time. */
  tick() {
    if (this.running) byId("try-seconds").textContent = `${Math.floor((performance.now() - this.running.begun) / 1000)} s`;
  }
}
