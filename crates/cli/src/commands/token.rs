//! `jejak token`.

use super::{print, print_json};
use crate::Exit;
use crate::args::Token;
use crate::clock::now;
use jejak_ledger::{Home, Randomness};
use jejak_server::{LocalToken, LocalTokens};
use std::path::Path;

/// Prints a token; its role is recorded when the service sees it first.
pub(super) fn run(dir: &Path, json: bool, token: &Token) -> anyhow::Result<Exit> {
    let tokens = LocalTokens::of(&Home::open(dir)?)?;
    // Before 1970 no clock is right.
    let from = u64::try_from(now().as_millisecond() / 1_000).unwrap_or_default();
    let name: [u8; 8] = Randomness::system().bytes()?;
    let claims = LocalToken {
        iss: tokens.origin().to_owned(),
        aud: tokens.origin().to_owned(),
        sub: token.person.to_string(),
        role: token.role,
        party: token.party,
        programme: token.programme,
        iat: from,
        exp: from + token.lasts.as_secs(),
        jti: format!("{:016x}", u64::from_be_bytes(name)),
    };
    let signed = tokens.sign(&claims)?;
    if json {
        print_json(&serde_json::json!({ "token": signed, "claims": claims }))?;
    } else {
        print(signed)?;
    }
    Ok(Exit::Good)
}
