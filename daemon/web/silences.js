// The silences that are in force or to come: whom they keep quiet, who made them, until when; and their end.
import {byId, element, formatCount, getJson, sendJson} from "./dom.js";
import {formatDayClock} from "./time.js";

const matchWords = (match) => Object.entries(match).map(([name, values]) => `${name} ${values.join(" or ")}`).join(", ");

/** A silence in words, with a button that ends it where `ended` is given, which is called once it has. */
export function silenceNode(silence, ended) {
  const said = element("output", {});
  const [from, to] = [Date.parse(silence.from), Date.parse(silence.to)];
  const when = from > Date.now() ? `${formatDayClock(from)} to ${formatDayClock(to)}` : `until ${formatDayClock(to)}`;
  const words = `${when}, by ${silence.by}${silence.comment ? `: ${silence.comment}` : ""}`;
  const button = ended && !silence.configured ? element("button", {type: "button"}, "End it", element("span", {class: "hidden"}, ` (${words})`)) : null;
  button?.addEventListener("click", async () => {
    button.disabled = true;
    try {
      await sendJson(`/v1/silences/${encodeURIComponent(silence.id)}`, null, undefined, "DELETE");
      said.textContent = "Ended.";
      ended();
    } catch (error) {
      said.textContent = error.message;
      button.disabled = false;
    }
  });
  return element("p", {class: "silence buttons"}, silence.match ? element("b", {}, matchWords(silence.match) || "everything") : null, silence.match ? " " : null, words,
    silence.configured ? " (it stands in the configuration)" : null, " ", button, said);
}

export class Silences {
  async show(mayOperate) {
    if (!mayOperate) {
      byId("silences").replaceChildren();
      byId("silences-note").textContent = "Your token has the role read. To see and end silences needs the role operate.";
      return;
    }
    if (byId("silences").contains(document.activeElement)) return;   // somebody is about to end one
    const pages = await Promise.all(["active", "pending"].map((state) => getJson(`/v1/silences?state=${state}&limit=200`)));
    const items = pages.flatMap((page) => page.items);
    byId("silences").replaceChildren(...items.map((one) => element("li", {}, silenceNode(one, () => this.ended()))));
    const count = items.length === 1 ? "1 silence" : `${formatCount(items.length)} silences`;
    byId("silences-note").textContent = items.length === 0 ? "None. Whoever silences an alert is named here." : `${count} in force or to come`;
  }

  ended() {
    byId("silences-title").focus();
    this.show(true).catch(() => {});
  }
}
