//! The command line and nothing else: see `caunoi --help`.

/// Gives memory back to the system after an import or a re-index.
#[global_allocator]
static ALLOCATOR: mimalloc::MiMalloc = mimalloc::MiMalloc;

fn main() -> std::process::ExitCode {
    caunoi::cli::main()
}
