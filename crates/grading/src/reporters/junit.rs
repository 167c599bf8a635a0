//! `junit.xml`: the form of test results that most systems for continuous integration show.
//!
//! A suite for each exercise; a test that did not pass is a failure. Its points are a property, for the form has none.

use std::time::Duration;

use quick_junit::{NonSuccessKind, Property, Report as Xml, TestCase, TestCaseStatus, TestSuite};

use super::{mark, said};
use crate::clean;
use crate::report::{ExerciseReport, Report, TestReport};

/// The file for one submission.
#[must_use]
pub fn results(report: &Report) -> String {
    let mut xml = Xml::new(report.submission.as_str());
    xml.add_test_suites(report.exercises.iter().map(suite));
    xml.to_string().expect("memory can be written to")
}

fn suite(exercise: &ExerciseReport) -> TestSuite {
    let mut suite = TestSuite::new(format!("{}/{}", exercise.part, exercise.slug));
    suite.add_property(Property::new("points", exercise.points().to_string()));
    suite.add_property(Property::new("worth", exercise.worth().to_string()));
    suite.add_property(Property::new("verdict", mark(exercise)));
    suite.add_test_cases(exercise.tests.iter().map(|test| case(exercise, test)));
    suite
}

fn case(exercise: &ExerciseReport, test: &TestReport) -> TestCase {
    let status = if test.passed {
        TestCaseStatus::success()
    } else {
        let said = said(exercise, test);
        let mut status = TestCaseStatus::non_success(NonSuccessKind::Failure);
        status.set_message(clean::line(said.lines().next().unwrap_or_default()));
        status.set_description(said);
        status
    };
    let mut case = TestCase::new(test.name.as_str(), status);
    case.set_classname(exercise.slug.as_str());
    case.set_time(Duration::from_millis(test.milliseconds));
    case.add_property(Property::new("points", test.points().to_string()));
    case.add_property(Property::new("worth", test.worth.to_string()));
    case
}
