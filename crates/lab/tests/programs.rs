//! A laboratory in a program that is no test: it is led back to its script by its arguments.

use std::process::Command;

/// The recorder of the scenes plays one laboratory after another as processes of their own; the doctor plays one.
#[test]
fn a_program_plays_its_laboratory() {
    let doctor = Command::new(env!("CARGO_BIN_EXE_lab-doctor"))
        .output()
        .expect("the doctor was built with this test");
    let said = String::from_utf8_lossy(&doctor.stdout);
    assert!(doctor.status.success(), "{said}");
    assert!(said.lines().all(|line| line.starts_with("ok\t")), "{said}");
    assert!(said.lines().count() > 10, "{said}");
}
