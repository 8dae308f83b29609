/**
 * The state of a keyring. `absent` means that there is no D-Bus at all, and `stuck` that the keyring no longer answers.
 */
export type KeyringState = "absent" | "locked" | "open" | "stuck";

/**
 * The programs and libraries that a keyring in its own session needs, and the library with which the server reaches it.
 */
export const KEYRING_PROGRAMS = ["bash", "dbus-run-session", "dbus-send", "gnome-keyring-daemon", "libsecret-1.so.0"];

const OPEN = `echo | gnome-keyring-daemon --unlock --components=secrets >/dev/null`;

/** Waits for the keyring on the bus, because its program reports the start a moment too early. */
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
  // The keyring is frozen, as if it waited for a prompt that nobody sees. It cannot end by itself, so the trap kills
  // it.
  stuck: `${OPEN}; ${AWAIT}; set -- $(${PID_OF_KEYRING}); pid=$2; trap "kill -KILL $pid" EXIT; kill -STOP "$pid"`,
};

/**
 * Returns the command that runs a bash script in its own desktop session, with a keyring in this state. The session
 * needs an `XDG_RUNTIME_DIR` of mode 0700.
 */
export function inKeyringSession(state: KeyringState, script: string): [string, ...string[]] {
  const bash = ["bash", "-c", [SET_UP[state], script].filter(Boolean).join("\n")] as const;
  return state === "absent" ? [...bash] : ["dbus-run-session", "--", ...bash];
}

/** Returns an argument with quotes, so that bash reads the same text back. */
export function quoteForBash(argument: string): string {
  return `'${argument.replaceAll("'", `'\\''`)}'`;
}
