//! The `jejak` command as a process: what it prints, how it ends, and what it withstands.

mod bad_input;
mod binary;
mod day;
mod forge;
mod interrupted_day;
mod items;
mod kill;
mod personal;
mod repeat;
mod seed;
mod served;
mod tamper;
mod verbs;
