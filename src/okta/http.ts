import { Agent as HttpAgent, request as httpRequest, type IncomingMessage } from "node:http";
import { Agent as HttpsAgent, request as httpsRequest } from "node:https";
import { pipeline, type Readable, type Transform } from "node:stream";
import { createBrotliDecompress, createGunzip, createInflate } from "node:zlib";
import { ExchangeFault, type HttpAnswer, type SendHttp } from "./exchange.js";
import { encodingFault, upgradeFault } from "./fault.js";

/** Sooner than servers and what stands before them close a connection that is not in use. */
const IDLE_MS = 4_000;

/**
 * What takes the place of `fetch` for requests to Okta: Node's own HTTP client with connections that
 * stay open. It does what is needed here and no more, in about half of the time that `fetch` takes:
 * redirects are handed back, what is packed is unpacked, failures keep their codes.
 */
export function createSendHttp(): SendHttp {
  const options = { keepAlive: true, timeout: IDLE_MS };
  const agents = { "http:": new HttpAgent(options), "https:": new HttpsAgent(options) };
  return (url, { method, headers, body, signal }) =>
    new Promise((resolve, reject) => {
      const isPlain = url.protocol === "http:";
      const request = (isPlain ? httpRequest : httpsRequest)(url, {
        method,
        headers: { ...headers, "Accept-Encoding": "gzip" },
        agent: agents[isPlain ? "http:" : "https:"],
        signal,
      });
      request.once("response", (message) => {
        try {
          resolve(toAnswer(message));
        } catch (error) {
          reject(error);
        }
      });
      // To an answer of this sort Node.js gives no event of an answer, nor one of an error (RFC 9110, section 15.2.2).
      request.once("upgrade", ({ statusCode }, socket) => {
        socket.destroy();
        reject(new ExchangeFault(upgradeFault(statusCode)));
      });
      // Once there is an answer, its body tells of what goes wrong.
      request.on("error", reject);
      // A connection can end without an error; where there was an answer this is nothing new.
      request.once("close", () => reject(Object.assign(new Error("no answer came"), { code: "ECONNRESET" })));
      request.end(body);
    });
}

function toAnswer(message: IncomingMessage): HttpAnswer {
  const { statusCode: status = 0, rawHeaders } = message;
  const headers = new Headers();
  for (let index = 0; index < rawHeaders.length; index += 2) {
    headers.append(rawHeaders[index] ?? "", rawHeaders[index + 1] ?? "");
  }
  const ok = status >= 200 && status < 300;
  return { status, ok, headers, body: unpacked(message, codingsOf(headers)) };
}

/** Content codings by their names (RFC 9110, section 8.4.1). What stands before an org may use one that nobody asked for. */
const DECODERS: ReadonlyMap<string, () => Transform> = new Map([
  ["gzip", createGunzip],
  ["x-gzip", createGunzip],
  ["deflate", createInflate],
  ["br", createBrotliDecompress],
]);

/** More codings on one answer serve no purpose but to make a small answer a large one. */
const MAX_CODINGS = 3;

/** The codings of a body in the order in which they were applied, in small letters, since case does not count. */
function codingsOf(headers: Headers): string[] {
  const names = (headers.get("Content-Encoding") ?? "").split(",").map((name) => name.trim().toLowerCase());
  return names.filter((name) => name !== "" && name !== "identity");
}

/** @throws ExchangeFault where a coding is not known, or there are too many */
function unpacked(message: IncomingMessage, codings: readonly string[]): AsyncIterable<Uint8Array> {
  const decoders = codings.map((name) => DECODERS.get(name)).filter((decoder) => decoder !== undefined);
  if (codings.length > MAX_CODINGS || decoders.length < codings.length) {
    message.destroy();
    throw new ExchangeFault(encodingFault(codings.join(", ")));
  }
  return decoders.reduceRight<Readable>((packed, createDecoder) => {
    const plain = createDecoder();
    // What fails on either side ends the other; whoever reads is told by the stream itself.
    pipeline(packed, plain, () => undefined);
    return plain;
  }, message);
}
