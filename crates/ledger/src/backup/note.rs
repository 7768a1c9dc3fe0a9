//! What a backup says of itself: `backup.toml` and `backup.sha256`, written last.

use super::{BackupError, Standing, file_error, files};
use crate::secrets::{hex, unhex};
use base64::Engine as _;
use base64::engine::general_purpose::STANDARD;
use jejak_journal::merkle::{Hash, tree_of};
use jejak_journal::{CopyError, FileJournal, Journal as _, OpenError};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::fs;
use std::path::Path;

const NOTE: &str = "backup.toml";
const LIST: &str = "backup.sha256";
const FORMAT: u16 = 1;

/// What a backup holds.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct BackupNote {
    /// Lines, their root, and the balances that they come to.
    pub standing: Standing,
    /// The newest signed head that it covers, as it was signed.
    pub head: Option<String>,
    /// Lines of the journal of looks, and their root; `None` where there is none.
    pub access: Option<(u64, Hash)>,
    /// SHA-256 of each other file, by its path with slashes.
    pub files: BTreeMap<String, String>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Text {
    format: u16,
    lines: u64,
    root: String,
    balances: String,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    head: Option<String>,
    #[serde(default, skip_serializing_if = "Option::is_none")]
    access: Option<AccessText>,
}

#[derive(Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct AccessText {
    lines: u64,
    root: String,
}

impl BackupNote {
    /// Says what is in `dir` now, of which the lines were just read back.
    pub(super) fn of(dir: &Path, standing: Standing, head: Option<String>) -> Result<Self, BackupError> {
        // What was said of a file that never changes still holds; the manifest may change.
        let known = Self::read(dir).ok().flatten().map(|note| note.files).unwrap_or_default();
        let mut list = BTreeMap::new();
        for path in others(dir)? {
            let digest = match known.get(&path).filter(|_| path.starts_with("blobs/")) {
                Some(digest) => digest.clone(),
                None => files::digest(&dir.join(&path))?,
            };
            list.insert(path, digest);
        }
        let access = match FileJournal::open_read_only(dir.join("access")) {
            Err(OpenError::NoJournal { .. }) => None,
            other => {
                let journal = other.map_err(CopyError::from)?;
                let tree = tree_of(&journal, journal.len()).map_err(CopyError::from)?;
                Some((tree.size(), tree.root()))
            }
        };
        Ok(Self { standing, head, access, files: list })
    }

    /// Writes it, the list first: a list that is newer than the note only names more.
    pub(super) fn write(&self, dir: &Path) -> Result<(), BackupError> {
        let list: Vec<_> = self.files.iter().map(|(path, digest)| format!("{digest}  {path}\n")).collect();
        files::write(&dir.join(LIST), list.concat().as_bytes())?;
        let text = Text {
            format: FORMAT,
            lines: self.standing.lines,
            root: STANDARD.encode(self.standing.root),
            balances: hex(&self.standing.balances),
            head: self.head.clone(),
            access: self.access.map(|(lines, root)| AccessText { lines, root: STANDARD.encode(root) }),
        };
        let path = dir.join(NOTE);
        let text = toml::to_string(&text)
            .map_err(|problem| BackupError::Note { path: path.clone(), problem: problem.to_string() })?;
        files::write(&path, text.as_bytes())
    }

    /// Reads what a backup says; `None` when it says nothing, as a copy does that only follows.
    ///
    /// # Errors
    /// When what it says is not whole.
    pub fn read(dir: &Path) -> Result<Option<Self>, BackupError> {
        let path = dir.join(NOTE);
        let text = match fs::read_to_string(&path) {
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(None),
            other => other.map_err(file_error("reading", &path))?,
        };
        let wrong = |path: &Path, problem: &str| BackupError::Note {
            path: path.to_path_buf(),
            problem: problem.to_owned(),
        };
        let text: Text = toml::from_str(&text).map_err(|problem| wrong(&path, &problem.to_string()))?;
        if text.format != FORMAT {
            return Err(wrong(&path, &format!("format {} is not known here", text.format)));
        }
        let list_path = dir.join(LIST);
        let list = fs::read_to_string(&list_path).map_err(file_error("reading", &list_path))?;
        let pair =
            |line: &str| line.split_once("  ").map(|(digest, path)| (path.to_owned(), digest.to_owned()));
        let files = list.lines().map(pair).collect::<Option<_>>();
        let root = |text: &str| {
            let hash = STANDARD.decode(text).ok().and_then(|bytes| Hash::try_from(bytes).ok());
            hash.ok_or_else(|| wrong(&path, "a root is not base64 of 32 bytes"))
        };
        let access = match text.access {
            Some(access) => Some((access.lines, root(&access.root)?)),
            None => None,
        };
        let balances =
            unhex(&text.balances).ok_or_else(|| wrong(&path, "balances are not 64 hexadecimal digits"))?;
        let root = root(&text.root)?;
        let standing = Standing { lines: text.lines, root, balances };
        let files = files.ok_or_else(|| wrong(&list_path, "a line is not a digest and a path"))?;
        Ok(Some(Self { standing, head: text.head, access, files }))
    }
}

/// All files but the journals, which prove themselves, and what is said of them.
pub(super) fn others(dir: &Path) -> Result<Vec<String>, BackupError> {
    let mut paths = Vec::new();
    for path in files::below(dir)? {
        let path = path.to_string_lossy().replace('\\', "/");
        let parts: Vec<&str> = path.split('/').collect();
        let told = matches!(
            parts.as_slice(),
            ["ledger.toml"] | ["checkpoints" | "blobs", ..] | ["access", "checkpoints", ..]
        );
        if told {
            paths.push(path);
        }
    }
    Ok(paths)
}
