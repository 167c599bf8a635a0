//! Every solution passes its grade; every starter compiles without a warning and fails on each
//! test that is worth points; points, hints and snapshots are in order.

use std::path::{Path, PathBuf};

use crate::bar::Bar;
use crate::cargo::{self, Build, Show};
use crate::exercise::{self, Exercise};
use crate::grade::{Grade, Outcome, TIME_LIMIT, TestProgram, parallel};
use crate::place::Place;
use crate::{Failure, Problem};

use super::hints;

pub(super) fn problems(
    root: &Path,
    only: Option<&Place>,
    bar: &Bar,
) -> Result<Vec<Problem>, Failure> {
    let mut problems = leftovers(root)?;
    let (exercises, unreadable) = readable(root, only)?;
    problems.extend(unreadable);
    if exercises.is_empty() {
        return Ok(problems);
    }
    let packages: Vec<String> = exercises
        .iter()
        .flat_map(|exercise| {
            [
                exercise.place.slug.clone(),
                exercise.place.solution_package(),
            ]
        })
        .collect();
    let mut args = vec!["--keep-going", "--test", "grade"];
    for package in &packages {
        args.extend(["-p", package]);
    }
    let build = cargo::build(root, &args, Show::Nothing)?;
    let broken = broken_crates(root, &build);
    if !broken.is_empty() {
        problems.extend(broken);
        return Ok(problems);
    }
    for found in parallel(&exercises, bar, |exercise| {
        of_exercise(root, &build, exercise)
    }) {
        problems.extend(found);
    }
    Ok(problems)
}

/// The exercises that can be built: those with a good manifest, a grade and a solution. What the
/// others lack is said here, or by the check of the pairs.
pub(super) fn readable(
    root: &Path,
    only: Option<&Place>,
) -> Result<(Vec<Exercise>, Vec<Problem>), Failure> {
    let solutions = exercise::places(root, "solutions")?;
    let (mut exercises, mut problems) = (Vec::new(), Vec::new());
    let mut places = exercise::places(root, "exercises")?;
    places.retain(|place| only.is_none_or(|only| only == place));
    for place in places {
        let grade = place.exercise().join("tests/grade.rs");
        match Exercise::read(root, &place) {
            Err(problem) => problems.push(problem),
            Ok(_) if !root.join(&grade).is_file() => {
                problems.push(Problem::new(
                    &grade,
                    "is not there",
                    "an exercise is graded by its tests/grade.rs",
                ));
            }
            Ok(exercise) if solutions.contains(&place) => exercises.push(exercise),
            Ok(_) => {}
        }
    }
    Ok((exercises, problems))
}

fn of_exercise(root: &Path, build: &Build, exercise: &Exercise) -> Vec<Problem> {
    let mut problems = hints::problems(root, exercise);
    problems.extend(
        starter(root, build, exercise).unwrap_or_else(|failure| vec![super::of_failure(failure)]),
    );
    problems.extend(
        solution(root, build, exercise).unwrap_or_else(|failure| vec![super::of_failure(failure)]),
    );
    problems
}

fn starter(root: &Path, build: &Build, exercise: &Exercise) -> Result<Vec<Problem>, Failure> {
    let folder = root.join(exercise.place.exercise());
    let manifest = folder.join("Cargo.toml");
    let mut problems = Vec::new();
    for diagnostic in build.diagnostics_of(&manifest) {
        let (kind, remedy) = if diagnostic.error {
            ("does not compile", "a starter compiles before it is solved")
        } else {
            (
                "warns",
                "a starter compiles without a warning, so that every warning a reader sees is about their own code",
            )
        };
        problems.push(diagnosed(
            root,
            diagnostic,
            &format!("the starter {kind}"),
            remedy,
        ));
    }
    let Some(program) = build.program(&manifest) else {
        return Ok(or_not_built(problems, &exercise.place.exercise()));
    };
    let grade = Grade {
        program,
        folder: &folder,
    };
    let tests = grade.tests()?;
    problems.extend(points(exercise, &tests));
    for test in tests
        .iter()
        .filter(|test| exercise.meta.points.iter().any(|(name, _)| name == *test))
    {
        if grade.test(test, TIME_LIMIT)?.passed() {
            problems.push(Problem::new(
                exercise.place.exercise().join("tests/grade.rs"),
                format!("`{test}` gives points to the unsolved starter"),
                "let the test ask for something that the starter does not do",
            ));
        }
    }
    Ok(problems)
}

