import type { Transport } from "@modelcontextprotocol/sdk/shared/transport.js";
import type { AdapterOptions } from "./adapter.js";
import { EraRouter } from "./era-router.js";
import { legacyServer } from "./legacy.js";
import { createService, type ServiceOptions } from "./service.js";

export interface ServerOptions extends ServiceOptions, AdapterOptions {}

/** A server for one client. */
export interface OktaMcpServer {
  /** Serves until the transport closes. */
  connect(transport: Transport): Promise<void>;
  /** Ends running calls and closes the transport. The caller closes the session. */
  close(): Promise<void>;
  /** Set by the caller. It is called when the client has gone. */
  onClose: (() => void) | undefined;
}

/**
 * Makes the MCP server of one connection: `tools/list` and `tools/call` over the one path of a call, in the revisions of
 * MCP that begin with `initialize` and in the one in which each request stands alone. It answers `initialize`,
 * `server/discover` and `tools/list` from memory, whatever the state of sign-in.
 */
export function createServer(options: ServerOptions): OktaMcpServer {
  const service = createService(options);
  const legacy = legacyServer(service, options);
  let router: EraRouter | undefined;
  const result: OktaMcpServer = {
    async connect(transport) {
      router = new EraRouter(transport, service, async (port) => {
        const { serveModern } = await import("./modern.js").catch((error: unknown) => {
          options.log.error("could not load what MCP 2026-07-28 needs", { error });
          throw error;
        });
        return serveModern(service, port, options);
      });
      await legacy.connect(router.legacy);
      const { onclose } = router.legacy;
      router.legacy.onclose = () => {
        onclose?.();
        service.close();
        result.onClose?.();
      };
      // The answer to an `initialize` that waits already leaves in the first turn; the list is made ready after it.
      setImmediate(() => setImmediate(() => service.prepare()));
    },
    async close() {
      await router?.close();
      await legacy.close();
    },
    onClose: undefined,
  };
  return result;
}
