// Judges the server for tests by @kurrent/kurrentdb-client: node judge.mjs MODULES CONNECTION-STRING. Fails at a difference.

import { deepStrictEqual } from "node:assert";
import { createRequire } from "node:module";

const [modules, connection] = process.argv.slice(2);
const kurrentdb = createRequire(`${modules}/`)("@kurrent/kurrentdb-client");
const { KurrentDBClient, jsonEvent, ANY, NO_STREAM, STREAM_EXISTS, BACKWARDS, END, START } = kurrentdb;
const { streamNameFilter, eventTypeFilter } = kurrentdb;

const client = KurrentDBClient.connectionString(connection);
let judged = 0;

const id = (number) => `00000000-0000-4000-8000-${String(number).padStart(12, "0")}`;
const event = (number, type = "numbered") => jsonEvent({ id: id(number), type, data: { number }, metadata: { by: "node" } });
const append = (stream, streamState, ...numbers) =>
  client.appendToStream(stream, numbers.map((number) => event(number)), { streamState });

function same(found, wanted) {
  judged += 1;
  deepStrictEqual(found, wanted);
}

async function fails(name, call, figures = {}) {
  try {
    await call();
  } catch (error) {
    same(error.constructor.name, name);
    for (const [figure, wanted] of Object.entries(figures)) same(error[figure], wanted);
    return;
  }
  throw new Error(`no ${name}`);
}

async function numbers(events) {
  const found = [];
  for await (const { event } of events) found.push(event.data.number);
  return found;
}

// The first `count` events of a subscription.
async function first(subscription, count) {
  const found = [];
  for await (const { event } of subscription) {
    found.push(event.data.number);
    if (found.length === count) break;
  }
  await subscription.unsubscribe();
  return found;
}

// Expected revisions, and the figures of a refusal.
await fails("StreamNotFoundError", () => numbers(client.readStream("n-a")));
await fails("WrongExpectedVersionError", () => append("n-a", 3n, 101), { expectedState: 3n });
await fails("WrongExpectedVersionError", () => append("n-a", STREAM_EXISTS, 101));
const written = await append("n-a", NO_STREAM, 101, 102);
same(written.nextExpectedRevision, 1n);
same((await append("n-a", 1n, 103)).nextExpectedRevision, 2n);
same((await append("n-a", ANY, 104)).nextExpectedRevision, 3n);
same((await append("n-a", STREAM_EXISTS, 105)).nextExpectedRevision, 4n);
await fails("WrongExpectedVersionError", () => append("n-a", NO_STREAM, 109), { actualState: 4n });
await fails("WrongExpectedVersionError", () => append("n-a", 5n, 109), { expectedState: 5n, actualState: 4n });

// The same through Append, which the client takes when a call has credentials of its own.
const credentials = { username: "admin", password: "changeit" };
const single = (streamState, number) =>
  client.appendToStream("n-single", [event(number)], { streamState, credentials });
same((await single(NO_STREAM, 151)).nextExpectedRevision, 0n);
await fails("WrongExpectedVersionError", () => single(3n, 152), { expectedState: 3n, actualState: 0n });

// The same again is the same, and half of it is not.
same(await append("n-a", NO_STREAM, 101, 102), written);
same(await append("n-a", ANY, 101, 102), written);
await fails("WrongExpectedVersionError", () => append("n-a", 3n, 105, 106));

// Reads.
same(await numbers(client.readStream("n-a")), [101, 102, 103, 104, 105]);
same(await numbers(client.readStream("n-a", { fromRevision: 3n })), [104, 105]);
same(await numbers(client.readStream("n-a", { direction: BACKWARDS, fromRevision: END, maxCount: 2 })), [105, 104]);
same(await numbers(client.readStream("n-a", { direction: BACKWARDS, fromRevision: 1n })), [102, 101]);
const everything = [];
for await (const { event } of client.readAll()) if (event.streamId === "n-a") everything.push(event);
same(everything.map((it) => it.id), [101, 102, 103, 104, 105].map(id));
same(everything[0].metadata, { by: "node" });
same(everything[1].position, written.position);

// Subscriptions: what is there, and then what comes.
const live = client.subscribeToStream("n-a", { fromRevision: 2n });
const lived = first(live, 3);
await append("n-a", 4n, 106);
same(await lived, [104, 105, 106]);
same(await first(client.subscribeToAll({ fromPosition: everything[0].position }), 2), [102, 103]);
await client.appendToStream("n-b", [event(111, "rare"), event(112, "rare")]);
const byStream = streamNameFilter({ prefixes: ["n-b"] });
same(await first(client.subscribeToAll({ fromPosition: START, filter: byStream }), 2), [111, 112]);
const byType = eventTypeFilter({ regex: "^(?!numbered).*e$" });
same(await first(client.subscribeToAll({ fromPosition: START, filter: byType }), 2), [111, 112]);

// Metadata.
await client.setStreamMetadata("n-b", { maxCount: 1 });
same((await client.getStreamMetadata("n-b")).metadata, { maxCount: 1 });
same(await numbers(client.readStream("n-b")), [112]);

// Deletes.
await fails("WrongExpectedVersionError", () => client.deleteStream("n-a", { expectedRevision: 3n }), {
  expectedState: 3n,
  actualState: 5n,
});
await client.deleteStream("n-a", { expectedRevision: 5n });
await fails("StreamNotFoundError", () => numbers(client.readStream("n-a")));
same((await append("n-a", NO_STREAM, 121)).nextExpectedRevision, 6n);
same(await numbers(client.readStream("n-a")), [121]);
await client.tombstoneStream("n-a");
await fails("StreamDeletedError", () => numbers(client.readStream("n-a")));
await fails("StreamDeletedError", () => append("n-a", ANY, 122));

await client.dispose();
console.log(`@kurrent/kurrentdb-client agrees on ${judged} points`);
