// Latin reading of Cyrillic reports.
"use strict";

for (const button of document.querySelectorAll(".latin-switch")) {
  button.addEventListener("click", () => {
    const latin = button.getAttribute("aria-pressed") !== "true";
    for (const other of document.querySelectorAll(".latin-switch")) other.setAttribute("aria-pressed", latin);
    for (const text of document.querySelectorAll(".latin")) {
      text.hidden = !latin;
      text.previousElementSibling.hidden = latin;
    }
  });
}
