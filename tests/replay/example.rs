//! Writes the ledger of one case of `replay/`, so that `jejak` can show it:
//! `cargo run -p jejak-tests --example replay-case -- two-courses ./two-courses`.

#[expect(dead_code, reason = "shared with the test, which reads and compares more")]
mod case;
#[expect(dead_code, reason = "shared with the test, which reads the history back")]
mod record;

use std::path::Path;
use std::process::ExitCode;

fn main() -> ExitCode {
    let mut arguments = std::env::args().skip(1);
    let (Some(name), Some(dir)) = (arguments.next(), arguments.next()) else {
        #[expect(clippy::print_stderr, reason = "how to use it")]
        {
            eprintln!(
                "usage: replay-case CASE DIRECTORY, where CASE is one of {}",
                case::folders().join(", ")
            );
        }
        return ExitCode::from(2);
    };
    record::write(&case::Case::of(&name), Path::new(&dir));
    ExitCode::SUCCESS
}
