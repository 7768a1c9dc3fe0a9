//! Who asks: a bearer token becomes a person, and the person's roles come from the ledger.
//!
//! A token says who somebody is. What they may do stands in the journal, as events. The one exception is a token that
//! `jejak token` made on this machine: the role that it names is recorded, when it is first presented, before anything is
//! decided by it.

mod local;
mod oidc;
mod rate;

pub use local::{LocalToken, LocalTokens, TokenError};
pub use oidc::KeysError;
pub(crate) use oidc::Outside;
pub(crate) use rate::Rates;

use crate::problem::Problem;
use crate::service::Service;
use crate::shares::Place;
use axum::extract::FromRequestParts;
use axum::http::header::AUTHORIZATION;
use axum::http::request::Parts;
use axum::http::{HeaderMap, StatusCode};
use jejak_domain::access::Command as AccessCommand;
use jejak_domain::access::{Grant, Granted, Role};
use jejak_domain::actor::{Actor, ActorKind};
use jejak_domain::catalogue::{Command, Payload};
use jejak_domain::decide::{Context, decide};
use jejak_domain::ids::{ActorId, DocumentNumber, PartyCode, ProgrammeCode};
use jejak_domain::line::Event;
use jejak_domain::participant::Sealing;
use jejak_domain::record_time;
use jejak_domain::subject::Subject;
use jejak_domain::time::Timestamp;
use jejak_domain::{batch, entitlement};
use jejak_ledger::{Item, Problem as Reason, Request, Status};
use parking_lot::Mutex;
use std::sync::Arc;

/// What a token that holds says.
#[derive(Clone, Debug)]
pub(crate) struct Claims {
    /// The person; two accounts of one person have the same.
    pub(crate) person: ActorId,
    /// When the token ends.
    pub(crate) until: Timestamp,
    /// A role that this machine's own token brings with it.
    pub(crate) role: Option<ClaimedRole>,
}

/// The role that a token of this machine names.
#[derive(Clone, Debug)]
pub(crate) struct ClaimedRole {
    pub(crate) role: Role,
    pub(crate) party: Option<PartyCode>,
    pub(crate) programme: Option<ProgrammeCode>,
    pub(crate) issued: Timestamp,
    pub(crate) until: Timestamp,
    /// The token's own name.
    pub(crate) reference: DocumentNumber,
}

/// Somebody with a valid token, and the roles held at this moment.
#[derive(Clone, Debug)]
pub(crate) struct Principal {
    pub(crate) actor: Actor,
    pub(crate) grants: Vec<Grant>,
    /// One of them that a token of this machine brings to a service that stands by.
    brought: Option<Grant>,
    /// When the token ends.
    pub(crate) until: Timestamp,
}

/// Who asks, as far as it is known by the time a request is turned away.
#[derive(Clone, Debug, Default)]
pub(crate) struct Asker(Arc<Mutex<Known>>);

#[derive(Debug, Default)]
struct Known {
    person: Option<ActorId>,
    roles: Vec<Role>,
    /// Among the open requests of the person.
    place: Option<Place>,
}

impl Asker {
    fn is(&self, person: ActorId) {
        self.0.lock().person = Some(person);
    }

    fn has(&self, place: Place) {
        self.0.lock().place = Some(place);
    }

    fn holds(&self, roles: Vec<Role>) {
        self.0.lock().roles = roles;
    }

    pub(crate) fn known(&self) -> (Option<ActorId>, Vec<Role>) {
        let known = self.0.lock();
        (known.person, known.roles.clone())
    }
}

/// What can be read, each by some roles.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(crate) enum Reading {
    /// Lines, balances, persons without their identity, proofs.
    Ledger,
    /// The purchases of one's own platform or courses.
    Own,
    /// Name, NIK, phone, account: with a purpose, and never unseen.
    Identity,
    /// Who looked at what, and what was refused.
    AccessLog,
}

impl Principal {
    /// Of which programmes this may be read; `None` when of none.
    pub(crate) fn scope(&self, reading: Reading) -> Option<Scope> {
        let allowing = || self.grants.iter().filter(|grant| allows(reading, grant.role));
        if allowing().any(|grant| grant.programme.is_none()) {
            return Some(Scope::Everything);
        }
        let programmes: Vec<_> = allowing().filter_map(|grant| grant.programme).collect();
        (!programmes.is_empty()).then_some(Scope::Programmes(programmes))
    }

    /// Of which programmes this may be read.
    ///
    /// # Errors
    /// Refuses who may not read this of any.
    pub(crate) fn needs(&self, reading: Reading) -> Result<Scope, Problem> {
        self.scope(reading).ok_or_else(|| {
            let roles: Vec<_> = self.roles().into_iter().map(Role::as_str).collect();
            let held = if roles.is_empty() { "no role".to_owned() } else { roles.join(", ") };
            Problem::forbidden(format!(
                "{} holds {held}, which may not read {}",
                self.actor.id,
                name(reading)
            ))
        })
    }

