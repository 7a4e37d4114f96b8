// Another time for a chart, chosen on the chart: a part that was dragged over, closer, wider, earlier, later. Each is an
// address, so that one goes back the way one came.
import {changed, current, go} from "./address.js";
import {element} from "./dom.js";
import {instant, longest, rangeLength, ranges, spanOf} from "./span.js";
import {serverNow} from "./time.js";

const minute = 60e3;
const narrowest = 5 * minute;

const stamp = (at) => new Date(at).toISOString().replace(".000Z", "Z");

/** Shows what lies between two instants, or a little more around them; not beyond now. */
export function showBetween(from, to) {
  const length = Math.min(longest, Math.max(narrowest, to - from));
  const last = Math.ceil(serverNow() / minute) * minute;
  const end = Math.min(last, Math.max(to, (from + to + length) / 2));
  go(changed({range: "", from: stamp(Math.floor(Math.max(0, end - length) / minute) * minute), to: stamp(Math.ceil(end / minute) * minute)}));
}

/** The usual range next to the one that is shown, if it ends now and there is one. */
function neighbour(span, step) {
  if (current.values.from || current.values.to) return null;
  const longer = ranges.filter(([id]) => (rangeLength(id) - span.length) * step > 0);
  return longer.length === 0 ? null : longer[step > 0 ? 0 : longer.length - 1][0];
}

function edges(span) {
  const end = current.values.to ? instant(current.values.to) : serverNow();
  return [end - span.length, end];
}

/** Half as long, about an instant if one is given. */
function closer(at) {
  const span = spanOf(current.values);
  const range = at === null && neighbour(span, -1);
  if (range) return go(changed({range}));
  const [from, to] = edges(span);
  const held = at ?? (from + to) / 2;   // stays where it is
  return showBetween((held + from) / 2, (held + to) / 2);
}

function wider() {
  const span = spanOf(current.values);
  const range = neighbour(span, 1);
  if (range) return go(changed({range}));
  const [from, to] = edges(span);
  return showBetween(from - span.length / 2, to + span.length / 2);
}

function shift(share) {
  const span = spanOf(current.values);
  const [from, to] = edges(span);
  const by = Math.min(share * span.length, serverNow() - to);
  return showBetween(from + by, to + by);
}

/** Does what a key asks for; whether it asks for anything. `at`: where the cursor is, or null. */
export function zoomByKey(key, at) {
  if (key === "+" || key === "=") closer(at);
  else if (key === "-" || key === "−") wider();
  else return false;
  return true;
}

/** The same for who has no pointer that drags; `cursor` gives the instant that the chart's cursor is on, or null. */
export function zoomButtons(cursor) {
  const button = (words, name, run) => {
    const node = element("button", {type: "button", "aria-label": name}, words);
    node.addEventListener("click", run);
    return node;
  };
  return element("div", {class: "zoom", role: "group", "aria-label": "Time of the chart"},
    button("← earlier", "Earlier", () => shift(-0.5)), button("later →", "Later", () => shift(0.5)),
    button("+ closer", "Closer", () => closer(cursor())), button("− wider", "Wider", () => wider()));
}
