// A sound and a notification of the browser when an alert fires: only for those who ask for it.
import {byId} from "./dom.js";

let audio = null;

/** Two short tones; a browser lets a page sound only after somebody has clicked in it. */
function sound() {
  audio ??= new AudioContext();
  const start = audio.currentTime;
  for (const [delay, pitch] of [[0, 880], [0.22, 660]]) {
    const tone = new OscillatorNode(audio, {frequency: pitch});
    const volume = new GainNode(audio, {gain: 0});
    volume.gain.setValueAtTime(0, start + delay);
    volume.gain.linearRampToValueAtTime(0.2, start + delay + 0.02);
    volume.gain.linearRampToValueAtTime(0, start + delay + 0.2);
    tone.connect(volume).connect(audio.destination);
    tone.start(start + delay);
    tone.stop(start + delay + 0.21);
  }
}

async function allowed() {
  if (!("Notification" in window)) return "this browser has no notifications";
  const answer = Notification.permission === "default" ? await Notification.requestPermission() : Notification.permission;
  return answer === "granted" ? "" : "the browser does not allow notifications of this page";
}

function choice(id, key, refusal) {
  const box = byId(id);
  box.checked = localStorage.getItem(key) === "on";
  box.addEventListener("change", async () => {
    const refused = box.checked ? await refusal() : "";
    if (refused) box.checked = false;
    byId("notify-note").textContent = refused;
    localStorage.setItem(key, box.checked ? "on" : "off");
  });
  return box;
}

export function notifier() {
  const withSound = choice("sound", "sound", async () => {
    sound();   // so that it is known how it sounds, and may
    return "";
  });
  const withNotice = choice("notice", "notice", allowed);
  /** alert: of the event `alert.firing`. */
  return (alert) => {
    if (withSound.checked) sound();
    if (!withNotice.checked || !("Notification" in window) || Notification.permission !== "granted") return;
    const notice = new Notification("tapewatch: an alert fires", {body: alert.evidence?.summary || alert.rule, tag: alert.id});
    notice.addEventListener("click", () => {
      window.focus();
      location.assign(`/alerts/${encodeURIComponent(alert.id)}`);
    });
  };
}