fn solution(root: &Path, build: &Build, exercise: &Exercise) -> Result<Vec<Problem>, Failure> {
    let relative = exercise.place.solution();
    let folder = root.join(&relative);
    let manifest = folder.join("Cargo.toml");
    let Some(program) = build.program(&manifest) else {
        return Ok(not_compiled(root, build, &manifest, &relative));
    };
    let grade = Grade {
        program,
        folder: &folder,
    };
    let mut problems = Vec::new();
    for test in grade.tests()? {
        if let Outcome::Failed(output) = grade.test(&test, TIME_LIMIT)? {
            problems.push(Problem::new(
                relative.join("src/lib.rs"),
                format!("the solution fails on `{test}`:\n{}", output.trim()),
                "mend the solution, or the test if it asks for too much",
            ));
        }
    }
    Ok(problems)
}

/// What kept a crate that exercises depend on from compiling. Then no exercise compiles, and none is to blame.
pub(super) fn broken_crates(root: &Path, build: &Build) -> Vec<Problem> {
    let crates = root.join("crates");
    build
        .diagnostics
        .iter()
        .filter(|diagnostic| diagnostic.error && diagnostic.manifest.starts_with(&crates))
        .map(|error| {
            diagnosed(
                root,
                error,
                "does not compile",
                "mend what the compiler says",
            )
        })
        .collect()
}

/// What kept a package from compiling.
pub(super) fn not_compiled(
    root: &Path,
    build: &Build,
    manifest: &Path,
    relative: &Path,
) -> Vec<Problem> {
    let errors = build
        .diagnostics_of(manifest)
        .filter(|diagnostic| diagnostic.error);
    or_not_built(
        errors
            .map(|error| {
                diagnosed(
                    root,
                    error,
                    "does not compile",
                    "mend what the compiler says",
                )
            })
            .collect(),
        relative,
    )
}

/// Says at least that a package was not built, where the compiler said nothing of it.
fn or_not_built(mut problems: Vec<Problem>, relative: &Path) -> Vec<Problem> {
    if problems.is_empty() {
        problems.push(Problem::new(
            relative.join("Cargo.toml"),
            "cargo built no test `grade` for this package",
            "look at [[test]] in its manifest, and at what `cargo build --test grade` says of it and of what it depends on",
        ));
    }
    problems
}

fn diagnosed(root: &Path, diagnostic: &cargo::Diagnostic, what: &str, remedy: &str) -> Problem {
    let manifest = diagnostic
        .manifest
        .strip_prefix(root)
        .unwrap_or(&diagnostic.manifest);
    let (file, line) = match &diagnostic.at {
        Some((file, line)) => (file.strip_prefix(root).unwrap_or(file), Some(*line)),
        None => (manifest, None),
    };
    Problem {
        line,
        ..Problem::new(file, format!("{what}: {}", diagnostic.message), remedy)
    }
}

/// Every test is worth points, and only tests are.
fn points(exercise: &Exercise, tests: &[String]) -> Vec<Problem> {
    let manifest = exercise.place.exercise().join("Cargo.toml");
    let points = &exercise.meta.points;
    let without = tests
        .iter()
        .filter(|test| !points.iter().any(|(name, _)| name == *test))
        .map(|test| {
            Problem::new(
                &manifest,
                format!("the test `{test}` is worth no points"),
                format!("add `{test} = 1`, or more, to [package.metadata.course.points]"),
            )
        });
    let unknown = points
        .iter()
        .filter(|(name, _)| !tests.contains(name))
        .map(|(name, _)| {
            Problem::new(
                &manifest,
                format!("there are points for `{name}`, which is no test"),
                "name a test of tests/grade.rs, or take the line out",
            )
        });
    without.chain(unknown).collect()
}

/// What a failed test leaves beside a snapshot must not be handed on: insta would offer it for acceptance.
fn leftovers(root: &Path) -> Result<Vec<Problem>, Failure> {
    let mut folders: Vec<PathBuf> = Vec::new();
    for folder in ["exercises", "solutions"] {
        let places: Vec<Place> = exercise::places(root, folder)?;
        folders.extend(places.iter().map(|place| {
            Path::new(folder)
                .join(place.to_string())
                .join("tests/snapshots")
        }));
    }
    folders.push("crates/scenes/tests/scenes/snapshots".into());
    let mut problems = Vec::new();
    for folder in folders {
        let Ok(entries) = std::fs::read_dir(root.join(&folder)) else {
            continue;
        };
        for name in entries.flatten().map(|entry| entry.file_name()) {
            if name.to_string_lossy().ends_with(".snap.new") {
                problems.push(Problem::new(
                    folder.join(name),
                    "a failed test left this beside its snapshot",
                    "if it is right, rename it over the snapshot; otherwise delete it",
                ));
            }
        }
    }
    Ok(problems)
}
