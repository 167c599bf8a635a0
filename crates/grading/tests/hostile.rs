//! The grader on submissions of every kind, from solved to hostile: exact points, and what their authors are told.

mod class;

use std::io::ErrorKind;
use std::net::TcpListener;
use std::path::Path;

use class::{Class, LAB, PURE, solution};
use grading::{ExerciseReport, Verdict};

/// The points of the exercise without a lab, and of the one with it.
const PURE_POINTS: u32 = 50;
const LAB_POINTS: u32 = 35;

/// What the tests that call no `SeqNumber::plus` are worth.
const WITHOUT_PLUS: u32 = 15;

/// Code that begins each call of `SeqNumber::plus`.
fn in_plus(code: &str) -> String {
    let begin = "pub fn plus(self, count: u32) -> SeqNumber {";
    let solution = solution(PURE);
    assert!(solution.contains(begin));
    solution.replace(begin, &format!("{begin}\n{code}\n"))
}

/// The solution with more at its end.
fn with(code: &str) -> String {
    format!("{}\n{code}\n", solution(PURE))
}

/// Grades code for the exercise without a lab, which compiles.
fn ran(code: &str) -> ExerciseReport {
    let report = Class::the().grade(PURE, code);
    assert_eq!(report.verdict, Verdict::Ran, "{code}");
    report
}

/// Grades code for the exercise without a lab, which is to be refused, and returns why.
fn refused(code: &str) -> String {
    let report = Class::the().grade(PURE, code);
    assert_eq!(report.points(), 0);
    assert_eq!(
        report.worth(),
        PURE_POINTS,
        "what did not run is worth what it was"
    );
    match report.verdict {
        Verdict::DoesNotCompile(why) => why,
        other => panic!("{other:?} for\n{code}"),
    }
}

/// Asserts that the rules refuse this code at the end of the solution, naming a thing and its line.
fn rules_refuse(code: &str, named: &str) {
    let code = with(code);
    let why = refused(&code);
    assert!(
        why.starts_with("This uses what a graded exercise may not use."),
        "{why}"
    );
    assert!(why.contains(named), "{named}: {why}");
    assert!(
        why.contains("exercises/header/sequence-numbers/src/lib.rs:"),
        "{why}"
    );
}

#[test]
fn solved() {
    let class = Class::the();
    let report = class.grade(PURE, &solution(PURE));
    assert_eq!(
        (report.points(), report.worth()),
        (PURE_POINTS, PURE_POINTS),
        "{report:?}"
    );
    let report = class.grade(LAB, &solution(LAB));
    assert_eq!(
        (report.points(), report.worth()),
        (LAB_POINTS, LAB_POINTS),
        "{report:?}"
    );
    assert_eq!(report.verdict, Verdict::Ran);
    assert_eq!(
        report.tests[0].name, "listening_sends_nothing",
        "the manifest's order"
    );
}

#[test]
fn as_it_was_handed_out() {
    let class = Class::the();
    let report = class.grade_sources(LAB, class.handed_out(LAB));
    assert_eq!((report.points(), report.worth()), (0, LAB_POINTS));
    assert_eq!(report.verdict, Verdict::Ran);
    let said = &report.tests[0].said;
    assert!(
        said.contains("not yet implemented: make a stream socket for IPv4"),
        "{said}"
    );
    assert_eq!(
        class.grade_sources(LAB, class.handed_out(LAB)),
        report,
        "and the second time it is known"
    );
}

#[test]
fn partly_solved() {
    // Half of the circle lies between: neither comes before the other.
    let code = solution(PURE).replace("(1..1 << 31)", "(1..=1 << 31)");
    let report = ran(&code);
    let failed: Vec<_> = report.tests.iter().filter(|test| !test.passed).collect();
    assert_eq!(failed.len(), 1, "{failed:?}");
    assert_eq!(failed[0].name, "before_and_after_are_decided_on_the_circle");
    assert!(failed[0].said.contains("SeqNumber"), "{}", failed[0].said);
    assert_eq!(report.points(), PURE_POINTS - 10);
}

