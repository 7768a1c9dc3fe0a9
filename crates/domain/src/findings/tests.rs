//! Each rule on a history that trips it, and on one that must not.
