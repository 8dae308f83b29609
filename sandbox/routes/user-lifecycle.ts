import { invalid, refusal } from "../okta-error.js";
import type { Org } from "../org.js";
import type { Route, SandboxReply, SandboxRequest } from "../route.js";
import type { Doer, LogNote, User, UserStatus } from "../state/model.js";
import { doerOf, flagOf, userOf } from "./shared.js";

/** A step from one status to another. */
interface Step {
  operation: string;
  from: readonly UserStatus[];
  to: UserStatus;
  note: LogNote;
  /** Okta's answer when the user is in another status. */
  otherwise: (user: User) => Error;
}

const STEPS: readonly Step[] = [
  {
    operation: "suspend",
    from: ["ACTIVE"],
    to: "SUSPENDED",
    note: { eventType: "user.lifecycle.suspend", displayMessage: "Suspend Okta user" },
    otherwise: () => invalid("suspendUser", "Cannot suspend a user that is not active"),
  },
  {
    operation: "unsuspend",
    from: ["SUSPENDED"],
    to: "ACTIVE",
    note: { eventType: "user.lifecycle.unsuspend", displayMessage: "Unsuspend Okta user" },
    otherwise: () => invalid("unsuspendUser", "Cannot unsuspend a user that is not suspended"),
  },
  {
    operation: "unlock",
    from: ["LOCKED_OUT"],
    to: "ACTIVE",
    note: { eventType: "user.account.unlock_by_admin", displayMessage: "Unlock user account for Okta by admin" },
    otherwise: () => refusal(403, "E0000032", "Unlock is not allowed for this user."),
  },
];

/** The operations that move a user from one status to another. */
export function userLifecycleRoutes(org: Org): Route[] {
  const route = (operation: string, handle: (user: User, request: SandboxRequest) => SandboxReply): Route => ({
    method: "POST",
    template: `/api/v1/users/{id}/lifecycle/${operation}`,
    scope: "okta.users.manage",
    handle: (request) => handle(userOf(org, request), request),
  });
  return [
    ...STEPS.map(({ operation, from, to, note, otherwise }) =>
      route(operation, (user, request) => {
        if (!from.includes(user.status)) throw otherwise(user);
        org.users.setStatus(user, to, note, doerOf(org, request));
        return { status: 200, json: {} };
      }),
    ),
    route("activate", (user, request) => {
      if (user.status !== "STAGED" && user.status !== "DEPROVISIONED") {
        throw refusal(403, "E0000016", "Activation failed because the user is already active");
      }
      return activate(org, user, request, flagOf(request, "sendEmail", true));
    }),
    route("reactivate", (user, request) => {
      if (user.status !== "PROVISIONED" && user.status !== "RECOVERY") throw wrongStatus();
      return activate(org, user, request, flagOf(request, "sendEmail", false));
    }),
    route("deactivate", (user, request) => {
      if (user.status === "DEPROVISIONED") throw wrongStatus();
      deactivate(org, user, doerOf(org, request));
      return { status: 200, json: {} };
    }),
  ];
}

/** Moves a user to DEPROVISIONED; the user leaves all groups and apps. */
export function deactivate(org: Org, user: User, doer: Doer): void {
  const note = { eventType: "user.lifecycle.deactivate", displayMessage: "Deactivate Okta user" };
  org.users.setStatus(user, "DEPROVISIONED", note, doer);
}

function wrongStatus(): Error {
  return refusal(403, "E0000038", "This operation is not allowed in the user's current status.");
}

/** A user with a password becomes ACTIVE at once. One without, or one that comes back, has to set a password first. */
function activate(org: Org, user: User, request: SandboxRequest, sendEmail: boolean): SandboxReply {
  const hasPassword = "password" in user.credentials && user.status === "STAGED";
  const note = { eventType: "user.lifecycle.activate", displayMessage: "Activate Okta user" };
  org.users.setStatus(user, hasPassword ? "ACTIVE" : "PROVISIONED", note, doerOf(org, request));
  if (sendEmail) return { status: 200, json: {} };
  const activationToken = org.requestRandom.text(20);
  return { status: 200, json: { activationToken, activationUrl: `${org.origin}/welcome/${activationToken}` } };
}
