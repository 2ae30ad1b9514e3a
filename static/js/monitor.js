// The page of a run: the chart between polls, the panel of a step, copy buttons.
(() => {
  "use strict";
  const run = () => document.getElementById("run");
  const panel = document.getElementById("step-panel");
  let drawnAt = performance.now();
  let opener = null;

  // The server draws a moment; until it draws the next one, time goes on here.
  const tick = () => {
    const chart = document.getElementById("chart");
    const speed = chart ? Number(chart.dataset.speed) : 0;
    if (!speed) return;
    const passed = (performance.now() - drawnAt) / 1000;
    const now = Math.min(100, Number(chart.dataset.now) + passed * speed);
    chart.querySelectorAll("line.now").forEach((line) => ["x1", "x2"].forEach((end) => line.setAttribute(end, `${now}%`)));
    chart.querySelectorAll("circle.now").forEach((dot) => dot.setAttribute("cx", `${now}%`));
    chart.querySelectorAll("[data-grows]").forEach((bar) => bar.setAttribute("width", `${Math.max(0.9, now - Number(bar.dataset.grows))}%`));
    chart.toggleAttribute("data-full", now >= 100);
  };
  setInterval(tick, 500);

  // A chart whose now has reached its edge is drawn anew, although nothing has changed.
  document.addEventListener("htmx:configRequest", (event) => {
    const chart = document.getElementById("chart");
    if (event.detail.elt === run() && chart && chart.hasAttribute("data-full")) {
      event.detail.path = event.detail.path.replace(/revision=\d+/, "revision=0");
    }
  });

  const marks = () => {
    const step = panel && panel.querySelector("[data-open-step]");
    const node = step && document.querySelector(`[data-step="${CSS.escape(step.dataset.openStep)}"]`);
    return node ? node.dataset.mark : null;
  };
  const refreshPanel = () => {
    const step = panel && panel.querySelector("[data-open-step]");
    const mark = marks();
    if (!step || mark === null || mark === panel.dataset.mark) return;
    panel.dataset.mark = mark;
    htmx.ajax("GET", step.dataset.url, { source: panel, target: step, swap: "morph" });
  };
  const close = () => {
    panel.replaceChildren();
    delete panel.dataset.mark;
    if (opener && document.contains(opener)) opener.focus();
    opener = null;
  };

  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target === panel) {
      panel.dataset.mark = marks() ?? "";
      if (!panel.contains(document.activeElement) && opener) panel.focus({ preventScroll: true });
    }
  });
  document.addEventListener("htmx:afterSettle", refreshPanel);
  let held = null;
  document.addEventListener("htmx:beforeSwap", (event) => {
    if (!event.detail.shouldSwap || event.detail.target !== run()) return;
    drawnAt = performance.now();
    held = document.activeElement;
  });
  // A button that has done its work is gone: whoever pressed it goes on at the top of the run.
  document.addEventListener("htmx:afterSettle", () => {
    const lost = held && !document.contains(held) && document.activeElement === document.body;
    held = null;
    if (lost) document.getElementById("run-title").focus({ preventScroll: true });
  });

  // Pause becomes Resume under the pointer: a second press that comes with the first is not meant.
  document.addEventListener("click", (event) => {
    if (event.detail > 1 && event.target.closest("form[data-once]")) event.preventDefault();
  }, true);
  document.addEventListener("submit", (event) => {
    if (!event.target.matches("form[data-once].htmx-request")) return;
    event.preventDefault();
    event.stopImmediatePropagation();
  }, true);

  document.addEventListener("click", (event) => {
    const link = event.target.closest("a[data-panel]");
    if (link && panel && !event.ctrlKey && !event.metaKey && !event.shiftKey) {
      event.preventDefault();
      if (!panel.contains(link)) opener = link;
      htmx.ajax("GET", link.href, { source: panel, target: panel, swap: "innerHTML" });
    }
    if (event.target.closest("[data-panel-close]")) close();
    const copier = event.target.closest("[data-copy]");
    if (copier) {
      const source = document.getElementById(copier.dataset.copy).querySelector("[data-copied]");
      navigator.clipboard.writeText(source.innerText).then(
        () => document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Copied." } })),
        () => document.dispatchEvent(new CustomEvent("toast", { detail: { text: "The browser did not allow copying.", level: "error" } })));
    }
  });
  document.addEventListener("keydown", (event) => {
    if (event.key === "Escape" && panel && panel.childElementCount && !document.querySelector("details.menu[open]")) close();
  });

  const launched = sessionStorage.getItem("launched");
  if (launched) {
    localStorage.removeItem(launched);
    sessionStorage.removeItem("launched");
  }
})();
