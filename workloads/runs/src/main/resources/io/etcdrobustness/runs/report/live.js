"use strict";
(() => {
  // Of a strip's cells only the newest is a stop of the tab key; arrows, Home and End go along it.
  const strips = () => document.querySelectorAll(".strip").forEach(strip => {
    const cells = [...strip.querySelectorAll("a")];
    if (!cells.includes(document.activeElement)) cells.forEach((cell, i) => cell.tabIndex = i === 0 ? 0 : -1);
  });
  document.addEventListener("keydown", e => {
    const strip = e.target.closest?.(".strip");
    if (!strip || e.altKey || e.ctrlKey || e.metaKey) return;
    const cells = [...strip.querySelectorAll("a")], at = cells.indexOf(e.target);
    // The newest stands first in the page and is drawn last.
    const to = {ArrowLeft: at + 1, ArrowRight: at - 1, Home: cells.length - 1, End: 0}[e.key];
    if (to === undefined) return;
    e.preventDefault();
    const next = cells[Math.min(cells.length - 1, Math.max(0, to))];
    cells.forEach(cell => cell.tabIndex = cell === next ? 0 : -1);
    next.focus();
  });

  const every = Number(document.body.dataset.every) * 1000;
  let tag = "", seen = new Date();
  const stale = why => {
    const note = document.getElementById("stale");
    note.textContent = why ? `${why}: what stands here is of ${seen.toISOString().slice(0, 19).replace("T", " ")} UTC.` : "";
    note.hidden = !why;
  };
  // Puts the new page's parts in the place of the old ones, and the focus where it was.
  const show = page => {
    if (page.body.dataset.page !== document.body.dataset.page) { location.reload(); return; }
    const held = document.activeElement, id = held?.id, href = held?.getAttribute?.("href");
    document.title = page.title;
    for (const part of document.querySelectorAll("[data-live]")) {
      const fresh = page.getElementById(part.id);
      if (!fresh || fresh.outerHTML === part.outerHTML) continue;
      const had = part.contains(held), scrolled = [...part.querySelectorAll(".strip")].map(strip => strip.scrollLeft);
      part.replaceWith(document.adoptNode(fresh));
      fresh.querySelectorAll(".strip").forEach((strip, i) => strip.scrollLeft = scrolled[i] || 0);
      if (had) (id ? fresh.querySelector("#" + CSS.escape(id)) : href ? [...fresh.querySelectorAll("a")].find(a => a.getAttribute("href") === href) : null)?.focus({preventScroll: true});
    }
    strips();
  };
  const look = async () => {
    if (!document.hidden) {
      try {
        const answer = await fetch(location.href, {headers: tag ? {"If-None-Match": tag} : {}, cache: "no-store", redirect: "error"});
        if (answer.status === 200) {
          tag = answer.headers.get("ETag");
          show(new DOMParser().parseFromString(await answer.text(), "text/html"));
        }
        if (answer.ok || answer.status === 304) { seen = new Date(); stale(""); } else stale(answer.status === 401 ? "You are not logged in any more" : `The service answers with ${answer.status}`);
      } catch (e) { stale("The service does not answer"); }
    }
    setTimeout(look, every);
  };
  strips();
  if (every) setTimeout(look, every);
})();
