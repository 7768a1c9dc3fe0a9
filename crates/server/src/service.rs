//! What every request shares.

use crate::auth::{Asker, Claims, LocalTokens, Outside, Principal, Rates};
use crate::config::Config;
use crate::denials::{Denial, Denials};
use crate::lines::Lines;
use crate::live::Live;
use crate::metrics::{Metrics, Open};
use crate::problem::Problem;
use crate::shares::{Full, Place, Shares};
use crate::traces::Traces;
use crate::writer::{Clock, Writer};
use axum::http::StatusCode;
use jejak_domain::access::Role;
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::ids::ActorId;
use jejak_domain::subject::Subject;
use jejak_ledger::access_log::{Access, AccessLog};
use jejak_ledger::{Home, Item, Outcome};
use std::sync::Arc;
use std::time::Duration;
use tokio::sync::{OwnedSemaphorePermit, Semaphore, watch};

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
    pub(crate) replays: Arc<Semaphore>,
    /// Questions that are being answered.
    pub(crate) questions: Arc<Semaphore>,
    /// Those that may wait for it, and the one that runs.
    pub(crate) waiting_replays: Arc<Semaphore>,
    /// Requests that are open.
    pub(crate) requests: Shares,
    /// Long answers that are in memory.
    pub(crate) pages: Shares,
    /// Streams of items.
    pub(crate) bulk: Shares,
    /// Who was turned away.
    pub(crate) denials: Denials,
    pub(crate) own_actor: Actor,
    /// Who looked at what.
    pub(crate) access: AccessLog,
    /// Where a collector is configured.
    pub(crate) traces: Option<Arc<Traces>>,
}

/// Replays that may wait or run at once; each holds a request only.
pub(crate) const WAITING_REPLAYS: usize = 8;

/// How long a question may wait for its turn.
const QUESTION_WAITS: Duration = Duration::from_secs(5);

/// Leave to fold the whole history, until it is dropped.
#[derive(Debug)]
pub(crate) struct Turn {
    _turn: OwnedSemaphorePermit,
    _waiting: OwnedSemaphorePermit,
}

/// What an item is, without what it says.
#[derive(Clone, Copy, Debug)]
pub(crate) struct About {
    name: &'static str,
    subject: Subject,
    personal: bool,
}

impl From<&Item> for About {
    fn from(item: &Item) -> Self {
        Self { name: item.request.name(), subject: item.subject, personal: item.has_personal_data() }
    }
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

    pub(crate) fn access(&self) -> &AccessLog {
        &self.0.access
    }

