// Questions in front of the page: a confirmation, and a form.

import { byId, el, icon, languageOf, words } from "./dom.js";
import { t } from "./words.js";

/** True when the person says yes. */
export function confirm(question, isDanger) {
  const dialog = byId("ask");
  return new Promise((settle) => {
    const answer = (yes) => () => {
      dialog.returnValue = yes ? "yes" : "no";
      dialog.close();
    };
    dialog.replaceChildren(
      words("p", "question", question.question),
      el(
        "div",
        { class: "actions" },
        el("button", { type: "button", class: "act side", onclick: answer(false) }, question.no),
        el("button", { type: "button", class: `act ${isDanger ? "danger solid" : "main"}`, autofocus: true, onclick: answer(true) }, question.yes),
      ),
    );
    dialog.setAttribute("aria-label", question.question);
    dialog.returnValue = "no";
    dialog.addEventListener("close", () => settle(dialog.returnValue === "yes"), { once: true });
    dialog.showModal();
  });
}

export const isFormOpen = () => byId("sheet").open;

/** Shows the form; `onSubmit(answers)` is called once all is filled in, and keeps it open when it throws. */
export function openForm(form, onSubmit) {
  const dialog = byId("sheet");
  const inputs = form.fields.map(drawField);
  const trouble = el("p", { class: "field-trouble", role: "alert" });
  const send = el("button", { type: "submit", class: "act main" }, form.submit);
  const submit = async (event) => {
    event.preventDefault();
    const wrong = inputs.filter((input) => !input.check());
    if (wrong.length > 0) return wrong[0].focus();
    send.disabled = true;
    try {
      await onSubmit(Object.fromEntries(inputs.map((input) => [input.name, input.value()])));
      dialog.close();
    } catch (fault) {
      trouble.textContent = fault.message || t("failed");
    } finally {
      send.disabled = false;
    }
  };
  const close = () => dialog.close();
  dialog.replaceChildren(
    el(
      "form",
      { novalidate: true, onsubmit: submit, lang: languageOf(form.title) },
      el(
        "header",
        {},
        words("h2", "", form.title),
        el("button", { type: "button", class: "icon", "aria-label": t("cancel"), onclick: close }, icon("close")),
      ),
      el("div", { class: "fields" }, form.lead && words("p", "lead", form.lead), inputs.map((input) => input.node), trouble),
      el("footer", { class: "actions" }, el("button", { type: "button", class: "act side", onclick: close }, t("cancel")), send),
    ),
  );
  dialog.setAttribute("aria-label", form.title);
  dialog.showModal();
  inputs[0]?.focus();
}

const FEW = 6;
let count = 0;

function drawField(field) {
  const id = `field-${++count}`;
  const trouble = el("p", { class: "field-trouble", id: `${id}-trouble`, role: "alert" });
  const control = field.kind === "choice" ? choiceControl(field, id) : textControl(field, id);
  const node = el(
    "div",
    { class: "field" },
    el(
      control.isGroup ? "span" : "label",
      control.isGroup ? { class: "label", id: `${id}-label` } : { class: "label", for: id },
      el("span", { dir: "auto" }, field.label),
      !field.required && el("span", { class: "optional" }, t("optional")),
    ),
    field.hint && el("p", { class: "field-hint", id: `${id}-hint`, dir: "auto" }, field.hint),
    control.node,
    control.counter,
    trouble,
  );
  const check = () => {
    const value = control.value();
    const over = [...value].length - field.max_chars;
    trouble.textContent =
      field.required && !value.trim() ? t("field_missing") : over > 0 ? t("field_too_long", { count: over }) : "";
    control.mark(trouble.textContent !== "");
    return trouble.textContent === "";
  };
  return { name: field.name, node, check, value: control.value, focus: control.focus };
}

function described(field, id) {
  return [field.hint && `${id}-hint`, `${id}-trouble`].filter(Boolean).join(" ");
}

function textControl(field, id) {
  const isLong = field.kind === "text";
  const box = el(isLong ? "textarea" : "input", {
    id,
    dir: "auto",
    "aria-describedby": described(field, id),
    "aria-required": String(field.required),
    ...(isLong ? { rows: "4" } : { type: "text", autocomplete: "off" }),
  });
  box.value = field.initial;
  const counter = el("p", { class: "counter", "aria-live": "polite" });
  const tell = () => {
    const left = field.max_chars - [...box.value].length;
    counter.textContent = left < Math.min(200, field.max_chars / 4) ? t("left", { count: Math.max(left, 0) }) : "";
  };
  box.addEventListener("input", tell);
  tell();
  return {
    node: box,
    counter,
    isGroup: false,
    value: () => box.value,
    focus: () => box.focus(),
    mark: (wrong) => box.setAttribute("aria-invalid", String(wrong)),
  };
}

function choiceControl(field, id) {
  return field.choices.length > FEW ? selectControl(field, id) : radioControl(field, id);
}

function selectControl(field, id) {
  const box = el(
    "select",
    { id, "aria-describedby": described(field, id), "aria-required": String(field.required) },
    el("option", { value: "" }, t("choose")),
    field.choices.map((choice) => el("option", { value: choice.value }, choice.label)),
  );
  box.value = field.initial;
  return {
    node: box,
    isGroup: false,
    value: () => box.value,
    focus: () => box.focus(),
    mark: (wrong) => box.setAttribute("aria-invalid", String(wrong)),
  };
}

function radioControl(field, id) {
  const radios = field.choices.map((choice) => el("input", { type: "radio", name: id, value: choice.value }));
  radios.forEach((radio) => (radio.checked = radio.value === field.initial));
  const node = el(
    "div",
    { class: "radios", role: "radiogroup", "aria-labelledby": `${id}-label`, "aria-describedby": described(field, id) },
    radios.map((radio, index) => el("label", { class: "radio" }, radio, el("span", { dir: "auto" }, field.choices[index].label))),
  );
  return {
    node,
    isGroup: true,
    value: () => radios.find((radio) => radio.checked)?.value ?? "",
    focus: () => (radios.find((radio) => radio.checked) ?? radios[0])?.focus(),
    mark: (wrong) => node.setAttribute("aria-invalid", String(wrong)),
  };
}
