import { type MemberMistake, plainText, secretText } from "../config/app-files.js";
import type { PostgresSettings, PostgresTls } from "../store/postgres-settings.js";
import { visible } from "../text/quote.js";
import type { ServeFile } from "./serve-fields.js";

/** A file that cannot be read while the server runs is no mistake of serve.json. */
const toldBefore: MemberMistake = () => {};

type Where = Pick<PostgresSettings, "host" | "port" | "database" | "user" | "password"> & { sslMode?: string };

/**
 * Reads how the database is reached, with the files that serve.json names for it. Every mistake is told.
 * @param serveFile the path of serve.json
 * @returns undefined where there is a mistake, or the database is a file
 */
export function readPostgres(
  store: ServeFile["store"],
  serveFile: string,
  mistake: MemberMistake,
): PostgresSettings | undefined {
  if (store.kind === "sqlite") return undefined;
  let isWrong = false;
  const wrong: MemberMistake = (member, problem) => {
    isWrong = true;
    mistake(member, problem);
  };
  const where =
    store.url_file === undefined ? namedWhere(store, serveFile, wrong) : urlWhere(store.url_file, serveFile, wrong);
  if (where === undefined) return undefined;
  const { sslMode, ...place } = where;
  const isLocal = /^(?:\/|localhost$|::1$|127\.)/.test(place.host);
  const mode = store.tls ?? (sslMode === "disable" ? "off" : sslMode === undefined && isLocal ? "off" : "verify");
  const tls = mode === "off" ? undefined : tlsOf(store, serveFile, wrong);
  if (isWrong) return undefined;
  return {
    ...place,
    tls,
    poolSize: store.pool_size,
    connectTimeoutMs: store.connect_seconds * 1_000,
    statementTimeoutMs: store.statement_seconds * 1_000,
    lockTimeoutMs: store.lock_seconds * 1_000,
  };
}

const DEFAULT_PORT = 5_432;

function namedWhere(store: ServeFile["store"], serveFile: string, mistake: MemberMistake): Where | undefined {
  const { host, port = DEFAULT_PORT, database, user, password_file } = store;
  const read = (told: MemberMistake) =>
    password_file === undefined
      ? undefined
      : secretText(password_file, serveFile, (problem) => told("password_file", problem))?.trim();
  let last = read(mistake);
  if (host === undefined || database === undefined || user === undefined) return undefined;
  const password = () => {
    // A file that cannot be read at the moment changes nothing.
    last = read(toldBefore) ?? last;
    return last;
  };
  return { host, port, database, user, password };
}

function urlWhere(path: string, serveFile: string, mistake: MemberMistake): Where | undefined {
  const told = (problem: string) => mistake("url_file", problem);
  const text = secretText(path, serveFile, told)?.trim();
  if (text === undefined) return undefined;
  const wrong = (problem: string) => told(`names ${visible(path)}, whose text ${problem}`);
  const url = URL.canParse(text) ? new URL(text) : undefined;
  if (url === undefined || !/^postgres(?:ql)?:$/.test(url.protocol)) {
    wrong("is no URL of the form postgresql://user:password@host:5432/database");
    return undefined;
  }
  const { sslmode, ...others } = Object.fromEntries(url.searchParams);
  const [other] = Object.keys(others);
  const [host, user, database] = [url.hostname, url.username, url.pathname.slice(1)].map(decoded);
  const password = decoded(url.password);
  if (other !== undefined) wrong(`has the parameter ${visible(other)}. Use the members of store for it`);
  else if (!host || !user || !database) wrong("lacks the host, the user or the database");
  else if (password === undefined) wrong("has a password that is not encoded as in URLs (%40 for @)");
  else {
    const plain = host.replace(/^\[|\]$/g, "");
    const port = url.port === "" ? DEFAULT_PORT : Number(url.port);
    const known = { host: plain, port, database, user, password: () => password || undefined };
    return sslmode === undefined ? known : { ...known, sslMode: sslmode };
  }
  return undefined;
}

function decoded(part: string): string | undefined {
  try {
    return decodeURIComponent(part);
  } catch {
    return undefined;
  }
}

function tlsOf(store: ServeFile["store"], serveFile: string, mistake: MemberMistake): PostgresTls {
  const { ca_file, cert_file, key_file } = store;
  const plain = (member: "ca_file" | "cert_file", path: string | undefined) =>
    path === undefined ? undefined : plainText(path, serveFile, (problem) => mistake(member, problem));
  const [ca, cert] = [plain("ca_file", ca_file), plain("cert_file", cert_file)];
  const key =
    key_file === undefined ? undefined : secretText(key_file, serveFile, (problem) => mistake("key_file", problem));
  return { ca, own: cert === undefined || key === undefined ? undefined : { cert, key } };
}
