import { chmodSync, chownSync, cpSync, mkdirSync, symlinkSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { expect } from "vitest";
import { ROOT, type RunningCli, spawnProcess, temporaryFolder } from "./cli.js";
import { type Instruction, sourcesOf, valuesOf } from "./dockerfile.js";

/** Where the Node.js of the tests stands in for that of the base image. */
const NODE = "/base/node";

/**
 * Enters a root file system in which folders of this machine stand in for the base image. A name space of mounts of its
 * own keeps all of that from the machine.
 */
const ENTER = `
set -eu
root=$1 node=$2 read_only=$3 user=$4 folder=$5; shift 5
mount --bind "$root" "$root"
for name in usr bin lib lib64 sbin etc/ssl proc dev; do
  [ -e "/$name" ] || continue
  if [ -L "/$name" ]; then [ -L "$root/$name" ] || cp -P "/$name" "$root/$name"; continue; fi
  mkdir -p "$root/$name"
  mount --rbind "/$name" "$root/$name"
done
mkdir -p "$root\${NODE%/*}" && touch "$root$NODE" && mount --bind "$node" "$root$NODE"
if [ "$read_only" = yes ]; then
  mount -t tmpfs -o mode=0700,uid=\${user%:*},gid=\${user#*:} tmpfs "$root/var/lib/okta-mcp"
  mount -o remount,bind,ro "$root"
fi
exec setpriv --no-new-privs chroot --userspec="$user" "$root" env -C "$folder" "$@"
`;

/** A container, made by hand from a stage of the Dockerfile. */
export interface ByHand {
  /** The path of its root file system. */
  root: string;
  /** Puts a file into it, for its user alone. */
  give(path: string, text: string): void;
  /** Starts a program in it, on a read-only root file system and as its user. */
  start(argv: readonly string[]): RunningCli;
}

const idsOf = (user: string): [uid: number, gid: number] => {
  const [uid = 0, gid = 0] = user.split(":").map(Number);
  return [uid, gid];
};

/** Does what the stage `build` says, but for what npm installs: that is the checkout's own. Returns its folder. */
export async function builtByHand(stage: readonly Instruction[]): Promise<string> {
  const folder = temporaryFolder();
  for (const source of sourcesOf(stage)) cpSync(join(ROOT, source), join(folder, source), { recursive: true });
  expect(valuesOf(stage, "RUN")).toEqual(["npm ci --ignore-scripts", "npm run build"]);
  symlinkSync(join(ROOT, "node_modules"), join(folder, "node_modules"));
  const { code, stderr } = await spawnProcess(["npm", "run", "--silent", "build"], { cwd: folder }).ended;
  expect(stderr).toBe("");
  expect(code).toBe(0);
  return folder;
}

/** Does what a later stage says, line by line. @param built the folder of the stage `build` */
export async function stagedByHand(stage: readonly Instruction[], built: string): Promise<ByHand> {
  const root = temporaryFolder();
  chmodSync(root, 0o755);
  const [folder = "/"] = valuesOf(stage, "WORKDIR");
  const [user = "0:0"] = valuesOf(stage, "USER");
  const variables = valuesOf(stage, "ENV").flatMap((value) => value.split(/\s+/));
  const enter = (argv: readonly string[], { as, isReadOnly }: { as: string; isReadOnly: boolean }) => {
    const environment = ["-i", `PATH=${dirname(NODE)}:/usr/bin:/bin`, ...variables];
    const args = [root, process.execPath, isReadOnly ? "yes" : "no", as, folder, ...environment, ...argv];
    return spawnProcess(["unshare", "--mount", "--propagation", "private", "sh", "-c", ENTER, "sh", ...args], {
      env: { NODE },
    });
  };
  mkdirSync(join(root, folder), { recursive: true });
  for (const value of valuesOf(stage, "COPY")) {
    const words = value.split(/\s+/);
    const from = words[0]?.startsWith("--from=build") ? built : ROOT;
    const [source = "", target = ""] = words.filter((word) => !word.startsWith("--"));
    expect(target).toBe("./");
    const path = join(from, source.replace(/^\/build\//, ""));
    if (source.startsWith("/")) cpSync(path, join(root, folder), { recursive: true });
    else cpSync(path, join(root, folder, source));
  }
  for (const line of valuesOf(stage, "RUN")) {
    const { code, stderr } = await enter(["sh", "-c", line], { as: "0:0", isReadOnly: false }).ended;
    expect(stderr).toBe("");
    expect(code).toBe(0);
  }
  return {
    root,
    give(path, text) {
      const [uid, gid] = idsOf(user);
      const made = mkdirSync(join(root, dirname(path)), { recursive: true, mode: 0o700 });
      if (made !== undefined) chownSync(made, uid, gid);
      chownSync(join(root, dirname(path)), uid, gid);
      writeFileSync(join(root, path), text, { mode: 0o600 });
      chownSync(join(root, path), uid, gid);
    },
    start: (argv) => enter(argv, { as: user, isReadOnly: true }),
  };
}
