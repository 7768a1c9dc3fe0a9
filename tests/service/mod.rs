//! `jejak serve` as a process: what it answers, to whom, and what it withstands.

mod access;
mod asking;
mod collector;
mod copied;
mod crash;
mod full_disk;
mod http2;
mod limits;
mod outside_tokens;
mod personal;
mod projected;
mod racing;
mod reading;
mod rights;
pub(crate) mod served;
mod signing;
mod slow;
mod stopping;
mod traces;
