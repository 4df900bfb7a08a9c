// Where the form stands below the reports, the words that a field rests on are out of sight while one is in it: the
// first of them are quoted under it, and lead there; see item.js for evidence and told.js for the way.
"use strict";

const BEFORE = 16; // characters quoted before the words, few enough that the words themselves fit on a phone
const AFTER = 40;

const cover = document.getElementById("uncover");

// As with what reports tell: nothing closes by itself, since what lies below a field would move while one clicks it.
form.addEventListener("focusin", (event) => {
  const field = event.target.dataset.field;
  if (!field || !isBelowReports()) return;
  const evidence = evidenceOf(field).find(isShown);
  const there = lineUnder(event.target);
  if (evidence) (there ?? newLine(event.target)).replaceChildren(quotation(evidence, field));
  else there?.replaceChildren();
});

// Covered again, nothing of the reports stays to be read here.
cover?.addEventListener("change", () => {
  if (!cover.checked) for (const line of form.querySelectorAll(".quoted")) line.replaceChildren();
});

function isBelowReports() {
  const box = (pane) => document.querySelector(pane).getBoundingClientRect();
  return box(".reports").bottom <= box(".decision").top;
}

function holderOf(control) {
  return control.closest(".person, .pieces, .field, .group");
}

function lineUnder(control) {
  return holderOf(control)?.querySelector(":scope > .quoted");
}

function newLine(control) {
  const line = document.createElement("p");
  line.className = "quoted hint";
  if (control.closest(".person, .pieces")) holderOf(control).append(line);
  else (control.closest(".checks, .check") ?? control).after(line);
  return line;
}

function quotation(mark, field) {
  const report = mark.closest("article");
  const link = document.createElement("a");
  link.href = `#${report.id}`;
  link.dataset.shows = field;
  if (cover && !cover.checked) {
    link.textContent = form.dataset.covered;
    return link;
  }
  const words = document.createElement("strong");
  words.textContent = mark.textContent;
  const [before, after] = around(mark);
  link.append(`${report.querySelector("header strong").textContent}: ${before}`, words, after);
  return link;
}

// What stands before and after the words, cut between two words.
function around(mark) {
  const passage = mark.parentElement;
  const before = document.createRange();
  before.setStart(passage, 0);
  before.setEndBefore(mark);
  const after = document.createRange();
  after.setStartAfter(mark);
  after.setEnd(passage, passage.childNodes.length);
  const [left, right] = [before.toString(), after.toString()].map((text) => text.replace(/\s+/g, " "));
  return [
    left.length > BEFORE ? `…${left.slice(-BEFORE).replace(/^\S*\s*/, "")}` : left,
    right.length > AFTER ? `${right.slice(0, AFTER).replace(/\s*\S*$/, "")}…` : right,
  ];
}
