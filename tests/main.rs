//! One binary for every whole-process test, so that it links once.

#[cfg(test)]
mod kurrent;
#[cfg(test)]
mod process;
#[cfg(test)]
mod replay;
#[cfg(test)]
mod service;
#[cfg(test)]
mod simulated;
#[cfg(test)]
mod tidy;
