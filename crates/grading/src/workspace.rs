//! The folders that the engine works in, below the course's target folder: the pristine exercises without anybody's
//! code, and for each job a submission's code and what is compiled from it.

use std::fs::{self, File, Permissions, TryLockError};
use std::io;
use std::os::unix::fs::{PermissionsExt, chown};
use std::path::{Path, PathBuf};

use course::Failure;
use course::cargo::{self, Show};
use course::exercise::Exercise;
use course::place::Place;
use course::workspace::{manifest, put, read, unwritable};
use toml::Value;

use crate::Sources;
use crate::confine::NOBODY;
use crate::record::RECORD;
use crate::rules;

/// The folders. Whoever has them is the only one who grades this course on this machine now.
#[derive(Debug)]
pub(crate) struct Workspace {
    folder: PathBuf,
    _lock: File,
}

impl Workspace {
    /// Writes the pristine exercises, and builds what they depend on. `grader` is the program that records how.
    ///
    /// # Errors
    /// The course's crates do not compile, or something cannot be read or written.
    pub(crate) fn make(
        root: &Path,
        exercises: &[Exercise],
        grader: &Path,
    ) -> Result<Workspace, Failure> {
        let folder = cargo::target_folder(root).join("grading");
        fs::create_dir_all(&folder).map_err(|error| unwritable(&folder, &error))?;
        // The paths go to the compiler and into its results, so there is one way to write them.
        let folder = folder
            .canonicalize()
            .map_err(|error| unwritable(&folder, &error))?;
        let workspace = Workspace {
            _lock: lock(&folder.join("lock")).map_err(|error| unwritable(&folder, &error))?,
            folder,
        };
        let jobs = workspace.folder.join("jobs");
        for folder in [
            workspace.pristine(),
            workspace.records(),
            workspace.rules(),
            jobs,
        ] {
            empty(&folder).map_err(|error| unwritable(&folder, &error))?;
        }
        let list = workspace.rules().join("clippy.toml");
        write(&list, rules::LIST.as_bytes()).map_err(|error| unwritable(&list, &error))?;
        workspace.write_pristine(root, exercises)?;
        workspace.build(grader)?;
        Ok(workspace)
    }

    /// The pristine exercises: a workspace of their own, outside of which no test looks.
    pub(crate) fn pristine(&self) -> PathBuf {
        self.folder.join("course")
    }

    /// An exercise in there.
    pub(crate) fn exercise(&self, place: &Place) -> PathBuf {
        self.pristine().join(place.exercise())
    }

    /// What cargo has built for all.
    pub(crate) fn built(&self) -> PathBuf {
        self.folder.join("build")
    }

    /// The records of how cargo compiles.
    pub(crate) fn records(&self) -> PathBuf {
        self.folder.join("records")
    }

    /// The list of what is not allowed.
    pub(crate) fn rules(&self) -> PathBuf {
        self.folder.join("rules")
    }

    /// A job's folders, with these sources in one of them and nothing in the other.
    ///
    /// # Errors
    /// They cannot be written.
    pub(crate) fn job(&self, number: usize, sources: &Sources) -> Result<Job, Failure> {
        let folder = self.folder.join("jobs").join(number.to_string());
        let job = Job {
            sources: folder.join("src"),
            made: folder.join("made"),
            folder,
        };
        job.fill(sources)
            .map_err(|error| unwritable(&job.folder, &error))?;
        Ok(job)
    }

    fn write_pristine(&self, root: &Path, exercises: &[Exercise]) -> Result<(), Failure> {
        let folder = self.pristine();
        let members = exercises
            .iter()
            .map(|exercise| Value::from(exercise.place.exercise().to_string_lossy().into_owned()))
            .collect();
        let course = read(&root.join("Cargo.toml"))?;
        put(
            &folder.join("Cargo.toml"),
            &manifest(root, &course, members),
        )?;
        let copied = |from: PathBuf, to: PathBuf| {
            copy(&from, &to).map_err(|error| {
                Failure::cannot(
                    format!(
                        "cannot copy {} to {}: {error}",
                        from.display(),
                        to.display()
                    ),
                    "see that the exercise is complete, and that the disk has space",
                )
            })
        };
        let lock = root.join("Cargo.lock");
        if lock.is_file() {
            copied(lock, folder.join("Cargo.lock"))?;
        }
        for exercise in exercises {
            let (from, to) = (
                root.join(exercise.place.exercise()),
                self.exercise(&exercise.place),
            );
            for name in ["Cargo.toml", "tests"] {
                copied(from.join(name), to.join(name))?;
            }
            let library = to.join("src/lib.rs");
            write(&library, EMPTY.as_bytes()).map_err(|error| unwritable(&library, &error))?;
        }
        Ok(())
    }

