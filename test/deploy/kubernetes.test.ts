import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { expect, type TestContext, test } from "vitest";
import { ROOT, spawnProcess } from "../support/cli.js";
import { deployed, loadExample, parseYaml, yamlOf } from "../support/deploy-files.js";
import { type KubernetesObject, kubernetesMistakes } from "../support/kubernetes-schema.js";
import { findProgram, skipUnless } from "../support/programs.js";

type Labels = Record<string, string>;

interface Probe {
  httpGet: { path: string; port: string };
  periodSeconds: number;
  failureThreshold: number;
}

interface Container {
  name: string;
  image: string;
  args: string[];
  env?: unknown[];
  ports?: { name: string; containerPort: number }[];
  startupProbe?: Probe;
  livenessProbe?: Probe;
  readinessProbe?: Probe;
  resources: { requests: Labels; limits: Labels };
  securityContext: object;
  volumeMounts: { name: string; mountPath: string; readOnly?: boolean }[];
}

interface Source {
  configMap?: { name: string };
  secret?: { name: string; items: { key: string; path: string }[] };
}

interface PodSpec {
  automountServiceAccountToken: boolean;
  terminationGracePeriodSeconds?: number;
  topologySpreadConstraints?: { labelSelector: { matchLabels: Labels } }[];
  securityContext: object;
  containers: [Container];
  volumes: { name: string; projected?: { defaultMode: number; sources: Source[] }; emptyDir?: object }[];
}

interface Workload extends KubernetesObject {
  spec: {
    replicas?: number;
    strategy?: object;
    selector?: { matchLabels: Labels };
    ttlSecondsAfterFinished?: number;
    template: { metadata: { labels: Labels }; spec: PodSpec };
  };
}

interface Kustomization {
  resources: string[];
  images: { name: string; newName: string; newTag: string }[];
  configMapGenerator: { name: string; files: string[] }[];
}

const FOLDER = "kubernetes";
const of = <T>(context: TestContext, name: string) => yamlOf<T>(context, `${FOLDER}/${name}`);
const workloads = (context: TestContext) =>
  ["deployment.yaml", "migrate-job.yaml"].map((name) => of<Workload>(context, name));
const serveText = () => deployed(`${FOLDER}/serve.json`);
const projected = ({ volumes }: PodSpec) => volumes.find((one) => one.projected !== undefined)?.projected;
const selects = (labels: Labels | undefined, selector: Labels | undefined) =>
  Object.entries(selector ?? {}).every(([name, value]) => labels?.[name] === value);

/** What `kubectl kustomize` makes of the folder. */
async function rendered(context: TestContext): Promise<KubernetesObject[]> {
  skipUnless(context, findProgram("kubectl") !== undefined, "kubectl");
  const { code, stdout, stderr } = await spawnProcess(["kubectl", "kustomize", join(ROOT, "deploy", FOLDER)]).ended;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return parseYaml<KubernetesObject>(context, stdout);
}

test("every file of the folder is part of it, and every object is right by Kubernetes' own schema", async (context) => {
  const { resources } = of<Kustomization>(context, "kustomization.yaml");
  const files = readdirSync(join(ROOT, "deploy", FOLDER)).filter((name) => name.endsWith(".yaml"));
  expect(["kustomization.yaml", ...resources].sort()).toEqual(files.sort());
  const objects = resources.map((name) => of<KubernetesObject>(context, name));
  expect(await kubernetesMistakes(context, objects)).toEqual([]);
});

test("a member that Kubernetes does not know, and a value of another type, would be found", async (context) => {
  const change = async (members: object) => {
    const [deployment] = workloads(context) as [Workload, Workload];
    Object.assign(deployment.spec.template.spec.containers[0], members);
    return (await kubernetesMistakes(context, [deployment])).join("\n");
  };
  expect(await change({ readinesProbe: {} })).toContain("readinesProbe");
  expect(await change({ ports: [{ containerPort: "8480" }] })).toContain("containerPort must be integer");
});

