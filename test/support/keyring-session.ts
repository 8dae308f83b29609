/** What a machine's keyring is like: no D-Bus at all, a locked or an open keyring, one that has stopped answering. */
export type KeyringState = "absent" | "locked" | "open" | "stuck";

/** What a keyring in a session of its own needs, and the server to speak to it. */
export const KEYRING_PROGRAMS = ["bash", "dbus-run-session", "dbus-send", "gnome-keyring-daemon", "libsecret-1.so.0"];

const OPEN = `echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null`;

/** The answer comes when the keyring is on the bus, which is a moment after its program says that it has started. */
const AWAIT =
  "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.DBus.Peer.Ping >/dev/null";
const LOCK =
  "dbus-send --session --print-reply --dest=org.freedesktop.secrets /org/freedesktop/secrets org.freedesktop.Secret.Service.Lock array:objpath:/org/freedesktop/secrets/collection/login >/dev/null";
const PID_OF_KEYRING =
  "dbus-send --session --print-reply=literal --dest=org.freedesktop.DBus /org/freedesktop/DBus org.freedesktop.DBus.GetConnectionUnixProcessID string:org.freedesktop.secrets";

const SET_UP: Record<KeyringState, string> = {
  absent: "",
  locked: `${OPEN}; ${AWAIT}; ${LOCK}`,
  open: OPEN,
  // Frozen, as a keyring that waits for a prompt nobody sees. It cannot end by itself any more.
  stuck: `${OPEN}; ${AWAIT}; set -- $(${PID_OF_KEYRING}); pid=$2; trap "kill -KILL $pid" EXIT; kill -STOP "$pid"`,
};

/**
 * The arguments with which to run a bash script in a desktop session of its own, with a keyring in
 * this state. The session needs an `XDG_RUNTIME_DIR` of mode 0700.
 */
export function inKeyringSession(state: KeyringState, script: string): [string, ...string[]] {
  const bash = ["bash", "-c", [SET_UP[state], script].filter(Boolean).join("\n")] as const;
  return state === "absent" ? [...bash] : ["dbus-run-session", "--", ...bash];
}

/** An argument as bash reads it back. */
export function quoteForBash(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
