//! What a read model looks like from outside: its table, its columns, their units.

/// What a column holds, and so how it is stored, exported and described.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Kind {
    /// A position in the journal.
    Position,
    /// A number of things.
    Count,
    /// An amount in minor units of the row's `currency`.
    Minor,
    /// A word of a small list, or a code of which there are few.
    Code,
    /// `participant/<uuid>`, or any text of which there are many.
    Text,
    /// An instant in UTC, as in the lines.
    Time,
    /// A day in Jakarta.
    Day,
    /// 1 for yes, 0 for no.
    Flag,
}

impl Kind {
    /// How SQLite keeps it.
    pub fn sql_type(self) -> &'static str {
        match self {
            Self::Position | Self::Count | Self::Minor | Self::Flag => "INTEGER",
            Self::Code | Self::Text | Self::Time | Self::Day => "TEXT",
        }
    }

    /// Its unit or form, for the data dictionary.
    pub fn unit(self) -> &'static str {
        match self {
            Self::Position => "position in the journal, from 0",
            Self::Count => "number",
            Self::Minor => "minor units of the currency",
            Self::Code => "code",
            Self::Text => "text",
            Self::Time => "UTC, YYYY-MM-DDTHH:MM:SS.mmmZ",
            Self::Day => "day in Asia/Jakarta, YYYY-MM-DD",
            Self::Flag => "1 yes, 0 no",
        }
    }
}

/// One column.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Column {
    /// Its name.
    pub name: &'static str,
    /// What it holds.
    pub kind: Kind,
    /// What that means.
    pub about: &'static str,
}

/// A column, in short.
pub const fn column(name: &'static str, kind: Kind, about: &'static str) -> Column {
    Column { name, kind, about }
}

/// The table of one read model.
#[derive(Debug, PartialEq, Eq)]
pub struct Table {
    /// Its name.
    pub name: &'static str,
    /// Changed whenever the same history would give other rows: everything is rebuilt then.
    pub version: u32,
    /// What one row is.
    pub about: &'static str,
    /// The columns of the key come first.
    pub columns: &'static [Column],
    /// How many columns are the key.
    pub key: usize,
    /// True when rows are only ever added, in the order of their keys.
    pub log: bool,
    /// Columns, beside the key, by which rows are often looked for.
    pub indexes: &'static [&'static str],
}

impl Table {
    /// The key's columns.
    pub fn key_columns(&self) -> &'static [Column] {
        self.columns.get(..self.key).unwrap_or_default()
    }
}