    /// Refuses who may read this of some programmes only: what is asked is of all.
    pub(crate) fn needs_everything(&self, reading: Reading) -> Result<(), Problem> {
        match self.needs(reading)? {
            Scope::Everything => Ok(()),
            scope @ Scope::Programmes(_) => {
                Err(scope.forbids(self, format!("{} of all programmes", name(reading))))
            }
        }
    }

    /// True while the token holds and the roles of this moment may read all of this: of an answer that goes on and on.
    pub(crate) fn still(&self, service: &Service, reading: Reading) -> bool {
        let now = (service.clock())();
        let image = service.writer().image();
        let state = image.read();
        let since = |brought: &Grant, grant: &Grant| {
            (grant.role, grant.party) == (brought.role, brought.party)
                && grant.revoked.is_some_and(|revoked| brought.from <= revoked)
        };
        let taken_back =
            |brought: &Grant| state.access.grants(self.actor.id).iter().any(|grant| since(brought, grant));
        let brought = self.brought.filter(|brought| brought.holds(now) && !taken_back(brought));
        let grants = state.access.holding(self.actor.id, now).copied().chain(brought).collect();
        now < self.until && Self { grants, ..*self }.needs_everything(reading).is_ok()
    }

    /// The roles held, each once.
    pub(crate) fn roles(&self) -> Vec<Role> {
        let mut roles: Vec<_> = self.grants.iter().map(|grant| grant.role).collect();
        roles.sort_unstable();
        roles.dedup();
        roles
    }

    /// The parties whose own things of a programme this principal may see.
    pub(crate) fn parties(&self, programme: Option<ProgrammeCode>) -> Vec<PartyCode> {
        let about = |grant: &&Grant| grant.programme.is_none_or(|only| Some(only) == programme);
        self.grants.iter().filter(about).filter_map(|grant| grant.party).collect()
    }
}

/// What of all may be read.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) enum Scope {
    Everything,
    /// What belongs to these.
    Programmes(Vec<ProgrammeCode>),
}

impl Scope {
    /// Whether the programme is within.
    pub(crate) fn holds(&self, programme: ProgrammeCode) -> bool {
        match self {
            Self::Everything => true,
            Self::Programmes(only) => only.contains(&programme),
        }
    }

    /// Refuses what is outside.
    pub(crate) fn forbids(&self, principal: &Principal, what: impl std::fmt::Display) -> Problem {
        let only = match self {
            Self::Everything => String::new(),
            Self::Programmes(only) => only.iter().map(ProgrammeCode::as_str).collect::<Vec<_>>().join(", "),
        };
        Problem::forbidden(format!("{} may read only what is of {only}, not {what}", principal.actor.id))
    }

    /// Whether a person with these lines belongs to a programme within: has joined a batch of it, or was granted
    /// something in it.
    pub(crate) fn holds_person(&self, lines: &[Event]) -> bool {
        let joined = |event: &&Event| {
            matches!(
                event.payload,
                Payload::Batch(batch::Event::Joined(_))
                    | Payload::Entitlement(entitlement::Event::Decreed(_))
            )
        };
        *self == Self::Everything
            || lines.iter().filter(joined).filter_map(Event::programme).any(|programme| self.holds(programme))
    }
}

fn allows(reading: Reading, role: Role) -> bool {
    match reading {
        Reading::Ledger => !matches!(role, Role::Platform | Role::Provider | Role::Operator),
        Reading::Own => matches!(role, Role::Platform | Role::Provider),
        Reading::Identity => {
            matches!(role, Role::Registrar | Role::Bendahara | Role::Auditor | Role::Reviewer)
        }
        Reading::AccessLog => matches!(role, Role::Auditor | Role::KeyCustodian),
    }
}

fn name(reading: Reading) -> &'static str {
    match reading {
        Reading::Ledger => "the ledger",
        Reading::Own => "the sales of a platform",
        Reading::Identity => "personal data",
        Reading::AccessLog => "the access log",
    }
}

impl FromRequestParts<Service> for Principal {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let asker = parts.extensions.get::<Asker>().cloned().unwrap_or_default();
        let claims = bearer(&parts.headers).and_then(|token| service.claims(token))?;
        asker.is(claims.person);
        service.rates().take(claims.person, (service.clock())())?;
        asker.has(service.request(claims.person)?);
        let principal = principal(service, &claims).await?;
        asker.holds(principal.roles());
        Ok(principal)
    }
}

/// An operator, without anything being recorded: a service that stands by cannot record, and who may promote it is known
/// by this machine's key or by what the journal says already.
pub(crate) struct Operator;

impl FromRequestParts<Service> for Operator {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, service: &Service) -> Result<Self, Problem> {
        let asker = parts.extensions.get::<Asker>().cloned().unwrap_or_default();
        let claims = bearer(&parts.headers).and_then(|token| service.claims(token))?;
        asker.is(claims.person);
        let now = (service.clock())();
        service.rates().take(claims.person, now)?;
        let claimed = claims.role.as_ref().is_some_and(|claimed| claimed.role == Role::Operator);
        let image = service.writer().image();
        let granted =
            image.read().access.holding(claims.person, now).any(|grant| grant.role == Role::Operator);
        if claimed || granted {
            return Ok(Self);
        }
        Err(Problem::forbidden(format!(
            "{} is no operator, who alone may decide which service writes",
            claims.person
        )))
    }
}

