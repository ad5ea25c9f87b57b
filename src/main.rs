//! The command line of convdiff.

fn main() {}
