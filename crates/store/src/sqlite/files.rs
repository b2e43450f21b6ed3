//! Who may read the file: its owner alone (R119).

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io;
use std::os::unix::fs::{DirBuilderExt, OpenOptionsExt, PermissionsExt};
use std::path::Path;

use super::errors::OpenError;

const OTHERS: u32 = 0o077;

/// Makes an empty file, and its folder where there is none.
pub(super) fn create(path: &Path) -> Result<(), OpenError> {
    let folder = folder(path);
    if !folder.exists() {
        DirBuilder::new().mode(0o700).recursive(true).create(folder)?;
    }
    check_mode(folder)?;
    create_file(path)
}

/// Makes an empty file that only its owner may use.
pub(super) fn create_file(path: &Path) -> Result<(), OpenError> {
    match OpenOptions::new().write(true).create_new(true).mode(0o600).open(path) {
        // The name of a file is durable only once its folder is.
        Ok(_) => Ok(File::open(folder(path))?.sync_all()?),
        Err(error) if error.kind() == io::ErrorKind::AlreadyExists => Err(OpenError::Exists(path.to_owned())),
        Err(error) => Err(error.into()),
    }
}

/// Whether an existing file and its folder are its owner's alone.
pub(super) fn check(path: &Path) -> Result<(), OpenError> {
    if !path.try_exists()? {
        return Err(OpenError::Missing(path.to_owned()));
    }
    check_mode(folder(path))?;
    check_mode(path)?;
    for beside in ["-wal", "-shm"] {
        let mut name = path.as_os_str().to_owned();
        name.push(beside);
        let beside = Path::new(&name);
        if beside.try_exists()? {
            check_mode(beside)?;
        }
    }
    Ok(())
}

fn folder(path: &Path) -> &Path {
    path.parent().filter(|folder| !folder.as_os_str().is_empty()).unwrap_or(Path::new("."))
}

fn check_mode(path: &Path) -> Result<(), OpenError> {
    let mode = fs::metadata(path)?.permissions().mode() & 0o7777;
    if mode & OTHERS == 0 { Ok(()) } else { Err(OpenError::Permissions { path: path.to_owned(), mode }) }
}
