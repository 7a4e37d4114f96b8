// How the alerts of two rules differ. Two are the same when their series are and their spans share a moment; of grave stories,
// several of which are open at a time in a series, when they tell the same one.

/** A series by its key, for an address: "entity=halden&topic=earnings"; "": all of it. */
export const seriesId = (key) => new URLSearchParams(Object.entries(key).sort()).toString();

/** With `from` and `to`; what is still open lasts to `end`. */
function spanned(alert, end) {
  return {alert, story: alert.evidence?.top_stories?.[0]?.title, series: seriesId(alert.key), from: Date.parse(alert.started_at), to: alert.ended_at ? Date.parse(alert.ended_at) : end};
}

/** The alerts of the tried rule and those of the running one, newest first: [{change, alert, running?, series, from, to}].
 * `change`: "gained", "same" (with the alert that was `running`), or "lost". `running`: null where there is none to compare with.
 * `byStory`: the tried one tells of stories. */
export function difference(tried, running, end, byStory) {
  const before = (running || []).map((alert) => spanned(alert, end));
  const found = new Set();
  const rows = tried.map((alert) => {
    const row = spanned(alert, end);
    const same = before.filter((one) => one.series === row.series && one.from <= row.to && row.from <= one.to
      && (!byStory || one.alert.measure !== "story" || one.story === row.story));
    for (const one of same) found.add(one);
    return {...row, change: running === null ? "" : same.length > 0 ? "same" : "gained", running: same[0]?.alert};
  });
  for (const one of before) {
    if (!found.has(one)) rows.push({...one, change: "lost", running: one.alert});
  }
  return rows.sort((a, b) => b.from - a.from);
}