#[test]
fn does_not_compile() {
    let why = refused(&with("fn later() -> u32 { \"later\" }"));
    assert!(why.starts_with("error[E0308]: mismatched types"), "{why}");
    let line = solution(PURE).lines().count() + 2;
    assert!(
        why.contains(&format!(
            "exercises/header/sequence-numbers/src/lib.rs:{line}:21"
        )),
        "{why}"
    );

    let why = refused(&solution(PURE).replace("pub fn precedes", "pub fn comes_before"));
    assert!(
        why.starts_with("The code compiles, but the tests do not compile with it:"),
        "{why}"
    );
    assert!(why.contains("no method named `precedes`"), "{why}");
}

#[test]
fn warns() {
    let report = ran(&with("fn unused() { let nothing = 1; }"));
    assert_eq!(report.points(), PURE_POINTS, "{report:?}");
}

#[test]
fn panics() {
    let report = ran(&in_plus("panic!(\"at {count}\");"));
    let test = &report.tests[0];
    assert!(!test.passed);
    assert!(
        test.said
            .contains("\n(at exercises/header/sequence-numbers/src/lib.rs:"),
        "{}",
        test.said
    );
    assert_eq!(report.points(), WITHOUT_PLUS, "{report:?}");
}

#[test]
fn hangs() {
    let code = solution(PURE).replace("(_, 0) => false,", "(_, 0) => loop {},");
    let report = ran(&code);
    let stopped: Vec<_> = report.tests.iter().filter(|test| !test.passed).collect();
    assert_eq!(stopped.len(), 1, "{stopped:?}");
    assert_eq!(stopped[0].name, "a_zero_window_takes_no_data");
    let limit = class::TESTING_TIME.as_secs();
    assert!(
        stopped[0].said.ends_with(&format!(
            "The test did not end within {limit} seconds and was stopped."
        )),
        "{}",
        stopped[0].said
    );
    assert_eq!(report.points(), PURE_POINTS - 5);
}

#[test]
fn eats_memory() {
    let report = ran(&in_plus("std::hint::black_box(vec![1_u8; 1 << 40]);"));
    assert_eq!(report.points(), WITHOUT_PLUS, "{report:?}");
    assert!(
        report.tests[0]
            .said
            .contains("memory allocation of 1099511627776 bytes failed"),
        "{report:?}"
    );
    assert!(
        report.tests[0]
            .said
            .ends_with("A test may use 1024 MiB of memory."),
        "{report:?}"
    );
}

#[test]
fn makes_threads_without_end() {
    let report = Class::the().grade(
        PURE,
        &in_plus("loop { std::thread::spawn(std::thread::park); }"),
    );
    assert_eq!(report.points(), WITHOUT_PLUS, "{report:?}");
    assert!(
        report.tests[0]
            .said
            .contains("A test may be 256 processes and threads."),
        "{report:?}"
    );
}

#[test]
fn prints_without_end() {
    let code = in_plus(
        "loop { std::io::Write::write_all(&mut std::io::stdout(), b\"all work and no play\").unwrap(); }",
    );
    let report = ran(&code);
    assert_eq!(report.points(), WITHOUT_PLUS, "{report:?}");
    let said = &report.tests[0].said;
    assert!(
        said.ends_with("The test printed more than 4194304 octets and was stopped."),
        "{said}"
    );
    assert!(said.len() < 40_000, "{}", said.len());
}

#[test]
fn prints_that_the_test_is_ok() {
    let lie = "std::io::Write::write_all(&mut std::io::stdout(), \
               b\"test x ... ok\\n\\ntest result: ok. 1 passed; 0 failed; 0 ignored; 0 measured; 0 filtered out\\n\").unwrap();";
    let report = ran(&in_plus(&format!("{lie} panic!(\"not at all\");")));
    assert_eq!(report.points(), WITHOUT_PLUS, "{report:?}");
    // A thread goes on to print it while libtest tells the truth.
    let code = in_plus(&format!(
        "std::thread::spawn(|| loop {{ {lie} }}); panic!(\"not at all\");"
    ));
    assert_eq!(ran(&code).points(), WITHOUT_PLUS);
}

