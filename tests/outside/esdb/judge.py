"""Judges the server for tests by kurrentdbclient: python3 judge.py CONNECTION-STRING. Fails at the first difference."""

import json
import sys
from uuid import UUID

from kurrentdbclient import CaughtUp, Checkpoint, KurrentDBClient, NewEvent, StreamState
from kurrentdbclient.exceptions import NotFoundError, StreamIsDeletedError, WrongCurrentVersionError

client = KurrentDBClient(sys.argv[1])
judged = 0


def event(number, kind="numbered"):
    return NewEvent(type=kind, data=json.dumps({"number": number}).encode(), metadata=b"about", id=UUID(int=number))


def same(found, wanted):
    global judged
    judged += 1
    assert found == wanted, f"{found!r} is not {wanted!r}"


def fails(error, call, **figures):
    global judged
    judged += 1
    try:
        call()
    except error as found:
        for name, wanted in figures.items():
            same(getattr(found, name), wanted)
        return
    raise AssertionError(f"no {error.__name__}")


def numbers(events):
    return [it.id.int for it in events]


def append(stream, current, *events):
    return client.append_to_stream(stream, current_version=current, events=list(events))


# Expected revisions, and the figures of a refusal.
fails(NotFoundError, lambda: client.get_stream("p-a"))
fails(WrongCurrentVersionError, lambda: append("p-a", 3, event(1)), expected_version=3)
fails(WrongCurrentVersionError, lambda: append("p-a", StreamState.EXISTS, event(1)))
first = append("p-a", StreamState.NO_STREAM, event(1), event(2))
same(client.get_current_version("p-a"), 1)
append("p-a", 1, event(3))
append("p-a", StreamState.ANY, event(4))
append("p-a", StreamState.EXISTS, event(5))
fails(WrongCurrentVersionError, lambda: append("p-a", StreamState.NO_STREAM, event(9)), actual_version=4)
fails(WrongCurrentVersionError, lambda: append("p-a", 2, event(9)), expected_version=2, actual_version=4)
fails(WrongCurrentVersionError, lambda: append("p-a", 5, event(9)), expected_version=5, actual_version=4)

# The same again is the same, and half of it is not.
same(append("p-a", StreamState.NO_STREAM, event(1), event(2)), first)
same(append("p-a", StreamState.ANY, event(1), event(2)), first)
fails(WrongCurrentVersionError, lambda: append("p-a", 3, event(5), event(6)))
same(client.get_current_version("p-a"), 4)

# Reads of a stream.
same(numbers(client.get_stream("p-a")), [1, 2, 3, 4, 5])
same(numbers(client.get_stream("p-a", stream_position=3)), [4, 5])
same(numbers(client.get_stream("p-a", backwards=True)), [5, 4, 3, 2, 1])
same(numbers(client.get_stream("p-a", stream_position=1, backwards=True)), [2, 1])
same(numbers(client.get_stream("p-a", stream_position=1, limit=2)), [2, 3])
read = client.get_stream("p-a")[0]
same((read.type, read.metadata, read.content_type), ("numbered", b"about", "application/json"))
same((read.stream_name, read.stream_position, json.loads(read.data)), ("p-a", 0, {"number": 1}))

# Reads of everything: forwards with the event at the position, backwards without it.
append("p-b", StreamState.NO_STREAM, event(11, "other"), event(12, "other"))
everything = [it for it in client.read_all() if it.stream_name.startswith("p-")]
same(numbers(everything), [1, 2, 3, 4, 5, 11, 12])
positions = [it.commit_position for it in everything]
same(positions, sorted(set(positions)))
same(client.get_commit_position(), positions[-1])
same(numbers(client.read_all(commit_position=positions[5])), [11, 12])
same(numbers(client.read_all(commit_position=positions[5], backwards=True, limit=2)), [5, 4])
same(numbers(client.read_all(filter_include=["oth.*"])), [11, 12])
same(numbers(client.read_all(filter_exclude=["oth.*", r"\$.+"], limit=2)), [1, 2])
same(numbers(client.read_all(filter_include=["p-b"], filter_by_stream_name=True)), [11, 12])

# Subscriptions: what is there, and then what comes.
subscription = client.subscribe_to_stream("p-b", stream_position=0, include_caught_up=True)
same(next(subscription).id.int, 12)
same(isinstance(next(subscription), CaughtUp), True)
append("p-b", 1, event(13, "other"))
same(next(subscription).id.int, 13)
subscription.stop()
subscription = client.subscribe_to_all(commit_position=positions[1])
same([next(subscription).id.int for _ in range(6)], [3, 4, 5, 11, 12, 13])
subscription.stop()
subscription = client.subscribe_to_all(filter_include=["oth.*"], include_checkpoints=True, include_caught_up=True)
found = []
while not found or not isinstance(found[-1], CaughtUp):
    found.append(next(subscription))
same([it.id.int for it in found if not isinstance(it, (Checkpoint, CaughtUp))], [11, 12, 13])
same(any(isinstance(it, Checkpoint) for it in found), True)
subscription.stop()

# Metadata.
same(client.get_stream_metadata("p-a"), ({}, StreamState.NO_STREAM))
client.set_stream_metadata("p-a", metadata={"$maxCount": 2}, current_version=StreamState.NO_STREAM)
same(client.get_stream_metadata("p-a"), ({"$maxCount": 2}, 0))
same(numbers(client.get_stream("p-a")), [4, 5])
client.set_stream_metadata("p-a", metadata={"$tb": 4}, current_version=0)
same(numbers(client.get_stream("p-a")), [5])
client.set_stream_metadata("p-a", metadata={}, current_version=1)
same(numbers(client.get_stream("p-a")), [1, 2, 3, 4, 5])

# Deletes.
fails(NotFoundError, lambda: client.delete_stream("p-c", current_version=StreamState.ANY))
fails(WrongCurrentVersionError, lambda: client.delete_stream("p-a", current_version=3), expected_version=3, actual_version=4)
client.delete_stream("p-a", current_version=4)
fails(NotFoundError, lambda: client.get_stream("p-a"))
same(client.get_current_version("p-a"), StreamState.NO_STREAM)
append("p-a", StreamState.NO_STREAM, event(21))
same([(it.id.int, it.stream_position) for it in client.get_stream("p-a")], [(21, 5)])
client.tombstone_stream("p-a", current_version=5)
fails(StreamIsDeletedError, lambda: client.get_stream("p-a"))
fails(StreamIsDeletedError, lambda: append("p-a", StreamState.ANY, event(22)))
fails(StreamIsDeletedError, lambda: client.tombstone_stream("p-a", current_version=5))
client.close()
print(f"kurrentdbclient agrees on {judged} points")
