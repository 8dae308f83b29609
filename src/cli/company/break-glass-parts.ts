import { addAdminInvitations } from "../../admin/admin-invitations.js";
import { addAdminPages } from "../../admin/admin-pages.js";
import { addUsersApi } from "../../admin/users-api.js";
import { breakGlassUrl, startBreakGlass } from "../../web/break-glass.js";
import { BrowserBinding } from "../../web/browser-binding.js";
import { peerAddress } from "../../web/client-address.js";
import { portError } from "../port.js";
import { adminParts } from "./admin-parts.js";
import type { CompanyParts } from "./company-parts.js";
import { type SignInParts, signInFlow } from "./sign-in-parts.js";

/**
 * Opens the way in by links of this machine, where the settings want one.
 * @throws OktaMcpError bad_input where the port is taken
 */
export async function breakGlass(
  parts: CompanyParts,
  signIn: SignInParts | undefined,
  warning: string | undefined,
): Promise<{ close(): Promise<void> } | undefined> {
  const { content, store } = parts;
  const { break_glass: isOn, break_glass_port: port } = content.sign_on;
  if (!isOn || signIn === undefined) return undefined;
  const publicUrl = breakGlassUrl(port);
  const flowParts = signInFlow(parts, signIn);
  return startBreakGlass({
    ...parts,
    ...signIn,
    ...flowParts,
    requests: parts.requests,
    publicUrl,
    port,
    binding: new BrowserBinding(new URL(publicUrl), () => store.subKeys("forms")),
    // Nothing in front of this listener is believed, whatever stands in front of the other one.
    addressOf: peerAddress,
    requestIds: parts.requests,
    addAdminPages(app, tools) {
      const admin = adminParts(parts, signIn, { ...flowParts, ...tools, warning });
      addAdminPages(app, admin);
      addAdminInvitations(app, admin);
      // No token counts here: whoever comes has a link.
      addUsersApi(app, { ...admin, verifier: undefined });
    },
  }).catch((error: NodeJS.ErrnoException) => {
    throw portError(port, error, "Free it, or choose another sign_on.break_glass_port in serve.json.");
  });
}
