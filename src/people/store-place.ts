import type { OpenStoreOptions } from "../store/open-store.js";
import { pathBeside } from "./app-files.js";
import type { LoadedServe } from "./load-serve.js";

/** Where serve.json has the store and its data keys. Relative paths begin at its own folder. */
export function storePlaceOf({
  content,
  file,
}: Pick<LoadedServe, "content" | "file">): Pick<OpenStoreOptions, "dir" | "keysFile"> {
  const { data_dir, data_keys_file } = content;
  return {
    dir: pathBeside(file, data_dir),
    keysFile: data_keys_file === undefined ? undefined : pathBeside(file, data_keys_file),
  };
}
