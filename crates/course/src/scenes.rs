//! The scenes, by way of the program that records them.

use std::path::{Path, PathBuf};
use std::process::Command;
use std::time::Duration;

use crate::cargo::{self, Show};
use crate::place::Place;
use crate::run::{End, run};
use crate::{Failure, Problem};

/// How long one recording may take; a scene's own limits are far below.
const TIME_LIMIT: Duration = Duration::from_secs(120);

/// The program that records scenes.
#[derive(Debug)]
pub struct Recorder {
    program: PathBuf,
}

/// A scene: the part that it belongs to, its name as the slug, and its title.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Scene {
    /// `handshake/three-way-handshake`.
    pub place: Place,
    /// What it shows, in one line.
    pub title: String,
}

impl Scene {
    /// The scene's recording in the book, relative to the root.
    #[must_use]
    pub fn recording(&self) -> PathBuf {
        PathBuf::from(format!("book/{}.pcapng", self.place))
    }

    /// The snapshot that the scene's test compares with, relative to the root.
    #[must_use]
    pub fn snapshot(&self) -> PathBuf {
        PathBuf::from(format!(
            "crates/scenes/tests/scenes/snapshots/{}.snap",
            self.place.slug
        ))
    }
}

impl Recorder {
    /// Builds the program.
    ///
    /// # Errors
    /// It does not compile.
    pub fn build(root: &Path) -> Result<Recorder, Failure> {
        let build = cargo::build(
            root,
            &["--quiet", "--package", "scenes", "--bin", "record"],
            Show::Everything,
        )?;
        match build
            .programs
            .into_iter()
            .find(|program| program.name == "record")
        {
            Some(program) if build.success => Ok(Recorder {
                program: program.file,
            }),
            _ => Err(Failure::cannot(
                "the program that records the scenes does not compile (the compiler's messages are above)",
                "mend crates/scenes or crates/lab",
            )),
        }
    }

    /// Every scene that it can record.
    ///
    /// # Errors
    /// It does not list them.
    pub fn scenes(&self) -> Result<Vec<Scene>, Failure> {
        let ended = run(Command::new(&self.program).arg("--list"), TIME_LIMIT)?;
        let scenes: Option<Vec<Scene>> = ended.output.lines().map(scene).collect();
        scenes.filter(|_| ended.success()).ok_or_else(|| {
            Failure::cannot(
                format!("the recorder does not list its scenes:\n{}", ended.output.trim_end()),
                "`cargo run -p scenes --bin record -- --list` prints a line PART/NAME<TAB>title for each",
            )
        })
    }

    /// Records a scene as `folder/NAME.pcapng` and returns that file's path.
    ///
    /// # Errors
    /// The scene does not run here.
    pub fn record(&self, scene: &Scene, folder: &Path) -> Result<PathBuf, Problem> {
        let name = &scene.place.slug;
        let problem = |what: String| {
            Problem::new(
                scene.recording(),
                format!("the scene {name} cannot be recorded: {what}"),
                "`cargo course doctor` says whether the lab works here; crates/scenes has the scene",
            )
        };
        let ended = run(
            Command::new(&self.program).arg(name).arg(folder),
            TIME_LIMIT,
        )
        .map_err(|failure| problem(failure.to_string()))?;
        let file = folder.join(format!("{name}.pcapng"));
        if let End::Stopped(limit) = ended.end {
            return Err(problem(format!("its program {limit}")));
        }
        if !ended.success() || !file.is_file() {
            return Err(problem(ended.output.trim_end().to_owned()));
        }
        Ok(file)
    }
}

fn scene(line: &str) -> Option<Scene> {
    let (place, title) = line.split_once('\t')?;
    let (part, name) = place.split_once('/')?;
    Some(Scene {
        place: Place::new(part, name),
        title: title.to_owned(),
    })
}
