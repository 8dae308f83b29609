import { type OrgAuthorizationOptions, orgAuthorization } from "../../sandbox/org-authorization.js";
import { createSigner, type Signer } from "../../sandbox/signer.js";

let signer: Promise<Signer> | undefined;

/** Returns `orgAuthorization` with one signing key for all tests, because making a key takes longer than most tests. */
export function testAuthorization(options: OrgAuthorizationOptions = {}) {
  return orgAuthorization({
    signer: () => {
      signer ??= createSigner();
      return signer;
    },
    ...options,
  });
}
