//! Nobody can be found by being the only one: in what leaves, a cell with fewer than ten persons says nothing.

use crate::table::{Kind, Table};

/// Cells with fewer persons than this are left empty.
pub(super) const LEAST: u32 = 10;

/// The query that gives a table's rows as they may leave, in the order of their keys.
pub(super) fn query(table: &Table) -> String {
    let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
    let key: Vec<_> = table.key_columns().iter().map(|column| column.name).collect();
    let cells: Vec<_> = names.iter().map(|name| cell(table, name)).collect();
    format!("SELECT {} FROM {} ORDER BY {}", cells.join(", "), table.name, key.join(", "))
}

/// Which characteristics of a person are told together: the more, the fewer persons share them.
const TOLD_TOGETHER: [(&[&str], &str); 3] = [
    (&["sex", "age_band", "province"], "province, sex, age_band"),
    (&["education", "employment"], "province, sex, age_band, education, employment"),
    (&["regency"], "province, sex, age_band, education, employment, regency"),
];

fn cell(table: &Table, name: &str) -> String {
    let count = table.columns.iter().any(|column| column.name == name && column.kind == Kind::Count);
    match table.name {
        "participants" => {
            let group = TOLD_TOGETHER.iter().find(|(names, _)| names.contains(&name));
            group.map_or_else(
                || name.to_owned(),
                |(_, all)| {
                    format!("CASE WHEN count(*) OVER (PARTITION BY {all}) < {LEAST} THEN NULL ELSE {name} END AS {name}")
                },
            )
        }
        "batches" if count && !["batch", "year", "quota"].contains(&name) => hidden(name, &[name]),
        "incomes" if count && !["batch", "wave"].contains(&name) => hidden(name, &[name]),
        "incomes" if name.starts_with("selected_") => hidden(name, &["selected_told"]),
        "incomes" if name.starts_with("others_") => hidden(name, &["others_told"]),
        "incomes" if name.starts_with("difference_") => hidden(name, &["selected_told", "others_told"]),
        "skills" if ["learnt", "hired"].contains(&name) => hidden(name, &[name]),
        "skills" if name == "gap" => hidden(name, &["learnt"]),
        _ => name.to_owned(),
    }
}

/// A cell that says nothing where one of these counts is of few persons.
fn hidden(name: &str, counts: &[&str]) -> String {
    let few: Vec<_> = counts.iter().map(|count| format!("{count} BETWEEN 1 AND {}", LEAST - 1)).collect();
    format!("CASE WHEN {} THEN NULL ELSE {name} END AS {name}", few.join(" OR "))
}
