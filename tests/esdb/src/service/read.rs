//! `Read`: of a stream or of the whole log, once or as a subscription.

use super::filter::Filter;
use super::reply::{Ended, QUEUE, Replies};
use super::subscribe::{subscribe_to_all, subscribe_to_stream};
use super::{Call, errors, parse};
use crate::messages::{
    AllOptions, Empty, PositionOption, ReadExtent, ReadFilter, ReadFrom, ReadRequest, ReadResponse,
    RevisionOption, StreamOptions, UuidForm,
};
use crate::store::{Extent, Order, Text};
use tokio::sync::mpsc;
use tokio_stream::wrappers::ReceiverStream;
use tonic::{Request, Response, Status};

/// Events taken from the store at once.
pub(super) const PAGE: usize = 256;
/// Events that the real server looks at before it says where a stream begins.
const FIRST_PAGE: u64 = 32;

/// What is read, as the request says it.
enum Reading {
    Stream { stream: Text, order: Order, from: u64, count: u64, tells_positions: bool },
    All { order: Order, place: usize, count: u64, filter: Option<Filter> },
    SubscribeStream { stream: Text, from: RevisionOption },
    SubscribeAll { from: PositionOption, filter: Option<Filter> },
}

pub(super) fn read(
    call: Call,
    request: Request<ReadRequest>,
) -> Result<Response<ReceiverStream<Result<ReadResponse, Status>>>, Status> {
    let options = request.into_inner().options.ok_or_else(|| errors::invalid("The options are missing."))?;
    let uuid = options.uuid.ok_or_else(|| errors::invalid("The form of ids is missing."))?;
    let form = uuid.form.unwrap_or(UuidForm::Structured(Empty {}));
    let order = match options.direction {
        0 => Order::Forwards,
        1 => Order::Backwards,
        other => return Err(errors::invalid(&format!("{other} is not a direction."))),
    };
    let filter = match options.filter {
        Some(ReadFilter::Filter(filter)) => Some(Filter::parse(filter)?),
        Some(ReadFilter::None(_)) => None,
        None => return Err(errors::invalid("The filter is missing.")),
    };
    let from = options.from.ok_or_else(|| errors::invalid("What to read is missing."))?;
    let extent = options.extent.ok_or_else(|| errors::invalid("How much to read is missing."))?;
    let tells_positions = options.control.is_some_and(|it| it.compatibility >= 1);
    let is_subscription = matches!(extent, ReadExtent::Subscription(_));
    let reading = match (from, extent) {
        (ReadFrom::Stream(_), _) if filter.is_some() => {
            return Err(errors::invalid("A stream is read without a filter."));
        }
        (_, ReadExtent::Subscription(_)) if order == Order::Backwards => {
            return Err(errors::invalid("A subscription goes forwards."));
        }
        (ReadFrom::Stream(stream), ReadExtent::Count(count)) => {
            stream_reading(stream, order, count, tells_positions)?
        }
        (ReadFrom::All(all), ReadExtent::Count(count)) => all_reading(&call, &all, order, count, filter)?,
        (ReadFrom::Stream(stream), ReadExtent::Subscription(_)) => {
            let from = stream.revision.ok_or_else(|| errors::invalid("The revision is missing."))?;
            Reading::SubscribeStream { stream: parse::stream(stream.stream)?, from }
        }
        (ReadFrom::All(all), ReadExtent::Subscription(_)) => {
            if filter.as_ref().is_some_and(|filter| filter.interval == 0) {
                return Err(errors::invalid("The multiplier of checkpoints must not be 0."));
            }
            let from = all.position.ok_or_else(|| errors::invalid("The position is missing."))?;
            Reading::SubscribeAll { from, filter }
        }
    };
    let (sender, receiver) = mpsc::channel(QUEUE);
    let replies = Replies::new(call, sender, form, is_subscription);
    tokio::spawn(async move {
        // However it ended, the channel closes and with it the answer.
        let _ = match reading {
            Reading::Stream { stream, order, from, count, tells_positions } => {
                read_stream(replies, &stream, order, from, count, tells_positions).await
            }
            Reading::All { order, place, count, filter } => {
                read_all(replies, order, place, count, filter).await
            }
            Reading::SubscribeStream { stream, from } => subscribe_to_stream(replies, &stream, from).await,
            Reading::SubscribeAll { from, filter } => subscribe_to_all(replies, from, filter).await,
        };
    });
    Ok(Response::new(ReceiverStream::new(receiver)))
}

fn stream_reading(
    options: StreamOptions,
    order: Order,
    count: u64,
    tells_positions: bool,
) -> Result<Reading, Status> {
    let from = match options.revision {
        Some(RevisionOption::Revision(revision)) => revision,
        Some(RevisionOption::Start(_)) => 0,
        Some(RevisionOption::End(_)) => u64::MAX,
        None => return Err(errors::invalid("The revision is missing.")),
    };
    Ok(Reading::Stream { stream: parse::stream(options.stream)?, order, from, count, tells_positions })
}

fn all_reading(
    call: &Call,
    options: &AllOptions,
    order: Order,
    count: u64,
    filter: Option<Filter>,
) -> Result<Reading, Status> {
    let place = match options.position {
        Some(PositionOption::Position(position)) => call.node.store.place(position.commit),
        Some(PositionOption::Start(_)) => 0,
        Some(PositionOption::End(_)) => call.node.store.len(),
        None => return Err(errors::invalid("The position is missing.")),
    };
    Ok(Reading::All { order, place, count, filter })
}

async fn read_stream(
    mut replies: Replies,
    stream: &Text,
    order: Order,
    mut from: u64,
    mut count: u64,
    tells_positions: bool,
) -> Result<(), Ended> {
    let store = replies.call().node.store.clone();
    let mut is_first_page = true;
    replies.check_fault().await?;
    loop {
        let limit = usize::try_from(count).unwrap_or(usize::MAX).min(PAGE);
        let page = store.stream(stream, order, from, limit);
        let (first, last) = match page.extent {
            Extent::Missing => return replies.stream_not_found(stream).await,
            Extent::Deleted => return Err(replies.fail(errors::stream_deleted(stream)).await),
            Extent::Found { first, last } => (first, last),
        };
        let begins_later = first <= last && first >= from.saturating_add(FIRST_PAGE.min(count));
        if tells_positions && is_first_page && order == Order::Forwards && begins_later {
            replies.first_position(first).await?;
        }
        is_first_page = false;
        let sent = page.records.len();
        for record in &page.records {
            replies.event(record).await?;
        }
        count = count.saturating_sub(u64::try_from(sent).unwrap_or(u64::MAX));
        let next = page.records.last().and_then(|last| match order {
            Order::Forwards => last.revision.checked_add(1),
            Order::Backwards => last.revision.checked_sub(1),
        });
        match next {
            Some(next) if count > 0 && sent == limit => from = next,
            _ if tells_positions => return replies.last_position(last).await,
            _ => return Ok(()),
        }
    }
}

async fn read_all(
    mut replies: Replies,
    order: Order,
    mut place: usize,
    mut count: u64,
    filter: Option<Filter>,
) -> Result<(), Ended> {
    let store = replies.call().node.store.clone();
    replies.check_fault().await?;
    while count > 0 {
        let records = store.log(order, place, PAGE);
        for record in &records {
            if count > 0 && filter.as_ref().is_none_or(|filter| filter.matches(record)) {
                replies.event(record).await?;
                count -= 1;
            }
        }
        if records.len() < PAGE {
            break;
        }
        place = match order {
            Order::Forwards => place + PAGE,
            Order::Backwards => place - PAGE,
        };
    }
    Ok(())
}
