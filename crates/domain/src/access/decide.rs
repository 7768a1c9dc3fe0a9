//! Giving and taking roles, and asking whether somebody may do a thing.

use super::permissions::{apart, is_reported, may_command, may_report};
use super::{Event, Grant, Granted, Revoked, Role};
use crate::actor::{Actor, ActorKind};
use crate::catalogue::{self, Payload};
use crate::decide::{Context, Draft};
use crate::ids::{ActorId, PartyCode, ProgrammeCode, PurchaseCode};
use crate::record::types;
use crate::refusal::{Refusal, RefusalCode};
use crate::state::State;
use crate::subject::Subject;
use crate::time::Timestamp;
use crate::{session, supply, training, voucher};

types! {
    /// Commands of rights.
    Command {
        /// Give a role.
        Grant(Granted) = "access.grant.v1";
        /// Take a role back.
        Revoke(Revoked) = "access.revoke.v1";
    }
}

/// The longest that an auditor's role holds, in milliseconds: one year, also a long one.
const AUDIT_LIMIT: i64 = 366 * 86_400_000;

/// Decides a command of rights.
///
/// # Errors
/// When somebody would give a role to themselves, hold two that must be apart, or an auditor would have no end.
pub fn decide(context: &Context<'_>, command: &Command) -> Result<Vec<Draft>, Refusal> {
    let Subject::Officer(who) = context.subject else {
        return Err(context.wrong_subject("officer/<id>"));
    };
    let event = match command {
        Command::Grant(granted) => {
            grant(context, who, granted)?;
            Event::Granted(granted.clone())
        }
        Command::Revoke(revoked) => {
            revoke(context, who, revoked)?;
            Event::Revoked(revoked.clone())
        }
    };
    Ok(vec![context.draft(event)])
}

fn revoke(context: &Context<'_>, who: ActorId, revoked: &Revoked) -> Result<(), Refusal> {
    let held = context.state.access.holding(who, context.time);
    let held: Vec<_> = held.filter(|grant| grant.role == revoked.role).collect();
    if held.iter().any(|grant| grant.is_meant(revoked, context.programme)) {
        return Ok(());
    }
    let sentence = match held.first() {
        None => format!("{who} does not hold the role {} now", revoked.role),
        Some(grant) => {
            let party = grant.party.map_or("no party".to_owned(), |party| format!("the party {party}"));
            let programme = grant.programme;
            let programme = programme
                .map_or("every programme".to_owned(), |programme| format!("the programme {programme}"));
            let role = revoked.role;
            format!("{who} holds the role {role} for {party} and {programme}: take it back as it was given")
        }
    };
    Err(Refusal::new(RefusalCode::Unknown, sentence))
}

fn grant(context: &Context<'_>, who: ActorId, granted: &Granted) -> Result<(), Refusal> {
    let refuse = |code, sentence| Err(Refusal::new(code, sentence));
    if context.actor.id == who {
        return refuse(RefusalCode::SamePerson, format!("{who} cannot give a role to {who}: ask another"));
    }
    let of_party = matches!(granted.role, Role::Platform | Role::Provider);
    if of_party != granted.party.is_some() {
        let sentence = if of_party {
            format!("the role {} is for one party: name it in \"party\"", granted.role)
        } else {
            format!("the role {} is not for a party: leave \"party\" out", granted.role)
        };
        return refuse(RefusalCode::RoleInvalid, sentence);
    }
    let limit = context.time.as_millisecond().saturating_add(AUDIT_LIMIT);
    if granted.role == Role::Auditor && granted.until.is_none_or(|until| until.as_millisecond() > limit) {
        let sentence = "an auditor's role has an end within 366 days: say it in \"until\"".to_owned();
        return refuse(RefusalCode::RoleInvalid, sentence);
    }
    if granted.until.is_some_and(|until| until <= context.time) {
        return refuse(RefusalCode::RoleInvalid, "\"until\" has passed already".to_owned());
    }
    let new = Grant {
        role: granted.role,
        party: granted.party,
        programme: context.programme,
        from: context.time,
        until: granted.until,
        reference: granted.reference,
        revoked: None,
    };
    let held = context.state.access.grants(who);
    if let Some(held) = held.iter().find(|held| held.overlaps(&new) && apart(held.role, new.role)) {
        let sentence = format!(
            "{who} holds the role {}, which one person may not hold together with {}",
            held.role, new.role
        );
        return refuse(RefusalCode::RolesApart, sentence);
    }
    Ok(())
}

/// What a right is asked for.
struct Asked<'a> {
    actor: Actor,
    name: &'a str,
    programme: Option<ProgrammeCode>,
    now: Timestamp,
}

/// Whether the actor may give this command at the time `now` of recording: a role is held or not when somebody acts,
/// whatever day the command is about. Everybody may, until a role was given to anybody.
///
/// # Errors
/// Says which role it needs, or whose thing it is.
pub fn permit(context: &Context<'_>, command: &catalogue::Command, now: Timestamp) -> Result<(), Refusal> {
    let programme = context.programme.or_else(|| context.subject.programme());
    let asked = Asked { actor: context.actor, name: command.name(), programme, now };
    let parties = || parties(context, command);
    check(context.state, &asked, may_command, parties)
}

