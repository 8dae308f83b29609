/** True where a person can see a browser window: on a desktop, not in a CI job or a remote shell. */
export function hasBrowser(env: Readonly<Record<string, string | undefined>>, platform = process.platform): boolean {
  if (env.CI || env.SSH_CONNECTION || env.SSH_CLIENT || env.SSH_TTY || env.BROWSER === "none") return false;
  if (platform === "darwin" || platform === "win32") return true;
  return Boolean(env.DISPLAY || env.WAYLAND_DISPLAY || env.WSL_DISTRO_NAME);
}

/**
 * Opens a link in the system's browser.
 * @returns true when a browser was started; false where there is none, or it did not start
 */
export async function openBrowser(link: string, env: Readonly<Record<string, string | undefined>>): Promise<boolean> {
  if (!hasBrowser(env) || !URL.canParse(link)) return false;
  const { protocol, href, username, password } = new URL(link);
  // The org sends the link, so only a web page is handed to the system.
  if ((protocol !== "https:" && protocol !== "http:") || username !== "" || password !== "") return false;
  try {
    const { default: open } = await import("open");
    const launcher = await open(href);
    launcher.on("error", () => {});
    return true;
  } catch {
    return false;
  }
}
