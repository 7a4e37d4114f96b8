// Live headlines from the stream, newest on top.
import {byId, getJson, throttled, withQuery} from "./dom.js";
import {headlineNode, noveltyNode} from "./headline.js";
import {age} from "./time.js";

const most = 120;

export class Headlines {
  constructor() {
    this.rows = new Map();   // by document id: {document, node, at}
    this.paused = false;
    this.waiting = [];
    this.learnSoon = throttled(() => this.learn().catch(() => {}), 2000);
    byId("pause").addEventListener("click", () => this.pause(!this.paused));
    setInterval(() => this.tick(), 1000);
  }

  pause(paused) {
    this.paused = paused;
    byId("pause").setAttribute("aria-pressed", String(paused));
    byId("pause").textContent = paused ? "Resume" : "Pause";
    if (!paused) this.waiting.splice(0).forEach((document) => this.add(document, false));
    this.note();
  }

  /** A document of /v1/documents or of the stream; a known id is replaced (a revision) or taken out (a removal). */
  add(document, fresh) {
    if (this.paused && fresh) {
      this.waiting.push(document);
      if (this.waiting.length > most) this.waiting.shift();
      return this.note();
    }
    const known = this.rows.get(document.id);
    if (known) known.node.remove();
    if (document.change === "removal") {
      this.rows.delete(document.id);
      return this.note();
    }
    const at = Date.parse(document.published_at);
    const row = {document, at, node: this.node(document, at)};
    this.rows.set(document.id, row);
    if (fresh) row.node.classList.add("fresh");
    const list = byId("headlines");
    const next = [...list.children].find((node) => Number(node.dataset.at) <= row.at);
    list.insertBefore(row.node, next || null);
    while (list.children.length > most) {
      this.rows.delete(list.lastElementChild.dataset.id);
      list.lastElementChild.remove();
    }
    if (!document.novelty) this.learnSoon();
    this.note();
  }

  /** The stream does not say how new a report is: that is asked for, of many at a time, and of each once. */
  async learn() {
    const unknown = [...this.rows.values()].filter((row) => !row.document.novelty && !row.asked);
    if (unknown.length === 0) return;
    const from = Math.min(...unknown.map((row) => row.document.seq));
    const page = await getJson(withQuery("/v1/documents", {after_seq: from - 1, limit: 2 * most}));
    const last = page.next_cursor === null ? Infinity : page.items.at(-1).seq;
    for (const row of unknown) row.asked = row.document.seq <= last;
    for (const one of page.items) {
      const row = this.rows.get(one.id);
      if (!row || row.document.novelty || row.document.revision !== one.revision) continue;
      row.document = {...row.document, at: one.at, novelty: one.novelty};
      row.node.querySelector(".meta .source").after(noveltyNode(row.document) || "");
    }
    if (page.next_cursor !== null) this.learnSoon();
  }

  /** The places of companies and topics in the address are those of the view that is shown. */
  redraw() {
    for (const row of this.rows.values()) {
      const node = this.node(row.document, row.at);
      row.node.replaceWith(node);
      row.node = node;
    }
    this.note();
  }

  node(document, at) {
    const node = headlineNode(document);
    node.dataset.at = at;
    return node;
  }

  note() {
    const words = [];
    if (this.paused) words.push(`paused, ${this.waiting.length} waiting`);
    if (this.rows.size === 0) words.push("Nothing yet. Documents appear here as they are stored.");
    byId("headlines-note").textContent = words.join(" · ");
    byId("headlines-note").hidden = words.length === 0;
    this.tick();
  }

  tick() {
    const now = Date.now();
    for (const row of this.rows.values()) {
      row.node.querySelector("time").textContent = age(row.at, now);
    }
  }
}
