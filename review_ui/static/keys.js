// One key for every action: an element with data-key="x" is pressed by x, and its key stands on its label.
// data-opens and data-closes name dialogs. While a dialog is open, only its own keys work.
"use strict";

// A field of a dialog that has just closed keeps the focus until the next frame: it is hidden, so nobody writes in it.
function isWriting(element) {
  const takesText = element.matches("textarea, select, [contenteditable], input:not([type=radio], [type=checkbox])");
  return takesText && element.getClientRects().length > 0;
}

function pressable(key) {
  const within = document.querySelector("dialog[open]") ?? document;
  return [...within.querySelectorAll("[data-key]")].find(
    (element) => element.dataset.key === key && !element.disabled && element.getClientRects().length > 0,
  );
}

// On a Cyrillic layout the key named A types another letter: its place on the keyboard counts.
function keyOf(event) {
  if (event.key.length !== 1) return event.key;
  if (event.key <= "~") return event.key.toLowerCase();
  return event.code.startsWith("Key") ? event.code.slice(3).toLowerCase() : event.key;
}

// Ctrl and Enter send what a dialog asks, also out of its text.
document.addEventListener("keydown", (event) => {
  if (event.key !== "Enter" || !event.ctrlKey || event.repeat) return;
  const button = document.querySelector("dialog[open] .main");
  if (!button) return;
  event.preventDefault();
  button.click();
});

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.repeat) return;
  if (event.key === "Escape" && isWriting(event.target) && !event.target.closest("dialog")) {
    event.target.blur();
    return;
  }
  if (isWriting(event.target) && !/^F\d+$/.test(event.key)) return; // no F key writes
  const found = pressable(keyOf(event));
  if (found) {
    event.preventDefault();
    found.click();
  }
});

function fillHelp() {
  const rows = document.querySelector("#help tbody");
  const described = [...document.querySelectorAll("[data-key][data-help]")].filter((e) => !e.closest("dialog"));
  rows.replaceChildren(
    ...described.map((element) => {
      const row = document.createElement("tr");
      const key = document.createElement("kbd");
      key.textContent = element.dataset.key;
      row.insertCell().append(key);
      row.insertCell().textContent = element.dataset.help;
      return row;
    }),
  );
}

document.addEventListener("click", (event) => {
  const opener = event.target.closest("[data-opens]");
  if (opener) {
    if (opener.dataset.opens === "help") fillHelp();
    document.getElementById(opener.dataset.opens).showModal();
  }
  const closer = event.target.closest("[data-closes]");
  if (closer) document.getElementById(closer.dataset.closes).close();
});

// An address says what was chosen, not what was left alone.
document.addEventListener("formdata", (event) => {
  if (!event.target.matches(".filters")) return;
  for (const [name, value] of [...event.formData]) if (value === "") event.formData.delete(name);
});
