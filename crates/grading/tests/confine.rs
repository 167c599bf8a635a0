//! The wall around graded programs, tried with programs that the rules for submissions would refuse long before.

use std::collections::BTreeMap;
use std::fs;
use std::net::TcpListener;
use std::os::unix::fs::PermissionsExt;
use std::path::Path;
use std::process::Command;
use std::time::Duration;

use course::run::{End, Limit};
use grading::confine::{Confined, Confinement, Confiner, Limits, Mount, SCRATCH};

const LIMITS: Limits = Limits {
    time: Duration::from_secs(60),
    memory: 64 << 20,
    processes: 32,
    file: 8 << 20,
    scratch: 16 << 20,
    output: 1 << 20,
};

fn bash(script: &str) -> Confinement {
    Confinement {
        program: "/bin/bash".into(),
        arguments: vec!["-c".to_owned(), script.to_owned()],
        folder: SCRATCH.into(),
        environment: BTreeMap::new(),
        readable: Vec::new(),
        writable: Vec::new(),
        limits: LIMITS,
    }
}

fn run(task: &Confinement) -> Confined {
    Confiner::new(env!("CARGO_BIN_EXE_grading"))
        .run(task)
        .unwrap_or_else(|failure| panic!("{failure}"))
}

/// What a script printed, and its exit code.
fn said(task: &Confinement) -> (String, Option<i32>) {
    let ended = run(task).ended;
    match ended.end {
        End::Ended(status) => (ended.output, status.code()),
        End::Stopped(limit) => panic!("it {limit}: {}", ended.output),
    }
}

/// Whether a process whose command line holds this word runs on this machine.
fn runs(word: &str) -> bool {
    fs::read_dir("/proc")
        .expect("Linux has /proc")
        .flatten()
        .filter_map(|entry| fs::read(entry.path().join("cmdline")).ok())
        .any(|line| String::from_utf8_lossy(&line).contains(word))
}

#[test]
fn a_program_ends_as_it_would_outside() {
    assert_eq!(
        said(&bash("echo out; echo err >&2; exit 7")),
        ("out\nerr\n".to_owned(), Some(7))
    );
    let killed = run(&bash("kill -9 $$"));
    assert!(matches!(killed.ended.end, End::Ended(status) if status.code().is_none()));
}

#[test]
fn its_environment_is_always_the_same() {
    let (output, _) = said(&bash("/usr/bin/env | sort; id -u; pwd"));
    let user = if nix::unistd::geteuid().is_root() {
        65_534
    } else {
        nix::unistd::geteuid().as_raw()
    };
    let expected = format!(
        "HOME=/scratch\nLANG=C.UTF-8\nPATH=/usr/local/bin:/usr/bin:/bin\nPWD=/scratch\nRUST_BACKTRACE=0\nSHLVL=1\n\
         TMPDIR=/scratch\n_=/usr/bin/env\n{user}\n/scratch\n"
    );
    assert_eq!(output, expected);
}

#[test]
fn it_sees_only_what_it_is_given() {
    let outside = tempfile::tempdir().expect("a temporary folder");
    for name in ["secret", "given", "out"] {
        fs::create_dir(outside.path().join(name)).expect("a folder");
        fs::write(outside.path().join(name).join("file"), name).expect("a file");
    }
    let folder = outside.path().display();
    let mut task = bash(&format!(
        "cat {folder}/given/file; cat {folder}/secret/file; \
         for hidden in /home /root /var /boot /sys /etc/passwd /etc/shadow /etc/hosts /dev/shm; do \
         [ -e $hidden ] && echo $hidden is there; done; \
         echo new > {folder}/given/file; echo new > {folder}/given/more; echo new > /more; echo new > /usr/more; \
         echo kept > {folder}/out/more && echo gone > {folder}/out/file && cat {folder}/out/more"
    ));
    task.readable = vec![Mount::own(outside.path().join("given"))];
    task.writable = vec![Mount::own(outside.path().join("out"))];
    open_to_all(&outside.path().join("out"));
    let (output, code) = said(&task);
    assert_eq!(code, Some(0), "{output}");
    assert!(output.starts_with("given"), "{output}");
    assert!(output.contains("secret/file: No such file"), "{output}");
    assert!(output.ends_with("kept\n"), "{output}");
    let refused = ["Read-only file system", "Permission denied"];
    let refused: usize = refused.iter().map(|why| output.matches(why).count()).sum();
    assert_eq!(refused, 4, "{output}");
    assert!(!output.contains("is there"), "{output}");
    let read = |path: &str| fs::read_to_string(outside.path().join(path)).unwrap_or_default();
    assert_eq!(read("given/file"), "given");
    assert_eq!(read("given/more"), "");
    assert_eq!(read("out/more"), "kept\n");
    assert!(!Path::new("/more").exists() && !Path::new("/usr/more").exists());
}

/// Root's grader runs programs as nobody.
fn open_to_all(folder: &Path) {
    for path in [folder.to_path_buf(), folder.join("file")] {
        fs::set_permissions(path, fs::Permissions::from_mode(0o777)).expect("our own file");
    }
}

