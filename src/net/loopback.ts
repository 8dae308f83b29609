/** The names of this machine, as the host of a URL: plain http is for these alone, and no proxy leads to them. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];

/** True for a URL that tokens and people may be sent to: https, or plain http to this machine. */
export function isHttpsOrLocal({ protocol, hostname }: URL): boolean {
  return protocol === "https:" || (protocol === "http:" && LOOPBACK_HOSTS.includes(hostname));
}
