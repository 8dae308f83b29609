// Loaded into the server by the soak: tells, when asked, what is left on the heap after a collection.
process.on("message", () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ keptBytes: heapUsed + external, residentBytes: rss });
});
// To listen is no reason to live on.
process.channel.unref();
