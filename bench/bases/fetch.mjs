// The base "fetch" sends the same requests with the platform's fetch, reads each body as JSON and does nothing else. It
// takes jobs from its parent process and does them one at a time.

const headers = { Accept: "application/json", Authorization: "Bearer bench", "User-Agent": "okta-mcp/bench" };

async function read(url) {
  const response = await fetch(url, { headers });
  return { response, json: await response.json() };
}

const jobs = {
  /** Sends `count` requests one after the other. Returns the time of each in milliseconds. */
  async sequence({ url, count }) {
    const timesMs = [];
    for (let done = 0; done < count; done += 1) {
      const startedAt = performance.now();
      await read(url);
      timesMs.push(performance.now() - startedAt);
    }
    return timesMs;
  },
  /** Sends `count` requests, `width` of them at a time. Returns the time of all together in milliseconds. */
  async parallel({ url, count, width }) {
    const startedAt = performance.now();
    let left = count;
    const lane = async () => {
      while (left-- > 0) await read(url);
    };
    await Promise.all(Array.from({ length: width }, lane));
    return performance.now() - startedAt;
  },
  /** Reads all pages of a list. Returns the time in milliseconds and the number of items. */
  async walk({ url }) {
    const startedAt = performance.now();
    let items = 0;
    for (let next = url; next !== undefined; ) {
      const { response, json } = await read(next);
      items += json.length;
      next = /<([^>]*)>; rel="next"/.exec(response.headers.get("link") ?? "")?.[1];
    }
    return { ms: performance.now() - startedAt, items };
  },
};

process.on("message", async ({ job, ...options }) => process.send(await jobs[job](options)));
process.send("ready");
