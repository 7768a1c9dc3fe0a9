//! The `jejak` command as a process: what it prints, how it ends, and what it withstands.

mod binary;
mod items;
mod verbs;
