// A button that copies the field it names; without the clipboard it selects it, to copy by hand.
(() => {
  "use strict";
  document.addEventListener("click", async (event) => {
    const button = event.target.closest("[data-copy]");
    if (!button) return;
    const field = document.getElementById(button.dataset.copy);
    field.select();
    try {
      await navigator.clipboard.writeText(field.value);
      document.dispatchEvent(new CustomEvent("toast", { detail: { text: "Copied." } }));
    } catch {
      field.focus();
    }
  });
})();
