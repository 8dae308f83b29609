import { type OrgAuthorizationOptions, orgAuthorization } from "../../sandbox/org-authorization.js";
import { createSigner, type Signer } from "../../sandbox/signer.js";

let signer: Promise<Signer> | undefined;

/** `orgAuthorization`, whose tokens are signed with one key for all tests: to find one takes longer than most tests. */
export function testAuthorization(options: OrgAuthorizationOptions = {}) {
  return orgAuthorization({
    signer: () => {
      signer ??= createSigner();
      return signer;
    },
    ...options,
  });
}
