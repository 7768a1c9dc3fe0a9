//! The `jejak` command as a process: what it prints, how it ends, and what it withstands.

mod binary;
mod forge;
mod items;
mod seed;
mod tamper;
mod verbs;
