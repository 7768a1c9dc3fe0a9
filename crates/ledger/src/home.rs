//! Where a ledger lives: its directory, its manifest, its keys.

use crate::checkpoints::Checkpoints;
use crate::envelope::keys_of;
use crate::randomness::{Randomness, RandomnessError};
use crate::remote::{Part, Remote, RemoteError, Stream};
use crate::secrets::Secrets;
use jejak_domain::ledger::Simulated;
use jejak_domain::money::Currency;
use jejak_journal::checkpoint::{KeyError, VerifyingKey};
use jejak_journal::{FileJournal, Journal as _, OpenError, OpenOptions, ReadError, Recovery};
use serde::{Deserialize, Serialize};
use std::fs;
use std::io::Write as _;
use std::os::unix::fs::FileExt as _;
use std::path::{Path, PathBuf};
use std::sync::atomic::{AtomicU32, Ordering};

/// `ledger.toml`: what this ledger is.
#[derive(Clone, Debug, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Manifest {
    /// Its name, for people.
    pub name: String,
    /// The name under which heads are signed: a host and a path, without scheme.
    pub origin: String,
    /// The currency in which it is kept.
    pub currency: Currency,
    /// The public key, as a C2SP verifier key.
    pub key: String,
    /// What tells the command key from others, and nothing of the key: 16 hexadecimal digits.
    pub commandcheck: String,
    /// Where the secrets are: relative to the ledger, or absolute.
    pub keys: PathBuf,
    /// Present when everything in it is invented.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub simulated: Option<Simulated>,
}

impl Manifest {
    /// As it stands in `ledger.toml`.
    pub(crate) fn text(&self) -> Result<String, HomeError> {
        toml::to_string(self).map_err(|problem| HomeError::Manifest {
            path: PathBuf::from("ledger.toml"),
            problem: problem.to_string(),
        })
    }
}

