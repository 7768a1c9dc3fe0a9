//! Nothing to export: see `main.rs`.
