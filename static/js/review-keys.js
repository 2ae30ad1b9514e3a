// Single keys of a review. Off while typing, in dialogs, and when the person turned them off.
(() => {
  "use strict";
  const form = document.getElementById("review");
  if (!form) return;
  const OFF = "review.keys";
  const groups = [...form.querySelectorAll("[data-group]")];
  const cards = (group) => [...group.querySelectorAll("[data-card]")];
  let group = groups[0];
  let card = null;
  let armed = false; // A key has chosen a group: until the pointer moves on, Tab goes from group to group.

  const isOff = () => { try { return localStorage.getItem(OFF) === "off"; } catch { return false; } };
  const toggle = form.querySelector("[data-keys-off]");
  const draw = () => {
    if (!toggle) return;
    toggle.closest(".keys").classList.toggle("is-off", isOff());
    toggle.setAttribute("aria-pressed", isOff());
    toggle.title = `Turn keyboard shortcuts ${isOff() ? "on" : "off"}`;
  };
  if (toggle) toggle.addEventListener("click", () => {
    try { localStorage.setItem(OFF, isOff() ? "on" : "off"); } catch { /* storage is closed to us */ }
    draw();
  });
  draw();

  const mark = (found) => {
    form.querySelectorAll(".is-current").forEach((other) => other.classList.remove("is-current"));
    card = found;
    if (card) card.classList.add("is-current");
  };
  const enter = (next) => {
    group = next;
    armed = true;
    mark(null);
    group.focus({ preventScroll: true });
    group.scrollIntoView({ block: "nearest" });
  };
  form.addEventListener("focusin", (event) => {
    const inside = event.target.closest("[data-group]");
    if (inside) group = inside;
    if (event.target !== inside) card = event.target.closest("[data-card]") || card;
  });
  form.addEventListener("pointerdown", () => { armed = false; mark(null); });

  const pick = (number) => {
    const found = group && cards(group).find((one) => one.dataset.number === number);
    if (!found) return;
    armed = true;
    if (!found.contains(document.activeElement)) group.focus({ preventScroll: true });
    mark(found);
    found.scrollIntoView({ block: "nearest", inline: "center" });
    const box = found.querySelector("[data-pick]");
    if (box) box.click();
  };
  const current = (selector) => {
    const known = card && card.isConnected && card.querySelector(selector) ? card : null;
    return known ? known.querySelector(selector) : (group && group.querySelector(selector)) || form.querySelector(selector);
  };
  const press = (selector) => {
    const button = form.querySelector(selector);
    if (button && !button.disabled) button.click();
    return Boolean(button);
  };
  const go = (url) => { if (url) location.assign(url); return Boolean(url); };
  const keys = {
    e: () => { const found = current("[data-start]"); if (found) found.click(); return found; },
    p: () => { const found = current("[data-primary]"); if (found) found.click(); return found; },
    a: () => press('.decide__buttons [value="approve"]'),
    r: () => press('.decide__buttons [value="request_changes"]'),
    x: () => press('.decide__buttons [value="reject"]'),
    j: () => go(form.dataset.next),
    k: () => go(form.dataset.previous),
  };
  const isTyping = (target) => target.matches("textarea, select, input:not([type=checkbox], [type=radio])") || target.isContentEditable;
  document.addEventListener("keydown", (event) => {
    if (event.ctrlKey || event.metaKey || event.altKey || event.defaultPrevented || isOff()) return;
    if (isTyping(event.target) || document.querySelector("dialog[open]")) return;
    if (event.key === "Tab" && armed && document.activeElement === group && groups.length > 1) {
      const step = event.shiftKey ? groups.length - 1 : 1;
      event.preventDefault();
      enter(groups[(groups.indexOf(group) + step) % groups.length]);
      return;
    }
    if (event.shiftKey) return;
    if (/^[1-9]$/.test(event.key)) {
      event.preventDefault();
      pick(event.key);
    } else if (keys[event.key] && keys[event.key]()) {
      event.preventDefault();
    }
  });
})();
