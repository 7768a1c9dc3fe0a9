//! Something that is kept as long as an answer is being sent.

use axum::body::Bytes;
use hyper::body::{Body, Frame, SizeHint};
use std::pin::Pin;
use std::task::{Context, Poll};

/// A body that keeps something until it is handed over whole, or given up.
#[derive(Debug)]
pub(crate) struct Held<B, T> {
    body: B,
    _kept: T,
}

impl<B, T> Held<B, T> {
    pub(crate) fn new(body: B, kept: T) -> Self {
        Self { body, _kept: kept }
    }
}

impl<B: Body<Data = Bytes> + Unpin, T: Unpin> Body for Held<B, T> {
    type Data = Bytes;
    type Error = B::Error;

    fn poll_frame(
        mut self: Pin<&mut Self>,
        cx: &mut Context<'_>,
    ) -> Poll<Option<Result<Frame<Bytes>, B::Error>>> {
        Pin::new(&mut self.body).poll_frame(cx)
    }

    fn is_end_stream(&self) -> bool {
        self.body.is_end_stream()
    }

    fn size_hint(&self) -> SizeHint {
        self.body.size_hint()
    }
}

/// Bytes that keep something until the last of them is sent.
pub(crate) fn held<T: Send + 'static>(bytes: Vec<u8>, kept: T) -> Bytes {
    struct Kept<T> {
        bytes: Vec<u8>,
        _kept: T,
    }
    impl<T> AsRef<[u8]> for Kept<T> {
        fn as_ref(&self) -> &[u8] {
            &self.bytes
        }
    }
    Bytes::from_owner(Kept { bytes, _kept: kept })
}
