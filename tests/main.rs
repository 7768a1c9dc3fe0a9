//! One binary for every whole-process test, so that it links once.

mod process;
mod replay;
