import { type Connected, idOf, type JsonObject, looking, type Scenarios, switches } from "./scenario.js";

const APP = {
  label: "Teleporter",
  signOnMode: "QUANTUM_SSO",
  settings: { app: { planet: "Mars" }, spin: ["up"] },
  later: { deep: "é" },
};

const user = (org: Connected, more: JsonObject = {}) =>
  org.org.addUser({
    profile: {
      login: "bo@acme.example",
      email: "bo@acme.example",
      firstName: "Bo",
      lastName: "Li",
      mobilePhone: "+1 555 0100",
      ...more,
    },
  }).id;

const newGroup = (org: Connected) => {
  org.org.groupAttributes.set("region", { title: "Region", type: "string" });
  org.org.groupAttributes.set("later", { title: "Later", type: "array", items: { type: "string" } });
  return idOf(org, "create_group", { profile: { name: "Sales", description: "Sells", region: "北" } });
};

const newApp = async (org: Connected, more: JsonObject = {}) => ({
  app_id: await idOf(org, "create_application", { app_config: APP, ...more }),
});

/** The scenarios of users, groups and applications. */
export const directory: Scenarios = {
  create_user: {
    arrange: async (org) => ({
      args: { profile: { login: "new@acme.example", email: "new@acme.example", firstName: "N", lastName: "W" } },
      look: looking(org, "get_user", { user_id: "new@acme.example" }),
    }),
    undo: "back",
  },
  update_user: {
    async arrange(org) {
      const user_id = user(org, { title: "Baker" });
      const profile = { title: "Chef", nickName: "B", mobilePhone: null };
      return { args: { user_id, profile }, look: looking(org, "get_user", { user_id }) };
    },
    undo: "back",
  },
  deactivate_user: {
    arrange: async (org) => {
      const user_id = user(org);
      return { args: { user_id }, look: looking(org, "get_user", { user_id }) };
    },
    undo: /Admin Console \(Directory > People/,
  },
  delete_deactivated_user: {
    async arrange(org) {
      const user_id = user(org);
      await org.get("deactivate_user", { user_id });
      return { args: { user_id }, look: looking(org, "get_user", { user_id }) };
    },
    undo: /deletes a user for good/,
  },
  create_group: {
    arrange: async (org) => ({
      args: { profile: { name: "Sales" } },
      look: looking(org, "list_groups", { q: "Sales" }),
    }),
    undo: "back",
  },
  update_group: {
    async arrange(org) {
      const group_id = await newGroup(org);
      const profile = { name: "Sales EMEA", description: "Sells", region: "南", later: ["x"] };
      return { args: { group_id, profile }, look: looking(org, "get_group", { group_id }) };
    },
    undo: "back",
  },
  delete_group: {
    async arrange(org) {
      const group_id = await newGroup(org);
      for (const login of ["a@acme.example", "b@acme.example"]) {
        await org.get("add_user_to_group", { group_id, user_id: user(org, { login, email: login }) });
      }
      const look = async () => {
        const { items } = await org.get("list_groups", { q: "Sales" });
        const [group] = items as { id: string }[];
        return group && { group, members: (await org.get("list_group_users", { group_id: group.id })).items };
      };
      return { args: { group_id }, look };
    },
    undo: "with new ids",
  },
  add_user_to_group: {
    async arrange(org) {
      const args = { group_id: await newGroup(org), user_id: user(org) };
      return { args, look: looking(org, "list_group_users", { group_id: args.group_id }) };
    },
    undo: "back",
  },
  remove_user_from_group: {
    async arrange(org) {
      const args = { group_id: await newGroup(org), user_id: user(org) };
      await org.get("add_user_to_group", args);
      return { args, look: looking(org, "list_group_users", { group_id: args.group_id }) };
    },
    undo: "back",
  },
  create_application: {
    active: {
      arrange: async (org) => ({ args: { app_config: APP }, look: looking(org, "list_applications", { q: "Tele" }) }),
      undo: "back",
    },
    inactive: {
      arrange: async (org) => ({
        args: { app_config: APP, activate: false },
        look: looking(org, "list_applications", { q: "Tele" }),
      }),
      undo: "back",
    },
  },
  update_application: {
    async arrange(org) {
      const app_id = await idOf(org, "create_application", { app_config: APP });
      const app_config = {
        ...APP,
        label: "Portal",
        settings: { app: { planet: "Venus" }, spin: ["down"] },
        added: true,
      };
      const look = looking(org, "get_application", { app_id });
      return { args: { app_id, app_config, allow_removals: true }, look };
    },
    undo: "back",
  },
  delete_application: {
    async arrange(org) {
      const app_id = await idOf(org, "create_application", { app_config: APP, activate: false });
      return { args: { app_id }, look: looking(org, "get_application", { app_id }) };
    },
    undo: /keys, secrets and assignments for good/,
  },
  activate_application: switches("activate", "get_application", newApp),
  deactivate_application: switches("deactivate", "get_application", newApp),
};
