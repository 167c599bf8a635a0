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

/// Writes settings into the network namespace of the calling thread and returns those that it has:
/// a setting that this kernel does not know is left out, since it cannot differ between runs.
///
/// # Errors
/// A setting that exists and cannot be written.
pub(crate) fn write(
    settings: &BTreeMap<String, String>,
) -> Result<BTreeMap<String, String>, Refusal> {
    let mut written = BTreeMap::new();
    for (name, value) in settings {
        match fs::write(path(name), value) {
            Ok(()) => {
                written.insert(name.clone(), value.clone());
            }
            Err(error) if error.kind() == io::ErrorKind::NotFound => {}
            Err(error) => return Err(Refusal::new(Call::Sysctl(name.clone()), error)),
        }
    }
    Ok(written)
}

#[cfg(test)]
mod tests {
    use super::*;

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
