//! Files: Java ones are found and read, and a crate is written as a whole or not at all.

use std::fs;
use std::io;
use std::path::{Path, PathBuf};

use crate::{PortError, Ported, Source};

/// The most files that are read at once.
const MAX_FILES: usize = 20_000;

/// Reads files, and the Java files in folders.
///
/// # Errors
///
/// [`PortError`] if a file cannot be read, or if a folder has no Java files.
pub fn sources(paths: &[PathBuf]) -> Result<Vec<Source>, PortError> {
    let mut files = Vec::new();
    for path in paths {
        if path.is_dir() {
            let before = files.len();
            folder(path, &mut files)?;
            if files.len() == before {
                return Err(PortError::NoJava(path.display().to_string()));
            }
        } else {
            files.push(path.clone());
        }
    }
    let read = |path: &PathBuf| {
        let bytes = fs::read(path).map_err(|source| failed(path, source))?;
        let path = path.display().to_string();
        Ok(Source { path, bytes })
    };
    files.iter().map(read).collect()
}

fn folder(path: &Path, files: &mut Vec<PathBuf>) -> Result<(), PortError> {
    let mut open = vec![path.to_owned()];
    while let Some(folder) = open.pop() {
        let entries = fs::read_dir(&folder).map_err(|source| failed(&folder, source))?;
        let mut paths = Vec::new();
        for entry in entries {
            let entry = entry.map_err(|source| failed(&folder, source))?;
            let kind = entry
                .file_type()
                .map_err(|source| failed(&folder, source))?;
            if kind.is_dir() {
                open.push(entry.path());
            } else if entry
                .path()
                .extension()
                .is_some_and(|extension| extension == "java")
            {
                paths.push(entry.path());
            }
        }
        files.extend(paths);
        files.truncate(MAX_FILES);
    }
    files.sort();
    Ok(())
}

impl Ported {
    /// Writes the crate into `folder`, which is made if it is not there.
    ///
    /// The files are written beside it first, so that nothing is left half-written. With `force`, files of a folder that
    /// is not empty are replaced, and others in it stay.
    ///
    /// # Errors
    ///
    /// [`PortError::NotEmpty`] without `force`, and [`PortError::Io`].
    pub fn write_to(&self, folder: &Path, force: bool) -> Result<(), PortError> {
        let is_empty = match fs::read_dir(folder) {
            Ok(mut entries) => entries.next().is_none(),
            Err(error) if error.kind() == io::ErrorKind::NotFound => true,
            Err(error) => return Err(failed(folder, error)),
        };
        if !is_empty && !force {
            return Err(PortError::NotEmpty(folder.display().to_string()));
        }
        let parent = match folder.parent() {
            Some(parent) if !parent.as_os_str().is_empty() => parent,
            _ => Path::new("."),
        };
        fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
        let beside = tempfile::Builder::new()
            .prefix(".wspring-port-")
            .tempdir_in(parent)
            .map_err(|source| failed(parent, source))?;
        for (path, text) in &self.files {
            write(&beside.path().join(path), text)?;
        }
        for (path, _) in &self.files {
            let target = folder.join(path);
            if let Some(parent) = target.parent() {
                fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
            }
            fs::rename(beside.path().join(path), &target)
                .map_err(|source| failed(&target, source))?;
        }
        Ok(())
    }
}

fn write(path: &Path, text: &str) -> Result<(), PortError> {
    if let Some(parent) = path.parent() {
        fs::create_dir_all(parent).map_err(|source| failed(parent, source))?;
    }
    fs::write(path, text).map_err(|source| failed(path, source))
}

fn failed(path: &Path, source: io::Error) -> PortError {
    PortError::Io {
        path: path.display().to_string(),
        source,
    }
}
