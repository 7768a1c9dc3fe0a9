//! Progress on a terminal; silence in a pipe.

use indicatif::{ProgressBar, ProgressStyle};
use std::io::IsTerminal as _;
use std::time::Duration;

/// A bar over lines, or nothing when standard error is no terminal.
pub(crate) fn bar(what: &'static str, lines: Option<u64>) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let (bar, template) = match lines {
        Some(lines) => {
            (ProgressBar::new(lines), "{msg} {wide_bar} {human_pos} of {human_len}, {per_sec}, {eta} left")
        }
        None => (ProgressBar::new_spinner(), "{msg} {human_pos} lines, {per_sec}"),
    };
    // The templates are fixed and known to be good.
    let style = ProgressStyle::with_template(template).unwrap_or_else(|_| ProgressStyle::default_bar());
    bar.set_style(style);
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}

/// A line that says how things stand, or nothing when standard error is no terminal.
pub(crate) fn spinner(what: &'static str) -> ProgressBar {
    if !std::io::stderr().is_terminal() {
        return ProgressBar::hidden();
    }
    let bar = ProgressBar::new_spinner();
    bar.set_message(what);
    bar.enable_steady_tick(Duration::from_millis(200));
    bar
}
