// The command palette: Ctrl+K, a few letters, arrows, Enter.
(() => {
  "use strict";
  const box = document.getElementById("palette");
  const input = document.getElementById("palette-search");
  const found = document.getElementById("palette-found");
  let at = -1;
  let isStale = true;
  let goes = false;

  const hits = () => [...found.querySelectorAll("a[role=option]")];
  const mark = (place) => {
    const all = hits();
    at = all.length ? (place + all.length) % all.length : -1;
    all.forEach((hit, number) => hit.setAttribute("aria-selected", String(number === at)));
    input.setAttribute("aria-activedescendant", at < 0 ? "" : all[at].id);
    if (at >= 0) all[at].scrollIntoView({ block: "nearest" });
  };
  const open = () => {
    if (document.querySelector("dialog[open]")) return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => { menu.open = false; });
    input.value = "";
    isStale = true;
    goes = false;
    box.showModal();
    htmx.trigger(input, "palette");
  };
  const go = () => {
    // Whoever types faster than the server answers gets what the letters find.
    if (isStale) goes = true;
    else if (at >= 0) hits()[at].click();
  };

  input.addEventListener("input", () => { isStale = true; goes = false; });
  input.addEventListener("keydown", (event) => {
    const steps = { ArrowDown: 1, ArrowUp: -1 };
    if (event.key in steps) mark(at + steps[event.key]);
    else if (event.key === "Enter") go();
    else return;
    event.preventDefault();
  });
  document.addEventListener("htmx:afterSwap", (event) => {
    if (event.detail.target !== found || event.detail.requestConfig.parameters.q !== input.value) return;
    isStale = false;
    found.removeAttribute("aria-busy");
    mark(0);
    if (goes) go();
    goes = false;
  });
  box.addEventListener("click", (event) => { if (event.target === box) box.close(); });
  document.addEventListener("click", (event) => {
    if (!event.target.closest("[data-palette]") || event.ctrlKey || event.metaKey) return;
    event.preventDefault();
    open();
  });
  document.addEventListener("keydown", (event) => {
    if (event.key.toLowerCase() !== "k" || !(event.ctrlKey || event.metaKey) || event.shiftKey || event.altKey) return;
    event.preventDefault();
    if (box.open) box.close();
    else open();
  });
})();
