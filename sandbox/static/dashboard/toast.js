// Short messages that apps ask the dashboard to show.

const SECONDS = 5;

export function toast(status, title, text) {
  const message = document.createElement("div");
  message.className = `toast ${status ?? "info"}`;
  for (const [kind, words] of [["strong", title], ["span", text]]) {
    if (words) {
      const part = document.createElement(kind);
      part.textContent = words;
      message.append(part);
    }
  }
  document.getElementById("toasts").append(message);
  window.setTimeout(() => message.remove(), SECONDS * 1000);
  return true;
}
