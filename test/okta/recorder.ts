import { createOperations } from "../../src/okta/operations.js";
import type { CallOptions, OktaRequest, OktaResponse, Transport } from "../../src/okta/request.js";

/** A transport that records its requests and answers with `reply`. */
export function recorder(reply: Partial<OktaResponse> = {}) {
  const sent: { request: OktaRequest; options: CallOptions | undefined }[] = [];
  const transport: Transport = {
    send: async (request, options) => {
      sent.push({ request, options });
      return { status: 200, headers: new Headers(), json: undefined, ...reply };
    },
  };
  return { okta: createOperations(transport), transport, sent };
}

/** The one request that a call sends. Fails where it sends none or several. */
export async function requestOf(
  call: (okta: ReturnType<typeof createOperations>) => Promise<unknown>,
): Promise<OktaRequest> {
  const { okta, sent } = recorder();
  await call(okta);
  const [only] = sent;
  if (sent.length !== 1 || only === undefined) throw new Error(`expected one request, saw ${sent.length}`);
  return only.request;
}
