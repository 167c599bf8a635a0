//! What the system may refuse, refused for real where this machine lets a test arrange it: in user
//! namespaces of the test's own, whose limits it may set.

mod common;

use std::process::Command;

use common::establish;
use lab::Lab;

/// Plays a lab; the other tests run this one under conditions of theirs.
#[test]
fn a_lab_is_played() {
    let trace = Lab::run(|net| establish(net).map(drop));
    assert_eq!(trace.rows.len(), 3);
}

/// What [`a_lab_is_played`] prints when a shell has run `preparation` in new namespaces.
fn played_after(namespaces: &str, preparation: &str, runner: &str) -> String {
    let this = std::env::current_exe().expect("a test knows its own program");
    let script = format!(
        "{preparation} && exec {runner} {} --exact a_lab_is_played",
        this.display()
    );
    let output = Command::new("unshare")
        .args(namespaces.split_whitespace())
        .args(["--", "sh", "-c", &script])
        .env_remove("RUST_BACKTRACE")
        .output()
        .expect("these tests need util-linux (unshare, setpriv)");
    let text = [output.stdout, output.stderr]
        .map(|part| String::from_utf8_lossy(&part).into_owned())
        .concat();
    assert!(
        text.contains("a_lab_is_played"),
        "the lab was not even tried: {text}"
    );
    text
}

const POWERLESS: &str = "setpriv --bounding-set=-all --inh-caps=-all";

#[test]
fn no_user_namespaces_left() {
    let text = played_after(
        "-U -r",
        "echo 0 > /proc/sys/user/max_user_namespaces",
        POWERLESS,
    );
    assert!(
        text.contains("refused: unshare(CLONE_NEWUSER): No space left on device"),
        "{text}"
    );
    assert!(
        text.contains("mend:    sudo sysctl user.max_user_namespaces=10000"),
        "{text}"
    );
}

#[test]
fn root_does_without_a_user_namespace() {
    let text = played_after("-U -r", "echo 0 > /proc/sys/user/max_user_namespaces", "");
    assert!(text.contains("1 passed"), "{text}");
}

#[test]
fn too_few_network_namespaces() {
    let text = played_after("-U -r", "echo 2 > /proc/sys/user/max_net_namespaces", "");
    assert!(
        text.contains("refused: unshare(CLONE_NEWNET): No space left on device"),
        "{text}"
    );
    assert!(
        text.contains("mend:    sudo sysctl user.max_net_namespaces=10000"),
        "{text}"
    );
}

#[test]
fn limits_that_are_lower_already_are_kept() {
    let text = played_after("-U -r", "ulimit -d 400000 && ulimit -f 100000", "");
    assert!(text.contains("1 passed"), "{text}");
}

#[test]
fn kernel_settings_that_cannot_be_written() {
    let read_only = "mount --bind /proc/sys /proc/sys && mount -o remount,bind,ro /proc/sys";
    let text = played_after("-U -r -m", read_only, "");
    assert!(
        text.contains("refused: writing the setting net.ipv4."),
        "{text}"
    );
    assert!(
        text.contains("why:     /proc/sys is mounted read-only"),
        "{text}"
    );
}

#[test]
fn a_seccomp_filter_as_in_containers() {
    let text = played_after("-U -r", "true", &seccomp_without_unshare());
    assert!(
        text.contains("refused: unshare(CLONE_NEWUSER): Operation not permitted"),
        "{text}"
    );
    assert!(text.contains("--security-opt seccomp=unconfined"), "{text}");
}

/// A command that runs another one under a filter that answers `unshare` with EPERM, as Docker's does.
fn seccomp_without_unshare() -> String {
    env!("CARGO_BIN_EXE_without-unshare").to_owned()
}
