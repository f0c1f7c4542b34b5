// What the page says, in the language of the person one is.

const all = JSON.parse(document.getElementById("words").textContent);
let current = document.documentElement.lang.startsWith("zh") ? "zh" : "en";

export const language = () => current;
export const locale = () => (current === "zh" ? "zh-CN" : "en-GB");

export function speak(next) {
  current = next in all ? next : "en";
  document.documentElement.lang = current === "zh" ? "zh-CN" : "en";
}

export function t(key, facts = {}) {
  return all[current][key].replace(/\{(\w+)\}/g, (whole, name) => (name in facts ? String(facts[name]) : whole));
}
