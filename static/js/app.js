// The glue of every page: CSRF for HTMX, morph swaps, toasts, theme, menus.
(() => {
  "use strict";
  const token = () => document.querySelector('meta[name="csrf-token"]').content;
  const addToken = (event) => {
    const request = event.detail.ctx ? event.detail.ctx.request : event.detail;
    request.headers["X-CSRFToken"] = token();
  };
  document.addEventListener("htmx:configRequest", addToken);
  document.addEventListener("htmx:config:request", addToken);

  // A poll asks for what its element says now, and so does a button that a morph turns into another:
  // htmx knows the old address for a moment.
  const isPoll = (elt) => (elt.getAttribute("hx-trigger") || "").startsWith("every ");
  document.addEventListener("htmx:configRequest", (event) => {
    const { elt, verb } = event.detail;
    if (elt.matches("[data-once]") || isPoll(elt)) event.detail.path = elt.getAttribute(`hx-${verb}`);
    if (elt.matches("details:not([open]), [data-gone]")) event.preventDefault();
    if (document.hidden && elt.hasAttribute("data-unhurried")) event.preventDefault();
  });

  // What the person has opened or is typing stays theirs when a poll redraws the page; a link or
  // button that has the focus is redrawn like the rest.
  const isTyping = () => Boolean(document.activeElement && document.activeElement.matches("input, textarea, select, [contenteditable]"));
  const kept = { DETAILS: ["open"], DIALOG: ["open"] };
  const morphing = {
    morphStyle: "outerHTML",
    callbacks: {
      beforeAttributeUpdated: (name, node) => !(kept[node.tagName] || []).includes(name),
      beforeNodeMorphed: (node) => !(node.dataset && "keep" in node.dataset),
    },
  };
  if (window.htmx && htmx.version.startsWith("2")) {
    htmx.defineExtension("morph", {
      isInlineSwap: (style) => style === "morph",
      handleSwap: (style, target, fragment) =>
        style === "morph" ? Idiomorph.morph(target, fragment.children, { ...morphing, ignoreActiveValue: isTyping() }) : undefined,
    });
  }

  const LOOKS = { success: "completed", error: "failed", warning: "waiting", info: "running" };
  const dismiss = (toast) => setTimeout(() => toast.remove(), 6000);
  const saying = (text) => [...document.querySelectorAll(".toast")].filter((toast) => toast.querySelector("span").textContent === text);
  const show = ({ text, level = "success", href, action }) => {
    // What every poll meets is said once.
    if (level === "error" && saying(text).length) return;
    const toast = document.createElement("div");
    toast.className = `toast status-${LOOKS[level] || "running"}`;
    const parts = document.getElementById(`toast-${level}`) || document.getElementById("toast-info");
    toast.append(parts.content.cloneNode(true));
    const words = document.createElement("span");
    words.textContent = text;
    toast.firstElementChild.after(words);
    if (href && href.startsWith("/")) {
      const link = document.createElement("a");
      link.className = "strong";
      link.href = href;
      link.textContent = action || "Open";
      words.after(link);
    }
    const region = document.getElementById("toasts");
    region.append(toast);
    // An error stays as long as there is something else that can make room.
    while (region.children.length > 3) (region.querySelector(".toast:not(.status-failed)") || region.firstElementChild).remove();
    if (level !== "error") dismiss(toast);
  };
  document.addEventListener("toast", (event) => show(event.detail));
  const AWAY = "The server cannot be reached. Check the connection; nothing was lost.";
  const sayAway = () => show({ text: AWAY, level: "error" });
  const sayBack = () => saying(AWAY).forEach((toast) => toast.remove());
  document.addEventListener("htmx:sendError", sayAway);
  document.addEventListener("htmx:beforeOnLoad", sayBack);
  window.addEventListener("offline", sayAway);
  window.addEventListener("online", sayBack);
  document.addEventListener("htmx:responseError", (event) => {
    const { elt, xhr } = event.detail;
    // What is gone, or is no longer this person's, is not asked for again.
    if ([403, 404].includes(xhr.status) && isPoll(elt)) elt.dataset.gone = "";
    if (xhr.status >= 500) show({ text: "Something went wrong on the server. Try again.", level: "error" });
  });
  document.querySelectorAll("[data-toast]:not(.status-failed)").forEach(dismiss);

  document.addEventListener("click", (event) => {
    const themed = event.target.closest("[data-theme-toggle]");
    if (themed) {
      const root = document.documentElement;
      const dark = root.dataset.theme ? root.dataset.theme === "dark" : matchMedia("(prefers-color-scheme: dark)").matches;
      root.dataset.theme = dark ? "light" : "dark";
      document.cookie = `theme=${root.dataset.theme};path=/;max-age=31536000;samesite=lax`;
    }
    const opener = event.target.closest("[data-dialog]");
    if (opener) {
      event.preventDefault();
      document.getElementById(opener.dataset.dialog).showModal();
    }
    if (event.target.closest("[data-dismiss]")) event.target.closest(".toast").remove();
    if (event.target.closest("[data-close]")) event.target.closest("dialog").close();
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(event.target)) menu.open = false;
    });
  });
  // A menu does not stay open over what the person has gone on to by Tab.
  document.addEventListener("focusin", ({ target }) => {
    if (target.closest("dialog")) return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      if (!menu.contains(target) && !target.contains(menu)) menu.open = false;
    });
  });
  document.addEventListener("keydown", (event) => {
    const bare = !event.ctrlKey && !event.metaKey && !event.altKey && !isTyping();
    if (event.key === " " && event.target.matches("a[role=button]")) {
      event.preventDefault();
      event.target.click();
    }
    const keys = document.getElementById("keys");
    if (event.key === "?" && bare && keys && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      keys.showModal();
    }
    const search = document.querySelector("[data-search]");
    if (event.key === "/" && bare && search && !document.querySelector("dialog[open]")) {
      event.preventDefault();
      search.focus();
    }
    if (event.key !== "Escape") return;
    document.querySelectorAll("details.menu[open]").forEach((menu) => {
      menu.open = false;
      menu.querySelector("summary").focus();
    });
  });
})();
