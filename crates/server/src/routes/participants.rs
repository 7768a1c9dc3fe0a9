//! A person without identity: where the cards stand, and the history.

use super::answers::{Failing, Guarded, Known, Missing, Unchanged, Unreadable};
use super::events::{Numbered, list, unchanged};
use super::parts::InPath;
use crate::auth::{Principal, Reading, Scope};
use crate::held::held;
use crate::lines::Line;
use crate::problem::Problem;
use crate::service::Service;
use axum::Json;
use axum::extract::State;
use axum::http::header::{CONTENT_TYPE, ETAG};
use axum::http::{HeaderMap, StatusCode};
use axum::response::{IntoResponse as _, Response};
use jejak_domain::catalogue::Payload;
use jejak_domain::ids::{ParticipantId, PartyCode, ProgrammeCode, PurchaseCode};
use jejak_domain::line::Event;
use jejak_domain::subject::Subject;
use jejak_domain::voucher;
use jejak_projections::card::{CardView, PersonView, view};
use serde::Deserialize;
use utoipa::{IntoParams, ToSchema};

/// Whom a path is about.
#[derive(Deserialize, IntoParams)]
#[into_params(parameter_in = Path)]
pub(super) struct Whom {
    /// The participant's UUID.
    #[param(pattern = "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$")]
    pub(super) id: String,
}

/// A person.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct PersonBody {
    /// Of the newest line about the person.
    position: u64,
    /// Registration, account, and each card with its balances.
    person: serde_json::Map<String, serde_json::Value>,
}

/// A history.
#[derive(ToSchema)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct HistoryBody {
    events: Vec<Numbered>,
}

/// A person: account, batch, and each card with its balances.
#[utoipa::path(
    get, path = "/v1/participants/{id}", tag = "participants", params(Whom, Known),
    responses(
        (status = 200, description = "The person", body = PersonBody),
        Unchanged, Unreadable, Missing, Guarded, Failing,
    )
)]
pub(crate) async fn show(
    State(service): State<Service>,
    principal: Principal,
    headers: HeaderMap,
    InPath(Whom { id }): InPath<Whom>,
) -> Result<Response, Problem> {
    let (subject, id) = participant(&id)?;
    let sight = Sight::of(&service, &principal, subject).await?;
    let mut person = durable(&service, subject, id).await?;
    let newest = service.lines().newest_about(subject.to_string()).await?.unwrap_or_default();
    let tag = format!("\"{newest}\"");
    if unchanged(&headers, &tag) {
        return Ok((StatusCode::NOT_MODIFIED, [(ETAG, tag)]).into_response());
    }
    sight.narrow(&mut person);
    Ok(([(ETAG, tag)], Json(serde_json::json!({ "position": newest, "person": person }))).into_response())
}

/// The person as far as the disk has it. What is on its way there is waited for, since nothing else may be told.
async fn durable(service: &Service, subject: Subject, id: ParticipantId) -> Result<PersonView, Problem> {
    loop {
        let image = service.writer().image();
        let (person, unsynced, mut lengths) = {
            let state = image.read();
            let person = state.people.get(id).map(|person| view(&state, person));
            (person, image.unsynced(subject), service.live().lengths())
        };
        if unsynced {
            let synced = tokio::time::timeout(service.config().limits.idle(), lengths.changed()).await;
            if synced.is_err() {
                return Err(Problem::unavailable(format!("what is new about {subject} is not durable yet")));
            }
            // The disk failed, and the ledger was opened again: what was seen may never have happened.
            if !service.writer().image().is_same(&image) {
                continue;
            }
        }
        return person.ok_or_else(|| unknown(subject));
    }
}

/// A person's events in order. A platform or provider gets those about its own sales; who has a role for a programme only
/// gets those of the persons in it, without what is of another one.
#[utoipa::path(
    get, path = "/v1/participants/{id}/events", tag = "participants", params(Whom),
    responses(
        (status = 200, description = "The events", body = HistoryBody),
        Unreadable, Missing, Guarded, Failing,
    )
)]
pub(crate) async fn events(
    State(service): State<Service>,
    principal: Principal,
    InPath(Whom { id }): InPath<Whom>,
) -> Result<Response, Problem> {
    let (subject, _) = participant(&id)?;
    let place = service.page(&principal)?;
    let lines = match Sight::of(&service, &principal, subject).await? {
        Sight::Everything => service.lines().about(subject.to_string()).await?,
        Sight::Programmes(_, lines) | Sight::Own(lines) => lines,
    };
    if lines.is_empty() {
        return Err(unknown(subject));
    }
    Ok(([(CONTENT_TYPE, "application/json")], held(list(&lines, "}"), place)).into_response())
}

