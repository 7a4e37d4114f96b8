// Live headlines from the stream, newest on top.
import {age, byId, element, signed, titleNode, tone} from "./dom.js";

const most = 120;

export class Headlines {
  constructor(topicName) {
    this.topicName = topicName;
    this.rows = new Map();   // by document id: {document, node, at}
    this.topic = "";
    this.label = "";
    this.paused = false;
    this.waiting = [];
    byId("label-filter").addEventListener("change", (event) => {
      this.label = event.target.value;
      this.filter();
    });
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
    const row = {document, at: Date.parse(document.published_at), node: this.node(document)};
    this.rows.set(document.id, row);
    if (fresh) row.node.classList.add("fresh");
    row.node.hidden = !this.matches(row);
    const list = byId("headlines");
    const next = [...list.children].find((node) => Number(node.dataset.at) <= row.at);
    row.node.dataset.at = row.at;
    list.insertBefore(row.node, next || null);
    while (list.children.length > most) {
      this.rows.delete(list.lastElementChild.dataset.id);
      list.lastElementChild.remove();
    }
    this.note();
  }

  node(document) {
    const label = document.label || "unscored";
    const companies = (document.entities || []).map((entity) => element("span", {class: "company"}, entity.name));
    const meta = element("p", {class: "meta"}, element("span", {class: `label ${label}`}, label));
    if (document.event) meta.append(element("span", {class: `risk ${document.gravity}`}, `${document.gravity}: ${document.event}`));
    if (document.topic) meta.append(element("span", {class: "topic-tag"}, this.topicName(document.topic)));
    meta.append(...companies, element("span", {class: "source"}, document.source));
    return element("li", {class: "headline", "data-id": document.id},
      element("div", {class: "figures"},
        element("span", {class: `score ${tone(document.sentiment)}`, title: "sentiment, −1 to +1"}, signed(document.sentiment)),
        element("time", {datetime: document.published_at, title: new Date(document.published_at).toLocaleString()})),
      element("div", {class: "words"}, element("p", {class: "line"}, titleNode(document.title, document.url)), meta));
  }

  matches({document}) {
    return (!this.topic || document.topic === this.topic) && (!this.label || document.label === this.label);
  }

  setTopic(topic) {
    this.topic = topic;
    this.filter();
  }

  filter() {
    for (const row of this.rows.values()) row.node.hidden = !this.matches(row);
    this.note();
  }

  note() {
    const words = [];
    if (this.topic) words.push(`only ${this.topicName(this.topic)}`);
    if (this.paused) words.push(`paused, ${this.waiting.length} waiting`);
    const shown = [...this.rows.values()].some((row) => !row.node.hidden);
    if (!shown) words.push(this.rows.size === 0 ? "Nothing yet. Documents appear here as they are stored." : "none of the latest headlines match");
    byId("headlines-note").textContent = words.join(" · ");
    byId("headlines-note").hidden = words.length === 0;
    this.tick();
  }

  tick() {
    const now = Date.now();
    for (const row of this.rows.values()) {
      if (!row.node.hidden) row.node.querySelector("time").textContent = age(row.at, now);
    }
  }
}
