//! Volumes of one test, gone with it: small file systems in memory, and disks in a file.

use std::fs;
use std::io::Write as _;
use std::path::{Path, PathBuf};
use std::process::Command;

use crate::support::{left_out, text};

pub(crate) struct Volume {
    at: PathBuf,
    /// A disk's file.
    image: Option<PathBuf>,
}

impl Volume {
    /// One in memory; `None`, and why, where this is not allowed.
    pub(crate) fn in_memory(at: &Path, size: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        let options = format!("size={size},mode=0755");
        let mounted = allowed(Command::new("mount").args(["-t", "tmpfs", "-o", &options, "tmpfs", text(at)]));
        mounted.then(|| Self { at: at.to_owned(), image: None })
    }

    /// A disk with a file system of this kind, which takes room where the file is as it is written to.
    pub(crate) fn disk(at: &Path, image: &Path, megabytes: u64, kind: &str) -> Option<Self> {
        fs::create_dir_all(at).unwrap();
        fs::File::create(image).unwrap().set_len(megabytes << 20).unwrap();
        let made = allowed(Command::new("mke2fs").args(["-q", "-t", kind, "-E", "lazy_itable_init=0", text(image)]));
        let disk = Self { at: at.to_owned(), image: Some(image.to_owned()) };
        (made && disk.mounted()).then_some(disk)
    }

    pub(crate) fn path(&self) -> &Path {
        &self.at
    }

    fn mounted(&self) -> bool {
        let image = self.image.as_deref().unwrap();
        allowed(Command::new("mount").args(["-o", "loop,errors=remount-ro", text(image), text(&self.at)]))
    }

    pub(crate) fn remount(&self, how: &str) {
        let options = format!("remount,{how}");
        assert!(Command::new("mount").args(["-o", &options, text(&self.at)]).status().unwrap().success());
    }

    /// Until no byte fits any more; gone by [`free`](Self::free).
    pub(crate) fn fill(&self) {
        let mut ballast = fs::File::create(self.ballast()).unwrap();
        let part = vec![1; 65_536];
        while ballast.write_all(&part).is_ok() {}
    }

    pub(crate) fn free(&self) {
        fs::remove_file(self.ballast()).unwrap();
    }

    fn ballast(&self) -> PathBuf {
        self.at.join("ballast")
    }

    /// Whether [`damage`](Self::damage) is allowed; else says why.
    pub(crate) fn can_be_damaged(&self) -> bool {
        let trigger = self.trigger();
        let opened = fs::File::options().write(true).open(&trigger);
        opened.map_err(|error| left_out(&format!("{}: {error}", trigger.display()))).is_ok()
    }

    /// The file system finds itself damaged and from now on takes no writes, open files or not.
    pub(crate) fn damage(&self) {
        let trigger = self.trigger();
        fs::write(&trigger, "1").unwrap_or_else(|error| panic!("{}: {error}", trigger.display()));
    }

    fn trigger(&self) -> PathBuf {
        let source = Command::new("findmnt").args(["-no", "SOURCE", text(&self.at)]).output().unwrap();
        let device = String::from_utf8(source.stdout).unwrap();
        format!("/sys/fs/ext4/{}/trigger_fs_error", device.trim().trim_start_matches("/dev/")).into()
    }

    /// What an operator does then: unmounts it, has it checked, mounts it again.
    pub(crate) fn mend(&self) {
        assert!(Command::new("umount").arg(text(&self.at)).status().unwrap().success());
        let checked = Command::new("e2fsck").args(["-fp", text(self.image.as_deref().unwrap())]).output().unwrap();
        // 1: mended.
        assert!(matches!(checked.status.code(), Some(0 | 1)), "{checked:?}");
        assert!(self.mounted());
    }
}

impl Drop for Volume {
    fn drop(&mut self) {
        let _ = Command::new("umount").args(["-l", text(&self.at)]).status();
    }
}

/// Whether it was; else says why.
fn allowed(command: &mut Command) -> bool {
    let why = match command.output() {
        Ok(output) if output.status.success() => return true,
        Ok(output) => String::from_utf8_lossy(&output.stderr).trim().to_owned(),
        Err(error) => error.to_string(),
    };
    left_out(&format!("no volume can be made here: {why}"));
    false
}
