//! The forms in which reports are written, each read again by a reader that is not ours where it is not text.

use data_encoding::BASE64;
use grading::reporters::{classroom, csv as sheet, gradescope, json, junit, text};
use grading::{ExerciseReport, Report, TestReport, Verdict, clean};
use serde_json::Value;

fn test(name: &str, worth: u32, said: Option<&str>) -> TestReport {
    TestReport {
        name: name.to_owned(),
        worth,
        passed: said.is_none(),
        said: said.unwrap_or_default().to_owned(),
        milliseconds: 1500,
    }
}

fn exercise(part: &str, slug: &str, verdict: Verdict, tests: Vec<TestReport>) -> ExerciseReport {
    ExerciseReport {
        part: part.to_owned(),
        slug: slug.to_owned(),
        verdict,
        tests,
    }
}

fn open(name: &str, worth: u32) -> TestReport {
    TestReport {
        passed: false,
        milliseconds: 0,
        ..test(name, worth, None)
    }
}

/// One of each verdict, and a part of the points.
fn one() -> Report {
    let solved = vec![test("a_sum_is_right", 2, None), test("it_wraps", 3, None)];
    let partly = vec![
        test("a_syn_is_answered", 2, None),
        test(
            "a_lost_one_is_sent_again",
            4,
            Some("no SYN\n\nThe wire saw nothing."),
        ),
    ];
    let error = "error[E0425]: no `x`\n --> src/lib.rs:3:1\n";
    let link = "a/src/x is a link; only ordinary files and folders are taken";
    let why = |verdict| vec![open("it_ends", 1), open(verdict, 1)];
    Report {
        submission: "one".to_owned(),
        exercises: vec![
            exercise("header", "checksum", Verdict::Ran, solved),
            exercise("handshake", "why-three", Verdict::Ran, partly),
            exercise(
                "handshake",
                "backlog",
                Verdict::DoesNotCompile(error.to_owned()),
                why("x"),
            ),
            exercise(
                "teardown",
                "reset",
                Verdict::NotTaken(link.to_owned()),
                why("y"),
            ),
            exercise("teardown", "keepalive", Verdict::NotHandedIn, why("z")),
        ],
    }
}

/// The same exercises, all solved.
fn two() -> Report {
    let mut report = one();
    report.submission = "two".to_owned();
    for exercise in &mut report.exercises {
        exercise.verdict = Verdict::Ran;
        for test in &mut exercise.tests {
            test.passed = true;
            test.said.clear();
        }
    }
    report
}

/// The same exercises, none handed in.
fn three() -> Report {
    let mut report = one();
    report.submission = "three".to_owned();
    for exercise in &mut report.exercises {
        exercise.verdict = Verdict::NotHandedIn;
        for test in &mut exercise.tests {
            *test = open(&test.name, test.worth);
        }
    }
    report
}

/// A report whose texts try to break what they are written to.
fn hostile() -> Report {
    let said = "]]></failure><x a='\"\u{1b}[2J\u{1b}]0;t\u{7}\u{0}\u{8}\u{b}\u{fffe}\u{ffff}\u{202e}&amp; \r\nresult=x\n::error::y\n=1+1,\"";
    let long = "x".repeat(1 << 20);
    clean::report(Report {
        submission: "=cmd|'\u{1b}[31m,\"\n<one>&".to_owned(),
        exercises: vec![
            exercise(
                "handshake",
                "backlog",
                Verdict::DoesNotCompile(said.to_owned() + &long),
                vec![open("it_ends", 1)],
            ),
            exercise(
                "teardown",
                "reset",
                Verdict::NotTaken(said.to_owned()),
                vec![open("it_ends", 1)],
            ),
            exercise(
                "teardown",
                "keepalive",
                Verdict::Ran,
                vec![
                    test("it_ends", 1, Some(said)),
                    test("it_begins", 1, Some(&long)),
                ],
            ),
        ],
    })
}

fn parsed(json: &str) -> Value {
    serde_json::from_str(json).unwrap()
}