/// The same for a fact, which is asked at the door of the service: what has come in is recorded. What is decided here is
/// never reported there, whoever asks: else a fact would do what its command refuses. A history of before this ledger
/// comes in through the files.
///
/// # Errors
/// Says which role it needs, or that it needs a command.
pub fn permit_fact(context: &Context<'_>, payload: &Payload, now: Timestamp) -> Result<(), Refusal> {
    let name = payload.name();
    if context.state.access.is_governed() && !is_reported(name) {
        let sentence = format!("{name} is decided here and not reported: send the command that decides it");
        return Err(Refusal::new(RefusalCode::NotPermitted, sentence));
    }
    let programme = context.programme.or_else(|| context.subject.programme());
    let asked = Asked { actor: context.actor, name, programme, now };
    let parties = || match payload {
        Payload::Training(training::Event::RedeemRefused(refused)) => of_purchase(context, refused.purchase),
        _ => Vec::new(),
    };
    check(context.state, &asked, may_report, parties)
}

fn check(
    state: &State,
    asked: &Asked<'_>,
    may: fn(Role, &str) -> bool,
    parties: impl Fn() -> Vec<PartyCode>,
) -> Result<(), Refusal> {
    let Asked { actor, name, programme, now } = *asked;
    if actor.kind == ActorKind::System || !state.access.is_governed() {
        return Ok(());
    }
    let mut others = None;
    for grant in state.access.holding(actor.id, now).filter(|grant| may(grant.role, name)) {
        if grant.programme.is_some_and(|only| Some(only) != programme) {
            others = Some(format!("{} holds the role {} for another programme", actor.id, grant.role));
            continue;
        }
        match grant.party {
            Some(party) if !parties().contains(&party) => {
                others = Some(format!("{party} may do this only with what is its own"));
            }
            _ => return Ok(()),
        }
    }
    let sentence = others.unwrap_or_else(|| {
        let roles = Role::ALL.iter().filter(|role| may(**role, name)).map(|role| role.as_str());
        let roles = roles.collect::<Vec<_>>().join(" or ");
        format!("{} may not do {name}: it needs the role {roles}", actor.id)
    });
    Err(Refusal::new(RefusalCode::NotPermitted, sentence))
}

/// Whose thing a command is about: the platform that sells, the provider that teaches.
fn parties(context: &Context<'_>, command: &catalogue::Command) -> Vec<PartyCode> {
    let mut parties = Vec::new();
    match command {
        catalogue::Command::Voucher(voucher::Command::Spend(spent)) => parties.push(spent.platform),
        catalogue::Command::Voucher(voucher::Command::Cancel(cancel)) => {
            parties.extend(of_purchase(context, cancel.purchase));
        }
        catalogue::Command::Voucher(voucher::Command::Issue(issued)) => {
            parties.extend(of_purchase(context, issued.purchase));
        }
        catalogue::Command::Training(command) => parties.extend(of_purchase(context, purchase_of(command))),
        catalogue::Command::Supply(command) => parties.extend(of_course(context, command)),
        catalogue::Command::Session(command) => parties.extend(of_session(context, command)),
        // Nobody's own.
        _ => {}
    }
    parties
}

fn of_course(context: &Context<'_>, command: &supply::Command) -> Option<PartyCode> {
    let Subject::Course(code) = context.subject else { return None };
    match command {
        supply::Command::ListCourse(listed) => Some(listed.provider),
        _ => context.state.supply.course(code).map(|course| course.provider),
    }
}

fn of_session(context: &Context<'_>, command: &session::Command) -> Option<PartyCode> {
    let course = match (command, context.subject) {
        (session::Command::Schedule(scheduled), _) => scheduled.course,
        (_, Subject::Session(code)) => context.state.supply.sessions.get(code)?.course,
        _ => return None,
    };
    context.state.supply.course(course).map(|course| course.provider)
}

/// The platform and the provider of a purchase.
fn of_purchase(context: &Context<'_>, code: PurchaseCode) -> Vec<PartyCode> {
    let Ok(card) = context.card() else { return Vec::new() };
    let Some(purchase) = card.purchase(code) else { return Vec::new() };
    let supply = &context.state.supply;
    let provider = supply.course_at(purchase.course).map(|course| course.provider);
    supply.platform_at(purchase.platform).into_iter().chain(provider).collect()
}

fn purchase_of(command: &training::Command) -> PurchaseCode {
    use training::Command as Of;
    match command {
        Of::Redeem(each) => each.purchase,
        Of::ReserveSeat(each) => each.purchase,
        Of::Attend(each) => each.purchase,
        Of::CheckIn(each) => each.purchase,
        Of::CheckOut(each) => each.purchase,
        Of::Submit(each) => each.purchase,
        Of::Complete(each) => each.purchase,
        Of::Certify(each) => each.purchase,
        Of::Rate(each) => each.purchase,
    }
}
