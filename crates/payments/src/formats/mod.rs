//! One folder for each format, named as the banks name it.
