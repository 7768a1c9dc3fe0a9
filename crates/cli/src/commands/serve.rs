//! `jejak serve`.

use super::{note, open, open_to_follow};
use crate::Exit;
use crate::args::Serve;
use crate::clock::now;
use crate::place::Ledger;
use anyhow::{Context as _, bail};
use jejak_server::{Config, Server};
use std::net::{Ipv4Addr, SocketAddr};
use tokio::signal::unix::{SignalKind, signal};
use tracing_subscriber::EnvFilter;

/// Where it listens unless it is said.
const DEFAULT: (Ipv4Addr, u16) = (Ipv4Addr::LOCALHOST, 8080);

/// Opens the ledger and answers until it is told to stop.
pub(super) fn run(ledger: &Ledger, accept_loss: bool, serve: &Serve) -> anyhow::Result<Exit> {
    let filter = EnvFilter::try_from_env("JEJAK_LOG").unwrap_or_else(|_| EnvFilter::new("info"));
    tracing_subscriber::fmt().json().with_env_filter(filter).with_writer(std::io::stderr).init();
    let file = serve.config.clone().unwrap_or_else(|| ledger.dir.join("server.toml"));
    let config = Config::read(&file)?;
    let address = serve.listen.or(config.listen).unwrap_or_else(|| SocketAddr::from(DEFAULT));
    if serve.standby && ledger.remote.is_none() {
        bail!("only a ledger that a server keeps has a second service: name it with --ledger esdb://…");
    }
    // Keys that the other machine makes come before the promotion.
    let sequencer =
        if serve.standby { open_to_follow(ledger, accept_loss)? } else { open(ledger, accept_loss)? };
    let runtime =
        tokio::runtime::Builder::new_multi_thread().enable_all().build().context("starting the runtime")?;
    runtime.block_on(async {
        let server = Server::bind(sequencer, config, address, now, serve.standby).await?;
        // Whoever reads that it listens may end it.
        let (mut interrupted, mut ended) =
            (signal(SignalKind::interrupt())?, signal(SignalKind::terminate())?);
        note(&format!("listening on {}", server.address()?))?;
        server
            .run(async move {
                tokio::select! {
                    _ = interrupted.recv() => {}
                    _ = ended.recv() => {}
                }
            })
            .await;
        anyhow::Ok(())
    })?;
    // The ledger is closed: what still reads from it is not waited for.
    runtime.shutdown_background();
    Ok(Exit::Good)
}
