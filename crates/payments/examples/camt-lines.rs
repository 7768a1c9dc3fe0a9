//! Prints the lines of a camt file, one a line, with tabs between what another program reads of them too: place of the
//! entry, day, direction, amount, `EndToEndId`, reason of a return.

use jejak_payments::formats::camt;
use jejak_payments::statement::{Direction, Line, Piece};
use std::fs::File;
use std::io::{BufReader, Write as _};

fn main() -> Result<(), Box<dyn std::error::Error>> {
    let path = std::env::args_os().nth(1).ok_or("which file?")?;
    let mut told = Vec::new();
    camt::read(BufReader::new(File::open(path)?), |piece| match piece {
        Piece::Line(line) => told.push(text(&line)),
        Piece::Unreadable(unreadable) => told.push(unreadable.to_string()),
        Piece::Opening(_) | Piece::Closing(_) => {}
    })?;
    let mut out = std::io::stdout().lock();
    told.iter().try_for_each(|line| writeln!(out, "{line}"))?;
    Ok(())
}

fn text(line: &Line) -> String {
    let direction = if line.direction == Direction::Credit { "CRDT" } else { "DBIT" };
    let (amount, entry) = (line.amount, line.place.entry);
    let reference = line.references.end_to_end.as_deref().unwrap_or("-");
    let returned = line.returned.as_deref().unwrap_or("-");
    let fields = [
        &entry.to_string(),
        &line.booked.to_string(),
        direction,
        &amount.currency().to_string(),
        &amount.text(),
        reference,
        returned,
    ];
    fields.join("\t")
}
