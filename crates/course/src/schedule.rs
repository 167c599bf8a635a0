//! `cargo course schedule`: the chapters, divided among sessions of one length.

use std::path::Path;

mod plan;
mod reading;

use plan::{Lesson, Piece, Sessions};
use reading::Reading;

use crate::exercise::{self, Exercise};
use crate::list::count;
use crate::summary::{self, Part};
use crate::table::{Align, Table};
use crate::{Failure, Problem};

/// Prints a timetable of the whole course, or of as much as fits into so many sessions.
///
/// # Errors
/// The table of contents, a manifest or a page cannot be read, or an exercise stands before one that it needs.
pub fn schedule(root: &Path, session: u32, sessions: Option<u32>) -> Result<(), Failure> {
    let parts = summary::read(root)?;
    let exercises = exercise::all(root, &parts)?;
    if let Some(problem) = out_of_order(&exercises).first() {
        return Err(Failure::cannot(
            format!("{}: {}", problem.file.display(), problem.what),
            problem.remedy.clone(),
        ));
    }
    let course = Course::read(root, &parts, &exercises)?;
    print!("{}", course.timetable(session, sessions));
    Ok(())
}

/// Exercises that stand before one that they need: then no timetable in the order of the book respects that.
fn out_of_order(exercises: &[Exercise]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for (index, exercise) in exercises.iter().enumerate() {
        for name in &exercise.meta.prerequisites {
            let before = exercises[..index]
                .iter()
                .any(|other| other.place.slug == *name || other.place.to_string() == *name);
            if !before {
                problems.push(Problem::new(
                    exercise.place.exercise().join("Cargo.toml"),
                    format!("needs `{name}`, which does not stand before it in the book"),
                    "change the order in book/SUMMARY.md, or the prerequisites",
                ));
            }
        }
    }
    problems
}

/// The chapters with their minutes, in the order of the book.
struct Course {
    /// Pages that belong to no part, and say how long they take.
    first: Vec<(String, Reading)>,
    /// The chapters that belong to a part: the part's number, title, and how long the text takes.
    chapters: Vec<(usize, String, Reading)>,
    /// The same chapters' minutes.
    lessons: Vec<Lesson>,
    /// The parts' titles.
    parts: Vec<String>,
}

impl Course {
    fn read(root: &Path, parts: &[Part], exercises: &[Exercise]) -> Result<Course, Failure> {
        let mut course = Course {
            first: Vec::new(),
            chapters: Vec::new(),
            lessons: Vec::new(),
            parts: parts.iter().map(|part| part.title.clone()).collect(),
        };
        for (number, part) in parts.iter().enumerate() {
            for chapter in &part.chapters {
                let file = Path::new("book").join(&chapter.file);
                let page = std::fs::read_to_string(root.join(&file)).map_err(|error| {
                    Failure::cannot(
                        format!("cannot read {}: {error}", file.display()),
                        "book/SUMMARY.md lists it; `cargo course check` says what else is missing",
                    )
                })?;
                let reading = Reading::of(&page);
                let Some(place) = chapter.place() else {
                    // The glossary and the like are looked at, not read.
                    if !reading.estimated {
                        course.first.push((chapter.title.clone(), reading));
                    }
                    continue;
                };
                let exercise = exercises.iter().find(|exercise| exercise.place == place);
                course
                    .chapters
                    .push((number, chapter.title.clone(), reading));
                course.lessons.push(Lesson {
                    text: reading.minutes,
                    exercise: exercise.map_or(0, |exercise| exercise.meta.minutes),
                });
            }
        }
        Ok(course)
    }

    fn timetable(&self, session: u32, sessions: Option<u32>) -> String {
        let all = plan::pack(&self.lessons, session);
        let most = sessions.map_or(all.len(), |most| most as usize);
        let held = &all[..all.len().min(most)];
        let mut text = self.before();
        text += &self.table(held, session).to_string();
        text += &self.sums(held, session);
        if most < all.len() {
            text += &self.rest(held, all.len());
        }
        let estimated =
            |piece: &Piece| piece.text.is_some() && self.chapters[piece.lesson].2.estimated;
        if held.iter().flatten().any(estimated) {
            text += &format!(
                "~ estimated: the chapter does not say how long it takes, and {} words are read in a minute.\n",
                reading::WORDS_IN_A_MINUTE
            );
        }
        text
    }

