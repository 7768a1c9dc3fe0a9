//! Signed heads, proofs and tiles: what anyone needs to check the ledger without trusting it.

use super::answers::{Failing, Guarded, Missing, Unreadable};
use super::parts::InPath;
use crate::auth::{Principal, Reading};
use crate::held::held;
use crate::lines::Error;
use crate::problem::Problem;
use crate::service::Service;
use axum::extract::State;
use axum::http::header::{CACHE_CONTROL, CONTENT_TYPE};
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use jejak_journal::checkpoint::Note;
use jejak_journal::merkle::leaf_hash;
use jejak_ledger::CheckpointFile;
use jejak_ledger::proof::Proof;
use utoipa::ToSchema;

/// Hashes or entries of a full tile (C2SP tlog-tiles).
const TILE: u64 = 256;

/// The newest signed head, as a C2SP checkpoint. Heads are public: they say nothing but how many lines there are.
#[utoipa::path(
    get, path = "/v1/checkpoint", tag = "proofs", security(()),
    responses(
        (status = 200, description = "A C2SP checkpoint", body = String, content_type = "text/plain"),
        Missing, Failing,
    )
)]
pub(crate) async fn newest(State(service): State<Service>) -> Result<Response, Problem> {
    match service.writer().head() {
        Some(file) => Ok(note(file.bytes.into())),
        None => Err(Problem::missing("no head is signed yet: POST /v1/checkpoint signs one")),
    }
}

pub(super) fn note(text: Bytes) -> Response {
    let headers = [(CONTENT_TYPE, "text/plain; charset=utf-8"), (CACHE_CONTROL, "no-store")];
    (headers, text).into_response()
}

/// Sign the head over all lines now.
#[utoipa::path(
    post, path = "/v1/checkpoint", tag = "proofs",
    responses(
        (status = 200, description = "The new head", body = String, content_type = "text/plain"),
        Guarded, Failing,
    )
)]
pub(crate) async fn sign(State(service): State<Service>, principal: Principal) -> Result<Response, Problem> {
    principal.needs_everything(Reading::Ledger)?;
    let head = service.writer().sign().await?;
    Ok(note(head.bytes.into()))
}

/// A proof that a line is in the ledger, as a C2SP tlog-proof that carries the line: `jejak check-proof` needs nothing else.
#[utoipa::path(
    get, path = "/v1/proofs/{position}", tag = "proofs", params(("position" = u64, Path, description = "Position of the line")),
    responses(
        (status = 200, description = "A C2SP tlog-proof", body = String, content_type = "text/plain"),
        Unreadable, Missing, Guarded, Failing,
    )
)]
pub(crate) async fn proof(
    State(service): State<Service>,
    principal: Principal,
    InPath(position): InPath<u64>,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::Ledger)?;
    let length = service.live().length();
    if position >= length {
        return Err(Problem::missing(format!(
            "the ledger has {length} lines, from position 0 on: there is no {position}"
        )));
    }
    let key = service.home().verifying_key().map_err(|error| Problem::internal(&error))?;
    let covers = |file: &CheckpointFile| file.open(&key).is_ok_and(|head| head.size > position);
    let head = match service.writer().head().filter(covers) {
        Some(head) => head,
        None => service.writer().sign().await?,
    };
    let size = head.open(&key).map_err(|error| Problem::internal(&error))?.size;
    let signed = Note::parse(&head.bytes).map_err(|error| Problem::internal(&error))?;
    let text =
        service.lines().ask(move |journal| Ok(Proof::of(journal, position, size, signed)?.text())).await?;
    Ok(note(text.into()))
}

/// The bytes of a tile.
#[derive(ToSchema)]
#[schema(value_type = String, format = Binary)]
#[expect(dead_code, reason = "describes an answer")]
pub(crate) struct TileBody(Vec<u8>);

