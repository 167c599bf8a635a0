//! One of several parts of the submissions, for machines that share the work.

use std::str::FromStr;

/// The I-th of N parts.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub struct Shard {
    index: usize,
    count: usize,
}

impl Shard {
    /// Its part of the items: by position, so that all parts together are the whole and no item is in two.
    pub fn part<T>(self, items: Vec<T>) -> Vec<T> {
        items
            .into_iter()
            .skip(self.index - 1)
            .step_by(self.count)
            .collect()
    }
}

impl FromStr for Shard {
    type Err = String;

    fn from_str(text: &str) -> Result<Shard, String> {
        let shard = text.split_once('/').and_then(|(index, count)| {
            Some(Shard {
                index: index.parse().ok()?,
                count: count.parse().ok()?,
            })
        });
        shard
            .filter(|shard| (1..=shard.count).contains(&shard.index))
            .ok_or_else(|| {
                "must be I/N with I from 1 to N, as 2/4 for the second of four parts".to_owned()
            })
    }
}

#[cfg(test)]
mod tests {
    use proptest::prelude::*;

    use super::*;

    #[test]
    fn a_part_is_written_with_its_number_first() {
        assert_eq!("2/4".parse(), Ok(Shard { index: 2, count: 4 }));
        for wrong in ["0/4", "5/4", "1/0", "1", "1/", "/1", "a/b", "-1/2", "1/2/3"] {
            assert!(wrong.parse::<Shard>().is_err(), "{wrong}");
        }
    }

    proptest! {
        #[test]
        fn all_parts_are_the_whole_and_none_shares_an_item(items in 0..200_usize, count in 1..20_usize) {
            let mut all: Vec<usize> = (1..=count)
                .flat_map(|index| Shard { index, count }.part((0..items).collect()))
                .collect();
            all.sort_unstable();
            prop_assert_eq!(all, (0..items).collect::<Vec<_>>());
        }
    }
}
