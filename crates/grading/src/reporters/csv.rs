//! `grades.csv`, for a gradebook: one row for each submission, one column for each exercise.

use crate::report::Report;

/// The file: the submission's name, its points, what can be earned, and the points of each exercise.
#[must_use]
pub fn grades(reports: &[Report]) -> String {
    let mut table = csv::Writer::from_writer(Vec::new());
    let mut row = |cells: Vec<String>| {
        table
            .write_record(&cells)
            .expect("memory can be written to, and every report has the same exercises");
    };
    let mut head: Vec<String> = ["submission", "points", "worth"].map(str::to_owned).into();
    let first = reports.first().map(|report| &report.exercises);
    head.extend(first.into_iter().flatten().map(|e| e.slug.clone()));
    row(head);
    for report in reports {
        let mut cells = vec![
            no_formula(&report.submission),
            report.points().to_string(),
            report.worth().to_string(),
        ];
        cells.extend(report.exercises.iter().map(|e| e.points().to_string()));
        row(cells);
    }
    let bytes = table.into_inner().expect("memory can be written to");
    String::from_utf8(bytes).expect("only text was written")
}

/// A name that a spreadsheet would take for a formula gets an apostrophe, which it shows as text.
fn no_formula(name: &str) -> String {
    if name.starts_with(['=', '+', '-', '@']) {
        format!("'{name}")
    } else {
        name.to_owned()
    }
}
