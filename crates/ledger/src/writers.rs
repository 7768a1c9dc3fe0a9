//! Which service writes to a ledger on a server: each one that shall write says so in a stream beside the lines, and the
//! last one counts. It decides who goes on after two have met; what keeps lines apart is the exact revision alone.

use crate::home::{Home, HomeError};
use crate::identity::event_id;
use crate::randomness::Randomness;
use crate::remote::{Part, RemoteError};
use jejak_domain::time::Timestamp;
use serde::{Deserialize, Serialize};
use std::fmt;
use uuid::Uuid;

/// A service that was named the writer.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Writing {
    /// Where it listens, for people.
    pub address: String,
    /// One run of a service.
    pub service: Uuid,
    /// When it was named.
    pub since: Timestamp,
}

impl fmt::Display for Writing {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "the service on {}, which was named the writer at {}", self.address, self.since)
    }
}

impl Writing {
    /// A service that starts now.
    ///
    /// # Errors
    /// When the system gives no random numbers.
    pub fn starting(address: String, now: Timestamp) -> Result<Self, HomeError> {
        Ok(Self { address, service: event_id(now, &mut Randomness::system())?, since: now })
    }

    /// Names this service the writer. A ledger in files has no other.
    ///
    /// # Errors
    /// When the server does not take it.
    pub fn name(&self, home: &Home) -> Result<(), HomeError> {
        let Some(remote) = home.remote() else { return Ok(()) };
        let text = serde_json::to_string(self).map_err(|problem| RemoteError::Open(Box::new(problem)))?;
        Ok(remote.add_texts(Part::Writers, &[text])?)
    }

    /// The one that was named last; none where no service ever wrote.
    ///
    /// # Errors
    /// When the server does not answer, or holds something else.
    pub fn newest(home: &Home) -> Result<Option<Self>, HomeError> {
        let Some(remote) = home.remote() else { return Ok(None) };
        let Some(text) = remote.newest_text(Part::Writers)? else { return Ok(None) };
        let newest = serde_json::from_str(&text).map_err(|problem| RemoteError::Form {
            place: remote.place().to_owned(),
            what: "newest writer",
            position: 0,
            problem: problem.to_string(),
        });
        Ok(newest.map(Some)?)
    }
}