#[test]
fn it_is_nobody_special_in_there() {
    let (output, _) = said(&bash(
        "echo x > /proc/sys/kernel/core_pattern; echo x > /proc/1/comm; ls /proc/1/fd; \
         mount -t tmpfs none /usr; chroot / true; grep -E 'Cap(Prm|Eff)|NoNewPrivs' /proc/self/status; \
         ls -d /proc/[0-9]* | wc -l",
    ));
    for refused in [
        "/proc/sys/kernel/core_pattern",
        "/proc/1/comm",
        "'/proc/1/fd'",
    ] {
        assert!(
            output.contains(&format!("{refused}: Permission denied")),
            "{output}"
        );
    }
    let powers = "CapPrm:\t0000000000000000\nCapEff:\t0000000000000000\nNoNewPrivs:\t1\n";
    assert!(output.contains(powers), "{output}");
    // The first process, the shell, and what the last line itself runs.
    let processes = output
        .lines()
        .last()
        .and_then(|line| line.trim().parse().ok());
    assert!((2..=5).contains(&processes.unwrap_or(0)), "{output}");
}

#[test]
fn it_reaches_no_network() {
    let listener = TcpListener::bind("127.0.0.1:0").expect("a listener");
    let port = listener.local_addr().expect("its address").port();
    let connect = format!("exec 3<>/dev/tcp/127.0.0.1/{port} && echo connected");
    let outside = Command::new("/bin/bash")
        .args(["-c", &connect])
        .output()
        .expect("bash");
    assert_eq!(
        outside.stdout, b"connected\n",
        "the same script connects outside"
    );
    let (output, code) = said(&bash(&connect));
    assert!(output.contains("Network is unreachable"), "{output}");
    assert_eq!(code, Some(1));
    let (output, _) = said(&bash("exec 3<>/dev/tcp/192.0.2.1/80 && echo connected"));
    assert!(output.contains("Network is unreachable"), "{output}");
}

#[test]
fn a_program_that_does_not_end_is_stopped_with_all_that_it_started() {
    let mut task = bash(
        "setsid bash -c 'while :; do sleep 1; done # left-behind-by-a-hang' & echo started; while :; do :; done",
    );
    task.limits.time = Duration::from_secs(2);
    let ended = run(&task).ended;
    assert_eq!(ended.end, End::Stopped(Limit::Time(task.limits.time)));
    assert_eq!(ended.output, "started\n");
    assert!(!runs("left-behind-by-a-hang"));
}

#[test]
fn what_a_program_leaves_behind_ends_with_it() {
    let (output, code) = said(&bash(
        "setsid bash -c 'trap \"\" TERM HUP; while :; do sleep 1; done # left-behind-at-the-end' & echo started",
    ));
    assert_eq!((output.as_str(), code), ("started\n", Some(0)));
    assert!(!runs("left-behind-at-the-end"));
}

#[test]
fn a_fork_bomb_comes_to_its_limit() {
    let mut task = bash("bomb() { bomb a-fork-bomb | bomb a-fork-bomb & }; bomb; sleep infinity");
    task.limits.time = Duration::from_secs(3);
    let ended = run(&task).ended;
    assert!(
        ended
            .output
            .contains("fork: retry: Resource temporarily unavailable"),
        "{}",
        ended.output
    );
    assert!(!runs("a-fork-bomb"));
}

#[test]
fn memory_files_and_output_have_limits() {
    let (output, code) = said(&bash(
        "head -c 200M /dev/zero | tail | wc -c; exit ${PIPESTATUS[1]}",
    ));
    assert_eq!(code, Some(1), "{output}");
    assert!(output.contains("memory exhausted"), "{output}");

    let (output, _) = said(&bash("head -c 9M /dev/zero > one; stat -c %s one"));
    assert!(output.ends_with("8388608\n"), "{output}");
    let (output, _) = said(&bash(
        "for file in 1 2 3; do head -c 7M /dev/zero > $file; done; true",
    ));
    assert!(output.contains("No space left on device"), "{output}");

    let ended = run(&bash("yes without end")).ended;
    assert_eq!(ended.end, End::Stopped(Limit::Output(LIMITS.output)));
    assert!(ended.output.len() < (LIMITS.output as usize) + (1 << 20));
    assert!(!runs("without end"));
}

#[test]
fn a_program_that_is_not_there_is_the_graders_failure() {
    let task = Confinement {
        program: "/no/such/program".into(),
        ..bash("")
    };
    let failure = Confiner::new(env!("CARGO_BIN_EXE_grading"))
        .run(&task)
        .expect_err("nothing to run");
    assert!(
        failure
            .to_string()
            .contains("starting /no/such/program: No such file"),
        "{failure}"
    );
    let failure = Confiner::new("/bin/true")
        .run(&task)
        .expect_err("no grader");
    assert!(
        failure.to_string().contains("/bin/true does not confine"),
        "{failure}"
    );
}

#[test]
fn a_machine_that_refuses_namespaces_is_named_and_nothing_runs() {
    let folder = tempfile::tempdir().expect("a temporary folder");
    let ran = folder.path().join("ran");
    // A user whom nobody outside knows may make no namespaces.
    let grader = folder.path().join("grader");
    let script = format!(
        "#!/bin/sh\nexec unshare --user {} \"$@\"\n",
        env!("CARGO_BIN_EXE_grading")
    );
    fs::write(&grader, script).expect("a file");
    fs::set_permissions(&grader, PermissionsExt::from_mode(0o755)).expect("our own file");
    let task = bash(&format!("echo > {}", ran.display()));
    let failure = Confiner::new(&grader)
        .run(&task)
        .expect_err("it cannot be confined");
    let text = failure.to_string();
    assert!(
        text.starts_with(
            "error: submissions cannot be confined on this machine, so none is run\n  \
             refused: unshare(CLONE_NEWUSER …): Operation not permitted"
        ),
        "{text}"
    );
    assert!(
        text.contains("\n  why:     ") && text.contains("\n  mend:    "),
        "{text}"
    );
    assert!(!ran.exists());
}
