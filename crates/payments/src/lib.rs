//! Bank files: instructions out, answers and statements in, and which line belongs to which payment.
//!
//! Pure: bytes and values in, bytes and values out. Of the domain only money, ids and days are used here.
//!
//! Reading order: [`instruction`] (what is written), [`end_to_end`] (the reference that comes back), [`statement`] and
//! [`answer`] (what is read, in one form for all banks), [`formats`] (a folder each).

pub mod amount;
pub mod answer;
pub mod end_to_end;
pub mod formats;
pub mod instruction;
pub mod place;
pub mod statement;