    /// Builds the dependencies, and records how cargo would compile the exercises. No code of a submission is there.
    fn build(&self, grader: &Path) -> Result<(), Failure> {
        let text = |path: &Path| Value::from(path.to_string_lossy().into_owned()).to_string();
        let recorder = format!("build.rustc-workspace-wrapper={}", text(grader));
        let records = format!("env.{RECORD}={}", text(&self.records()));
        let target = self.built();
        let target = target.to_string_lossy();
        let args = [
            "--workspace",
            "--test",
            "grade",
            "--target-dir",
            &target,
            "--config",
            &recorder,
            "--config",
            &records,
            // Nobody debugs what is graded, and linking is much faster without.
            "--config",
            "profile.dev.debug=false",
        ];
        let build = cargo::build(&self.pristine(), &args, Show::Nothing)?;
        if build.success {
            return Ok(());
        }
        let first = build.diagnostics.iter().find(|diagnostic| diagnostic.error);
        Err(Failure::cannot(
            format!(
                "the crates that the exercises need do not compile: {}",
                first.map_or("cargo says no more", |diagnostic| diagnostic
                    .message
                    .as_str())
            ),
            "`cargo course check` lists everything that is wrong with the course",
        ))
    }
}

/// What stands for an exercise's library while there is no submission.
pub(crate) const EMPTY: &str = "//! The place of a submission's code.\n";

/// The folders of a job, there as long as it works on one exercise.
#[derive(Debug)]
pub(crate) struct Job {
    folder: PathBuf,
    /// The submission's sources.
    pub(crate) sources: PathBuf,
    /// What is compiled from them.
    pub(crate) made: PathBuf,
}

impl Job {
    fn fill(&self, sources: &Sources) -> io::Result<()> {
        for folder in [&self.sources, &self.made] {
            empty(folder)?;
        }
        for (path, bytes) in sources {
            write(&self.sources.join(path), bytes)?;
        }
        // Root's grader compiles as nobody.
        if nix::unistd::geteuid().is_root() {
            chown(&self.made, Some(NOBODY), Some(NOBODY))?;
        }
        Ok(())
    }
}

impl Drop for Job {
    /// What it leaves if this fails is removed before the next exercise, or else that one is not graded.
    fn drop(&mut self) {
        let _ = fs::remove_dir_all(&self.folder);
    }
}

/// The only grader of this course: another one at the same time would work in the same folders.
fn lock(file: &Path) -> io::Result<File> {
    let lock = File::create(file)?;
    match lock.try_lock() {
        Ok(()) => {}
        Err(TryLockError::Error(error)) => return Err(error),
        Err(TryLockError::WouldBlock) => {
            eprintln!(
                "Waiting for another grader of this course to end ({}).",
                file.display()
            );
            lock.lock()?;
        }
    }
    Ok(lock)
}

/// A folder with nothing in it, which everybody may read whatever the umask says: root's grader compiles as nobody.
fn empty(folder: &Path) -> io::Result<()> {
    match fs::remove_dir_all(folder) {
        Err(error) if error.kind() != io::ErrorKind::NotFound => Err(error),
        _ => make(folder),
    }
}

fn make(folder: &Path) -> io::Result<()> {
    if !folder.is_dir() {
        folder.parent().map_or(Ok(()), make)?;
        fs::create_dir(folder)?;
        fs::set_permissions(folder, Permissions::from_mode(0o755))?;
    }
    Ok(())
}

fn write(file: &Path, bytes: &[u8]) -> io::Result<()> {
    file.parent().map_or(Ok(()), make)?;
    fs::write(file, bytes)?;
    fs::set_permissions(file, Permissions::from_mode(0o644))
}

fn copy(from: &Path, to: &Path) -> io::Result<()> {
    if !from.is_dir() {
        return write(to, &fs::read(from)?);
    }
    make(to)?;
    for entry in fs::read_dir(from)? {
        let entry = entry?;
        copy(&entry.path(), &to.join(entry.file_name()))?;
    }
    Ok(())
}
