/** The administrator's token: kept for as long as the tab is open, never in a cookie or a lasting store. */
const KEY = "polaris-admin-token";

/** Find a token: of the local cloud, of the address (`polaris console` makes one), or of this tab before. */
export async function findToken(origin: string): Promise<string | null> {
  const given = tokenOfAddress();
  const token = (await localToken(origin)) ?? given ?? sessionStorage.getItem(KEY);
  if (token) sessionStorage.setItem(KEY, token);
  return token;
}

export function keepToken(token: string): void {
  sessionStorage.setItem(KEY, token);
}

export function forgetToken(): void {
  sessionStorage.removeItem(KEY);
}

/** The local cloud gives one to pages on the same machine; nobody else has this address. */
async function localToken(origin: string): Promise<string | null> {
  if (!/^(localhost|127\.0\.0\.1|\[::1\])$/.test(window.location.hostname)) return null;
  try {
    const response = await fetch(`${origin}/dev/admin-token`, { cache: "no-store" });
    return response.ok ? (await response.text()).trim() : null;
  } catch {
    return null;
  }
}

function tokenOfAddress(): string | null {
  const token = /^#token=(.+)$/.exec(window.location.hash)?.[1];
  if (!token) return null;
  // It must not stay in the history.
  window.history.replaceState(null, "", window.location.pathname);
  return decodeURIComponent(token);
}
