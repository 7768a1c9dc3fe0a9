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

#[cfg(test)]
mod tests {
    use super::query;
    use rusqlite::Connection;
    use rusqlite::types::Value;

    /// One row of a table as it leaves, with these cells and 50 in all others.
    fn leaves(table: &str, cells: &[(&str, i64)]) -> Vec<(&'static str, Value)> {
        let table = crate::models::tables().into_iter().find(|each| each.name == table).unwrap();
        let connection = Connection::open_in_memory().unwrap();
        let names: Vec<_> = table.columns.iter().map(|column| column.name).collect();
        connection.execute_batch(&format!("CREATE TABLE {} ({})", table.name, names.join(", "))).unwrap();
        let given = |name: &str| cells.iter().find(|(each, _)| *each == name).map_or(50, |(_, value)| *value);
        let values: Vec<_> = names.iter().map(|name| given(name).to_string()).collect();
        connection
            .execute_batch(&format!("INSERT INTO {} VALUES ({})", table.name, values.join(", ")))
            .unwrap();
        let row = |row: &rusqlite::Row<'_>| {
            names.iter().enumerate().map(|(place, name)| Ok((*name, row.get(place)?))).collect()
        };
        connection.query_row(&query(table), (), row).unwrap()
    }

    fn empty(table: &str, cells: &[(&str, i64)]) -> Vec<&'static str> {
        let left = leaves(table, cells).into_iter();
        left.filter(|(_, value)| *value == Value::Null).map(|(name, _)| name).collect()
    }

    #[test]
    fn counts_of_few_persons_and_what_follows_from_them_say_nothing() {
        assert_eq!(empty("batches", &[]), [""; 0]);
        assert_eq!(empty("batches", &[("linked", 9), ("bought", 10), ("paid", 0)]), ["linked"]);
        assert_eq!(empty("skills", &[("learnt", 9)]), ["learnt", "gap"]);
        assert_eq!(empty("skills", &[("hired", 1), ("sought", 1)]), ["hired"]);
        let of_others = [
            "others_told",
            "others_mean_minor",
            "difference_minor",
            "difference_low_minor",
            "difference_high_minor",
        ];
        assert_eq!(empty("incomes", &[("others_told", 3)]), of_others);
        assert_eq!(empty("incomes", &[("selected_told", 10), ("others_told", 0)]), [""; 0]);
    }

    #[test]
    fn a_person_who_is_one_of_few_has_no_characteristics() {
        let hidden = ["sex", "age_band", "education", "employment", "province", "regency"];
        assert_eq!(empty("participants", &[]), hidden);
    }
}