/// A tile of hashes or of lines, by its C2SP path: `0/x001/067`, `entries/000.p/12`.
#[utoipa::path(
    get, path = "/tile/{path}", tag = "proofs",
    params(("path" = String, Path, description = "Level or `entries`, number, and width of a part; its slashes may stand as they are", pattern = "^(entries|[0-5])/(x[0-9]{3}/)*[0-9]{3}([.]p/[0-9]{1,3})?$")),
    responses(
        (status = 200, description = "The tile", body = TileBody, content_type = "application/octet-stream"),
        Unreadable, Missing, Guarded, Failing,
    )
)]
pub(crate) async fn tile(
    State(service): State<Service>,
    principal: Principal,
    InPath(path): InPath<String>,
) -> Result<Response, Problem> {
    principal.needs_everything(Reading::Ledger)?;
    let unknown =
        || Problem::missing(format!("{path:?} is not a tile of a tree of {} lines", service.live().length()));
    let tile = Tile::parse(&path).ok_or_else(unknown)?;
    let range = tile.range().ok_or_else(unknown)?;
    if range.end > service.live().length() {
        return Err(unknown());
    }
    let place = service.page(&principal)?;
    let bytes = match tile.of {
        Of::Lines => service.lines().ask(move |journal| lines_of(journal, &range)).await?,
        Of::Hashes(_) => {
            let step = tile.step().ok_or_else(unknown)?;
            service.lines().ask(move |journal| hashes_of(journal, &range, step)).await?
        }
    };
    // A full tile never changes; it is for those who hold a token, and no cache between may give it to others.
    let cache = if tile.width == TILE { "private, max-age=31536000, immutable" } else { "no-store" };
    Ok(([(CONTENT_TYPE, "application/octet-stream"), (CACHE_CONTROL, cache)], held(bytes, place))
        .into_response())
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Of {
    Lines,
    /// Of a level: each hash covers 256^level lines.
    Hashes(u32),
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
struct Tile {
    of: Of,
    number: u64,
    width: u64,
}

impl Tile {
    /// Reads `LEVEL/NUMBER` or `LEVEL/NUMBER.p/WIDTH`; numbers in groups of three digits, all but the last after `x`.
    fn parse(path: &str) -> Option<Self> {
        let (level, rest) = path.split_once('/')?;
        let of = match level {
            "entries" => Of::Lines,
            // Six levels hold more lines than there can be.
            _ => Of::Hashes(plain(level).filter(|level| *level < 6)?.try_into().ok()?),
        };
        let (number, width) = match rest.split_once(".p/") {
            Some((number, width)) => (number, plain(width).filter(|width| (1..TILE).contains(width))?),
            None => (rest, TILE),
        };
        let mut groups = number.split('/').rev();
        let mut value = digits(groups.next()?)?;
        let mut scale = 1_000_u64;
        for group in groups {
            value = digits(group.strip_prefix('x')?)?.checked_mul(scale)?.checked_add(value)?;
            scale = scale.checked_mul(1_000)?;
        }
        // One spelling: no group of zeros before the number.
        let leading = number.split('/').next().is_some_and(|first| first == "x000");
        (!leading).then_some(Self { of, number: value, width })
    }

    /// Lines that one hash covers.
    fn step(&self) -> Option<u64> {
        match self.of {
            Of::Lines => Some(1),
            Of::Hashes(level) => TILE.checked_pow(level),
        }
    }

    fn range(&self) -> Option<std::ops::Range<u64>> {
        let step = self.step()?;
        let first = self.number.checked_mul(TILE)?.checked_mul(step)?;
        Some(first..first.checked_add(self.width.checked_mul(step)?)?)
    }
}

fn plain(text: &str) -> Option<u64> {
    text.parse().ok().filter(|value: &u64| value.to_string() == text)
}

fn digits(text: &str) -> Option<u64> {
    (text.len() == 3 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok()).flatten()
}

fn each_line(
    journal: &jejak_journal::FileJournal,
    range: &std::ops::Range<u64>,
    mut each: impl FnMut(&[u8]),
) -> Result<(), Error> {
    use jejak_journal::{Journal as _, Position};
    for batch in journal.read(Position(range.start))? {
        let frame = batch?.unpack()?;
        for (position, line) in (frame.first().0..).zip(frame.lines()) {
            if position >= range.end {
                return Ok(());
            }
            each(line);
        }
    }
    Ok(())
}

/// Each line after its length in two bytes, as C2SP entry bundles have them.
fn lines_of(journal: &jejak_journal::FileJournal, range: &std::ops::Range<u64>) -> Result<Vec<u8>, Error> {
    let mut bundle = Vec::new();
    each_line(journal, range, |line| {
        // A line has at most 65,535 bytes.
        let length = u16::try_from(line.len()).unwrap_or(u16::MAX);
        bundle.extend_from_slice(&length.to_be_bytes());
        bundle.extend_from_slice(line);
    })?;
    Ok(bundle)
}

fn hashes_of(
    journal: &jejak_journal::FileJournal,
    range: &std::ops::Range<u64>,
    step: u64,
) -> Result<Vec<u8>, Error> {
    let mut hashes = Vec::new();
    if step == 1 {
        each_line(journal, range, |line| hashes.extend_from_slice(&leaf_hash(line)))?;
        return Ok(hashes);
    }
    let starts = (range.start..range.end).step_by(usize::try_from(step).unwrap_or(usize::MAX));
    let ranges: Vec<_> = starts.map(|start| start..start + step).collect();
    for hash in journal.hashes_of(&ranges, range.end)? {
        hashes.extend_from_slice(&hash);
    }
    Ok(hashes)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn tile_paths_have_one_spelling() {
        let tile = |path: &str| Tile::parse(path).map(|tile| (tile.number, tile.width));
        assert_eq!(tile("0/000"), Some((0, 256)));
        assert_eq!(tile("1/x001/x234/067"), Some((1_234_067, 256)));
        assert_eq!(tile("entries/067.p/12"), Some((67, 12)));
        for path in [
            "0/1",
            "0/x000/001",
            "0/000.p/256",
            "0/000.p/0",
            "9/000",
            "00/000",
            "0/001/002",
            "",
            "0",
            "entries/",
        ] {
            assert_eq!(tile(path), None, "{path}");
        }
        assert_eq!(Tile::parse("1/001").unwrap().range(), Some(65_536..131_072));
        assert_eq!(Tile::parse("5/x999/x999/x999/x999/999").unwrap().range(), None);
    }
}
