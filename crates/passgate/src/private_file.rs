//! Files that only their owner may read: keys, and the credentials of a `dev` server.

use std::fs::{self, DirBuilder, File, OpenOptions};
use std::io::{self, Write as _};
use std::os::unix::fs::{DirBuilderExt as _, MetadataExt as _, OpenOptionsExt as _, PermissionsExt as _};
use std::path::{Path, PathBuf};

/// Writes a file of mode 0600 so that a reader sees all of it or nothing: beside its place, synced, renamed.
pub fn write(path: &Path, contents: &[u8]) -> io::Result<()> {
    let beside = temporary(path);
    // Left over from a run that was killed; `create_new` below refuses links that somebody put there.
    let _ = fs::remove_file(&beside);
    let mut file = OpenOptions::new().write(true).create_new(true).mode(0o600).open(&beside)?;
    file.write_all(contents)?;
    file.sync_all()?;
    fs::rename(&beside, path)?;
    sync_folder(path)
}

/// Makes a folder of mode 0700, with its parents; one that exists stays as it is.
pub fn make_folder(path: &Path) -> io::Result<()> {
    DirBuilder::new().recursive(true).mode(0o700).create(path)
}

/// Takes everybody else's rights to a folder of ours away.
pub fn close_to_others(folder: &Path) -> io::Result<()> {
    fs::set_permissions(folder, fs::Permissions::from_mode(0o700))
}

/// The permissions of a file or folder that others can reach, or an owner who is not us; `None` if it is private.
pub fn exposure(path: &Path) -> io::Result<Option<String>> {
    let about = fs::metadata(path)?;
    let mode = about.mode() & 0o7777;
    if mode & 0o077 != 0 {
        return Ok(Some(format!("has mode {mode:04o}")));
    }
    let me = rustix::process::geteuid().as_raw();
    Ok((about.uid() != me).then(|| format!("belongs to user {}, not to {me}", about.uid())))
}

fn temporary(path: &Path) -> PathBuf {
    let mut name = path.file_name().unwrap_or_default().to_owned();
    name.push(format!(".{}.new", std::process::id()));
    path.with_file_name(name)
}

fn sync_folder(path: &Path) -> io::Result<()> {
    match path.parent() {
        Some(folder) if !folder.as_os_str().is_empty() => File::open(folder)?.sync_all(),
        _ => Ok(()),
    }
}
