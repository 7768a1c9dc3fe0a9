//! How far the read models are that `jejak project` keeps beside the ledger.

use crate::metrics::Metrics;
use jejak_ledger::Home;
use jejak_projections::projector::path_of;
use jejak_projections::store::standing_of;
use parking_lot::Mutex;
use prometheus_client::collector::Collector;
use prometheus_client::encoding::{DescriptorEncoder, EncodeMetric as _};
use prometheus_client::metrics::gauge::ConstGauge;
use std::sync::Arc;
use std::time::Duration;

/// Between two looks.
const LOOK: Duration = Duration::from_secs(1);

/// Figures that are there once the file is.
#[derive(Clone, Debug, Default)]
pub(crate) struct Projection(Arc<Mutex<Lines>>);

#[derive(Clone, Copy, Debug, Default)]
struct Lines {
    /// Those that the file has.
    projected: Option<u64>,
    /// Those that the ledger has.
    durable: u64,
}

impl Projection {
    pub(crate) fn set_projected(&self, lines: Option<u64>) {
        self.0.lock().projected = lines;
    }

    pub(crate) fn set_durable(&self, lines: u64) {
        self.0.lock().durable = lines;
    }
}

impl Collector for Projection {
    fn encode(&self, mut encoder: DescriptorEncoder<'_>) -> Result<(), std::fmt::Error> {
        let Lines { projected, durable } = *self.0.lock();
        let Some(projected) = projected else { return Ok(()) };
        for (name, help, lines) in [
            ("projection_position", "Lines that the read models have", projected),
            (
                "projection_lag",
                "Lines that the read models do not have yet",
                durable.saturating_sub(projected),
            ),
        ] {
            let gauge = ConstGauge::new(i64::try_from(lines).unwrap_or(i64::MAX));
            gauge.encode(encoder.encode_descriptor(name, help, None, gauge.metric_type())?)?;
        }
        Ok(())
    }
}

/// Looks again and again: figures are handed out without waiting for a disk.
pub(crate) async fn look_every_second(home: Home, metrics: Arc<Metrics>) {
    let path = path_of(&home);
    loop {
        let path = path.clone();
        let standing = tokio::task::spawn_blocking(move || standing_of(&path)).await;
        metrics.projected(standing.ok().flatten().map(|standing| standing.position));
        tokio::time::sleep(LOOK).await;
    }
}
