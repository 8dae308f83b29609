import { randomUUID } from "node:crypto";
import type { Org } from "./org.js";
import type { LogEvent } from "./state/model.js";

/** An event hook of the org (Okta: schema `EventHook`). */
export interface NewEventHook {
  /** The address to which events are sent. */
  uri: string;
  /** What is sent in the header Authorization; undefined where there is none. */
  secret?: string | undefined;
  /** The types of the events. */
  events: readonly string[];
}

/** A hook that runs. */
export interface RunningHook {
  /** Verifies the address with a challenge. Events are sent from then on. @returns true where it sent it back */
  verify(): Promise<boolean>;
  /** Sends other events than those of the org. @returns the status of the answer; undefined where none came in time */
  deliver(events: readonly unknown[], secret?: string): Promise<number | undefined>;
  /** The statuses of the answers so far; undefined stands for one that did not come in time. */
  readonly answers: readonly (number | undefined)[];
  /** Resolves when all events so far have been sent. */
  settled(): Promise<void>;
  close(): void;
}

/** Okta waits this long for an answer, and tries once more where none or one of its own fault came. */
const TIMEOUT_MS = 3_000;
const TRIES = 2;
/** Events of one moment go into one request. */
const COLLECT_MS = 50;

/** Sends events of the org to an address, as Okta does: at least once, in no certain order. */
export function startEventHook(org: Org, { uri, secret, events }: NewEventHook): RunningHook {
  const id = org.newId("who");
  const answers: (number | undefined)[] = [];
  const sending = new Set<Promise<unknown>>();
  let collected: (() => LogEvent)[] = [];
  let timer: NodeJS.Timeout | undefined;
  let stop = () => {};

  const headers = (authorization: string | undefined) => ({
    accept: "application/json",
    "content-type": "application/json",
    ...(authorization !== undefined && { authorization }),
  });

  async function post(body: string, authorization: string | undefined): Promise<number | undefined> {
    for (let times = 1; ; times += 1) {
      const signal = AbortSignal.timeout(TIMEOUT_MS);
      const sent = fetch(uri, { method: "POST", headers: headers(authorization), body, signal });
      const status = await sent.then(
        (answer) => answer.status,
        () => undefined,
      );
      answers.push(status);
      if (status !== undefined && status < 500) return status;
      if (times === TRIES) return status;
    }
  }

  function deliver(given: readonly unknown[], authorization = secret): Promise<number | undefined> {
    const body = JSON.stringify({
      eventType: "com.okta.event_hook",
      eventTypeVersion: "1.0",
      cloudEventsVersion: "0.1",
      source: `${org.origin}/api/v1/eventHooks/${id}`,
      eventId: randomUUID(),
      eventTime: org.timestamp(),
      contentType: "application/json",
      data: { events: given },
    });
    const sent = post(body, authorization).finally(() => sending.delete(sent));
    sending.add(sent);
    return sent;
  }

  function flush(): void {
    timer = undefined;
    const made = collected.map((make) => make());
    collected = [];
    void deliver(made);
  }

  return {
    async verify() {
      const challenge = org.requestRandom.text(40);
      const answer = await fetch(uri, {
        headers: { ...headers(secret), "x-okta-verification-challenge": challenge },
        signal: AbortSignal.timeout(TIMEOUT_MS),
      });
      const body = (await answer.json().catch(() => undefined)) as { verification?: unknown } | undefined;
      if (answer.status !== 200 || body?.verification !== challenge) return false;
      stop = org.onEvent((type, make) => {
        if (!events.includes(type)) return;
        collected.push(make);
        timer ??= setTimeout(flush, COLLECT_MS);
      });
      return true;
    },
    deliver,
    answers,
    async settled() {
      while (timer !== undefined || sending.size > 0) {
        await (sending.size > 0 ? Promise.all(sending) : new Promise((resolve) => setTimeout(resolve, COLLECT_MS)));
      }
    },
    close() {
      stop();
      clearTimeout(timer);
    },
  };
}