    pub(crate) fn traces(&self) -> Option<&Arc<Traces>> {
        self.0.traces.as_ref()
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

    /// Notes that somebody was turned away.
    pub(crate) fn denied(&self, asker: &Asker, route: String, code: &str) {
        self.metrics().refused(code);
        let (person, roles) = asker.known();
        if let Some(first) = self.0.denials.note(Denial { person, roles, route, code: code.to_owned() }) {
            self.note_denial(first, None);
        }
    }

    /// Sums up from time to time who was turned away again.
    pub(crate) async fn sum_denials_every(self, period: Duration) {
        loop {
            tokio::time::sleep(period).await;
            self.sum_denials();
        }
    }

    /// Sums up who was turned away again since the last sum.
    pub(crate) fn sum_denials(&self) {
        for (denial, times) in self.0.denials.sum() {
            self.note_denial(denial, Some(times));
        }
    }

    fn note_denial(&self, denial: Denial, times: Option<u64>) {
        let Denial { person, roles, route, code } = denial;
        tracing::warn!(person = person.map(|person| person.to_string()), route, code, times, "turned away");
        self.note(person, roles, Access::RequestDenied { route, code, times });
    }

    /// Notes an item that was refused: an auditor wants to see attempts. What it said is not kept.
    pub(crate) fn refused(&self, principal: &Principal, about: Option<About>, outcome: &Outcome) {
        let code = outcome.problem.as_ref().map_or("", |problem| problem.code.as_str());
        tracing::info!(
            person = %principal.actor.id,
            code,
            "an item was refused"
        );
        let access = Access::ItemRefused {
            name: about.map(|about| about.name.to_owned()),
            subject: about.map(|about| about.subject),
            commandid: outcome.command_id,
            code: code.to_owned(),
        };
        self.note(Some(principal.actor.id), principal.roles(), access);
    }

    /// Notes an item with personal data that was handed in again: whoever tries numbers is seen, also when one fits.
    pub(crate) fn repeated(&self, principal: &Principal, about: About, outcome: &Outcome) {
        if about.personal {
            let access = Access::ItemRepeated {
                name: about.name.to_owned(),
                subject: about.subject,
                commandid: outcome.command_id,
            };
            self.note(Some(principal.actor.id), principal.roles(), access);
        }
    }

    /// Hands a line to the access journal; the answer does not wait for it.
    fn note(&self, person: Option<ActorId>, roles: Vec<Role>, access: Access) {
        let log = self.access();
        if !log.note((self.clock())(), person, roles, access) && log.lost().is_power_of_two() {
            tracing::error!(lost = log.lost(), "the access journal has no room: refusals are lost");
        }
    }

    /// A place for an open request.
    pub(crate) fn request(&self, person: ActorId) -> Result<Place, Problem> {
        self.0.requests.take(person).map_err(|full| many(full, "requests"))
    }

    /// A place for a long answer; kept as long as its bytes are.
    pub(crate) fn page(&self, principal: &Principal) -> Result<Place, Problem> {
        self.0.pages.take(principal.actor.id).map_err(|full| many(full, "long answers"))
    }

    /// A turn to fold the whole history: one at a time, and few that wait.
    pub(crate) async fn replay(&self, why: &str) -> Result<Turn, Problem> {
        let waiting = Arc::clone(&self.0.waiting_replays).try_acquire_owned().map_err(|_| {
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "service.busy", format!("{why}: try later"))
        })?;
        let turn = Arc::clone(&self.0.replays).acquire_owned().await;
        let turn = turn.map_err(|_| Problem::unavailable("the service is stopping"))?;
        Ok(Turn { _turn: turn, _waiting: waiting })
    }

    /// A turn to ask the read models: a few questions at a time, so that one long one holds nobody up, and few that wait.
    pub(crate) async fn question(&self) -> Result<(OwnedSemaphorePermit, Open), Problem> {
        let turns = Arc::clone(&self.0.questions);
        let turn = tokio::time::timeout(QUESTION_WAITS, turns.acquire_owned()).await;
        let turn = turn.map_err(|_| {
            let detail = "many questions are being answered: try again in a few seconds";
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "service.busy", detail)
        })?;
        let turn = turn.map_err(|_| Problem::unavailable("the service is stopping"))?;
        Ok((turn, self.metrics().question()))
    }

    /// A place for a stream of items.
    pub(crate) fn bulk(&self, principal: &Principal) -> Result<Place, Problem> {
        self.0.bulk.take(principal.actor.id).map_err(|full| many(full, "streams of items"))
    }

    /// Resolves once the service stops.
    pub(crate) async fn stopped(&self) {
        let mut stopping = self.0.stopping.clone();
        // When the sender is gone, the service has stopped.
        let _ = stopping.wait_for(|stopping| *stopping).await;
    }
}

fn many(full: Full, what: &str) -> Problem {
    match full {
        Full::Own(most) => {
            let detail = format!("you have {most} {what} open: read their answers to the end first");
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "access.rate", detail)
        }
        Full::All(most) => {
            let detail = format!("{most} {what} are open, as many as can be: try again in a second");
            Problem::new(StatusCode::SERVICE_UNAVAILABLE, "service.busy", detail)
        }
    }
}

/// The ledger itself, as an actor.
pub(crate) fn own_actor() -> Actor {
    #[expect(clippy::expect_used, reason = "the word is a token")]
    let id = ActorId::new("jejak").expect("a token");
    Actor { kind: ActorKind::System, id }
}
