//! The coordinator's page for files.
