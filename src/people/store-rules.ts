import type { MemberMistake } from "../config/app-files.js";
import type { ServeFile } from "./serve-fields.js";

/** What says where a PostgreSQL database is, or how it is reached. */
const CONNECTION = ["host", "port", "database", "user", "password_file", "url_file", "tls"] as const;
const TLS_FILES = ["ca_file", "cert_file", "key_file"] as const;
const IN_URL = ["host", "port", "database", "user", "password_file"] as const;

/** Checks what the members of `store` say together. */
export function checkStoreMembers(store: ServeFile["store"], mistake: MemberMistake): void {
  if (store.kind === "sqlite") {
    for (const name of [...CONNECTION, ...TLS_FILES].filter((one) => store[one] !== undefined))
      mistake(name, "is for kind postgresql");
    return;
  }
  if (store.url_file !== undefined) {
    for (const name of IN_URL.filter((one) => store[one] !== undefined))
      mistake(name, "is there beside url_file, whose URL says it");
  } else {
    for (const name of (["host", "database", "user"] as const).filter((one) => store[one] === undefined))
      mistake(name, "is missing for kind postgresql, unless url_file says it");
  }
  if ((store.cert_file === undefined) !== (store.key_file === undefined)) {
    mistake(store.cert_file === undefined ? "cert_file" : "key_file", "is missing: certificate and key go together");
  }
  if (store.tls === "off") {
    for (const name of TLS_FILES.filter((one) => store[one] !== undefined)) mistake(name, "is there, but tls is off");
  }
}
