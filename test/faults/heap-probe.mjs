// The soak loads this file into the server. On each message it collects garbage and answers with the size of the heap.
process.on("message", () => {
  globalThis.gc();
  const { heapUsed, external, rss } = process.memoryUsage();
  process.send({ keptBytes: heapUsed + external, residentBytes: rss });
});
// The listening channel must not keep the server alive.
process.channel.unref();