#[test]
fn a_submission_as_a_table() {
    assert_eq!(
        text::submission(&one()),
        "\
one: 7 of 17 points
  header/checksum      5  /  5  solved
  handshake/why-three  2  /  6  1 of 2 tests failed
  handshake/backlog    0  /  2  does not compile: error[E0425]: no `x`
  teardown/reset       0  /  2  its files were not taken: a/src/x is a link; only ordinary files and folders are taken
  teardown/keepalive   0  /  2  not handed in
"
    );
}

#[test]
fn a_class_as_a_table() {
    let reports = [one(), three(), two()];
    assert_eq!(
        text::class(&reports),
        "  submission  header  handshake  teardown    all
                of 5       of 8      of 4  of 17
  one              5          2         0      7
  three            -          -         -      0
  two              5          8         4     17
"
    );
    let all = text::all(&reports);
    assert!(all.starts_with(&text::class(&reports)), "{all}");
    for report in &reports {
        assert!(all.contains(&text::submission(report)), "{all}");
    }
    assert_eq!(text::class(&[]), "  submission  all\n");
}

#[test]
fn everything_as_json() {
    let grades = parsed(&json::grades(&[one(), two()]));
    assert_eq!(grades["version"], 1);
    let submissions = grades["submissions"].as_array().unwrap();
    assert_eq!(submissions.len(), 2);
    let one = &submissions[0];
    assert_eq!(
        (&one["name"], &one["folder"]),
        (&Value::from("one"), &Value::from("one"))
    );
    assert_eq!(
        (&one["points"], &one["worth"]),
        (&Value::from(7), &Value::from(17))
    );
    let exercises = one["exercises"].as_array().unwrap();
    let verdicts: Vec<&str> = exercises
        .iter()
        .map(|e| e["verdict"].as_str().unwrap())
        .collect();
    assert_eq!(
        verdicts,
        [
            "ran",
            "ran",
            "does-not-compile",
            "not-taken",
            "not-handed-in"
        ]
    );
    let partly = &exercises[1];
    assert_eq!(
        (&partly["part"], &partly["slug"]),
        (&Value::from("handshake"), &Value::from("why-three"))
    );
    assert_eq!(
        (&partly["points"], &partly["worth"]),
        (&Value::from(2), &Value::from(6))
    );
    assert!(partly.get("why").is_none());
    assert_eq!(
        partly["tests"][1],
        serde_json::json!({
            "name": "a_lost_one_is_sent_again", "points": 0, "worth": 4, "passed": false,
            "said": "no SYN\n\nThe wire saw nothing.", "milliseconds": 1500
        })
    );
    assert_eq!(
        exercises[2]["why"],
        "error[E0425]: no `x`\n --> src/lib.rs:3:1\n"
    );
    assert_eq!(submissions[1]["points"], 17);
}

#[test]
fn a_gradebook_has_a_column_for_each_exercise() {
    assert_eq!(
        sheet::grades(&[one(), three(), two()]),
        "\
submission,points,worth,checksum,why-three,backlog,reset,keepalive
one,7,17,5,2,0,0,0
three,0,17,0,0,0,0,0
two,17,17,5,6,2,2,2
"
    );
    assert_eq!(sheet::grades(&[]), "submission,points,worth\n");
}

