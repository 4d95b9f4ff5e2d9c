"use strict";
(() => {
  const all = (selector, root = document) => [...root.querySelectorAll(selector)];
  for (const element of all("[data-needs-script]")) element.hidden = false;

  // Light, dark, or as the system has it.
  const themes = ["auto", "light", "dark"];
  const button = document.getElementById("theme");
  const remembered = () => { try { return localStorage.getItem("sdapi-theme"); } catch { return null; } };
  const show = (theme) => {
    document.documentElement.dataset.theme = theme;
    button.textContent = `Theme: ${theme}`;
    try { localStorage.setItem("sdapi-theme", theme); } catch { /* a file may not remember */ }
  };
  show(themes.includes(remembered()) ? remembered() : "auto");
  button.addEventListener("click", () => {
    show(themes[(themes.indexOf(document.documentElement.dataset.theme) + 1) % themes.length]);
  });

  for (const copy of all("button[data-copy]")) {
    copy.addEventListener("click", async () => {
      const text = document.getElementById(copy.dataset.copy).textContent;
      try { await navigator.clipboard.writeText(text); copy.textContent = "Copied"; }
      catch {
        const range = document.createRange();
        range.selectNodeContents(document.getElementById(copy.dataset.copy));
        getSelection().removeAllRanges();
        getSelection().addRange(range);
        copy.textContent = "Selected";
      }
    });
  }

  // What a link points to is opened.
  const reveal = () => {
    const target = location.hash && document.getElementById(decodeURIComponent(location.hash.slice(1)));
    if (!target || target.tagName !== "DETAILS") return;
    for (let each = target; each; each = each.parentElement.closest("details")) each.open = true;
    target.scrollIntoView();
  };
  addEventListener("hashchange", reveal);
  reveal();

  // The table, filtered: every word of the text, and every choice, has to fit.
  const form = document.getElementById("filters");
  if (!form) return;
  const rows = all("[data-row]");
  const count = document.getElementById("count");
  const words = new Map(rows.map((row) => [row, row.textContent.toLowerCase()]));
  const fits = (row, wanted) =>
    wanted.text.every((word) => words.get(row).includes(word)) &&
    wanted.choices.every(([name, value]) => ` ${row.dataset[name]} `.includes(` ${value} `));
  const filter = () => {
    const given = new FormData(form);
    const wanted = {
      text: (given.get("text") || "").toLowerCase().split(/\s+/).filter(Boolean),
      choices: [...given].filter(([name, value]) => name !== "text" && value),
    };
    let shown = 0;
    for (const row of rows) {
      row.hidden = !fits(row, wanted);
      shown += row.hidden ? 0 : 1;
    }
    count.textContent = shown === rows.length ? `${rows.length} requirements` : `${shown} of ${rows.length} requirements`;
  };
  // Some browsers tell of a choice by the one, some by the other.
  for (const kind of ["input", "change"]) form.addEventListener(kind, filter);
  form.addEventListener("reset", () => setTimeout(filter));
  form.addEventListener("submit", (event) => event.preventDefault());
  filter();
})();
