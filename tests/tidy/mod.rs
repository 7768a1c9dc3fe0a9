//! What the layout promises: arrows between crates, purity, short files, no paths of anybody's machine.

mod manifests;
mod sources;
