// The bell: two partials that fade, made on the spot.

let context = null;

export const isOn = () => localStorage.getItem("deskbell.sound") === "on";

export function setOn(on) {
  localStorage.setItem("deskbell.sound", on ? "on" : "off");
  if (on) ring();
}

export function ring() {
  if (!isOn()) return;
  context ??= new AudioContext();
  strike(2093, 0.09, 1.1);
  strike(5274, 0.03, 0.5);
}

function strike(pitch, loudness, length) {
  const tone = new OscillatorNode(context, { frequency: pitch });
  const fade = new GainNode(context, { gain: loudness });
  fade.gain.exponentialRampToValueAtTime(0.0001, context.currentTime + length);
  tone.connect(fade).connect(context.destination);
  tone.start();
  tone.stop(context.currentTime + length);
}
