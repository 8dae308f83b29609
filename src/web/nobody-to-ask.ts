import type { ApprovalChannel } from "../call/approval-channel.js";
import type { Caller } from "../call/caller.js";
import { OktaMcpError } from "../errors/index.js";
import type { McpService } from "../mcp/service.js";

/** Takes the place of a way to a person where there is none. Every question is refused. */
function refusing(refuse: () => OktaMcpError): ApprovalChannel {
  return {
    take: async () => undefined,
    ask: async () => {
      throw refuse();
    },
  };
}

/** The refusal of a program that calls for itself, where a person is needed. */
export function needsUser(): OktaMcpError {
  return new OktaMcpError("needs_user", "This needs a person, and the token stands for a program. Nothing was done.");
}

/** For a program without a person. */
export const NO_PERSON = refusing(needsUser);

/** For a server without a web app in Okta, so that nobody can sign in to a page, and a client that cannot ask. */
export const NO_PAGE = refusing(
  () =>
    new OktaMcpError(
      "declined",
      "Nothing was changed. A person has to agree, this client cannot ask one, and this server has no page for it.",
      {
        fix: "Use a client that shows questions (MCP elicitation). Or whoever runs this server sets okta.client_id to a web app in Okta, so that people can agree on a page.",
        data: { decided_by: "okta-mcp", answer: "unsupported" },
      },
    ),
);

/** A service for a program: whatever its client says of itself, there is no person behind it who could be asked. */
export function withoutPerson(service: McpService): McpService {
  const invoke = (name: string, raw: unknown, caller: Caller) =>
    service.invoke(name, raw, { ...caller, ask: undefined, showLink: undefined, resumed: undefined } as Caller);
  return Object.create(service, { invoke: { value: invoke } }) as McpService;
}