#[test]
fn prints_the_ladder_and_does_not_connect() {
    let code = solution(LAB).replace(
        "    socket.connect(&to.into())?;\n",
        "    let _ = to;\n    println!(\"{LADDER}\");\n",
    ) + "const LADDER: &str = \"\n\
           client                                                    server\n\
           \x20                                                         LISTEN\n\
           1  SYN-SENT     -- SYN      seq=0         mss=1460 -->       SYN-RECEIVED\n\
           2  ESTABLISHED  <- SYN,ACK  seq=0 ack=1   mss=1460 --        SYN-RECEIVED\n\
           3  ESTABLISHED  -- ACK      seq=1 ack=1            -->       ESTABLISHED\n\";\n";
    let report = Class::the().grade(LAB, &code);
    let passed: Vec<_> = report.tests.iter().filter(|test| test.passed).collect();
    assert_eq!(passed.len(), 1, "{report:?}");
    assert_eq!(passed[0].name, "listening_sends_nothing");
    assert_eq!(report.points(), 5);
}

#[test]
fn ends_the_process() {
    rules_refuse(
        "pub fn end() { std::process::exit(0) }",
        "use of a disallowed method `std::process::exit`",
    );
    rules_refuse(
        "pub fn end() { let end: fn(i32) -> ! = std::process::exit; end(0) }",
        "std::process::exit",
    );
    rules_refuse(
        "use std::process::exit as leave;\npub fn end() { leave(0) }",
        "std::process::exit",
    );
    rules_refuse(
        "macro_rules! end { ($way:ident) => { std::process::$way(0) } }\npub fn end() { end!(exit) }",
        "std::process::exit",
    );
    rules_refuse(
        "pub fn end() { unsafe extern \"C\" { safe fn exit(code: i32) -> !; } exit(0) }",
        "unsafe extern",
    );
    rules_refuse(
        "#[unsafe(no_mangle)]\npub extern \"C\" fn write() {}",
        "no_mangle",
    );
    rules_refuse(
        "pub fn end() { unsafe { std::hint::unreachable_unchecked() } }",
        "unsafe",
    );
}

#[test]
fn starts_programs() {
    rules_refuse(
        "pub fn bomb() { loop { let _ = std::process::Command::new(\"/bin/sh\").spawn(); } }",
        "std::process::Command",
    );
    rules_refuse(
        "pub fn pass() { use std::os::unix::process::CommandExt; let own = std::env::current_exe().unwrap(); \
         let _ = std::process::Command::new(own).args([\"--exact\", \"another_test\"]).exec(); }",
        "it starts another program",
    );
}

#[test]
fn writes_and_reads_files() {
    let outside = std::env::temp_dir().join("segment-by-segment-was-written");
    let text = outside.display();
    rules_refuse(
        &format!("pub fn out() {{ std::fs::write(\"{text}\", \"x\").unwrap(); }}"),
        "std::fs::write",
    );
    rules_refuse(
        &format!("pub fn out() {{ std::fs::File::create(\"{text}\").unwrap(); }}"),
        "std::fs::File",
    );
    rules_refuse(
        "pub fn out() { std::fs::OpenOptions::new().write(true).open(\"/proc/self/fd/3\").unwrap(); }",
        "an exercise has no files of its own",
    );
    rules_refuse(
        "pub fn other() -> String { std::fs::read_to_string(\"../../../jobs/0/src/lib.rs\").unwrap() }",
        "std::fs::read_to_string",
    );
    assert!(!outside.exists());
}

