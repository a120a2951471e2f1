// Addresses as Saleor's dashboard makes them, with the habits of the library it joins them with: a slash before a
// query goes, and a second "?" becomes "&".

export const MOUNT = "/dashboard";

export function joined(...parts) {
  const last = parts.length - 1;
  const pieces = parts
    .map((part, index) => {
      const start = index > 0 ? part.replace(/^\/+/, "") : part;
      return part === "" ? null : start.replace(/\/+$/, index < last ? "" : "/");
    })
    .filter((piece) => piece !== null);
  const [path, ...queries] = pieces.join("/").replace(/\/(\?|&|#[^!])/g, "$1").split("?");
  return queries.length ? `${path}?${queries.join("&")}` : path;
}

// The page of an app, without the mount.
export function appPage(appId, path = "") {
  return joined("/extensions/app", encodeURIComponent(appId), path);
}

// Where an app shows what the dashboard's address names. An id that is not percent-encoded there is not found.
export function shownOnAppPage(appId, appUrl) {
  const asked = window.location.pathname.replace(MOUNT, "").replace(appPage(appId), "");
  const deeper = new URLSearchParams(window.location.search).get("appPath");
  const address = joined(appUrl, asked);
  return deeper ? `${address}/${deeper}` : address;
}

// The address of a frame: what it shows, the dashboard's own query, and who embeds it.
export function inFrame(appId, address, params) {
  const { apiUrl } = document.body.dataset;
  const told = { domain: new URL(apiUrl).host, saleorApiUrl: apiUrl, id: appId, ...params };
  const query = Object.entries(told)
    .filter(([, value]) => value !== undefined && value !== null)
    .map((pair) => pair.map(encodeURIComponent).join("="))
    .join("&");
  return joined(address, window.location.search, `?${query}`);
}
