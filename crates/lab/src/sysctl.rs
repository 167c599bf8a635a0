//! Kernel settings: the preset that every lab starts from, and what a script changes in it.

use std::collections::BTreeMap;
use std::{fs, io};

use crate::refusal::{Call, Refusal};

/// The preset, from `sysctls.conf`, as name and value.
pub(crate) fn preset() -> impl Iterator<Item = (&'static str, &'static str)> {
    include_str!("../sysctls.conf")
        .lines()
        .map(str::trim)
        .filter(|line| !line.is_empty() && !line.starts_with('#'))
        .filter_map(|line| line.split_once('='))
        .map(|(name, value)| (name.trim(), value.trim()))
}

/// The file under `/proc/sys` that holds the setting `net.ipv4.tcp_sack`.
fn path(name: &str) -> String {
    format!("/proc/sys/{}", name.replace('.', "/"))
}

/// A setting that every kernel has: if it is not there, `/proc/sys` is not what it seems.
const ALWAYS_THERE: &str = "net.ipv4.tcp_sack";

/// Writes the preset, and then a script's own settings, into the network namespace of the calling thread. Returns
/// those that it has now: a setting of the preset that this kernel does not know is left out, since it
/// cannot differ between runs.
///
/// # Errors
/// A setting that cannot be written; one of the script's that does not exist, or does not belong to a network.
pub(crate) fn write_all(own: &[(&str, &str)]) -> Result<BTreeMap<String, String>, Refusal> {
    let mut written = BTreeMap::new();
    for (name, value) in preset() {
        match write(name, value) {
            Ok(()) => {
                written.insert(name.to_owned(), value.to_owned());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound && name != ALWAYS_THERE => {}
            Err(error) => return Err(Refusal::new(Call::Sysctl(name.to_owned()), error)),
        }
    }
    for (name, value) in own {
        // Another setting might belong to the whole machine, and its root could write it.
        let written_now = if name.starts_with("net.") {
            write(name, value)
        } else {
            Err(io::Error::from_raw_os_error(libc::ENOENT))
        };
        written_now.map_err(|error| Refusal::new(Call::Sysctl((*name).to_owned()), error))?;
        written.insert((*name).to_owned(), (*value).to_owned());
    }
    Ok(written)
}

/// Writes one setting.
pub(crate) fn write(name: &str, value: &str) -> io::Result<()> {
    fs::write(path(name), value)
}

/// The largest receive buffer that the network namespace of the calling thread gives a connection, in octets.
///
/// # Errors
/// A setting that cannot be read, or has another form than the kernel gives it.
pub(crate) fn largest_receive_buffer() -> Result<u32, Refusal> {
    let name = "net.ipv4.tcp_rmem";
    fs::read_to_string(path(name))
        .and_then(|sizes| {
            last_size(&sizes).ok_or_else(|| io::Error::other(format!("it says {sizes:?}")))
        })
        .map_err(|error| Refusal::new(Call::Sysctl(name.to_owned()), error))
}

/// The third of three sizes: the least, the usual and the largest.
fn last_size(sizes: &str) -> Option<u32> {
    let [_, _, largest] = sizes.split_whitespace().collect::<Vec<_>>()[..] else {
        return None;
    };
    largest.parse().ok()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_largest_of_three_sizes_is_the_last() {
        assert_eq!(last_size("4096\t131072\t6291456\n"), Some(6_291_456));
        assert_eq!(last_size("4096 131072"), None);
    }

    #[test]
    fn every_line_of_the_preset_is_a_network_setting_with_a_value() {
        let settings: Vec<_> = preset().collect();
        assert!(settings.len() > 15, "{settings:?}");
        for (name, value) in settings {
            assert!(name.starts_with("net."), "{name}");
            assert!(!value.is_empty(), "{name} has no value");
        }
    }
}
