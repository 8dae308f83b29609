/** A page, or a redirect, as a browser without scripts gets it. */
export interface Visit {
  status: number;
  headers: Headers;
  /** The address of the page itself. */
  url: string;
  /** The address that the answer leads to; undefined for a page. */
  location: URL | undefined;
  html: string;
}

/** A browser with cookies that follows no redirect by itself, so that a test sees each step. */
export interface PlainBrowser {
  get(url: string | URL): Promise<Visit>;
  /** Sends the form of a page with its hidden fields. `fields` are the others, or override them. */
  submit(visit: Visit, action: string, fields: Record<string, string>): Promise<Visit>;
  /** The cookies that go to every page. Those of a path of their own go only there. */
  readonly cookies: Map<string, string>;
}

/** The path of a cookie; undefined for one that goes to every page. */
function pathOf(line: string): string | undefined {
  const path = /;\s*path=([^;]*)/i.exec(line)?.[1]?.trim();
  return path === undefined || path === "" || path === "/" ? undefined : path;
}

export function plainBrowser(): PlainBrowser {
  const cookies = new Map<string, string>();
  const ofPaths = new Map<string, Map<string, string>>();

  async function visit(url: string | URL, init: RequestInit = {}): Promise<Visit> {
    const { pathname } = new URL(url);
    const own = [...ofPaths].flatMap(([path, of]) =>
      pathname === path || pathname.startsWith(`${path}/`) ? [...of] : [],
    );
    const cookie = [...cookies, ...own].map(([name, value]) => `${name}=${value}`).join("; ");
    const headers = { ...(cookie !== "" && { cookie }), accept: "text/html" };
    const response = await fetch(url, { ...init, headers, redirect: "manual" });
    for (const line of response.headers.getSetCookie()) {
      const [, name = "", value = ""] = /^([^=]+)=([^;]*)/.exec(line) ?? [];
      const path = pathOf(line);
      if (path !== undefined && !ofPaths.has(path)) ofPaths.set(path, new Map());
      const jar = path === undefined ? cookies : (ofPaths.get(path) ?? cookies);
      if (value === "") jar.delete(name);
      else jar.set(name, value);
    }
    const location = response.headers.get("location");
    return {
      status: response.status,
      headers: response.headers,
      url: String(url),
      location: location === null ? undefined : new URL(location, url),
      html: await response.text(),
    };
  }

  return {
    cookies,
    get: (url) => visit(url),
    submit({ url, html }, action, fields) {
      const hidden = [...html.matchAll(/<input type="hidden" name="([^"]+)" value="([^"]*)"/g)].map(
        ([, name = "", value = ""]): [string, string] => [name, value],
      );
      const body = new URLSearchParams({ ...Object.fromEntries(hidden), ...fields });
      return visit(new URL(action, url), { method: "POST", body });
    },
  };
}
