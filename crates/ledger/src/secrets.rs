//! The secrets of the writer, and how they are told from those of another ledger.

use crate::home::{HomeError, file_error, key_error, write_new};
use crate::randomness::Randomness;
use hmac::{Hmac, KeyInit as _, Mac as _};
use jejak_journal::checkpoint::SigningKey;
use sha2::Sha256;
use std::fs;
use std::path::Path;

/// The file of the key that wraps the keys of persons.
pub(crate) const PERSONAL: &str = "personal.key";

/// The secrets of the writer.
pub struct Secrets {
    /// Signs heads.
    pub signing: SigningKey,
    /// Keys the digests of commands.
    pub command: [u8; 32],
}

impl Secrets {
    /// Makes them, readable by their owner only.
    pub(crate) fn create(dir: &Path, origin: &str, random: &mut Randomness) -> Result<Self, HomeError> {
        make_private_dir(dir)?;
        let path = dir.join("signing.key");
        let signing = SigningKey::from_seed(origin, &random.bytes()?).map_err(key_error(&path))?;
        write_secret(&path, &format!("{}\n", signing.to_secret_text()))?;
        let command: [u8; 32] = random.bytes()?;
        write_secret(&dir.join("command.key"), &format!("{}\n", hex(&command)))?;
        // With the others, so that all machines of a ledger have the same. The seed of an invented history has no part in it.
        further(&dir.join(PERSONAL))?;
        Ok(Self { signing, command })
    }

    /// Reads them, and refuses those of another ledger: `public` and `check` are what its manifest says.
    pub(crate) fn read(dir: &Path, public: &str, check: &str) -> Result<Self, HomeError> {
        let text = |path: &Path| fs::read_to_string(path).map_err(file_error("reading", path));
        let wrong =
            |path: &Path, problem: &str| HomeError::Key { path: path.into(), problem: problem.into() };
        let path = dir.join("signing.key");
        let signing = SigningKey::parse(text(&path)?.trim_end()).map_err(key_error(&path))?;
        if signing.verifying_key().to_string() != public {
            return Err(wrong(&path, "not the key that ledger.toml names: restore the right one"));
        }
        let path = dir.join("command.key");
        let command = unhex(text(&path)?.trim_end())
            .ok_or_else(|| wrong(&path, "not 64 hexadecimal digits: restore it"))?;
        let secrets = Self { signing, command };
        if secrets.command_check() != check {
            return Err(wrong(
                &path,
                "not the command key of this ledger: no repeated command would be recognised; restore the right one",
            ));
        }
        Ok(secrets)
    }

    /// Tells the command key from others, and nothing of the key itself: the first 8 bytes of HMAC-SHA-256 under it over
    /// the ledger's public key, in hexadecimal.
    pub(crate) fn command_check(&self) -> String {
        #[expect(clippy::expect_used, reason = "HMAC takes keys of any length")]
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.command).expect("a key of any length");
        mac.update(self.signing.verifying_key().to_string().as_bytes());
        hex(mac.finalize().into_bytes().first_chunk::<8>().unwrap_or(&[0; 8]))
    }
}

/// A key of 32 bytes beside the others, made when it is first asked for.
pub(crate) fn further(path: &Path) -> Result<[u8; 32], HomeError> {
    match fs::read_to_string(path) {
        Ok(text) => unhex(text.trim_end()).ok_or_else(|| HomeError::Key {
            path: path.into(),
            problem: "not 64 hexadecimal digits: restore it".into(),
        }),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => {
            let key: [u8; 32] = Randomness::system().bytes()?;
            write_secret(path, &format!("{}\n", hex(&key)))?;
            Ok(key)
        }
        Err(error) => Err(file_error("reading", path)(error)),
    }
}

pub(crate) fn hex(bytes: &[u8]) -> String {
    use std::fmt::Write as _;
    bytes.iter().fold(String::new(), |mut text, byte| {
        // Writing to a string cannot fail.
        let _ = write!(text, "{byte:02x}");
        text
    })
}

pub(crate) fn unhex(text: &str) -> Option<[u8; 32]> {
    let mut bytes = [0; 32];
    if text.len() != 64 {
        return None;
    }
    for (byte, at) in bytes.iter_mut().zip((0..64).step_by(2)) {
        *byte = u8::from_str_radix(text.get(at..at + 2)?, 16).ok()?;
    }
    Some(bytes)
}

fn make_private_dir(path: &Path) -> Result<(), HomeError> {
    fs::create_dir_all(path).map_err(file_error("creating", path))?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o700))
            .map_err(file_error("protecting", path))?;
    }
    Ok(())
}

fn write_secret(path: &Path, text: &str) -> Result<(), HomeError> {
    write_new(path, text.as_bytes())?;
    #[cfg(unix)]
    {
        use std::os::unix::fs::PermissionsExt as _;
        fs::set_permissions(path, fs::Permissions::from_mode(0o600))
            .map_err(file_error("protecting", path))?;
    }
    Ok(())
}
