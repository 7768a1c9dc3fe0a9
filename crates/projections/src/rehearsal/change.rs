//! The changed file against the rules in force: which versions differ, and what each recorded revision becomes.

use jejak_domain::ids::ProgrammeCode;
use jejak_domain::money::Currency;
use jejak_domain::programme::{Component, Cutoffs, Definition, DefinitionError, Programmes, Terms, split};
use serde::Serialize;
use std::collections::BTreeSet;

/// Why a file cannot be rehearsed.
#[derive(Debug, thiserror::Error)]
pub enum ChangeError {
    /// Not TOML of this shape, or says something that cannot be.
    #[error(transparent)]
    Definition(#[from] DefinitionError),
    /// Not JSON of this shape.
    #[error("the definition cannot be read: {0}")]
    Json(#[from] serde_json::Error),
    /// No definition of it is in force.
    #[error("no definition of {code} is in force in this ledger: write the code of one that is ({known})")]
    Unknown {
        /// The code in the file.
        code: ProgrammeCode,
        /// Those in force.
        known: String,
    },
    /// Amounts that were paid cannot be compared with amounts in another currency.
    #[error("{code} pays in {recorded}, the file says {found}: keep the currency")]
    Currency {
        /// The programme.
        code: ProgrammeCode,
        /// That of the ledger.
        recorded: Currency,
        /// That of the file.
        found: Currency,
    },
    /// A version is recognised by its name.
    #[error("{component} version {version:?} stands twice in the file: name each its own")]
    Twice {
        /// Terms or cut-offs.
        component: &'static str,
        /// The name.
        version: String,
    },
}

/// How a version of the file differs from the one in force.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "kebab-case")]
pub enum How {
    /// It says something else.
    Changed,
    /// It is new.
    Added,
    /// It is not in the file.
    Removed,
}

impl How {
    /// The word for people.
    pub fn as_str(self) -> &'static str {
        match self {
            Self::Changed => "changed",
            Self::Added => "added",
            Self::Removed => "removed",
        }
    }
}

/// One version that differs.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct ChangedVersion {
    /// Terms or cut-offs.
    pub component: Component,
    /// Its name.
    pub version: String,
    /// How it differs.
    pub how: How,
}

/// A changed file beside the definition in force.
#[derive(Clone, Debug)]
pub struct Change {
    now: Definition,
    file: Definition,
}

/// A dated version of something: recognised by its name.
trait Version: Clone + PartialEq {
    fn version(&self) -> &str;
    /// The same without any batch.
    fn of_no_batch(&self) -> Self;
}

/// Batch numbers run from first to last: none is in these.
const NO_BATCH: [u16; 2] = [1, 0];

impl Version for Terms {
    fn version(&self) -> &str {
        &self.version
    }

    fn of_no_batch(&self) -> Self {
        Self { batches: NO_BATCH, ..self.clone() }
    }
}

impl Version for Cutoffs {
    fn version(&self) -> &str {
        &self.version
    }

    fn of_no_batch(&self) -> Self {
        Self { batches: NO_BATCH, ..self.clone() }
    }
}

impl Change {
    /// Reads a definition in TOML, as it is proposed, or in JSON with the same names.
    ///
    /// # Errors
    /// With line and field, when it is neither, or says something that cannot be.
    pub fn read(text: &str) -> Result<Definition, ChangeError> {
        if !text.trim_start().starts_with('{') {
            return Ok(Definition::read(text)?);
        }
        let definition: Definition = serde_json::from_str(text)?;
        definition.check()?;
        Ok(definition)
    }

    /// The file beside the definition of the same programme that is in force.
    ///
    /// # Errors
    /// When there is none, it pays in another currency, or a version stands twice.
    pub fn new(file: Definition, programmes: &Programmes) -> Result<Self, ChangeError> {
        let code = file.programme.code;
        let Some(now) = programmes.get(code).and_then(|programme| programme.definition.clone()) else {
            let known = programmes.iter().filter(|each| each.definition.is_some());
            let known: Vec<_> = known.map(|each| each.code.to_string()).collect();
            return Err(ChangeError::Unknown { code, known: known.join(", ") });
        };
        let (recorded, found) = (now.programme.currency, file.programme.currency);
        if recorded != found {
            return Err(ChangeError::Currency { code, recorded, found });
        }
        once("terms", &file.terms)?;
        once("cutoffs", &file.cutoffs)?;
        split(&file)?;
        Ok(Self { now, file })
    }

    /// The programme.
    pub fn code(&self) -> ProgrammeCode {
        self.now.programme.code
    }

    /// The currency of all amounts.
    pub fn currency(&self) -> Currency {
        self.now.programme.currency
    }

    /// Every version that differs from the one in force.
    pub fn versions(&self) -> Vec<ChangedVersion> {
        let terms = differing(Component::Terms, &self.now.terms, &self.file.terms);
        terms
            .into_iter()
            .chain(differing(Component::Cutoffs, &self.now.cutoffs, &self.file.cutoffs))
            .collect()
    }

    /// What a recorded revision becomes: what the file leaves alone stays as that revision had it.
    pub fn applied_to(&self, revision: &Definition) -> Definition {
        Definition {
            programme: revision.programme.clone(),
            terms: merged(&self.now.terms, &self.file.terms, &revision.terms),
            cutoffs: merged(&self.now.cutoffs, &self.file.cutoffs, &revision.cutoffs),
            // Who approves moves no money: it stays as it was.
            approvals: revision.approvals.clone(),
        }
    }
}

fn once<T: Version>(component: &'static str, list: &[T]) -> Result<(), ChangeError> {
    let mut seen = BTreeSet::new();
    let twice = list.iter().find(|each| !seen.insert(each.version()));
    twice.map_or(Ok(()), |each| Err(ChangeError::Twice { component, version: each.version().to_owned() }))
}

fn named<'a, T: Version>(list: &'a [T], version: &str) -> Option<&'a T> {
    list.iter().find(|each| each.version() == version)
}

fn differing<T: Version>(component: Component, now: &[T], file: &[T]) -> Vec<ChangedVersion> {
    let one = |version: &str, how| ChangedVersion { component, version: version.to_owned(), how };
    let changed = file.iter().filter_map(|each| match named(now, each.version()) {
        None => Some(one(each.version(), How::Added)),
        Some(before) if before != each => Some(one(each.version(), How::Changed)),
        Some(_) => None,
    });
    let removed = now.iter().filter(|each| named(file, each.version()).is_none());
    changed.chain(removed.map(|each| one(each.version(), How::Removed))).collect()
}

/// The versions of one revision under the change, in the file's order.
///
/// Cards know their terms by place. So a version that comes only with a later revision has its place here already, for
/// no batch.
fn merged<T: Version>(now: &[T], file: &[T], revision: &[T]) -> Vec<T> {
    let gone = |each: &&T| named(now, each.version()).is_none() && named(file, each.version()).is_none();
    let withdrawn = revision.iter().filter(gone).cloned();
    let kept = file.iter().map(|each| match named(now, each.version()) {
        Some(same) if same == each => {
            named(revision, each.version()).cloned().unwrap_or_else(|| each.of_no_batch())
        }
        _ => each.clone(),
    });
    withdrawn.chain(kept).collect()
}
