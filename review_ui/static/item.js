// The item page: evidence lit for the field in focus, rows of persons, what has changed.
"use strict";

const form = document.getElementById("decision");

// Evidence. A field lights its own marks and those of what it is part of: victims[0].sex also victims[0].
function supports(evidence, field) {
  const inside = (a, b) => a === b || a.startsWith(b + "[") || a.startsWith(b + ".");
  return inside(evidence, field) || inside(field, evidence);
}

function evidenceOf(field) {
  const marks = [...document.querySelectorAll("mark")];
  return marks.filter((mark) => mark.dataset.fields.split(" ").some((evidence) => supports(evidence, field)));
}

function isShown(mark) {
  return mark.getClientRects().length > 0;
}

function light(field) {
  const lit = field === null ? [] : evidenceOf(field);
  for (const mark of document.querySelectorAll("mark")) mark.classList.toggle("lit", lit.includes(mark));
  const first = lit.find(isShown);
  const pane = first?.closest(".reports");
  if (pane && pane.scrollHeight > pane.clientHeight) first.scrollIntoView({ block: "nearest" });
}

form.addEventListener("focusin", (event) => light(event.target.dataset.field ?? null));
form.addEventListener("focusout", () => light(null));

// A click on a mark goes to the field it supports.
document.querySelector(".reports").addEventListener("click", (event) => {
  const fields = event.target.closest("mark")?.dataset.fields.split(" ") ?? [];
  const controls = [...form.querySelectorAll("[data-field]")];
  const found = controls.find((control) => fields.some((evidence) => supports(evidence, control.dataset.field)));
  if (found) found.focus();
});

// Persons. The buttons send the form where there are no scripts; here they need not.
form.addEventListener("click", (event) => {
  const adding = event.target.closest(".add");
  if (adding) {
    const rows = adding.closest(".persons").querySelector(".rows");
    const row = rows.querySelector("template").content.firstElementChild.cloneNode(true);
    for (const control of row.querySelectorAll("[data-field]")) delete control.dataset.field;
    rows.append(row);
    row.querySelector("select").focus();
  }
  const removing = event.target.closest(".remove");
  if (removing) {
    const group = removing.closest(".persons");
    removing.closest(".person").remove();
    group.querySelector(".add").focus();
  }
  if (!adding && !removing) return;
  event.preventDefault();
  showChanged();
});

// Subtypes of the chosen type alone; fields of a seizure only where there is one.
const type = form.elements.incident_type;
const subtype = form.elements.subtype;
const seized = form.elements.seized;

function fitFields() {
  let any = false;
  for (const option of subtype.options) {
    const fits = !option.dataset.parent || option.dataset.parent === type.value;
    option.hidden = option.disabled = !fits;
    any ||= fits && option.value !== "";
  }
  if (subtype.selectedOptions[0]?.disabled) subtype.value = "";
  subtype.closest(".field").hidden = !any && !subtype.matches("[aria-invalid]");
  const pieces = form.querySelector(".pieces");
  pieces.hidden = !seized.checked && !seized.matches("[aria-invalid]");
  for (const control of pieces.querySelectorAll("input, select")) control.disabled = pieces.hidden;
}

form.elements.date.addEventListener("change", (event) => {
  const precision = form.elements.date_precision;
  if (event.target.value === "") precision.value = "unknown";
  else if (precision.value === "unknown") precision.value = "day";
});

// The day in words: a browser shows the field in an order of its own, in which 09/03 may be either day.
function writeDay() {
  const line = form.querySelector(".in-words");
  const [year, month, day] = form.elements.date.value.split("-").map(Number);
  line.textContent = day ? line.dataset.written.split("|")[month - 1].replace("{d}", day).replace("{y}", year) : "";
}

form.elements.place.addEventListener("input", (event) => {
  const precision = form.elements.geo_precision;
  if (event.target.value !== "" && precision.value === "3") precision.value = "1";
  if (event.target.value === "" && precision.value === "1") precision.value = "3";
});

// Unreported is no weapon beside another.
form.addEventListener("change", (event) => {
  if (event.target.name !== "weapons" || !event.target.checked) return;
  for (const other of form.elements.weapons) {
    if (other !== event.target && [other.value, event.target.value].includes("unreported")) other.checked = false;
  }
});

// What has changed, against what the server filled in.
const untouched = ["csrf", "version", "draft_turn", "comment", "reason", "rejection_comment"];
function content(names) {
  return JSON.stringify([...new FormData(form)].filter(([name]) => names(name)));
}
const facts = (name) => !untouched.includes(name);
const words = (name) => !["csrf", "version", "draft_turn"].includes(name);

fitFields();
writeDay();
const factsAtStart = content(facts);
const wordsAtStart = content(words);
const approve = document.getElementById("approve");

function showChanged() {
  if (!approve) return;
  const changed = form.dataset.changed === "yes" || content(facts) !== factsAtStart;
  approve.querySelector(".label").textContent = changed ? approve.dataset.corrected : approve.dataset.plain;
}

for (const kind of ["input", "change"]) {
  form.addEventListener(kind, () => {
    fitFields();
    writeDay();
    showChanged();
  });
}

// The bar of the decision grows with its words: what gets the focus is scrolled above it.
const decisionBar = approve?.closest(".actions");
if (decisionBar) {
  new ResizeObserver(() => {
    document.documentElement.style.setProperty("--decision-bar", `${decisionBar.offsetHeight}px`);
  }).observe(decisionBar);
}

// The answer to a decision that was not taken stands at the address of the decision: reloading must not send it.
history.replaceState(null, "", form.dataset.page);

document.querySelector("dialog[data-open]")?.showModal();
document.querySelector("[aria-invalid]")?.focus();
