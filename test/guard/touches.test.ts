import { describe, expect, test } from "vitest";
import * as z from "zod";
import { defineTool } from "../../src/tool.js";
import { accepts, type ConnectOptions, connect } from "../support/client.js";
import { guardRules } from "./support.js";

/**
 * Opens an org with Ada in a group, and a tool that deletes a group and declares its members as touched. `reads` counts
 * the reading of the members.
 */
async function withTouching(users: { name: string }[] | undefined, options: ConnectOptions = {}) {
  const reads = { count: 0 };
  const touching = defineTool({
    name: "tidy_up",
    title: "Tidy up",
    description: "Tidy up.",
    scope: "okta.groups.manage",
    effect: "removes",
    input: z.strictObject({ group_id: z.string() }),
    impact: async (_, { group_id }) => ({ target: { type: "group", name: "Lab", id: group_id }, details: [] }),
    touches: {
      kinds: ["users"],
      read: async (context, a) => {
        reads.count += 1;
        const members = await context.whole((after) => context.okta.groups.listGroupUsers.page({ ...of(a), after }));
        return members.map((member) => ({
          type: "user" as const,
          id: String(Object(member).id),
          object: member,
          how: "loses the group Lab",
        }));
      },
    },
    run: ({ okta }, a) => okta.groups.deleteGroup(of(a)),
  });
  const of = ({ group_id }: { group_id: string }) => ({ groupId: group_id });
  const connected = await connect({
    person: accepts,
    tools: { odd: { touching } },
    ...(users === undefined ? {} : { guard: guardRules({ protect: { users } }) }),
    ...options,
  });
  const { org } = connected;
  const ada = org.addUser({ profile: { login: "ada@acme.example", firstName: "Ada", lastName: "Lovelace" } });
  const lab = org.addGroup({ profile: { name: "Lab" } }, [ada]);
  const tidy = () => connected.call("tidy_up", { group_id: lab.id });
  return { ...connected, ada, lab, reads, tidy };
}

describe("what a call changes without naming it", () => {
  test("is protected like what it names, and the refusal says what would become of it", async () => {
    const { tidy, ada, asked, sent, writes } = await withTouching([{ name: "Ada Lovelace" }]);
    const { error } = await tidy();
    expect(error).toMatchObject({
      code: "protected",
      data: { rule: "protect.users[0]", target: { type: "user", id: ada.id } },
    });
    expect(error?.message).toContain("The call does not name it, but the user loses the group Lab.");
    expect([...asked, ...writes()]).toEqual([]);
    expect(sent(), "a member that was read is not read once more").not.toContainEqual(
      expect.stringContaining("/api/v1/users/"),
    );
  });

  test("is looked at again after a person was asked", async () => {
    const client = await withTouching([{ name: "Bob Other" }], {
      person: (question) => {
        const bob = client.org.addUser({
          profile: { login: "bob@acme.example", firstName: "Bob", lastName: "Other" },
        });
        client.org.groups.addMember(client.lab, bob);
        return accepts(question);
      },
    });
    expect((await client.tidy()).error).toMatchObject({ code: "protected" });
    expect(client.asked).toHaveLength(1);
    expect(client.writes()).toEqual([]);
  });

  test("is not read where no rule is about its kind", async () => {
    const { tidy, reads } = await withTouching(undefined);
    expect((await tidy()).isError).toBe(false);
    expect(reads.count).toBe(0);
  });
});
