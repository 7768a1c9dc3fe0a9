//! Faults on demand. Each is planned for one call, counted from the moment of planning, and committed once.

use parking_lot::{Condvar, Mutex};
use std::net::SocketAddr;
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::watch;

/// What goes wrong with an append (of `Append` or `BatchAppend`).
#[derive(Debug, Clone)]
pub enum AppendFault {
    /// The connection drops, and nothing is written.
    DropBefore,
    /// The events are written, and the connection drops before the answer.
    DropAfter,
    /// Nothing happens until the gate opens; then the events are written, even when the client has left.
    HoldBefore(Gate),
    /// The events are written; the answer waits until the gate opens.
    HoldAfter(Gate),
    /// The answer is that the leader is elsewhere, and nothing is written.
    NotLeader(SocketAddr),
    /// The answer is UNAVAILABLE, and nothing is written.
    Unavailable,
    /// The answer is ABORTED for a time-out, and nothing is written.
    TimeOutBefore,
    /// The events are written, and the answer is ABORTED for a time-out.
    TimeOutAfter,
}

/// How a read or a subscription ends before its time.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum End {
    /// With the status UNAVAILABLE.
    Unavailable,
    /// With the connection. What was sent last may be lost with it.
    Drop,
    /// With the status OK, as a proxy may end it; a real server never ends a subscription so.
    Cleanly,
}

/// A gate that a held call waits at.
#[derive(Debug, Clone, Default)]
pub struct Gate(Arc<Opening>);

#[derive(Debug)]
struct Opening {
    is_reached: Mutex<bool>,
    reached: Condvar,
    is_open: watch::Sender<bool>,
}

impl Default for Opening {
    fn default() -> Self {
        Self { is_reached: Mutex::new(false), reached: Condvar::new(), is_open: watch::Sender::new(false) }
    }
}

impl Gate {
    /// Waits, blocking, until a call stands at the gate; false when none does within `limit`.
    pub fn wait_until_reached(&self, limit: Duration) -> bool {
        let mut is_reached = self.0.is_reached.lock();
        let result = self.0.reached.wait_while_for(&mut is_reached, |reached| !*reached, limit);
        !result.timed_out()
    }

    /// Lets the call go on.
    pub fn open(&self) {
        self.0.is_open.send_replace(true);
    }

    pub(crate) async fn pass(&self) {
        *self.0.is_reached.lock() = true;
        self.0.reached.notify_all();
        // The sender lives as long as the gate.
        let _ = self.0.is_open.subscribe().wait_for(|open| *open).await;
    }
}

/// The faults of one node.
#[derive(Debug, Default)]
pub struct Faults(Mutex<Plans>);

#[derive(Debug, Default)]
struct Plans {
    appends: Vec<(Option<String>, u64, AppendFault)>,
    reads: Vec<(u64, ReadFault)>,
    subscriptions: Vec<(u64, ReadFault)>,
    received: u64,
    committed: u64,
}

/// Ends a read after so many events.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct ReadFault {
    pub(crate) after: u64,
    pub(crate) end: End,
}

impl Faults {
    /// Plans a fault for the `nth` append from now on, where 1 is the next.
    pub fn on_append(&self, nth: u64, fault: AppendFault) {
        self.0.lock().appends.push((None, nth, fault));
    }

    /// Plans a fault for the `nth` append from now on to one stream, where 1 is the next.
    pub fn on_append_to(&self, stream: &str, nth: u64, fault: AppendFault) {
        self.0.lock().appends.push((Some(stream.to_owned()), nth, fault));
    }

    /// Ends the `nth` read from now on, where 1 is the next, after it has sent `after` events.
    pub fn on_read(&self, nth: u64, after: u64, end: End) {
        self.0.lock().reads.push((nth, ReadFault { after, end }));
    }

    /// Ends the `nth` subscription from now on, where 1 is the next, after it has sent `after` events.
    pub fn on_subscription(&self, nth: u64, after: u64, end: End) {
        self.0.lock().subscriptions.push((nth, ReadFault { after, end }));
    }

    /// Forgets the faults that were planned and not committed.
    pub fn clear(&self) {
        let mut plans = self.0.lock();
        *plans = Plans { received: plans.received, committed: plans.committed, ..Plans::default() };
    }

    /// How many appends this node has received.
    pub fn appends_received(&self) -> u64 {
        self.0.lock().received
    }

    /// How many faults were committed.
    pub fn committed(&self) -> u64 {
        self.0.lock().committed
    }

    /// How many faults are planned and not yet committed.
    pub fn planned(&self) -> usize {
        let plans = self.0.lock();
        plans.appends.len() + plans.reads.len() + plans.subscriptions.len()
    }

    pub(crate) fn next_append(&self, stream: &str) -> Option<AppendFault> {
        let mut plans = self.0.lock();
        plans.received += 1;
        for (only, nth, _) in &mut plans.appends {
            if only.as_deref().is_none_or(|only| only == stream) {
                *nth = nth.saturating_sub(1);
            }
        }
        let due = plans.appends.iter().position(|(_, nth, _)| *nth == 0)?;
        plans.committed += 1;
        Some(plans.appends.remove(due).2)
    }

    pub(crate) fn next_read(&self, is_subscription: bool) -> Option<ReadFault> {
        let mut plans = self.0.lock();
        let planned = if is_subscription { &mut plans.subscriptions } else { &mut plans.reads };
        for (nth, _) in &mut *planned {
            *nth = nth.saturating_sub(1);
        }
        let due = planned.iter().position(|(nth, _)| *nth == 0)?;
        let fault = planned.remove(due).1;
        plans.committed += 1;
        Some(fault)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_fault_is_committed_once_at_its_turn() {
        let faults = Faults::default();
        faults.on_append(2, AppendFault::Unavailable);
        faults.on_append_to("b", 1, AppendFault::DropAfter);
        assert!(faults.next_append("a").is_none());
        assert!(matches!(faults.next_append("a"), Some(AppendFault::Unavailable)));
        assert!(faults.next_append("a").is_none());
        assert!(matches!(faults.next_append("b"), Some(AppendFault::DropAfter)));
        assert!(faults.next_append("b").is_none());
        assert_eq!((faults.appends_received(), faults.committed(), faults.planned()), (5, 2, 0));
    }

    #[test]
    fn two_faults_for_one_call_take_turns() {
        let faults = Faults::default();
        faults.on_append(1, AppendFault::Unavailable);
        faults.on_append(1, AppendFault::DropBefore);
        assert!(matches!(faults.next_append("a"), Some(AppendFault::Unavailable)));
        assert!(matches!(faults.next_append("a"), Some(AppendFault::DropBefore)));
    }

    #[test]
    fn reads_and_subscriptions_are_counted_apart() {
        let faults = Faults::default();
        faults.on_subscription(1, 3, End::Unavailable);
        assert_eq!(faults.next_read(false), None);
        assert_eq!(faults.next_read(true), Some(ReadFault { after: 3, end: End::Unavailable }));
        assert_eq!(faults.next_read(true), None);
    }
}
