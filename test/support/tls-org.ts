import { once } from "node:events";
import { readFileSync } from "node:fs";
import { createServer, type IncomingMessage } from "node:http";
import { createServer as createTlsServer } from "node:https";
import { type AddressInfo, connect } from "node:net";
import { join } from "node:path";
import { onTestFinished } from "vitest";
import { ROOT } from "./cli.js";

const CERTIFICATES = join(ROOT, "test/fixtures/certificates");
const pem = (name: string) => readFileSync(join(CERTIFICATES, name), "utf8");

/** The host name in the org's certificate. It has no address, so only a proxy leads to it. */
export const TLS_HOST = "login.acme-robotics.example";

/** The root of the org's certificate. No system trusts it by default. */
export const ROOT_CERTIFICATE = join(CERTIFICATES, "root.pem");

/** The private key of the org's certificate. A service app can use it to sign in too. */
export const KEY_FILE = join(CERTIFICATES, "leaf.key");

const ANSWERS: Readonly<Record<string, unknown>> = {
  "/oauth2/v1/device/authorize": {
    device_code: "device-1",
    user_code: "ABCD",
    verification_uri: `https://${TLS_HOST}/activate`,
    expires_in: 60,
    interval: 0,
  },
  "/oauth2/v1/token": {
    access_token: "token-of-the-sign-in",
    token_type: "Bearer",
    expires_in: 3600,
    scope: "okta.groups.read",
  },
  "/api/v1/groups": [{ id: "g1", profile: { name: "Pilot" } }],
};

/** Opens a local org that answers by TLS. It lets everybody sign in and has one group. */
export async function openTlsOrg() {
  const asked: string[] = [];
  const options = { key: pem("leaf.key"), cert: pem("leaf.pem") + pem("intermediate.pem") };
  const server = createTlsServer(options, ({ method, url = "", headers }, response) => {
    const path = url.split("?")[0] ?? "";
    asked.push([method, path, headers.authorization].filter(Boolean).join(" "));
    response.writeHead(200, { "Content-Type": "application/json" }).end(JSON.stringify(ANSWERS[path] ?? {}));
  });
  server.on("tlsClientError", () => {});
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => {
    server.closeAllConnections();
    server.close();
  });
  return { asked, port: (server.address() as AddressInfo).port };
}

/**
 * Opens a proxy that leads every tunnel to one local port. With `refuseWith`, it refuses each tunnel with that status.
 */
export async function openProxy({ port, refuseWith }: { port: number; refuseWith?: string }) {
  const asked: { host: string; authorization: string | undefined }[] = [];
  const server = createServer();
  server.on("connect", ({ url = "", headers }: IncomingMessage, socket) => {
    asked.push({ host: url, authorization: headers["proxy-authorization"] });
    socket.on("error", () => {});
    if (refuseWith !== undefined) {
      socket.end(`HTTP/1.1 ${refuseWith}\r\nContent-Length: 0\r\n\r\n`);
      return;
    }
    const upstream = connect(port, "127.0.0.1", () => {
      socket.write("HTTP/1.1 200 OK\r\n\r\n");
      upstream.pipe(socket).pipe(upstream);
    });
    upstream.on("error", () => {});
    onTestFinished(() => {
      upstream.destroy();
      socket.destroy();
    });
  });
  server.listen(0, "127.0.0.1");
  await once(server, "listening");
  onTestFinished(() => void server.close());
  return { asked, host: `127.0.0.1:${(server.address() as AddressInfo).port}` };
}