fn bearer(headers: &HeaderMap) -> Result<&str, Problem> {
    let value = headers.get(AUTHORIZATION).and_then(|value| value.to_str().ok());
    let token = value
        .and_then(|value| value.split_once(' '))
        .filter(|(scheme, _)| scheme.eq_ignore_ascii_case("bearer"));
    match token {
        Some((_, token)) => Ok(token.trim()),
        None => Err(Problem::unauthenticated(
            "send a token: `Authorization: Bearer …`; `jejak token --role ROLE --person ID` makes one",
        )),
    }
}

/// The roles of a person now, after what a token of this machine brings is recorded.
async fn principal(service: &Service, claims: &Claims) -> Result<Principal, Problem> {
    let person = claims.person;
    let mut brought = None;
    if let Some(claimed) = &claims.role {
        let known = {
            let image = service.writer().image();
            let state = image.read();
            // What was made before the role was taken back brings nothing, though nobody has seen it until now.
            let since = |grant: &Grant| {
                (grant.role, grant.party) == (claimed.role, claimed.party)
                    && grant.revoked.is_some_and(|revoked| claimed.issued <= revoked)
            };
            let grants = state.access.grants(person);
            grants.iter().any(|grant| grant.reference == claimed.reference || since(grant))
        };
        if !known && service.writer().stands_by() {
            brought = Some(lend_role(service, person, claimed)?);
        } else if !known {
            record_role(service, person, claimed).await?;
        }
    }
    let grants: Vec<Grant> = {
        let image = service.writer().image();
        let state = image.read();
        // As the decision will ask: after a clock was fast once, roles begin at the newest recorded time.
        let now = record_time((service.clock())(), state.recorded);
        state.access.holding(person, now).copied().chain(brought).collect()
    };
    let service_role = |grant: &Grant| matches!(grant.role, Role::Platform | Role::Provider);
    let kind = if grants.iter().any(service_role) { ActorKind::Service } else { ActorKind::User };
    if grants.is_empty() {
        return Err(Problem::forbidden(format!(
            "{person} holds no role at this time: ask for one to be granted"
        )));
    }
    Ok(Principal { actor: Actor { kind, id: person }, grants, brought, until: claims.until })
}

/// The role that a token of this machine names, and the time at which it begins.
fn granted(service: &Service, claimed: &ClaimedRole) -> (Granted, Timestamp) {
    // The role lasts as long as the token, counted from when it is recorded. That is later than the clock after it was
    // fast once; the token itself still ends by the clock.
    let clock = (service.clock())();
    let from = record_time(clock, service.writer().image().read().recorded);
    let ahead = from.as_millisecond() - clock.as_millisecond();
    let until = Timestamp::from_millisecond(claimed.until.as_millisecond().saturating_add(ahead));
    let (party, reference, role) = (claimed.party, claimed.reference, claimed.role);
    (Granted { party, reference, role, until: Some(until) }, from)
}

/// The role that a token of this machine names, at a service that stands by and can record nothing: it counts here, for this
/// request, by the rules of recording it.
fn lend_role(service: &Service, person: ActorId, claimed: &ClaimedRole) -> Result<Grant, Problem> {
    let (granted, from) = granted(service, claimed);
    let Granted { role, party, until, reference } = granted;
    let grant = Grant { role, party, programme: claimed.programme, from, until, reference, revoked: None };
    let image = service.writer().image();
    let context = Context {
        state: &image.read(),
        subject: Subject::Officer(person),
        programme: claimed.programme,
        time: from,
        actor: service.own_actor(),
        sealing: Sealing::NONE,
    };
    decide(&context, &Command::Access(AccessCommand::Grant(granted)))
        .map_err(|refusal| Problem::forbidden(Reason::from(refusal).detail))?;
    Ok(grant)
}

/// Records the role that a token of this machine names. The ledger itself grants it: whoever made the token holds its
/// keys. One that must be apart from a role already held is refused.
async fn record_role(service: &Service, person: ActorId, claimed: &ClaimedRole) -> Result<(), Problem> {
    let (granted, _) = granted(service, claimed);
    let item = Item {
        request: Request::Command(Command::Access(AccessCommand::Grant(granted))),
        subject: Subject::Officer(person),
        programme: claimed.programme,
        time: None,
        command_id: None,
        actor: None,
        reported_on: None,
    };
    let outcomes = service.writer().submit(vec![(item, service.own_actor())], 0).await;
    let outcomes = outcomes?;
    match outcomes.first() {
        Some(outcome) if outcome.status == Status::Refused => Err(Problem::new(
            StatusCode::FORBIDDEN,
            "access.not_permitted",
            outcome.problem.as_ref().map_or_else(String::new, |problem| problem.detail.clone()),
        )),
        _ => Ok(()),
    }
}