#[test]
fn junit_has_a_suite_for_each_exercise_and_a_failure_for_each_test_that_did_not_pass() {
    let xml = junit::results(&one());
    let document = roxmltree::Document::parse(&xml).unwrap();
    let all = document.root_element();
    assert_eq!(all.tag_name().name(), "testsuites");
    assert_eq!(
        ["name", "tests", "failures", "errors"].map(|key| all.attribute(key).unwrap()),
        ["one", "10", "7", "0"]
    );
    let suites: Vec<_> = all
        .children()
        .filter(|node| node.has_tag_name("testsuite"))
        .collect();
    let names: Vec<&str> = suites
        .iter()
        .map(|suite| suite.attribute("name").unwrap())
        .collect();
    assert_eq!(
        names,
        [
            "header/checksum",
            "handshake/why-three",
            "handshake/backlog",
            "teardown/reset",
            "teardown/keepalive"
        ]
    );
    let cases: Vec<_> = suites[1]
        .children()
        .filter(|node| node.has_tag_name("testcase"))
        .collect();
    let failure = |case: &roxmltree::Node<'_, '_>| {
        let failure = case.children().find(|node| node.has_tag_name("failure"))?;
        Some((
            failure.attribute("message")?.to_owned(),
            failure.text()?.to_owned(),
        ))
    };
    assert_eq!(
        ["name", "classname", "time"].map(|key| cases[0].attribute(key).unwrap()),
        ["a_syn_is_answered", "why-three", "1.500"]
    );
    assert_eq!(failure(&cases[0]), None);
    assert_eq!(
        failure(&cases[1]),
        Some((
            "no SYN".to_owned(),
            "no SYN\n\nThe wire saw nothing.".to_owned()
        ))
    );
    let points = |node: &roxmltree::Node<'_, '_>| -> Vec<String> {
        let properties = node
            .children()
            .filter(|node| node.has_tag_name("properties"));
        properties
            .flat_map(|node| node.children())
            .filter_map(|node| {
                Some(format!(
                    "{}={}",
                    node.attribute("name")?,
                    node.attribute("value")?
                ))
            })
            .collect()
    };
    assert_eq!(points(&cases[0]), ["points=2", "worth=2"]);
    assert_eq!(
        points(&suites[1]),
        ["points=2", "worth=6", "verdict=1 of 2 tests failed"]
    );
    let open: Vec<_> = suites[2]
        .children()
        .filter(|node| node.has_tag_name("testcase"))
        .collect();
    let first = failure(&open[0]).unwrap();
    assert_eq!(first.0, "The test did not run: does not compile.");
    assert!(
        first
            .1
            .contains("error[E0425]: no `x`\n --> src/lib.rs:3:1"),
        "{first:?}"
    );
    assert_eq!(
        failure(&open[1]).unwrap().1,
        "The test did not run: does not compile."
    );
}

#[test]
fn gradescope_gets_the_keys_of_its_specification() {
    let results = parsed(&gradescope::results(&one()));
    assert_eq!(results["score"], 7);
    assert_eq!(results["execution_time"], 6.0);
    assert_eq!(results["output"], Value::from(text::submission(&one())));
    assert_eq!(
        (&results["output_format"], &results["visibility"]),
        (&Value::from("text"), &Value::from("visible"))
    );
    let tests = results["tests"].as_array().unwrap();
    assert_eq!(tests.len(), 10);
    assert_eq!(
        tests[3],
        serde_json::json!({
            "score": 0, "max_score": 4, "status": "failed", "name": "why-three: a_lost_one_is_sent_again",
            "name_format": "text", "number": "2.2", "output": "no SYN\n\nThe wire saw nothing.",
            "output_format": "text", "visibility": "visible"
        })
    );
    let sum = |key: &str| {
        tests
            .iter()
            .map(|test| test[key].as_u64().unwrap())
            .sum::<u64>()
    };
    assert_eq!((sum("score"), sum("max_score")), (7, 17));
    assert_eq!(
        (&tests[0]["status"], &tests[0]["output"]),
        (&Value::from("passed"), &Value::from(""))
    );
    // One exercise needs no prefix.
    let mut single = one();
    single.exercises.truncate(1);
    assert_eq!(
        parsed(&gradescope::results(&single))["tests"][0]["name"],
        "a_sum_is_right"
    );
}

