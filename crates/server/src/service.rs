//! What every request shares.

use crate::auth::{Claims, LocalTokens, Outside, Principal, Rates};
use crate::config::Config;
use crate::lines::Lines;
use crate::live::Live;
use crate::metrics::Metrics;
use crate::problem::Problem;
use crate::writer::{Clock, Writer};
use axum::http::request::Parts;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_ledger::{Home, Outcome};
use std::sync::Arc;
use tokio::sync::{Semaphore, watch};

/// The service; clones are the same.
#[derive(Clone, Debug)]
pub(crate) struct Service(pub(crate) Arc<Shared>);

/// The parts of the service.
#[derive(Debug)]
pub(crate) struct Shared {
    pub(crate) home: Home,
    pub(crate) config: Config,
    pub(crate) writer: Writer,
    pub(crate) live: Live,
    pub(crate) lines: Lines,
    pub(crate) metrics: Arc<Metrics>,
    pub(crate) local: LocalTokens,
    pub(crate) outside: Option<Outside>,
    pub(crate) rates: Rates,
    pub(crate) clock: Clock,
    /// True once the service stops.
    pub(crate) stopping: watch::Receiver<bool>,
    /// Replays of the whole history that may run at once.
    pub(crate) replays: Semaphore,
    pub(crate) own_actor: Actor,
}

impl Service {
    pub(crate) fn home(&self) -> &Home {
        &self.0.home
    }

    pub(crate) fn config(&self) -> &Config {
        &self.0.config
    }

    pub(crate) fn writer(&self) -> &Writer {
        &self.0.writer
    }

    pub(crate) fn live(&self) -> &Live {
        &self.0.live
    }

    pub(crate) fn lines(&self) -> &Lines {
        &self.0.lines
    }

    pub(crate) fn metrics(&self) -> &Metrics {
        &self.0.metrics
    }

    pub(crate) fn rates(&self) -> &Rates {
        &self.0.rates
    }

    pub(crate) fn clock(&self) -> Clock {
        self.0.clock
    }

    /// The ledger itself, when it acts.
    pub(crate) fn own_actor(&self) -> Actor {
        self.0.own_actor
    }

    /// What a token says, once it is found good: by this machine's key, or by the outside provider's.
    pub(crate) fn claims(&self, token: &str) -> Result<Claims, Problem> {
        let checked = match &self.0.outside {
            Some(outside) if !self.0.local.claims(token) => outside.check(token),
            _ => self.0.local.check(token),
        };
        checked.map_err(|reason| Problem::unauthenticated(format!("the token is not accepted: {reason}")))
    }

    /// Remembers that somebody was turned away.
    pub(crate) fn denied(&self, person: Option<ActorId>, request: &Parts, problem: &Problem) {
        self.metrics().refused(&problem.code);
        tracing::warn!(
            person = person.map(|person| person.to_string()),
            route = %request.uri.path(),
            code = problem.code,
            detail = problem.detail,
            "turned away"
        );
    }

    /// Remembers an item that was refused: an auditor wants to see attempts.
    pub(crate) fn refused(&self, principal: &Principal, outcome: &Outcome) {
        let problem = outcome.problem.as_ref();
        tracing::info!(
            person = %principal.actor.id,
            commandid = outcome.command_id.map(|id| id.to_string()),
            code = problem.map(|problem| problem.code.as_str()),
            "an item was refused"
        );
    }

    /// Resolves once the service stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.0.stopping.clone();
        // When the sender is gone, the service has stopped.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}

/// The ledger itself, as an actor.
pub(crate) fn own_actor() -> Actor {
    #[expect(clippy::expect_used, reason = "the word is a token")]
    let id = ActorId::new("jejak").expect("a token");
    Actor { kind: ActorKind::System, id }
}
