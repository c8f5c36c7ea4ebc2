"use strict";
// Pages that ask for it (`data-refresh="30"`) fetch themselves anew and swap their content: open tables stay open, and a
// button stops it; while somebody is inside with the keyboard or the mouse, nothing is swapped. Without JavaScript the page is the same, and reloads when the reader reloads it.
document.addEventListener("DOMContentLoaded", () => {
  const page = document.querySelector("[data-refresh]");
  if (!page) {
    return;
  }
  const seconds = Number(page.dataset.refresh);
  let goesOn = true;
  const wish = document.createElement("button");
  wish.type = "button";
  wish.className = "r-refresh";
  const say = () => {
    wish.textContent = goesOn ? page.dataset.pause : page.dataset.resume;
  };
  wish.addEventListener("click", () => {
    goesOn = !goesOn;
    say();
  });
  say();
  page.before(wish);

  let current = page;
  const openTables = () => new Set([...current.querySelectorAll("details[open][data-key]")].map((table) => table.dataset.key));

  const refresh = async () => {
    if (!goesOn || document.hidden || current.contains(document.activeElement)) {
      return;
    }
    const answer = await fetch(location.href, { headers: { Accept: "text/html" } });
    if (!answer.ok) {
      return;
    }
    const anew = new DOMParser().parseFromString(await answer.text(), "text/html");
    document.querySelector("[data-notice]").replaceWith(anew.querySelector("[data-notice]"));
    const fresh = anew.querySelector("[data-refresh]");
    if (!fresh) {
      return;
    }
    const open = openTables();
    for (const table of fresh.querySelectorAll("details[data-key]")) {
      table.open = open.has(table.dataset.key);
    }
    current.replaceWith(fresh);
    current = fresh;
  };
  setInterval(() => refresh().catch(() => {}), seconds * 1000);
});
