//! Subscriptions: what is there, and then what comes. They never end of themselves, and never with OK.

use super::errors;
use super::filter::Filter;
use super::read::PAGE;
use super::reply::{Ended, Replies};
use crate::messages::{PositionOption, RevisionOption};
use crate::store::{Extent, Order, Text};
use tokio::sync::watch;

pub(super) async fn subscribe_to_stream(
    mut replies: Replies,
    stream: &Text,
    from: RevisionOption,
) -> Result<(), Ended> {
    let store = replies.call().node.store.clone();
    let mut growth = store.watch();
    let mut next = match from {
        RevisionOption::Start(_) => 0,
        RevisionOption::Revision(revision) => revision.saturating_add(1),
        RevisionOption::End(_) => match store.stream(stream, Order::Backwards, u64::MAX, 1).extent {
            Extent::Found { last, .. } => last.saturating_add(1),
            Extent::Missing | Extent::Deleted => 0,
        },
    };
    replies.confirm().await?;
    let mut is_live = false;
    loop {
        growth.mark_unchanged();
        let page = store.stream(stream, Order::Forwards, next, PAGE);
        if page.extent == Extent::Deleted {
            return Err(replies.fail(errors::stream_deleted(stream)).await);
        }
        for record in &page.records {
            replies.event(record).await?;
            next = record.revision.saturating_add(1);
        }
        if page.records.len() == PAGE {
            continue;
        }
        if !is_live {
            is_live = true;
            replies.caught_up().await?;
        }
        wait(&replies, &mut growth).await?;
    }
}

pub(super) async fn subscribe_to_all(
    mut replies: Replies,
    from: PositionOption,
    filter: Option<Filter>,
) -> Result<(), Ended> {
    let store = replies.call().node.store.clone();
    let mut growth = store.watch();
    let mut place = match from {
        PositionOption::Start(_) => 0,
        PositionOption::Position(position) => store.place(position.commit.saturating_add(1)),
        PositionOption::End(_) => store.len(),
    };
    replies.confirm().await?;
    let mut is_live = false;
    let mut considered = 0;
    loop {
        growth.mark_unchanged();
        let records = store.log(Order::Forwards, place, PAGE);
        place += records.len();
        for record in &records {
            considered += 1;
            match &filter {
                None => replies.event(record).await?,
                Some(filter) => {
                    if filter.matches(record) {
                        replies.event(record).await?;
                    }
                    if considered == filter.interval {
                        considered = 0;
                        replies.checkpoint(record.position).await?;
                    }
                }
            }
        }
        if records.len() == PAGE {
            continue;
        }
        if !is_live {
            is_live = true;
            let seen = store.log(Order::Backwards, place, 1);
            if let (Some(_), Some(last)) = (&filter, seen.first()) {
                replies.checkpoint(last.position).await?;
            }
            replies.caught_up().await?;
        }
        wait(&replies, &mut growth).await?;
    }
}

async fn wait(replies: &Replies, growth: &mut watch::Receiver<usize>) -> Result<(), Ended> {
    tokio::select! {
        grown = growth.changed() => match grown {
            Ok(()) => Ok(()),
            Err(_) => Err(replies.fail(errors::not_ready()).await),
        },
        () = replies.closed() => Err(Ended),
    }
}
