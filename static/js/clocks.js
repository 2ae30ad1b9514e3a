// Times that go on between two answers of the server: [data-clock] holds seconds as of its drawing.
(() => {
  "use strict";
  const drawn = new WeakMap();
  const two = (number) => String(number).padStart(2, "0");
  const spoken = (value, form) => {
    const whole = form === "clock" ? Math.floor(value) : Math.round(value);
    if (whole < 60 && form !== "clock") return `${whole} s`;
    const [hours, minutes, left] = [Math.floor(whole / 3600), Math.floor((whole % 3600) / 60), whole % 60];
    return hours ? `${hours}:${two(minutes)}:${two(left)}` : `${minutes}:${two(left)}`;
  };
  const tick = () => document.querySelectorAll("[data-clock]").forEach((clock) => {
    const known = drawn.get(clock);
    const now = performance.now();
    if (!known || known.value !== clock.dataset.clock) {
      drawn.set(clock, { value: clock.dataset.clock, at: now });
      return;
    }
    const text = spoken(Number(known.value) + (now - known.at) / 1000, clock.dataset.form);
    if (clock.textContent !== text) clock.textContent = text;
  });
  tick();
  setInterval(tick, 500);
  document.addEventListener("htmx:afterSettle", tick);
})();
