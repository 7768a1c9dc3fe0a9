//! The journal over the EventStoreDB protocol.
