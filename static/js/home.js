// Greets by the time of day where the person is; the server knows only its own.
(() => {
  "use strict";
  const hour = new Date().getHours();
  const words = hour < 5 ? "Good evening" : hour < 12 ? "Good morning" : hour < 18 ? "Good afternoon" : "Good evening";
  document.querySelector("[data-greeting]").textContent = words;
})();
