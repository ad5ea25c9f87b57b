//! The command line of convdiff: see `cli`.

mod cli;

fn main() -> std::process::ExitCode {
    cli::main()
}