#[test]
fn allows_itself_what_is_forbidden() {
    let end = "pub fn end() { std::process::exit(0) }";
    for attribute in [
        "#[allow(clippy::disallowed_methods)]",
        "#[expect(clippy::disallowed_methods)]",
        "#[allow(clippy::all)]",
        "#[cfg_attr(all(), allow(clippy::style))]",
        "#[warn(clippy::disallowed_methods)]",
    ] {
        rules_refuse(
            &format!("{attribute}\n{end}"),
            "overruled by previous forbid",
        );
    }
    let inner = format!("#![allow(clippy::style)]\n{}", with(end));
    assert!(refused(&inner).contains("overruled by previous forbid"));
    // What is linted is what runs.
    let code = with(&format!(
        "#[cfg(not(clippy))]\n{end}\n#[cfg(clippy)]\npub fn end() {{}}"
    ));
    assert_eq!(
        ran(&code).points(),
        PURE_POINTS,
        "what is left out does not run"
    );
    let file = Class::the().grade_sources(
        PURE,
        class::files(&[("lib.rs", &with("mod other;")), ("other.rs", end)]),
    );
    let Verdict::DoesNotCompile(why) = file.verdict else {
        panic!("{file:?}");
    };
    assert!(
        why.contains("exercises/header/sequence-numbers/src/other.rs:1"),
        "{why}"
    );
}

#[test]
fn sets_what_insta_reads() {
    rules_refuse(
        "pub fn accept() { unsafe { std::env::set_var(\"INSTA_UPDATE\", \"always\") } }",
        "unsafe",
    );
    rules_refuse(
        "pub fn accept() { std::env::set_current_dir(\"/scratch\").unwrap(); }",
        "std::env::set_current_dir",
    );
}

#[test]
fn is_equal_to_everything() {
    let given = "#[derive(Clone, Copy, Debug, PartialEq, Eq)]\npub struct SeqNumber(pub u32);";
    let own = "#[derive(Clone, Copy, Debug, Eq)]\npub struct SeqNumber(pub u32);\n\
               impl PartialEq for SeqNumber { fn eq(&self, _: &SeqNumber) -> bool { true } }";
    let solution = solution(PURE);
    assert!(solution.contains(given));
    let report = Class::the().grade(PURE, &solution.replace(given, own));
    assert_eq!(report.points(), 0);
    let Verdict::NotTaken(why) = report.verdict else {
        panic!("{report:?}");
    };
    assert!(
        why.contains("the type `SeqNumber` does not derive PartialEq any more"),
        "{why}"
    );
}

#[test]
fn includes_what_is_not_its_own() {
    let class = Class::the();
    let solved = class
        .root()
        .join("solutions/header/sequence-numbers/src/lib.rs");
    let handed_in = class.another_submission();
    for (path, secret) in [
        (Path::new("/etc/passwd"), "root:"),
        (&solved, "RCV.NXT =< number"),
        (&handed_in, class::SECRET),
        (Path::new("../../../../../../../Cargo.toml"), "[workspace]"),
        (Path::new("/proc/1/environ"), "PATH="),
    ] {
        let path = path.display();
        for code in [
            format!("pub const TAKEN: &str = include_str!(\"{path}\");"),
            format!("include!(\"{path}\");"),
            format!("#[path = \"{path}\"]\npub mod taken;"),
        ] {
            let why = refused(&with(&code));
            assert!(why.contains("couldn't read"), "{code}: {why}");
            assert!(!why.contains(secret), "{code}: {why}");
        }
    }
}

#[test]
fn hands_in_what_is_not_its_own() {
    let own = solution(PURE);
    for path in [
        "../tests/grade.rs",
        "/etc/passwd",
        "../tests/snapshots/grade__x.snap",
        "",
    ] {
        let report =
            Class::the().grade_sources(PURE, class::files(&[("lib.rs", &own), (path, "")]));
        let Verdict::NotTaken(why) = &report.verdict else {
            panic!("{report:?}");
        };
        assert!(why.contains("leaves the exercise's folder"), "{why}");
        assert_eq!(report.points(), 0);
    }
}

