//! What a terminal shows of long work: a line that says how far it is, and goes when it ends.

use std::time::Duration;

use indicatif::{ProgressBar, ProgressStyle};

/// How far some work is. Draws nothing where standard error is no terminal.
pub struct Bar(ProgressBar);

impl Bar {
    /// Begins to show the work, before it is known how much there is.
    #[must_use]
    pub fn start(title: &str) -> Bar {
        let bar = ProgressBar::new_spinner().with_message(title.to_owned());
        bar.set_style(style("{spinner} {msg}{elapsed_precise}"));
        bar.enable_steady_tick(Duration::from_millis(200));
        Bar(bar)
    }

    /// Whether it is drawn, and so should have the line for itself.
    #[must_use]
    pub fn is_drawn(&self) -> bool {
        !self.0.is_hidden()
    }

    /// From now on there are so many things to do.
    pub fn count(&self, things: usize) {
        self.0.set_style(style(
            "{spinner} {msg}{pos}/{len} {elapsed_precise} {wide_bar}",
        ));
        self.0.set_length(things as u64);
        self.0.set_position(0);
    }

    /// One thing more is done.
    pub fn step(&self) {
        self.0.inc(1);
    }

    /// Writes a line to standard output, above it.
    pub fn say(&self, line: &str) {
        self.0.suspend(|| println!("{line}"));
    }

    /// Writes a line to standard error, above it.
    pub fn warn(&self, line: &str) {
        self.0.suspend(|| eprintln!("{line}"));
    }
}

impl Drop for Bar {
    fn drop(&mut self) {
        self.0.finish_and_clear();
    }
}

fn style(template: &str) -> ProgressStyle {
    match ProgressStyle::with_template(template) {
        Ok(style) => style.tick_chars("-\\|/ ").progress_chars("=> "),
        Err(error) => unreachable!("{template}: {error}"),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn without_a_terminal_nothing_is_drawn_and_work_goes_on() {
        let bar = Bar(ProgressBar::with_draw_target(
            None,
            indicatif::ProgressDrawTarget::hidden(),
        ));
        assert!(!bar.is_drawn());
        bar.count(2);
        bar.step();
        bar.step();
        assert_eq!((bar.0.position(), bar.0.length()), (2, Some(2)));
    }
}
