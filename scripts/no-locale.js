/** The words of a schema library for what a schema refuses, which nobody asks for: `src/text/schema-words.ts` has ours. */
export default () => ({});