pub(super) fn participant(id: &str) -> Result<(Subject, ParticipantId), Problem> {
    match Subject::parse(&format!("participant/{id}")) {
        Ok(subject @ Subject::Participant(id)) => Ok((subject, id)),
        Ok(_) => Err(Problem::bad("input.invalid", format!("{id:?} is not a participant"))),
        Err(error) => Err(Problem::bad("input.invalid", error.to_string())),
    }
}

pub(super) fn unknown(subject: Subject) -> Problem {
    Problem::missing(format!("there is no event about {subject}"))
}

/// The events of lines.
pub(super) fn read(lines: &[Line]) -> Result<Vec<Event>, Problem> {
    lines.iter().map(|(_, line)| Event::read(line).map_err(|error| Problem::internal(&error))).collect()
}

/// What somebody may see of a person, with its lines where those are not all.
enum Sight {
    Everything,
    /// What is of these programmes, or of none.
    Programmes(Scope, Vec<Line>),
    /// The purchases on the platform or of the courses of whoever asks.
    Own(Vec<Line>),
}

impl Sight {
    /// Refuses who may see nothing of this person.
    async fn of(service: &Service, principal: &Principal, subject: Subject) -> Result<Self, Problem> {
        let scope = principal.scope(Reading::Ledger);
        if scope == Some(Scope::Everything) {
            return Ok(Self::Everything);
        }
        if scope.is_none() {
            principal.needs(Reading::Own)?;
        }
        let lines = service.lines().about(subject.to_string()).await?;
        let events = read(&lines)?;
        let Some(scope) = scope else { return Self::own(service, principal, subject, lines, &events) };
        if !scope.holds_person(&events) {
            return Err(scope.forbids(principal, subject));
        }
        let within = |event: &Event| event.programme().is_none_or(|programme| scope.holds(programme));
        let lines = lines.into_iter().zip(&events).filter(|(_, event)| within(event)).map(|(line, _)| line);
        let lines = lines.collect();
        Ok(Self::Programmes(scope, lines))
    }

    fn own(
        service: &Service,
        principal: &Principal,
        subject: Subject,
        lines: Vec<Line>,
        events: &[Event],
    ) -> Result<Self, Problem> {
        let mut purchases = Vec::new();
        let own = lines.into_iter().zip(events).filter(|(_, event)| {
            takes(service, &principal.parties(event.programme()), event, &mut purchases)
        });
        let own: Vec<_> = own.map(|(line, _)| line).collect();
        if own.is_empty() {
            let parties = principal.grants.iter().filter_map(|grant| grant.party);
            let parties = parties.map(|party| party.to_string()).collect::<Vec<_>>().join(", ");
            return Err(Problem::forbidden(format!("{parties} has sold nothing to {subject}")));
        }
        Ok(Self::Own(own))
    }

    fn narrow(&self, person: &mut PersonView) {
        match self {
            Self::Everything => {}
            Self::Programmes(scope, _) => {
                let within = |card: &CardView| {
                    ProgrammeCode::new(&card.programme).is_ok_and(|programme| scope.holds(programme))
                };
                person.cards.retain(within);
            }
            // The training balance, and nothing of what is paid to the person.
            Self::Own(_) => {
                person.account = None;
                person.cards.iter_mut().for_each(CardView::keep_training_only);
            }
        }
    }
}

/// Whether an event is about a sale of these parties; a sale is remembered in `purchases`.
fn takes(service: &Service, parties: &[PartyCode], event: &Event, purchases: &mut Vec<PurchaseCode>) -> bool {
    if let Payload::Voucher(voucher::Event::Spent(spent)) = &event.payload {
        let provider = {
            let image = service.writer().image();
            let state = image.read();
            state.supply.course(spent.course).map(|course| course.provider)
        };
        let own =
            parties.contains(&spent.platform) || provider.is_some_and(|provider| parties.contains(&provider));
        if own {
            purchases.push(spent.purchase);
        }
        return own;
    }
    let data = serde_json::to_value(&event.payload).unwrap_or_default();
    let purchase = data.get("purchase").and_then(serde_json::Value::as_str);
    purchase.is_some_and(|purchase| purchases.iter().any(|own| own.as_str() == purchase))
}
