// The complete list of the documents behind a number: page after page from the server, reprints under their story.
import {viewAddress} from "./address.js";
import {appendPage, byId, element, formatCount, getJson, plural, withQuery} from "./dom.js";
import {closeExplanations} from "./explain.js";
import {headlineNode} from "./headline.js";

const pageSize = 50;

export class DocumentList {
  constructor() {
    this.generation = 0;
    byId("more").addEventListener("click", () => this.more());
    byId("unfold").addEventListener("change", () => this.draw());
  }

  /** query: filters of /v1/documents; `entity`: the company that the list is about; `total`: how many there are, if known. */
  async load(query, {entity, total}) {
    const generation = ++this.generation;
    this.entity = entity || "";
    const page = await getJson(withQuery("/v1/documents", {...query, limit: pageSize}));
    if (generation !== this.generation) return;   // another view since
    this.query = query;
    this.total = total;
    this.items = page.items;
    this.cursor = page.next_cursor;
    this.draw();
  }

  /** What has come since, in front of what is loaded. */
  async refresh(query, total) {
    if (!this.items) return;
    const generation = this.generation;
    const page = await getJson(withQuery("/v1/documents", {...query, limit: pageSize}));
    if (generation !== this.generation) return;
    this.query = query;
    this.total = total;
    const known = new Set(this.items.map((one) => one.id));
    if (page.items.length > 0 && !page.items.some((one) => known.has(one.id))) {   // more than a page has come
      this.items = page.items;
      this.cursor = page.next_cursor;
    } else {
      const again = new Set(page.items.map((one) => one.id));
      const since = Date.parse(query.from);   // what has left the time meanwhile is counted no more
      this.items = [...page.items, ...this.items.filter((one) => !again.has(one.id) && !(Date.parse(one.at) < since))];
      if (page.next_cursor === null) [this.items, this.cursor] = [page.items, null];
    }
    this.draw();
  }

  remove(id) {
    if (!this.items?.some((one) => one.id === id)) return;
    this.items = this.items.filter((one) => one.id !== id);
    this.draw();
  }

  more() {
    return appendPage(this, "/v1/documents", {...this.query, limit: pageSize, cursor: this.cursor}, {button: "more", title: "documents-title", note: "documents-note"});
  }

  clear(words) {
    ++this.generation;
    this.items = null;
    closeExplanations();
    byId("documents").replaceChildren();
    byId("more").hidden = true;
    byId("documents-note").textContent = words;
  }

  draw() {
    if (!this.items) return;
    const open = new Set([...document.querySelectorAll("#documents details[open]")].map((node) => node.dataset.story));
    const stories = new Map();
    for (const one of this.items) {
      const key = byId("unfold").checked ? `document ${one.id}` : one.story;
      if (!stories.has(key)) stories.set(key, []);
      stories.get(key).push(one);
    }
    const focused = document.activeElement;
    byId("documents").replaceChildren(...[...stories.values()].map((documents) => this.story(documents, open)));
    if (focused?.matches(".why") && focused.isConnected) focused.focus({preventScroll: true});   // it is the same button
    byId("more").hidden = this.cursor === null;
    byId("documents-note").textContent = this.note(stories.size);
  }

  note(stories) {
    const shown = this.items.length;
    const gone = this.cursor === null && this.total > shown;   // retention deletes texts, and keeps their counts
    if (shown === 0) return gone ? this.total === 1 ? "The document is no longer stored." : `The ${formatCount(this.total)} documents are no longer stored.` : "No document matches in this time.";
    if (gone) return `the ${formatCount(shown)} of ${formatCount(this.total)} documents that are still stored`;
    const all = this.cursor === null ? `${shown > 1 ? "all " : ""}${plural(shown, "document")}` : this.total ? `${formatCount(shown)} of ${formatCount(Math.max(this.total, shown))} documents` : `the newest ${formatCount(shown)} documents`;
    return byId("unfold").checked || stories === shown ? all : `${all}, of ${plural(stories, "story", "stories")}`;
  }

  /** The newest document of a story, with the others under it. */
  story([newest, ...others], open) {
    const node = headlineNode(newest, this.entity);
    const elsewhere = newest.story_documents - 1 - others.length;
    const all = elsewhere > 0 ? element("a", {class: "whole-story", href: viewAddress({story: newest.story, range: "5y", from: "", to: ""})}, `all ${formatCount(newest.story_documents)} documents of the story`) : null;
    if (others.length === 0 && all) node.querySelector(".meta").append(all);
    if (others.length === 0) return node;
    const words = `${others.length} more of this story`;
    const list = element("ol", {class: "reprints"}, ...others.map((one) => headlineNode(one, this.entity)));
    node.querySelector(".words").append(element("details", {"data-story": newest.story, open: open.has(newest.story)}, element("summary", {}, words), list, all));
    return node;
  }
}
