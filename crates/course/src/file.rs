//! Files that are there whole or not at all.

use std::io::{self, Write};
use std::path::Path;

use crate::uninterrupted::uninterrupted;

/// Writes a file beside its place and then moves it there, so that nobody ever finds a part of it.
///
/// # Errors
/// Those of the file system; then the file is as it was.
pub fn write_whole(file: &Path, bytes: &[u8]) -> io::Result<()> {
    // Not even the file beside it stays behind.
    uninterrupted(|| write(file, bytes))
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    let folder = file.parent().unwrap_or(Path::new("."));
    std::fs::create_dir_all(folder)?;
    let mut builder = tempfile::Builder::new();
    // As any new file: for everybody, less what the umask takes away.
    #[cfg(unix)]
    builder.permissions(std::os::unix::fs::PermissionsExt::from_mode(0o666));
    let mut beside = builder.tempfile_in(folder)?;
    beside.write_all(bytes)?;
    beside.as_file().sync_all()?;
    beside.persist(file)?;
    Ok(())
}
