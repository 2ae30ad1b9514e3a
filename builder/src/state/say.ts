/** A toast in the page's one live region. */
export function say(text: string, level: "success" | "error" | "warning" | "info" = "info", link?: { href: string; action: string }): void {
  document.dispatchEvent(new CustomEvent("toast", { detail: { text, level, ...link } }));
}
