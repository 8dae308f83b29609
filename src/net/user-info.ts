/**
 * True for a URL with a user name or password before its host, even an empty one, which `URL` leaves out silently.
 * @param text the text that the URL was read from, with its scheme
 */
export function hasUserInfo({ username, password }: URL, text: string): boolean {
  const [authority = ""] = text.replace(/^[a-z][a-z0-9+.-]{0,20}:[/\\]*/i, "").split(/[/\\?#]/, 1);
  return username !== "" || password !== "" || authority.includes("@");
}
