// The keys 1 and 2 choose a side in the marked row and mark the next one that is open.
"use strict";

const rows = [...document.querySelectorAll("[data-part]")];

function mark(row) {
  for (const each of rows) each.classList.toggle("marked", each === row);
  row?.scrollIntoView({ block: "nearest" });
}

function open() {
  return rows.find((row) => !row.querySelector("input:checked"));
}

document.addEventListener("click", (event) => {
  const key = event.target.closest("[data-key='1'], [data-key='2']")?.dataset.key;
  const marked = document.querySelector("[data-part].marked");
  if (!key || !marked) return;
  marked.querySelectorAll("input")[Number(key) - 1].checked = true;
  mark(open() ?? rows[rows.indexOf(marked) + 1] ?? marked);
});

document.addEventListener("focusin", (event) => {
  const row = event.target.closest("[data-part]");
  if (row) mark(row);
});

mark(open() ?? rows[0]);