test("kubectl makes the same of it: one namespace, the image by its version, settings by their hash", async (context) => {
  const objects = await rendered(context);
  expect(await kubernetesMistakes(context, objects)).toEqual([]);
  for (const { kind, metadata } of objects) {
    if (kind !== "Namespace") expect(metadata.namespace, kind).toBe("okta-mcp");
  }
  const settings = objects.find(({ kind }) => kind === "ConfigMap") as KubernetesObject & { data: Labels };
  expect(settings.metadata.name).toMatch(/^okta-mcp-config-[a-z0-9]{10}$/);
  expect(settings.data["serve.json"]).toBe(serveText());
  const { version } = JSON.parse(readFileSync(join(ROOT, "package.json"), "utf8"));
  for (const { spec } of objects.filter(({ kind }) => ["Deployment", "Job"].includes(kind)) as Workload[]) {
    const [{ image }] = spec.template.spec.containers;
    expect(image).toBe(`registry.acme.com/okta-mcp-serve:${version}`);
    const names = projected(spec.template.spec)?.sources.flatMap(({ configMap }) => configMap?.name ?? []);
    expect(names).toEqual([settings.metadata.name]);
  }
});

test("every pod may do what the profile `restricted` allows, and less", (context) => {
  for (const { spec } of workloads(context)) {
    const pod = spec.template.spec;
    expect(pod.automountServiceAccountToken).toBe(false);
    expect(pod.securityContext).toEqual({
      runAsNonRoot: true,
      runAsUser: 1000,
      runAsGroup: 1000,
      fsGroup: 1000,
      seccompProfile: { type: "RuntimeDefault" },
    });
    const [container, ...others] = pod.containers;
    expect(others).toEqual([]);
    expect(container.securityContext).toEqual({
      allowPrivilegeEscalation: false,
      readOnlyRootFilesystem: true,
      capabilities: { drop: ["ALL"] },
    });
    expect(container.env).toBeUndefined();
    expect(container.resources.limits).toHaveProperty("memory");
    expect(Object.keys(container.resources.requests)).toEqual(["cpu", "memory"]);
  }
  const namespace = of<KubernetesObject>(context, "namespace.yaml");
  expect(namespace.metadata.labels).toMatchObject({ "pod-security.kubernetes.io/enforce": "restricted" });
});

test("serve.json is right, and every file that it names is mounted where it names it", (context) => {
  const { content } = loadExample(serveText());
  const named = [...serveText().matchAll(/"(keys\/[\w.-]+)"/g)].map(([, path]) => path).sort();
  for (const { spec } of workloads(context)) {
    const pod = spec.template.spec;
    const paths = projected(pod)?.sources.flatMap(({ secret }) => secret?.items.map(({ path }) => path) ?? []);
    expect(paths?.sort()).toEqual(named);
    // The server refuses a secret that everybody can read, and Kubernetes gives 0644 by itself.
    expect(projected(pod)?.defaultMode).toBe(0o440);
    const [{ volumeMounts, args }] = pod.containers;
    const [settings, data] = volumeMounts;
    expect(settings).toEqual({ name: "settings", mountPath: "/etc/okta-mcp", readOnly: true });
    expect(args.slice(-2)).toEqual(["--config", `${settings?.mountPath}/serve.json`]);
    expect(content.data_dir.startsWith(`${data?.mountPath}/`)).toBe(true);
  }
  const [first, second] = workloads(context).map(({ spec }) => spec.template.spec.volumes);
  expect(second, "the migration sees what the instances see").toEqual(first);
});

