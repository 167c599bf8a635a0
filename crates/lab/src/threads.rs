//! Whether the programs' threads all sleep: the moment at which nothing more can happen by itself.

use std::collections::{BTreeMap, BTreeSet};
use std::{fs, io};

/// How often each thread of the programs has been switched from. While it stays the same for threads that
/// all sleep, none of them has run.
pub(crate) type Activity = BTreeMap<i32, u64>;

/// The threads that this process has now.
pub(crate) fn all() -> io::Result<BTreeSet<i32>> {
    fs::read_dir("/proc/self/task")?
        .map(|entry| {
            entry?
                .file_name()
                .to_string_lossy()
                .parse()
                .map_err(io::Error::other)
        })
        .collect()
}

/// The activity of all threads but `others`, if every one of them sleeps; `None` as long as one is running.
pub(crate) fn asleep(others: &BTreeSet<i32>) -> io::Result<Option<Activity>> {
    let mut activity = Activity::new();
    for thread in all()?.difference(others) {
        // A thread that has ended between the listing and the reading sleeps for good.
        let Ok(status) = fs::read_to_string(format!("/proc/self/task/{thread}/status")) else {
            continue;
        };
        let Some((sleeps, switches)) = parse(&status) else {
            let what = format!("/proc/self/task/{thread}/status is unreadable");
            return Err(io::Error::other(what));
        };
        // A thread that was preempted on its way to sleep is shown as sleeping and will still run. The
        // kernel says `running` here unless the thread has really left its processor.
        let call = fs::read_to_string(format!("/proc/self/task/{thread}/syscall"));
        if !sleeps || call.is_ok_and(|call| call.starts_with("running")) {
            return Ok(None);
        }
        activity.insert(*thread, switches);
    }
    Ok(Some(activity))
}

/// Whether a thread sleeps and how often it was switched from, out of its `status` file.
fn parse(status: &str) -> Option<(bool, u64)> {
    let field = |name: &str| {
        status
            .lines()
            .find_map(|line| Some(line.strip_prefix(name)?.strip_prefix(':')?.trim()))
    };
    // S waits for an event, Z and X have ended, T and t are stopped by a debugger. R runs, and D will
    // run by itself in a moment.
    let sleeps = matches!(field("State")?.chars().next()?, 'S' | 'Z' | 'X' | 'T' | 't');
    let switches = field("voluntary_ctxt_switches")?.parse::<u64>().ok()?
        + field("nonvoluntary_ctxt_switches")?.parse::<u64>().ok()?;
    Some((sleeps, switches))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_status_file_tells_state_and_switches() {
        let status = "Name:\tx\nState:\tS (sleeping)\nvoluntary_ctxt_switches:\t3\nnonvoluntary_ctxt_switches:\t4\n";
        assert_eq!(parse(status), Some((true, 7)));
        assert_eq!(parse(&status.replace("S (sl", "R (sl")), Some((false, 7)));
        assert_eq!(parse("State:\n"), None);
    }

    #[test]
    fn this_thread_is_not_asleep() {
        assert_eq!(asleep(&BTreeSet::new()).unwrap(), None);
    }
}
