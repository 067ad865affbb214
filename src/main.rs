//! The command line and nothing else: see `caunoi --help`.

fn main() -> std::process::ExitCode {
    caunoi::cli::main()
}
