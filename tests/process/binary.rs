//! The built `jejak`, run as a process of its own.

use serde_json::Value;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;

/// What a run came to.
pub(crate) struct Run {
    /// The exit status; `None` when it was killed.
    pub(crate) code: Option<i32>,
    /// Standard output.
    pub(crate) out: String,
    /// Standard error.
    pub(crate) err: String,
}

impl Run {
    /// The output as one JSON value.
    pub(crate) fn json(&self) -> Value {
        serde_json::from_str(&self.out).unwrap_or_else(|error| panic!("{error}: {}{}", self.out, self.err))
    }

    /// The output as one JSON value a line.
    pub(crate) fn rows(&self) -> Vec<Value> {
        let row = |line| serde_json::from_str(line).unwrap_or_else(|error| panic!("{error}: {line}"));
        self.out.lines().map(row).collect()
    }

    /// Fails unless it ended with this status.
    pub(crate) fn exits(self, code: i32) -> Self {
        assert_eq!(self.code, Some(code), "standard output:\n{}\nstandard error:\n{}", self.out, self.err);
        self
    }
}

/// The path of the binary. Cargo builds the binary of another package for no test, so it is asked to, once.
pub(crate) fn path() -> &'static Path {
    static PATH: OnceLock<Result<PathBuf, String>> = OnceLock::new();
    PATH.get_or_init(build).as_deref().unwrap_or_else(|errors| panic!("{errors}"))
}

fn build() -> Result<PathBuf, String> {
    // target/<profile>/deps/<this test>
    let test = std::env::current_exe().map_err(|error| error.to_string())?;
    let profile = test.ancestors().nth(2).ok_or("this test is not in a target directory")?;
    let mut cargo = Command::new(std::env::var_os("CARGO").unwrap_or_else(|| "cargo".into()));
    cargo.args(["build", "--quiet", "--offline", "--package", "jejak", "--target-dir"]);
    cargo.arg(profile.parent().ok_or("no target directory")?);
    if profile.ends_with("release") {
        cargo.arg("--release");
    }
    let built = cargo.current_dir(env!("CARGO_MANIFEST_DIR")).output().map_err(|error| error.to_string())?;
    if !built.status.success() {
        return Err(format!("cargo build --package jejak: {}", String::from_utf8_lossy(&built.stderr)));
    }
    Ok(profile.join(format!("jejak{}", std::env::consts::EXE_SUFFIX)))
}

/// A command on a ledger, without anything from the caller's environment that it could read.
pub(crate) fn command(ledger: &Path, arguments: &[&str]) -> Command {
    let mut command = Command::new(path());
    command.env_remove("JEJAK_LEDGER").arg("--ledger").arg(ledger).args(arguments);
    command
}

/// Runs to the end.
pub(crate) fn run(ledger: &Path, arguments: &[&str]) -> Run {
    run_with(ledger, arguments, b"")
}

/// Runs to the end with this on standard input.
pub(crate) fn run_with(ledger: &Path, arguments: &[&str], input: &[u8]) -> Run {
    let mut child = spawn(ledger, arguments);
    let mut stdin = child.stdin.take().expect("standard input");
    std::thread::scope(|scope| {
        // A process that ends before it has read everything closes the pipe: that is its right.
        scope.spawn(move || stdin.write_all(input).unwrap_or_default());
        let output = child.wait_with_output().expect("an end");
        Run {
            code: output.status.code(),
            out: String::from_utf8(output.stdout).expect("text"),
            err: String::from_utf8_lossy(&output.stderr).into_owned(),
        }
    })
}

/// Starts with all three streams as pipes.
pub(crate) fn spawn(ledger: &Path, arguments: &[&str]) -> Child {
    let mut command = command(ledger, arguments);
    command.stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::piped());
    command.spawn().expect("the binary starts")
}
