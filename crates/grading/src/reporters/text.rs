//! Tables for people.

use course::list::count;
use course::table::{Align, Table};

use super::{mark, why};
use crate::report::{Report, Verdict};

/// One submission: its points, and each exercise.
#[must_use]
pub fn submission(report: &Report) -> String {
    let mut table = Table::new(&[
        Align::Left,
        Align::Right,
        Align::Left,
        Align::Right,
        Align::Left,
    ]);
    for exercise in &report.exercises {
        let reason = why(exercise)
            .and_then(|why| why.lines().find(|line| !line.trim().is_empty()))
            .map_or_else(String::new, |line| {
                format!(": {}", crate::clean::line(line.trim()))
            });
        table.row([
            format!("{}/{}", exercise.part, exercise.slug),
            exercise.points().to_string(),
            "/".to_owned(),
            exercise.worth().to_string(),
            format!("{}{reason}", mark(exercise)),
        ]);
    }
    format!(
        "{}: {} of {}\n{table}",
        report.submission,
        report.points(),
        count(report.worth(), "point")
    )
}

/// All submissions: the points of each, by part. A dash stands where nothing was handed in.
#[must_use]
pub fn class(reports: &[Report]) -> String {
    let parts = parts(reports);
    let mut columns = vec![Align::Left];
    columns.extend(parts.iter().map(|_| Align::Right));
    columns.push(Align::Right);
    let mut table = Table::new(&columns);
    let head = |first: &str, middle: Vec<String>, last: String| {
        let mut row = vec![first.to_owned()];
        row.extend(middle);
        row.push(last);
        row
    };
    table.row(head(
        "submission",
        parts.iter().map(|part| (*part).to_owned()).collect(),
        "all".to_owned(),
    ));
    if let Some(first) = reports.first() {
        let worth = parts.iter().map(|part| {
            let exercises = first.exercises.iter().filter(|e| e.part == **part);
            format!("of {}", exercises.map(|e| e.worth()).sum::<u32>())
        });
        table.row(head("", worth.collect(), format!("of {}", first.worth())));
    }
    for report in reports {
        let points = parts.iter().map(|part| {
            let exercises = || report.exercises.iter().filter(|e| e.part == **part);
            if exercises().all(|exercise| exercise.verdict == Verdict::NotHandedIn) {
                "-".to_owned()
            } else {
                exercises().map(|e| e.points()).sum::<u32>().to_string()
            }
        });
        table.row(head(
            &report.submission,
            points.collect(),
            report.points().to_string(),
        ));
    }
    table.to_string()
}

/// The class, and then each submission.
#[must_use]
pub fn all(reports: &[Report]) -> String {
    let each: Vec<String> = reports.iter().map(submission).collect();
    format!("{}\n{}", class(reports), each.join("\n"))
}

/// The parts in the order of the book.
fn parts(reports: &[Report]) -> Vec<&str> {
    let mut parts: Vec<&str> = Vec::new();
    for exercise in reports.iter().flat_map(|report| &report.exercises) {
        if !parts.contains(&&*exercise.part) {
            parts.push(&exercise.part);
        }
    }
    parts
}