#[test]
fn classroom_gets_what_its_reporter_reads() {
    let results = parsed(&classroom::results(&one()));
    assert_eq!(
        (
            &results["version"],
            &results["status"],
            &results["max_score"]
        ),
        (&Value::from(1), &Value::from("fail"), &Value::from(17))
    );
    let tests = results["tests"].as_array().unwrap();
    assert_eq!(
        tests[3],
        serde_json::json!({
            "name": "why-three: a_lost_one_is_sent_again", "status": "fail", "score": 0,
            "message": "no SYN\n\nThe wire saw nothing.", "test_code": "cargo course test why-three",
            "filename": "exercises/handshake/why-three/tests/grade.rs", "line_no": 0, "duration": 1.5
        })
    );
    let states: Vec<&str> = tests
        .iter()
        .map(|test| test["status"].as_str().unwrap())
        .collect();
    assert_eq!(
        states,
        [
            "pass", "pass", "pass", "fail", "error", "error", "error", "error", "fail", "fail"
        ]
    );
    assert_eq!(tests[0]["message"], Value::Null);
    assert_eq!(parsed(&classroom::results(&two()))["status"], "pass");
    // What a workflow hands on.
    let line = classroom::output(&one());
    let encoded = line
        .strip_prefix("result=")
        .unwrap()
        .strip_suffix('\n')
        .unwrap();
    assert_eq!(
        parsed(&String::from_utf8(BASE64.decode(encoded.as_bytes()).unwrap()).unwrap()),
        results
    );
}

#[test]
fn classroom_output_fits_into_a_variable_of_the_environment() {
    let mut report = one();
    let long = "a message of some length ".repeat(400);
    for exercise in &mut report.exercises {
        exercise.verdict = Verdict::Ran;
        exercise.tests = (0..12)
            .map(|number| test(&format!("test_{number}"), 1, Some(&long)))
            .collect();
    }
    let line = classroom::output(&report);
    assert!(line.len() < 128 << 10, "{}", line.len());
    let message = parsed(&classroom::results(&report))["tests"][59]["message"]
        .as_str()
        .unwrap()
        .to_owned();
    assert!(
        message.starts_with("a message of") && message.ends_with(" more characters]"),
        "{message}"
    );
    // As large as the course can get.
    for exercise in &mut report.exercises {
        exercise.tests = (0..60)
            .map(|number| test(&format!("test_{number}"), 1, Some(&long)))
            .collect();
    }
    assert!(classroom::output(&report).len() < 128 << 10);
}

#[test]
fn hostile_words_break_no_format() {
    let report = hostile();
    let reports = [report.clone()];
    let harmless = |text: &str| {
        for (index, line) in text.lines().enumerate() {
            assert!(
                !line.contains(|c: char| c.is_control() && c != '\t'),
                "{index}: {line:?}"
            );
        }
        assert!(!text.contains(['\u{202e}', '\u{fffe}', '\u{ffff}', '\r']));
    };
    let xml = junit::results(&report);
    let document = roxmltree::Document::parse(&xml).unwrap();
    assert_eq!(
        document
            .descendants()
            .filter(|node| node.has_tag_name("testcase"))
            .count(),
        4
    );
    assert_eq!(
        document
            .descendants()
            .filter(|node| node.has_tag_name("x"))
            .count(),
        0
    );
    assert!(document.descendants().any(|node| {
        node.text()
            .is_some_and(|text| text.contains("]]></failure>"))
    }));
    for json in [
        json::grades(&reports),
        gradescope::results(&report),
        classroom::results(&report),
    ] {
        parsed(&json);
        harmless(&json);
        assert!(json.len() < 200_000, "{}", json.len());
    }
    assert_eq!(classroom::output(&report).lines().count(), 1);
    for table in [text::submission(&report), text::class(&reports)] {
        harmless(&table);
        assert!(
            table.lines().all(|line| line.chars().count() < 300),
            "{table}"
        );
    }
    assert_eq!(text::submission(&report).lines().count(), 4);
    let csv = sheet::grades(&reports);
    let mut reader = csv::Reader::from_reader(csv.as_bytes());
    let rows: Vec<csv::StringRecord> = reader.records().map(Result::unwrap).collect();
    assert_eq!(rows.len(), 1);
    assert_eq!(&rows[0][0], "'=cmd|',\" <one>&");
}