/// Why a ledger cannot be made or opened.
#[derive(Debug, thiserror::Error)]
pub enum HomeError {
    /// There is one already.
    #[error("{} already holds a ledger: choose another directory", .0.display())]
    Exists(PathBuf),
    /// The name under which heads would be signed cannot be one.
    #[error(
        "{0:?} cannot be an origin: write a host and a path without scheme, such as ledger.example.go.id/benefits, with \
         letters, digits, '.', '-', '_', '~' and '/' only"
    )]
    Origin(String),
    /// There is none.
    #[error("no ledger in {}: make one with `jejak init`, or name another with --ledger", .0.display())]
    Missing(PathBuf),
    /// A file cannot be read or written.
    #[error("{action} {} failed: {source}", path.display())]
    File {
        /// What was being done.
        action: &'static str,
        /// To which file.
        path: PathBuf,
        /// The system's answer.
        source: std::io::Error,
    },
    /// `ledger.toml` is not one.
    #[error("{} is not a ledger's manifest: {problem}", path.display())]
    Manifest {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// A key is not one, or belongs to another ledger.
    #[error("key in {}: {problem}", path.display())]
    Key {
        /// The file.
        path: PathBuf,
        /// What is wrong.
        problem: String,
    },
    /// Two histories of one length: after accepted loss, or with another's files.
    #[error("{}: another history of this length was signed: this ledger can no longer be continued under this key", path.display())]
    Fork {
        /// The head of the other history.
        path: PathBuf,
    },
    /// The journal.
    #[error(transparent)]
    Journal(#[from] OpenError),
    /// Reading the journal.
    #[error(transparent)]
    Read(#[from] ReadError),
    /// The server that keeps the journal.
    #[error(transparent)]
    Remote(#[from] RemoteError),
    /// The keys of persons.
    #[error(transparent)]
    Vault(Box<crate::vault::VaultError>),
    /// The generator.
    #[error(transparent)]
    Randomness(#[from] RandomnessError),
}

/// The file of the key that signs tokens.
const TOKEN_KEY: &str = "token.key";

/// A ledger's directory.
#[derive(Clone, Debug)]
pub struct Home {
    dir: PathBuf,
    /// What this ledger is.
    pub manifest: Manifest,
    /// Who keeps its journal, where that is not this directory.
    remote: Option<Remote>,
}

pub(crate) fn file_error(action: &'static str, path: &Path) -> impl FnOnce(std::io::Error) -> HomeError {
    let path = path.to_path_buf();
    move |source| HomeError::File { action, path, source }
}

pub(crate) fn key_error(path: &Path) -> impl FnOnce(KeyError) -> HomeError {
    let path = path.to_path_buf();
    move |problem| HomeError::Key { path, problem: problem.to_string() }
}

impl Home {
    /// Makes the directory, its keys and its manifest. The journal is made by the first line.
    ///
    /// # Errors
    /// When there is a ledger already, `origin` is not a host and a path, or a file cannot be written.
    pub fn create(
        dir: &Path,
        name: &str,
        origin: &str,
        currency: Currency,
        simulated: Option<Simulated>,
        random: &mut Randomness,
    ) -> Result<Self, HomeError> {
        let manifest_path = dir.join("ledger.toml");
        if manifest_path.exists() || dir.join("journal").exists() {
            return Err(HomeError::Exists(dir.to_path_buf()));
        }
        if !is_origin(origin) {
            return Err(HomeError::Origin(origin.chars().take(80).collect()));
        }
        let keys = PathBuf::from("keys");
        let secrets = Secrets::create(&dir.join(&keys), origin, random)?;
        // Beside the others from the start: whoever copies them to a second machine has the key for tokens too.
        crate::secrets::further(&dir.join(&keys).join(TOKEN_KEY))?;
        let key = secrets.signing.verifying_key().to_string();
        let manifest = Manifest {
            name: name.to_owned(),
            origin: origin.to_owned(),
            currency,
            commandcheck: secrets.command_check(),
            key,
            keys,
            simulated,
        };
        write_new(&manifest_path, manifest.text()?.as_bytes())?;
        Ok(Self { dir: dir.to_path_buf(), manifest, remote: None })
    }

    /// Makes a directory the place of a ledger that comes from elsewhere. It has no keys of its own yet.
    ///
    /// # Errors
    /// When there is a manifest already, or it cannot be written.
    pub fn receive(dir: &Path, manifest: &Manifest) -> Result<Self, HomeError> {
        let path = dir.join("ledger.toml");
        if path.exists() {
            return Err(HomeError::Exists(dir.to_path_buf()));
        }
        let manifest = Manifest { keys: PathBuf::from("keys"), ..manifest.clone() };
        fs::create_dir_all(dir).map_err(file_error("creating", dir))?;
        put_whole(&path, manifest.text()?.as_bytes())?;
        Ok(Self { dir: dir.to_path_buf(), manifest, remote: None })
    }

    /// The directory for a ledger whose journal a server keeps: files that are brought up to the server, and can be
    /// deleted but for the keys.
    ///
    /// # Errors
    /// When the server does not answer or has no ledger, or the directory is that of another.
    pub fn of_server(dir: &Path, remote: Remote) -> Result<Self, HomeError> {
        let Some(manifest) = remote.manifest()? else { return Err(remote.missing()?.into()) };
        let home = match Self::open(dir) {
            Err(HomeError::Missing(_)) => match Self::receive(dir, &manifest) {
                // Another process was faster.
                Err(HomeError::Exists(_)) => Self::open(dir)?,
                home => home?,
            },
            home => home?,
        };
        if (&home.manifest.origin, &home.manifest.key) != (&manifest.origin, &manifest.key) {
            return Err(HomeError::Exists(dir.to_path_buf()));
        }
        Ok(home.kept_by(remote))
    }

    /// The same ledger, its journal on a server.
    #[must_use]
    pub fn kept_by(self, remote: Remote) -> Self {
        Self { remote: Some(remote), ..self }
    }

    /// Who keeps the journal, where that is not this directory.
    pub fn remote(&self) -> Option<&Remote> {
        self.remote.as_ref()
    }

    /// The stream that counts, where a server keeps it.
    pub(crate) fn stream(&self, part: Part) -> Result<Option<Stream>, HomeError> {
        Ok(self.remote.as_ref().map(|remote| remote.journal(part)).transpose()?)
    }

    /// Opens the directory of a ledger.
    ///
    /// # Errors
    /// When there is none, or its manifest cannot be read.
    pub fn open(dir: &Path) -> Result<Self, HomeError> {
        let path = dir.join("ledger.toml");
        let text = match fs::read_to_string(&path) {
            Ok(text) => text,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
                return Err(HomeError::Missing(dir.to_path_buf()));
            }
            Err(error) => return Err(file_error("reading", &path)(error)),
        };
        let manifest = toml::from_str(&text)
            .map_err(|problem| HomeError::Manifest { path, problem: problem.to_string() })?;
        Ok(Self { dir: dir.to_path_buf(), manifest, remote: None })
    }

    /// The directory.
    pub fn dir(&self) -> &Path {
        &self.dir
    }

    /// Writes so many bytes beside the journal, syncs and removes them. Whoever comes back after a failed write learns by
    /// it whether there is room again, before anybody's items depend on it.
    ///
    /// # Errors
    /// When there is none.
    pub fn try_room(&self, bytes: usize) -> Result<(), HomeError> {
        let path = self.dir.join("room.tmp");
        // By the calls that the journal makes.
        let written = fs::File::create(&path).and_then(|file| {
            file.write_all_at(&vec![0; bytes], 0)?;
            file.sync_data()
        });
        let removed = fs::remove_file(&path);
        written.and(removed).map_err(file_error("writing", &path))
    }

    /// Where the secrets are.
    pub fn keys_dir(&self) -> PathBuf {
        self.dir.join(&self.manifest.keys)
    }

    /// Where the access journal and its heads are.
    pub fn access_dir(&self) -> PathBuf {
        self.dir.join("access")
    }

    /// Where signed heads are kept.
    pub fn checkpoints_dir(&self) -> PathBuf {
        self.dir.join("checkpoints")
    }

    /// The public key.
    ///
    /// # Errors
    /// When the manifest's key is not one.
    pub fn verifying_key(&self) -> Result<VerifyingKey, HomeError> {
        VerifyingKey::parse(&self.manifest.key).map_err(key_error(&self.dir.join("ledger.toml")))
    }

    /// The secrets of the writer.
    ///
    /// # Errors
    /// When they are missing or belong to another ledger.
    pub fn secrets(&self) -> Result<Secrets, HomeError> {
        let (keys, manifest) = (self.dir.join(&self.manifest.keys), &self.manifest);
        Secrets::read(&keys, &manifest.key, &manifest.commandcheck)
    }

    /// The seed of the key that signs tokens of this ledger's machines. It is made with the ledger, or when it is first
    /// asked for, where the keys are older or were restored without it.
    ///
    /// # Errors
    /// When it cannot be read or written, or is not one.
    pub fn token_seed(&self) -> Result<[u8; 32], HomeError> {
        crate::secrets::further(&self.keys_dir().join(TOKEN_KEY))
    }

    /// The public half of the key with that seed, under this ledger's name.
    ///
    /// # Errors
    /// When the origin cannot name a key.
    pub fn verifying_key_of(&self, seed: &[u8; 32]) -> Result<VerifyingKey, HomeError> {
        let key = jejak_journal::checkpoint::SigningKey::from_seed(&self.manifest.origin, seed);
        Ok(key.map_err(key_error(&self.dir.join("ledger.toml")))?.verifying_key().clone())
    }

    pub(crate) fn options(newest_checkpoint: Option<u64>) -> OpenOptions {
        // Sealed once, read for ever: level 6 makes these lines a tenth smaller than level 1.
        let sealed_level = 6;
        OpenOptions { newest_checkpoint, keys_of: Some(keys_of), sealed_level, ..OpenOptions::default() }
    }

    /// Makes the journal and opens it for writing.
    ///
    /// # Errors
    /// When there is one already.
    pub fn create_journal(&self) -> Result<FileJournal, HomeError> {
        Ok(FileJournal::create_with(&self.dir, Self::options(None))?)
    }

    /// Opens the journal for writing. A journal shorter than `newest_checkpoint` is refused unless the loss is
    /// accepted.
    ///
    /// # Errors
    /// When another writer has it, or it is damaged.
    pub fn open_journal(
        &self,
        newest_checkpoint: Option<u64>,
        accept_loss: bool,
    ) -> Result<(FileJournal, Recovery), HomeError> {
        let options = OpenOptions { accept_loss, ..Self::options(newest_checkpoint) };
        Ok(FileJournal::open(&self.dir, options)?)
    }

    /// The files of a journal that a server keeps, made when they are not there.
    pub(crate) fn open_files(&self) -> Result<(FileJournal, Recovery), HomeError> {
        // Whatever the files have lost is read from the server again.
        match self.open_journal(None, true) {
            Err(HomeError::Journal(OpenError::NoJournal { .. })) => match self.create_journal() {
                Ok(files) => Ok((files, Recovery::default())),
                // Another process was faster.
                Err(_) => self.open_journal(None, true),
            },
            files => files,
        }
    }

    /// Opens the journal for reading, while a writer may run. A journal shorter than the newest signed head is refused:
    /// its figures would be those of another day.
    ///
    /// # Errors
    /// When it is damaged, or lines are missing at its end.
    pub fn read_journal(&self) -> Result<FileJournal, HomeError> {
        // The head first: a running writer may sign another one meanwhile, but the journal only grows.
        let newest = Checkpoints::of(self).newest(&self.verifying_key()?)?;
        let journal = self.read_journal_as_it_is()?;
        match newest.filter(|head| head.size > journal.len()) {
            Some(head) => Err(HomeError::Journal(OpenError::BelowCheckpoint {
                dir: self.dir.clone(),
                len: journal.len(),
                checkpoint: head.size,
            })),
            None => Ok(journal),
        }
    }

    /// The same without looking at the signed heads, for who checks them line by line.
    ///
    /// # Errors
    /// When it is damaged.
    pub fn read_journal_as_it_is(&self) -> Result<FileJournal, HomeError> {
        Ok(FileJournal::open_read_only_with(&self.dir, Self::options(None))?)
    }

    /// The lines that count, where they are: on the server, or in the files.
    ///
    /// # Errors
    /// When the server does not answer, or the files are damaged.
    pub(crate) fn read_lines_as_they_are(&self) -> Result<Stream, HomeError> {
        match self.stream(Part::Lines)? {
            Some(stream) => Ok(stream),
            None => Ok(Box::new(self.read_journal_as_it_is()?)),
        }
    }
}

/// A host and a path. It stands unescaped in every line and in every head.
fn is_origin(text: &str) -> bool {
    let in_part = |byte: u8| byte.is_ascii_alphanumeric() || matches!(byte, b'.' | b'-' | b'_' | b'~');
    text.len() <= 100 && text.split('/').all(|part| !part.is_empty() && part.bytes().all(in_part))
}

/// Writes a file whole or not at all, and syncs it. Processes that do the same at one moment are not in each other's way.
pub(crate) fn put_whole(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let number = NEXT.fetch_add(1, Ordering::Relaxed);
    let unfinished = path.with_extension(format!("{}-{number}.unfinished", std::process::id()));
    match fs::remove_file(&unfinished) {
        Err(error) if error.kind() != std::io::ErrorKind::NotFound => {
            return Err(file_error("clearing", &unfinished)(error));
        }
        _ => write_new(&unfinished, bytes)?,
    }
    fs::rename(&unfinished, path).map_err(file_error("renaming", &unfinished))?;
    let dir = path.parent().unwrap_or(Path::new("."));
    fs::File::open(dir).and_then(|dir| dir.sync_all()).map_err(file_error("syncing", dir))
}

/// Writes a file that must not exist, and syncs it.
pub(crate) fn write_new(path: &Path, bytes: &[u8]) -> Result<(), HomeError> {
    let mut options = fs::OpenOptions::new();
    options.write(true).create_new(true);
    #[cfg(unix)]
    {
        use std::os::unix::fs::OpenOptionsExt as _;
        options.mode(0o600);
    }
    let mut file = options.open(path).map_err(file_error("creating", path))?;
    file.write_all(bytes).map_err(file_error("writing", path))?;
    file.sync_all().map_err(file_error("syncing", path))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_origin_is_a_host_and_a_path() {
        for good in ["jejak.example/sim", "ledger.example.go.id", "a-1.example/b_2/c~3"] {
            assert!(is_origin(good), "{good}");
        }
        let long = "x".repeat(101);
        for bad in [
            "",
            "http://x",
            "x/",
            "/x",
            "x//y",
            "x y",
            "x+y",
            "x\"y",
            "x\\y",
            "x\ny",
            "x:80",
            "é.example",
            &long,
        ] {
            assert!(!is_origin(bad), "{bad}");
            let dir = tempfile::tempdir().unwrap();
            let random = &mut Randomness::seeded("test");
            let made = Home::create(dir.path(), "Test", bad, Currency::IDR, None, random);
            assert!(matches!(made, Err(HomeError::Origin(_))), "{bad}");
            assert!(fs::read_dir(dir.path()).unwrap().next().is_none(), "{bad} leaves nothing");
        }
    }

    #[test]
    fn a_ledger_is_made_once_and_its_keys_are_private() {
        let dir = tempfile::tempdir().unwrap();
        let make = || {
            let random = &mut Randomness::seeded("test");
            Home::create(dir.path(), "Test", "example.org/test", Currency::IDR, None, random)
        };
        let home = make().unwrap();
        assert!(matches!(make(), Err(HomeError::Exists(_))));
        assert_eq!(Home::open(dir.path()).unwrap().manifest, home.manifest);
        home.secrets().unwrap();
        // The key of another ledger is a good key, but not this one's.
        let path = dir.path().join("keys/command.key");
        let own = fs::read_to_string(&path).unwrap();
        fs::write(&path, format!("{}\n", "0a".repeat(32))).unwrap();
        let told = home.secrets().err().unwrap().to_string();
        assert!(told.contains("command.key") && told.contains("restore the right one"), "{told}");
        fs::write(&path, own).unwrap();
        home.secrets().unwrap();
        #[cfg(unix)]
        {
            use std::os::unix::fs::PermissionsExt as _;
            let mode = |name: &str| fs::metadata(dir.path().join(name)).unwrap().permissions().mode() & 0o777;
            assert_eq!(
                (mode("keys"), mode("keys/signing.key"), mode("keys/command.key")),
                (0o700, 0o600, 0o600)
            );
        }
    }
}
