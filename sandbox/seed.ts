import { appName, completeApp } from "./app-defaults.js";
import type { Org } from "./org.js";
import { DIRECTORY_LABEL, SEED_APPS } from "./seed/apps.js";
import { designBrands } from "./seed/brands.js";
import { askOfDevices } from "./seed/device-assurance.js";
import { registerDomains } from "./seed/domains.js";
import { writeEmails } from "./seed/email-templates.js";
import { liveThroughAWeek } from "./seed/events.js";
import { formGroups } from "./seed/groups.js";
import { hirePeople } from "./seed/people.js";
import { decidePolicies } from "./seed/policies.js";

const DAY_MS = 24 * 60 * 60 * 1000;

/**
 * Fills an empty org with a company: people, apps, groups and a week of log. The same seed and time make the same
 * company.
 */
export function seedCompany(org: Org): void {
  hirePeople(org);
  const apps = SEED_APPS.map(({ app, groups, inactive }) => {
    const id = typeof app.id === "string" ? app.id : org.newId("0oa");
    const complete = completeApp(org, id, appName(org, app), app);
    const createdMs = org.now() - (100 + org.random.int(900)) * DAY_MS;
    return {
      app: org.apps.add({ ...complete, status: inactive ? "INACTIVE" : "ACTIVE" }, undefined, createdMs),
      groups,
    };
  });
  formGroups(org, apps.find(({ app }) => app.label === DIRECTORY_LABEL)?.app.id ?? "");
  const groupByName = new Map(org.groups.all().map((group) => [group.profile.name, group]));
  for (const { app, groups } of apps) {
    for (const name of groups) {
      const group = groupByName.get(name);
      if (group === undefined) throw new Error(`The app ${app.label} is for a group ${name} that nobody made.`);
      org.apps.assignGroup(app, group);
    }
  }
  designBrands(org);
  writeEmails(org);
  registerDomains(org);
  // The log begins with the week that people see, not with the setup of the company.
  org.forgetEvents();
  liveThroughAWeek(org);
  const ageMs = () => (100 + org.random.int(900)) * DAY_MS;
  decidePolicies(org, askOfDevices(org, ageMs), ageMs);
}
