/** The names of this machine, as the host of a URL: plain http is for these alone, and no proxy leads to them. */
export const LOOPBACK_HOSTS: readonly string[] = ["localhost", "127.0.0.1", "[::1]"];
