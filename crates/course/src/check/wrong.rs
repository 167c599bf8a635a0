//! Every wrong answer compiles, and fails on the test that it names.
//!
//! The wrong answers are compiled as packages of a workspace of their own under `target/`, which takes its
//! dependencies, lints and profiles from the course's: whole sources where they stand, patched ones there. Nothing is
//! written outside of `target/`.

mod answer;
mod patch;
mod workspace;

use std::path::Path;

use crate::bar::Bar;
use crate::book::Ledger;
use crate::cargo::{self, Build, Show};
use crate::exercise::Exercise;
use crate::grade::{Grade, TIME_LIMIT, TestProgram, parallel};
use crate::place::Place;
use crate::{Failure, Problem};

use super::exercises::{broken_crates, not_compiled, readable};
use answer::Answer;

/// How many wrong answers an exercise has at least.
const ANSWERS: usize = 3;

pub(super) fn problems(
    root: &Path,
    only: Option<&Place>,
    bar: &Bar,
) -> Result<Vec<Problem>, Failure> {
    let (exercises, _) = readable(root, only)?;
    let ledger = ledger(root);
    let mut problems = Vec::new();
    let mut answers = Vec::new();
    for exercise in &exercises {
        let (good, bad) = answer::all(root, exercise)?;
        if good.len() + bad.len() < ANSWERS {
            problems.push(too_few(exercise, good.len() + bad.len()));
        }
        problems.extend(bad);
        problems.extend(
            good.iter()
                .filter_map(|answer| unknown_claim(answer, &ledger)),
        );
        answers.extend(good);
    }
    if answers.is_empty() {
        return Ok(problems);
    }
    let folder = workspace::write(root, &answers)?;
    let target = cargo::target_folder(root);
    let target = target.to_string_lossy();
    let args = [
        "--keep-going",
        "--workspace",
        "--test",
        "grade",
        "--target-dir",
        &target,
    ];
    let build = cargo::build(&folder, &args, Show::Nothing)?;
    let broken = broken_crates(root, &build);
    if !broken.is_empty() {
        problems.extend(broken);
        return Ok(problems);
    }
    let tried = parallel(&answers, bar, |answer| {
        tried(root, &build, &folder.join(&answer.package), answer)
            .unwrap_or_else(|failure| vec![super::of_failure(failure)])
    });
    problems.extend(tried.into_iter().flatten());
    Ok(problems)
}

fn tried(
    root: &Path,
    build: &Build,
    folder: &Path,
    answer: &Answer,
) -> Result<Vec<Problem>, Failure> {
    let Some(program) = build.program(&folder.join("Cargo.toml")) else {
        let problems = not_compiled(root, build, &folder.join("Cargo.toml"), &answer.file);
        return Ok(match answer.patched {
            Some(_) => problems
                .into_iter()
                .map(|problem| of_patch(answer, problem))
                .collect(),
            None => problems,
        });
    };
    let grade = Grade { program, folder };
    let tests = grade.tests()?;
    if !tests.contains(&answer.fails) {
        return Ok(vec![Problem::new(
            &answer.file,
            format!("says that it fails on `{}`, which is no test", answer.fails),
            format!("name one of: {}", tests.join(", ")),
        )]);
    }
    if !grade.test(&answer.fails, TIME_LIMIT)?.passed() {
        return Ok(Vec::new());
    }
    let mut others = Vec::new();
    for test in tests.iter().filter(|test| **test != answer.fails) {
        if !grade.test(test, TIME_LIMIT)?.passed() {
            others.push(test.as_str());
        }
    }
    let others = if others.is_empty() {
        "and every other test too".to_owned()
    } else {
        format!("though it fails on {}", others.join(", "))
    };
    Ok(vec![Problem::new(
        &answer.file,
        format!(
            "the wrong answer ({}) passes `{}`, {others}",
            answer.wrong, answer.fails
        ),
        "let that test see the mistake, or name the test that does in the line `Fails:`",
    )])
}

/// What the compiler said of a patched source, as a problem of the patch. It names the source from the workspace's folder.
fn of_patch(answer: &Answer, problem: Problem) -> Problem {
    let what = match problem.line {
        Some(line) => {
            let source = Path::new(workspace::FOLDER).join(problem.file);
            format!("{}\nin {}:{line}", problem.what, source.display())
        }
        None => problem.what,
    };
    Problem::new(&answer.file, what, problem.remedy)
}

fn too_few(exercise: &Exercise, count: usize) -> Problem {
    Problem::new(
        exercise.place.solution().join("wrong"),
        match count {
            1 => format!("there is 1 wrong answer, fewer than {ANSWERS}"),
            _ => format!("there are {count} wrong answers, fewer than {ANSWERS}"),
        },
        "add a file for each mistake that a reader is likely to make, with the lines `Wrong:` and `Fails:`",
    )
}

/// The ledger, as far as it can be read; what is wrong with it is the book's problem and is said there.
fn ledger(root: &Path) -> Ledger {
    let file = Path::new("book/claims.toml");
    let text = std::fs::read_to_string(root.join(file)).unwrap_or_default();
    Ledger::parse(&text, file).0
}

fn unknown_claim(answer: &Answer, ledger: &Ledger) -> Option<Problem> {
    let claim = answer
        .claim
        .as_ref()
        .filter(|claim| ledger.claim(claim).is_none())?;
    Some(Problem::new(
        &answer.file,
        format!("names the claim `{claim}`, which is not in the ledger"),
        "use an id of book/claims.toml, or leave the line `Claim:` out",
    ))
}
