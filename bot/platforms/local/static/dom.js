// Elements made from values. Text only ever becomes a text node, never markup.

const SVG = "http://www.w3.org/2000/svg";

export const byId = (id) => document.getElementById(id);

/** An element: `class`, `on...` listeners and properties of the element go by name, all else is an attribute. */
export function el(tag, props = {}, ...children) {
  const node = document.createElement(tag);
  for (const [name, value] of Object.entries(props)) set(node, name, value);
  node.append(...children.flat().filter((child) => child !== null && child !== undefined && child !== false));
  return node;
}

function set(node, name, value) {
  if (value === null || value === undefined || value === false) return;
  if (name === "class") node.className = value;
  else if (name.startsWith("on")) node.addEventListener(name.slice(2), value);
  else if (name in node && typeof value !== "string") node[name] = value;
  else node.setAttribute(name, value === true ? "" : value);
}

export function icon(name, className = "") {
  const svg = document.createElementNS(SVG, "svg");
  svg.setAttribute("aria-hidden", "true");
  if (className) svg.setAttribute("class", className);
  const use = document.createElementNS(SVG, "use");
  use.setAttribute("href", `#i-${name}`);
  svg.append(use);
  return svg;
}

export function setIcon(button, name) {
  button.querySelector("use").setAttribute("href", `#i-${name}`);
}

const HAN = /\p{Script=Han}/u;

/** The language of a text, so that the right font and line breaks are taken. */
export const languageOf = (text) => (HAN.test(text) ? "zh-CN" : "en");

/** Somebody's words, as they were written: isolated from the direction and language around them. */
export function words(tag, className, text) {
  return el(tag, { class: className, dir: "auto", lang: languageOf(text) }, text);
}
