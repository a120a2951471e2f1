// The tokens that apps get, and when the dashboard asks for new ones.

const BEFORE_THE_END = 30;
const AT_LEAST = 30;

function expiry(token) {
  try {
    const claims = token.split(".")[1].replaceAll("-", "+").replaceAll("_", "/");
    return JSON.parse(atob(claims)).exp;
  } catch {
    return undefined;
  }
}

export function secondsToRenewal(token) {
  const every = Number(document.body.dataset.refreshSeconds);
  if (every) {
    return every;
  }
  const left = (expiry(token) ?? Infinity) - Date.now() / 1000;
  return Math.min(Math.max(left - BEFORE_THE_END, AT_LEAST), 86_400);
}

export function isFresh(token, margin = 5) {
  return (expiry(token) ?? Infinity) > Date.now() / 1000 + margin;
}

// New tokens for everything on the page. Returns the one for this app or extension, nothing where that failed.
export async function renewed(key) {
  const answer = await fetch("/dashboard/tokens").catch(() => null);
  if (!answer?.ok) {
    return undefined;
  }
  const tokens = await answer.json();
  for (const element of document.querySelectorAll("[data-key]")) {
    element.dataset.token = tokens[element.dataset.key] ?? "";
  }
  return tokens[key];
}