test("probes, ports and the time to stop follow serve.json", (context) => {
  const { listen, metrics, drain_delay_seconds } = loadExample(serveText()).content;
  const [{ spec }] = workloads(context) as [Workload, Workload];
  const pod = spec.template.spec;
  const [{ ports, startupProbe, livenessProbe, readinessProbe }] = pod.containers;
  expect(ports).toEqual([
    { name: "http", containerPort: listen.port },
    { name: "metrics", containerPort: metrics?.port },
  ]);
  const [start, live, ready] = [startupProbe, livenessProbe, readinessProbe] as [Probe, Probe, Probe];
  expect([start, live, ready].map(({ httpGet }) => httpGet)).toEqual([
    { path: "/healthz", port: "metrics" },
    { path: "/healthz", port: "metrics" },
    { path: "/readyz", port: "metrics" },
  ]);
  expect(ready.periodSeconds * ready.failureThreshold).toBeLessThan(drain_delay_seconds);
  expect(pod.terminationGracePeriodSeconds).toBeGreaterThan(drain_delay_seconds + 25);
  expect(spec.replicas).toBe(3);
  expect(spec.strategy).toEqual({ type: "RollingUpdate", rollingUpdate: { maxSurge: 1, maxUnavailable: 0 } });
});

test("service, ingress, budget, network policy and spread mean the pods of the deployment", (context) => {
  interface Service extends KubernetesObject {
    spec: { selector: Labels; sessionAffinity: string; ports: { name: string; targetPort: string }[] };
  }
  interface Ingress extends KubernetesObject {
    spec: {
      tls: { hosts: string[] }[];
      rules: {
        host: string;
        http: { paths: { path: string; backend: { service: { name: string; port: object } } }[] };
      }[];
    };
  }
  interface Selecting extends KubernetesObject {
    spec: { selector?: { matchLabels: Labels }; podSelector?: { matchLabels: Labels } };
  }
  interface Policy extends Selecting {
    spec: Selecting["spec"] & Record<"ingress" | "egress", { ports: { port: number }[] }[]>;
  }
  const [{ spec }, migration] = workloads(context) as [Workload, Workload];
  const { labels } = spec.template.metadata;
  const migrationLabels = migration.spec.template.metadata.labels;
  const { listen, metrics, public_url, store } = loadExample(serveText()).content;
  const service = of<Service>(context, "service.yaml");
  expect(selects(labels, service.spec.selector)).toBe(true);
  expect(selects(migrationLabels, service.spec.selector), "the migration gets no request").toBe(false);
  expect(service.spec).toMatchObject({ sessionAffinity: "None", ports: [{ name: "http", targetPort: "http" }] });
  const ingress = of<Ingress>(context, "ingress.yaml");
  const host = new URL(public_url).hostname;
  expect(ingress.spec.tls[0]?.hosts).toEqual([host]);
  expect(ingress.spec.rules).toMatchObject([
    { host, http: { paths: [{ path: "/", backend: { service: { name: "okta-mcp", port: { name: "http" } } } }] } },
  ]);
  for (const { labelSelector } of spec.template.spec.topologySpreadConstraints ?? []) {
    expect(labelSelector.matchLabels).toEqual(spec.selector?.matchLabels);
  }
  const budget = of<Selecting>(context, "disruption-budget.yaml");
  expect(budget.spec.selector?.matchLabels).toEqual(spec.selector?.matchLabels);
  const policy = of<Policy>(context, "network-policy.yaml");
  for (const one of [labels, migrationLabels]) expect(selects(one, policy.spec.podSelector?.matchLabels)).toBe(true);
  expect(policy.spec.ingress.flatMap(({ ports }) => ports.map(({ port }) => port))).toEqual([
    listen.port,
    metrics?.port,
  ]);
  const out = policy.spec.egress.flatMap(({ ports }) => ports.map(({ port }) => port));
  expect(out).toEqual([53, 53, store.port ?? 5432, 443]);
});

test("the migration can be applied again for the next version", (context) => {
  const [, { spec }] = workloads(context) as [Workload, Workload];
  expect(spec.ttlSecondsAfterFinished).toBeGreaterThan(0);
  expect(spec.template.spec.containers[0].args[0]).toBe("migrate");
});