#[test]
fn hands_in_names_that_no_disk_takes() {
    let own = solution(PURE);
    let long = format!("{}.rs", "long".repeat(64));
    let deep = "deep/".repeat(300) + "file.rs";
    for (path, said) in [
        (
            "lib.rs/inner.rs",
            "src/lib.rs is both a file and the folder of src/lib.rs/inner.rs",
        ),
        (long.as_str(), "a name that no file can have"),
        (deep.as_str(), "a name that no file can have"),
        ("nul\0.rs", "a name that no file can have"),
    ] {
        let report =
            Class::the().grade_sources(PURE, class::files(&[("lib.rs", &own), (path, "")]));
        assert!(
            matches!(&report.verdict, Verdict::NotTaken(why) if why.contains(said)),
            "{report:?}"
        );
    }
    let report = Class::the().grade_sources(PURE, class::files(&[("other.rs", "")]));
    assert_eq!(
        report.verdict,
        Verdict::NotTaken("there is no src/lib.rs".to_owned())
    );
}

#[test]
fn uses_crates_of_the_tests() {
    let why = refused(&with("extern crate lab;"));
    assert!(why.contains("can't find crate for `lab`"), "{why}");
}

#[test]
fn makes_the_compiler_work_without_end() {
    let why = refused(&with(
        "const fn forever() -> u32 { let mut n = 0_u32; loop { n = n.wrapping_add(1); } }\npub const NEVER: u32 = forever();",
    ));
    assert!(
        why.contains("constant evaluation is taking a long time"),
        "{why}"
    );
    let why = refused(&with(
        "macro_rules! bomb { ($($t:tt)*) => { bomb!($($t)* $($t)*); } }\nbomb!(a b);",
    ));
    assert!(
        why.contains("The compiler ") || why.contains("recursion limit"),
        "{why}"
    );
}

#[test]
fn connects_to_the_machine() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    listener.set_nonblocking(true).expect("a socket");
    let address = listener.local_addr().expect("its address");
    for to in [address.to_string(), "192.0.2.1:80".to_owned()] {
        let code = in_plus(&format!(
            "std::net::TcpStream::connect(\"{to}\").expect(\"a way out\");"
        ));
        let report = ran(&code);
        assert_eq!(report.points(), WITHOUT_PLUS, "{report:?}");
        assert!(
            report.tests[0].said.contains("Network is unreachable"),
            "{report:?}"
        );
    }
    let accepted = listener.accept().map(drop).map_err(|error| error.kind());
    assert_eq!(accepted, Err(ErrorKind::WouldBlock));
}

#[test]
fn the_next_is_graded_as_if_nothing_had_been() {
    let class = Class::the();
    let job = class.job();
    let without_times = |mut report: ExerciseReport| {
        report
            .tests
            .iter_mut()
            .for_each(|test| test.milliseconds = 0);
        report
    };
    let before =
        without_times(class.grade_as(job, LAB, class::files(&[("lib.rs", &solution(LAB))])));
    assert_eq!(before.points(), LAB_POINTS);
    assert!(!class.folder(job).exists(), "nothing of it is left");
    let bomb = solution(LAB).replace(
        "socket.listen(8)?;",
        "loop { std::thread::spawn(std::thread::park); }",
    );
    let hostile = class.grade_as(
        job,
        LAB,
        class::files(&[("lib.rs", &bomb), ("left.rs", "")]),
    );
    assert_eq!(hostile.points(), 5, "{hostile:?}");
    let after =
        without_times(class.grade_as(job, LAB, class::files(&[("lib.rs", &solution(LAB))])));
    assert_eq!(after, before);
    let code = format!("{}\nmod left;\n", solution(LAB));
    let missing = class.grade_as(job, LAB, class::files(&[("lib.rs", &code)]));
    assert!(
        matches!(missing.verdict, Verdict::DoesNotCompile(why) if why.contains("file not found for module `left`"))
    );
}

#[test]
fn what_is_not_handed_in_is_worth_its_points() {
    let report = Class::the().nothing();
    assert!(
        report
            .exercises
            .iter()
            .all(|exercise| exercise.verdict == Verdict::NotHandedIn)
    );
    assert_eq!((report.points(), report.worth()), (0, Class::the().worth()));
}

#[test]
fn every_solution_of_the_course_keeps_the_rules() {
    let class = Class::the();
    let reports = class.solutions();
    assert!(reports.len() >= 30, "{}", reports.len());
    for report in reports {
        assert_eq!(report.points(), report.worth(), "{report:#?}");
    }
}
