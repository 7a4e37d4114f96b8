// Whether what is shown is still true: the connection, when the server was last heard, what it says of itself and its sources.
import {catalogue, readSources} from "./catalogue.js";
import {byId, formatCount} from "./dom.js";
import {troubleOf} from "./sources.js";
import {age, formatSeconds} from "./time.js";

const askEvery = 3000;
const patience = 4000;   // with askEvery less than the ten seconds within which a page must say that it is old

export class Status {
  /** `onBack`: the server answers again after it did not. */
  constructor(onBack) {
    this.onBack = onBack;
    this.arrivals = [];
    this.heard = Date.now();
    this.stale = false;
    this.checks = null;
    setInterval(() => this.ask(), askEvery);
    setInterval(() => this.showRate(), 1000);
    document.addEventListener("visibilitychange", () => document.hidden || this.ask());
    this.ask();
  }

  connection(state, words) {
    byId("connection").className = `dot ${state}`;
    byId("connection-text").textContent = words;
  }

  arrived() {
    this.arrivals.push(Date.now());
    this.heardNow();
    this.showRate();
  }

  heardNow() {
    this.heard = Date.now();
    byId("heard").textContent = formatSeconds(this.heard);
    if (!this.stale) return;
    this.stale = false;
    byId("stale").hidden = true;
    document.body.classList.remove("is-stale");
    this.onBack();
  }

  async ask() {
    if (this.asking) return;
    this.asking = true;
    try {
      const response = await fetch("/readyz", {signal: AbortSignal.timeout(patience), cache: "no-store"});
      this.checks = await response.json();
      this.heardNow();
      this.showReadiness();
    } catch {
      this.lost();
    } finally {
      this.asking = false;
    }
  }

  lost() {
    if (!this.stale) {
      this.stale = true;
      byId("stale").hidden = false;
      document.body.classList.add("is-stale");
      byId("readiness").textContent = "unreachable";
      byId("readiness").className = "chip failed";
      this.connection("lost", "not connected");
    }
    byId("stale-text").textContent = `tapewatch does not answer. Last update ${formatSeconds(this.heard)}, ${age(this.heard)} ago: what you see may be old.`;
  }

  /** What is stored, and which sources give nothing. */
  async countStored() {
    await readSources();
    // Every document has one source; it has a topic only if the model has topics and could score it.
    this.stored = catalogue.sources.reduce((sum, source) => sum + source.documents, 0);
    this.showRate();
    this.showReadiness();
  }

  /** "ready" is said only if nothing is wrong; else what is, by name. */
  showReadiness() {
    if (!this.checks || this.stale) return;
    const chip = byId("readiness");
    const bad = (this.checks.checks || []).filter((check) => !check.ok && check.name !== "sources").map((check) => check.detail || check.name);
    const troubled = catalogue.sources.filter(troubleOf);
    const words = {ok: "ready", degraded: "degraded"}[this.checks.status] || "not ready";
    const named = troubled.slice(0, 2).map((source) => source.name).join(", ") + (troubled.length > 2 ? ` and ${troubled.length - 2} more` : "");
    chip.textContent = troubled.length > 0 ? `${words}${words === "ready" ? ", but" : ":"} ${named} ${troubled.length > 1 ? "are" : "is"} not reached` : words;
    chip.className = `chip ${words !== "ready" && words !== "degraded" ? "failed" : troubled.length > 0 || words === "degraded" ? "degraded" : "ok"}`;
    chip.title = [...bad, ...troubled.map((source) => `${source.name}: ${troubleOf(source)}`)].join("\n") || "database, model and sources are OK";
  }

  showRate() {
    const now = Date.now();
    while (this.arrivals.length > 0 && this.arrivals[0] < now - 60000) this.arrivals.shift();
    byId("rate").textContent = formatCount(this.arrivals.length);
    byId("total").textContent = formatCount(this.stored || 0);
  }
}