    /// What is done before the first session.
    fn before(&self) -> String {
        if self.first.is_empty() {
            return String::new();
        }
        let pages: Vec<String> = self
            .first
            .iter()
            .map(|(title, reading)| format!("{title} ({reading} min)"))
            .collect();
        format!(
            "Before the first session, at home: {}.\n\n",
            pages.join(", ")
        )
    }

    fn table(&self, held: &Sessions, session: u32) -> Table {
        let mut table = Table::new(&[
            Align::Left,
            Align::Right,
            Align::Right,
            Align::Right,
            Align::Left,
        ]);
        table.row(["", "text", "exercise", "minutes"]);
        let mut part = None;
        for (index, pieces) in held.iter().enumerate() {
            let minutes = plan::minutes(pieces);
            let over = minutes.saturating_sub(session);
            table.row([
                format!("Session {}", index + 1),
                String::new(),
                String::new(),
                minutes.to_string(),
                match over {
                    0 => String::new(),
                    over => format!("{over} too many: the end is for home"),
                },
            ]);
            for piece in pieces {
                let (number, title, reading) = &self.chapters[piece.lesson];
                if part != Some(*number) {
                    part = Some(*number);
                    table.row([format!("  {}", self.parts[*number])]);
                }
                let cell =
                    |minutes: Option<u32>| minutes.map_or_else(String::new, |it| it.to_string());
                table.row([
                    format!("    {title}"),
                    piece.text.map_or_else(String::new, |_| reading.to_string()),
                    cell(piece.exercise),
                    piece.minutes().to_string(),
                ]);
            }
        }
        table
    }

    /// How much it is altogether, and how long the exercises alone would take.
    fn sums(&self, held: &Sessions, session: u32) -> String {
        let pieces = || held.iter().flatten();
        let sum = |minutes: fn(&Piece) -> Option<u32>| pieces().filter_map(minutes).sum::<u32>();
        let (text, exercise) = (sum(|piece| piece.text), sum(|piece| piece.exercise));
        let mut said = format!(
            "\n{} of {session} minutes: {text} minutes of text, {exercise} of exercises.\n",
            count(number(held.len()), "session"),
        );
        let at_home: Vec<Lesson> = self
            .lessons
            .iter()
            .enumerate()
            .filter(|(lesson, _)| pieces().any(|piece| piece.lesson == *lesson))
            .map(|(_, lesson)| Lesson { text: 0, ..*lesson })
            .collect();
        said += &format!(
            "With the text read at home, these exercises take {}.\n",
            count(number(plan::pack(&at_home, session).len()), "session")
        );
        said
    }

    /// How far the course comes, and what is left out.
    fn rest(&self, held: &Sessions, all: usize) -> String {
        let solved = |lesson: usize| {
            held.iter()
                .flatten()
                .any(|piece| piece.lesson == lesson && piece.exercise.is_some())
        };
        let read = |lesson: usize| held.iter().flatten().any(|piece| piece.lesson == lesson);
        let mut said = format!(
            "The whole course takes {}.\n",
            count(number(all), "session")
        );
        for (number, part) in self.parts.iter().enumerate() {
            let lessons: Vec<usize> = (0..self.chapters.len())
                .filter(|lesson| self.chapters[*lesson].0 == number)
                .collect();
            let whole = lessons.iter().filter(|lesson| solved(**lesson)).count();
            if lessons.is_empty() {
                continue;
            }
            said += &match whole {
                whole if whole == lessons.len() => format!("  {part}: whole\n"),
                0 if !lessons.iter().any(|lesson| read(*lesson)) => format!("  {part}: left out\n"),
                whole => format!(
                    "  {part}: {whole} of {}\n",
                    count(self::number(lessons.len()), "chapter")
                ),
            };
            for lesson in lessons {
                if read(lesson) && !solved(lesson) && self.lessons[lesson].exercise > 0 {
                    said += &format!(
                        "    {}: the exercise, {} minutes, is for home\n",
                        self.chapters[lesson].1, self.lessons[lesson].exercise
                    );
                }
            }
        }
        said
    }
}

fn number(number: usize) -> u32 {
    u32::try_from(number).unwrap_or(u32::MAX)
}
