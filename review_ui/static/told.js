// What reports say of the field in focus where they differ, the way from a value to its words, and what the reader took
// a field for besides; see item.js.
"use strict";

// Nothing closes by itself: what lies below a field would move while one clicks it.
form.addEventListener("focusin", (event) => {
  if (!event.target.matches("input, select")) return;
  const told = (event.target.closest(".field") ?? event.target.closest(".group"))?.querySelector(".told");
  if (told) told.open = true;
});

form.addEventListener("click", (event) => {
  const link = event.target.closest("[data-shows]");
  if (!link) return;
  event.preventDefault();
  showEvidence(document.getElementById(link.hash.slice(1)), link.dataset.shows);
});

// What else the reader took a field for: its values go into the form, as if they had been typed.
form.addEventListener("click", (event) => {
  const other = event.target.closest("[data-takes]");
  if (!other) return;
  const takes = JSON.parse(other.dataset.takes);
  for (const [name, value] of Object.entries(takes)) form.elements[name].value = value;
  const field = form.elements[other.closest(".perhaps").dataset.fieldOf];
  for (const kind of ["input", "change"]) field.dispatchEvent(new Event(kind, { bubbles: true }));
  if (other.dataset.dot) field.dispatchEvent(new CustomEvent("taken", { detail: JSON.parse(other.dataset.dot) }));
  field.focus();
});

function showEvidence(report, field) {
  const words = evidenceOf(field).filter((mark) => report.contains(mark) && isShown(mark));
  const uncover = document.getElementById("uncover");
  if (uncover) uncover.checked = true;
  report.focus({ preventScroll: true });
  for (const mark of document.querySelectorAll("mark")) mark.classList.toggle("lit", words.includes(mark));
  (words[0] ?? report).scrollIntoView({ block: "center" });
}

// The definitions of the field in focus, or of the first where none is. A date and a place are typed freely: what is
// defined is how exact they are.
document.getElementById("define").addEventListener("click", () => {
  const defining = document.getElementById(`f-${document.activeElement?.dataset.definedBy}`);
  const here = (defining ?? document.activeElement)?.closest(".field, .group") ?? form.querySelector(".field");
  const found = here.querySelector(".definition") ?? here.closest(".group")?.querySelector(".definition");
  if (found) found.open = !found.open;
});

// They open below the field, which stays where it is, at the list of the part of a person that is in focus.
form.addEventListener("toggle", (event) => {
  if (!event.target.matches(".definition[open]")) return;
  const defined = document.getElementById(event.target.querySelector("summary").getAttribute("aria-controls"));
  const list = defined.querySelector(`[data-list="${document.activeElement?.name?.split(".")[1]}"]`);
  if (list) defined.scrollTop = list.offsetTop;
  defined.scrollIntoView({ block: "nearest" });
}, true);
