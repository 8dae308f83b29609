import { execFileSync, spawnSync } from "node:child_process";
import { mkdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { notOfThisMachine } from "../support/programs.js";
import type { StageOptions } from "../support/stage.js";

/**
 * A way to make the disk under a server's data folder fail. `fill` and `protect` take the id of the server's process
 * and the stage's folder.
 */
export interface Disk {
  /** The name of the way, for the table. */
  name: string;
  stage(state: "good" | "full" | "read-only"): StageOptions;
  fill(pid: number, folder: string): void;
  protect(pid: number, folder: string): void;
  /** The reason why `protect` cannot work here. Undefined if it can. */
  lacksProtect?: string | undefined;
}

const DATA = "data";

/**
 * A small disk in memory that only the server sees. It is really full or really read-only, for root too. It needs the
 * right to mount in a name space of its own.
 */
function realDisk(unshare: readonly string[]): Disk {
  return {
    name: "tmpfs",
    stage: (state) => ({
      wrap(command, folder) {
        const data = join(folder, DATA);
        mkdirSync(data, { recursive: true });
        const options = `mode=0700,size=256k${state === "read-only" ? ",ro" : ""}`;
        const fill = state === "full" ? 'cat /dev/zero >"$0/ballast" 2>/dev/null;' : "";
        const mount = `mount -t tmpfs -o ${options} tmpfs "$0" && { ${fill} exec "$@"; }`;
        return ["unshare", ...unshare, "sh", "-c", mount, data, ...command];
      },
    }),
    fill(pid, folder) {
      const ballast = `/proc/${pid}/root${join(folder, DATA)}/ballast`;
      // `dd` ends with an error when it has used the last byte, which is its purpose here.
      spawnSync("dd", ["if=/dev/zero", `of=${ballast}`, "bs=1k"]);
    },
    protect(pid, folder) {
      const user = unshare.includes("-r") ? ["-U", "--preserve-credentials"] : [];
      // The present mount options name users outside of the name space. The name space may not know them.
      const remount = ["mount", "--options-mode", "ignore", "-o", "remount,ro", join(folder, DATA)];
      execFileSync("nsenter", ["-t", String(pid), ...user, "-m", ...remount]);
    },
  };
}

/**
 * Stands in for a disk if nothing may be mounted. Full is a limit of zero bytes a file, so that existing files can
 * still be read. Read-only from the start is a file in place of the folder. Read-only later is a folder without write
 * permission.
 */
const LIMITED_DISK: Disk = {
  name: "limits",
  stage: (state) => ({
    wrap(command, folder) {
      if (state === "read-only") writeFileSync(join(folder, DATA), "");
      return state === "full" ? ["sh", "-c", 'ulimit -f 0 && exec "$@"', "sh", ...command] : command;
    },
  }),
  fill: (pid) => void execFileSync("prlimit", ["--pid", String(pid), "--fsize=0"]),
  protect: (_pid, folder) => void execFileSync("chmod", ["-R", "a-w", join(folder, DATA)]),
  lacksProtect:
    process.getuid?.() === 0
      ? notOfThisMachine("nothing may be mounted here, and root may write whatever the mode of a file")
      : undefined,
};

/** Returns the most realistic way to spoil a disk that this system allows. */
export function findDisk(): Disk {
  const ways = [["-m"], ["-r", "-m"]];
  const works = (way: string[]) =>
    spawnSync("unshare", [...way, "sh", "-c", "mount -t tmpfs tmpfs /tmp"], { stdio: "ignore" }).status === 0;
  const way = process.platform === "linux" ? ways.find(works) : undefined;
  return way ? realDisk(way) : LIMITED_DISK;
}
