//! Aligned text for people: words to the left, figures to the right.

use comfy_table::{CellAlignment, ColumnConstraint, Table, presets};

/// A table that is filled row by row.
pub(crate) struct Columns {
    table: Table,
}

impl Columns {
    /// `words` columns of text, then columns of figures.
    pub(crate) fn new(words: &[&str], figures: &[&str]) -> Self {
        let names: Vec<_> = words.iter().chain(figures).map(|name| (*name).to_owned()).collect();
        let right: Vec<_> = (0..names.len()).map(|place| place >= words.len()).collect();
        Self::aligned(&names, &right)
    }

    /// Columns of any kind; those of figures are marked.
    pub(crate) fn aligned(names: &[String], figures: &[bool]) -> Self {
        let mut table = Table::new();
        table.load_style(presets::NOTHING);
        table.set_header(names);
        for (column, figure) in table.column_iter_mut().zip(figures) {
            column.set_padding((0, 2));
            column.set_constraint(ColumnConstraint::ContentWidth);
            if *figure {
                column.set_cell_alignment(CellAlignment::Right);
            }
        }
        Self { table }
    }

    /// Adds a row.
    pub(crate) fn row<S: Into<String>>(&mut self, cells: impl IntoIterator<Item = S>) {
        self.table.add_row(cells.into_iter().map(Into::into).collect::<Vec<String>>());
    }
}

impl std::fmt::Display for Columns {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        for line in self.table.lines() {
            writeln!(f, "{}", line.trim_end())?;
        }
        Ok(())
    }
}

/// A whole number with its thousands grouped.
pub(crate) fn grouped(number: impl std::fmt::Display) -> String {
    let text = number.to_string();
    let (sign, rest) = text.strip_prefix('-').map_or(("", text.as_str()), |rest| ("-", rest));
    let (whole, decimals) =
        rest.split_once('.').map_or((rest, None), |(whole, decimals)| (whole, Some(decimals)));
    let mut out = String::from(sign);
    for (index, digit) in whole.chars().enumerate() {
        if index > 0 && (whole.len() - index).is_multiple_of(3) {
            out.push(',');
        }
        out.push(digit);
    }
    match decimals {
        None | Some("00") => out,
        Some(decimals) => format!("{out}.{decimals}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn thousands_are_grouped() {
        assert_eq!(grouped("-1234567.00"), "-1,234,567");
        assert_eq!(grouped(999), "999");
        assert_eq!(grouped("1000.50"), "1,000.50");
    }
}
