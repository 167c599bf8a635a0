//! Work that Ctrl-C waits for.

/// Does `work`; signals that ask the process to end (SIGINT, SIGHUP, SIGTERM) wait until it is done.
///
/// For writing several files that belong together, and for nothing that takes long: a person who
/// presses Ctrl-C means now. The wait holds for the calling thread, and for threads and processes that it starts meanwhile.
/// On a system without such signals it is only the call of `work`.
pub fn uninterrupted<T>(work: impl FnOnce() -> T) -> T {
    let _held = hold();
    work()
}

#[cfg(unix)]
fn hold() -> impl Drop {
    use nix::sys::signal::{SigSet, SigmaskHow, Signal};

    /// The signals that were held before.
    struct Held(Option<SigSet>);

    impl Drop for Held {
        fn drop(&mut self) {
            if let Some(before) = self.0 {
                // What has come meanwhile ends the process here.
                before.thread_set_mask().expect("a mask that was in force");
            }
        }
    }

    let asking = SigSet::from_iter([Signal::SIGINT, Signal::SIGHUP, Signal::SIGTERM]);
    // A kernel that refuses this leaves us as without it.
    Held(asking.thread_swap_mask(SigmaskHow::SIG_BLOCK).ok())
}

#[cfg(not(unix))]
fn hold() {}

#[cfg(all(test, unix))]
mod tests {
    use std::os::unix::process::ExitStatusExt;
    use std::path::Path;
    use std::process::Command;

    use super::*;
    use nix::sys::signal::{Signal, raise};

    /// Says to the test below that it is the process which gets the signal, and which file to write.
    const FILE: &str = "COURSE_TEST_WRITE_AFTER_SIGNAL";

    #[test]
    fn a_signal_that_asks_to_end_waits_for_the_work() {
        if let Some(file) = std::env::var_os(FILE) {
            uninterrupted(|| {
                uninterrupted(|| raise(Signal::SIGINT).unwrap());
                std::fs::write(Path::new(&file), "whole").unwrap();
            });
            unreachable!("the signal ends the process");
        }
        let folder = tempfile::tempdir().unwrap();
        let file = folder.path().join("file");
        let name = concat!(
            module_path!(),
            "::a_signal_that_asks_to_end_waits_for_the_work"
        );
        let name = name.split_once("::").unwrap().1;
        let ended = Command::new(std::env::current_exe().unwrap())
            .args(["--exact", name])
            .env(FILE, &file)
            .output()
            .unwrap();
        assert_eq!(
            ended.status.signal(),
            Some(Signal::SIGINT as i32),
            "{ended:?}"
        );
        assert_eq!(std::fs::read_to_string(file).unwrap(), "whole");
    }
}
