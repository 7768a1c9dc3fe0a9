//! One folder for each format, named as the banks name it.

pub mod camt;
pub mod mt940;
pub mod pain001;
pub mod pain002;
pub mod xml;
