//! A laboratory in a program that is no test: it is led back to its script by its arguments.

use std::process::Command;

use lab::refusal::Call;

/// The doctor plays one laboratory, which needs all that any needs.
#[test]
fn a_program_plays_its_laboratory() {
    let doctor = Command::new(env!("CARGO_BIN_EXE_lab-doctor"))
        .output()
        .expect("the doctor was built with this test");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success(), "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok\t")), "{said}");
    assert_eq!(said.lines().count(), Call::IN_ORDER.len(), "{said}");
}
